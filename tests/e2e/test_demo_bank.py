#!/usr/bin/env python3
"""The demonstration bank against a second implementation: every row, metric and scheme."""

import re
import subprocess
import sys
from collections import Counter

import support
from support import ROOT, import_totals, read_csv, succeed

POLICY = ROOT / "policies/demo.yaml"
MAPPING = ROOT / "mappings/demo.yaml"
ORACLE = ROOT / "tests/oracle/demo.py"
HELD = "asset_held"  # what its values earn is what `asset` is; test_signals.py has its months
SHOWN = 5


def compared(row):
    """What a row of tiers says, without what names it."""
    return {name: row[name] for name in ("status", "tier", "rule", "score")}


class DemoBank(support.TestCase):
    """A generated bank: currencies, joint accounts, prospects, bad rows in every file."""

    def make(self, *options):
        """A bank written and imported; the generator's bad rows by file."""
        self.bank = self.folder / "bank"
        written = succeed("demo", self.bank, *options)
        self.report = self.init_and_import(MAPPING, self.bank)
        counts = re.findall(r"^ +(\S+\.csv) +([\d,]+) +([\d,]+)$", written, re.MULTILINE)
        self.assertEqual(len(counts), 9, written)
        return {name: (int(rows.replace(",", "")), int(bad.replace(",", "")))
                for name, rows, bad in counts if name != "staff.csv"}

    def ask_oracle(self, *dates):
        """Rows by date and customer, and the reason of every bad row by file and line."""
        out, bad = self.folder / "oracle.csv", self.folder / "bad.csv"
        arguments = [part for day in dates for part in ("--as-of", day)]
        done = subprocess.run([sys.executable, str(ORACLE), str(self.bank), *arguments,
                               "-o", str(out), "--bad", str(bad)],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = {(row["as_of"], row["customer_id"]): row for row in read_csv(out)}
        return rows, {(row["file"], int(row["line"])): row["reason"] for row in read_csv(bad)}

    def check_quarantine(self, written, bad):
        """Exactly the generator's bad rows are set aside, each for its reason."""
        totals = {name: (rows, count) for name, (rows, count) in written.items()}
        imported = {file["file"].rpartition("/")[2]: (file["read"], file["quarantined"])
                    for file in self.report["files"]}
        self.assertEqual(imported, totals)
        self.assertEqual(Counter(name for name, _ in bad),
                         Counter({name: count for name, (_, count) in totals.items()}))
        for loaded in import_totals(self.report).values():
            self.assertEqual(loaded[2:4], [0, 0], "nothing is unchanged or skipped")
        records = support.succeed_json(
            "quarantine", self.store, "--limit", str(len(bad) + SHOWN))["records"]
        got = {(record["file"].rpartition("/")[2], record["line"]): record["reason"]
               for record in records}
        self.assertEqual(len(got), len(records), "no line is set aside twice")
        self.assertEqual(got, bad)

    def check_metrics(self, day, expected):
        """The metrics of every customer, as text."""
        rows = self.export("metrics", "--from", day, "--as-of", day)
        self.assertEqual([row["customer_id"] for row in rows], [number for _, number in expected])
        names = [name for name in rows[0] if name not in ("as_of", "customer_id")]
        different = [(row["customer_id"], name, want[name], row[name])
                     for row in rows for want in (expected[day, row["customer_id"]],)
                     for name in names if want[name] != row[name]]
        self.assertEqual(different[:SHOWN], [], f"{len(different)} differ (expected, exported)")

    def check_tiers(self, day, expected):
        """Status, tier, rule and score of every customer in every scheme."""
        rows = self.export("tiers", "--from", day, "--as-of", day)
        got = {(row["scheme"], row["customer_id"]): compared(row) for row in rows}
        self.assertEqual(len(got), len(rows))
        earned = {row["customer_id"]: row["candidate"] for row in rows if row["scheme"] == HELD}
        asset = {number: row["tier"] for (scheme, number), row in got.items() if scheme == "asset"}
        self.assertIn(earned, ({}, asset))
        got = {key: row for key, row in got.items() if key[0] != HELD}
        want = {}
        for (_, number), row in expected.items():
            for scheme in (name.removesuffix("_rule") for name in row if name.endswith("_rule")):
                want[scheme, number] = {
                    "status": row["status"], "tier": row[scheme], "rule": row[scheme + "_rule"],
                    "score": row[scheme + "_score"]}
        self.assertEqual(got.keys(), want.keys())
        different = [(key, want[key], got[key]) for key in want if got[key] != want[key]]
        self.assertEqual(different[:SHOWN], [], f"{len(different)} differ (expected, exported)")

    def check_dates(self, expected, *dates):
        """Runs of each date against what the oracle says; the last with held tiers, which refuse a
        gap between runs."""
        earned = self.write("earned.yaml", support.earned_tiers_policy())
        for day in dates:
            with self.subTest(as_of=day):
                policy = POLICY if day == dates[-1] else earned
                succeed("run", self.store, policy, "--as-of", day, "--quiet")
                of_day = {key: row for key, row in expected.items() if key[0] == day}
                self.assertGreater(len(of_day), 0)
                self.check_metrics(day, of_day)
                self.check_tiers(day, of_day)

    def test_every_row_and_every_customer(self):
        dates = "2025-02-28", "2025-12-31"
        written = self.make("--customers", "2500")
        expected, bad = self.ask_oracle(*dates)
        self.check_quarantine(written, bad)
        self.check_dates(expected, *dates)
        self.check_variety(expected)

    def check_variety(self, expected):
        """The bank has what the comparison is for."""
        statuses = Counter(row["status"] for row in expected.values())
        self.assertGreater(statuses["rated"], 4_000)
        self.assertGreater(statuses["gated"], 100)
        accounts = (self.bank / "accounts.csv").read_text("utf-8")
        foreign = re.findall("^A.*,(?:USD|HKD|EUR|JPY),", accounts, re.MULTILINE)
        joint = re.findall("^A.*,joint,", (self.bank / "holders.csv").read_text("utf-8"),
                           re.MULTILINE)
        self.assertGreater(len(foreign), 50)
        self.assertGreater(len(joint), 50)
        for scheme, tiers in {"asset": 5, "pyramid": 4, "rfm": 8, "lifecycle": 6, "abc": 3,
                              "potential": 3, "preference": 4, "value": 2, "strategy": 4}.items():
            found = {row[scheme] for row in expected.values() if row[scheme]}
            self.assertEqual(len(found), tiers, f"{scheme}: {found}")

    def test_every_reason_in_a_thousand_customers(self):
        """Whatever can be wrong with a row is wrong with one; an import's own reason aside."""
        table = (ROOT / "src/ingest/reason.h").read_text("utf-8")
        known = set(re.findall(r'X\([A-Z_0-9]+, "([a-z_0-9]+)"', table))
        self.assertGreater(len(known), 20)
        self.make("--customers", "1000", "--months", "6")
        found = {row["reason"] for row in support.succeed_json(
            "quarantine", self.store, "--limit", "10000")["records"]}
        # No number of the bank merges or splits, nobody leaves a household; a correction's number;
        # bytes of other encodings.
        changes = (ROOT / "sql/ingest/customer_change_check.sql").read_text("utf-8")
        of_changes = known & set(re.findall("'([a-z_]+)'", changes))
        self.assertGreater(len(of_changes), 5)
        others = {"fix_id", "bad_encoding", "left_before_joined", "reserved_number"}
        self.assertEqual(known - found - of_changes, others & known)

    def test_holders_that_are_not_whole_and_a_date_within_a_month(self):
        day = "2025-11-15"
        written = self.make("--customers", "4200", "--months", "2", "--seed", "7")
        expected, bad = self.ask_oracle(day)
        self.assertIn("shares_total", bad.values())
        self.check_quarantine(written, bad)
        self.check_dates(expected, day)


if __name__ == "__main__":
    support.main()
