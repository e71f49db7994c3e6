#!/usr/bin/env python3
"""One bank in three forms: UTF-8, GB18030 with 万元, and Parquet give the same bytes out."""

import hashlib

import support
from support import ROOT, succeed

CUSTOMERS, MONTHS, FROM, UNTIL = 1500, 14, "2025-11-30", "2025-12-31"
NOTED_ON = "2025-10-31"  # a day of its own: its metrics are others
MAPPINGS = {"utf-8": "demo", "gb18030": "demo_gb18030", "parquet": "demo_parquet"}
# Attributes of every type that mappings load, in metrics and in what decides.
POLICY = """\
strata: 1
name: noted
title: {zh: 所记, en: Noted}
currency: CNY
population: everyone
attributes:
  area: text
  satisfaction: integer
  budget: money
  cash_margin: number
  buys_on: date
  agent: boolean
metrics:
  pleased: {is: satisfaction}
  means: {is: budget}
  margin: {is: cash_margin}
  waited: {is: months_between(buys_on)}
schemes:
  noted:
    title: {zh: 所记, en: Noted}
    method: scorecard
    nulls: low
    items:
      pleased: {value: pleased, weight: 100%, bands: [{from: 8, score: 90}, {score: 50}]}
    multipliers:
      - {title: {zh: 中间商, en: Agent}, when: agent, factor: 1.05}
      - {title: {zh: 县域, en: County}, when: area = 'county', factor: 1.02}
    tiers:
      - {code: high, title: {zh: 高, en: High}, from: 80}
      - {code: low, title: {zh: 低, en: Low}}
"""


class DemoForms(support.TestCase):
    """The demonstration bank of `strata demo --format`, each form with its mapping."""

    def build(self, form):
        """The exports of a bank written in that form, and what went to quarantine by file and line."""
        folder, self.store = self.folder / form, self.folder / f"{form}.duckdb"
        succeed("demo", folder, "--customers", CUSTOMERS, "--months", MONTHS, "--format", form,
                "--quiet")
        succeed("init", self.store, "--quiet")
        succeed("import", self.store, ROOT / f"mappings/{MAPPINGS[form]}.yaml", folder, "--quiet")
        succeed("run", self.store, ROOT / "policies/demo.yaml", "--every", "month",
                "--from", FROM, "--as-of", UNTIL, "--quiet")
        succeed("run", self.store, self.write("noted.yaml", POLICY), "--as-of", NOTED_ON, "--quiet")
        exports = {}
        for what, first, last in (("tiers", NOTED_ON, UNTIL), ("metrics", FROM, UNTIL),
                                  ("metrics", NOTED_ON, NOTED_ON)):
            path = self.folder / f"{form}.{what}.{first}.csv"
            succeed("export", self.store, what, "--from", first, "--as-of", last, "-o", path,
                    "--quiet")
            exports[what, first] = path.read_bytes()
        records = support.succeed_json("quarantine", self.store, "--limit", "10000")["records"]
        return exports, {(record["file"].rpartition("/")[2], record["line"]): record["reason"]
                         for record in records}

    def test_three_forms_of_one_bank(self):
        built = {form: self.build(form) for form in MAPPINGS}
        exports, bad = built["utf-8"]
        self.assertGreater(exports["tiers", NOTED_ON].count(b"\n"), CUSTOMERS * 2 * 9 * 8 // 10)
        self.assertGreater(exports["metrics", FROM].count(b"\n"), CUSTOMERS * 2 * 9 // 10)
        digests = {form: {what: hashlib.sha256(text).hexdigest() for what, text in made.items()}
                   for form, (made, _) in built.items()}
        for form, digest in digests.items():
            with self.subTest(form=form):
                self.assertEqual(digest, digests["utf-8"])
        self.check_bad_rows(bad, built["gb18030"][1], built["parquet"][1])

    def check_bad_rows(self, utf8, gb18030, parquet):
        """Both encodings have the same bad rows; Parquet has those that typed columns can hold."""
        self.assertEqual(utf8.keys(), gb18030.keys())
        renamed = {"bad_utf8": "bad_encoding", "bad_number": "bad_value"}
        for place, reason in utf8.items():
            self.assertIn(gb18030[place], (reason, renamed.get(reason)), place)
        self.assertIn("bad_encoding", gb18030.values())
        self.assertIn("bad_utf8", utf8.values())
        impossible = {"field_count", "bad_quote", "unclosed_quote", "too_long", "bad_utf8",
                      "bad_encoding", "nul_byte", "bad_date", "bad_number", "bad_value"}
        self.assertEqual(set(parquet.values()), set(utf8.values()) - impossible)


if __name__ == "__main__":
    support.main()
