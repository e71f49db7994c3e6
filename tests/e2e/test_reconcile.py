#!/usr/bin/env python3
"""Totals by branch, product, class and currency, beside control totals worked out another way.

The oracle adds up whole accounts from the bank's own files; the program adds up holders' parts.
"""

import sys
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import support
from support import ROOT, SmallBank, strata, succeed

sys.path.insert(0, str(ROOT / "tests/oracle"))
import demo  # noqa: E402  pylint: disable=wrong-import-position

MAPPING = """
strata-mapping: 1
name: control_totals
currency: CNY
sources:
  control_totals:
    file: control*.csv
    load:
      control_total: {{as_of: as_of, {columns}}}
"""
DIMENSIONS = ("branch", "product", "class", "currency")


def half_up(numerator, denominator):
    """A quotient, halves away from zero."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole


def written(minor, currency):
    """Minor units as the files write amounts."""
    places = demo.DECIMALS[currency]
    return str(Decimal(minor).scaleb(-places).quantize(Decimal(1).scaleb(-places)))


class Reconcile(support.TestCase):
    """Control totals written by the test, and what the program makes of them."""

    def give_totals(self, day, totals, name="control.csv"):
        """Imports {key: (accounts, balance, average)}, keys in the order of DIMENSIONS."""
        broken_down = [any(key[i] for key in totals) for i in range(len(DIMENSIONS))]
        names = [*(d for d, used in zip(DIMENSIONS, broken_down) if used),
                 "accounts", "balance", "average"]
        rows = [(day, *(part for part, used in zip(key, broken_down) if used), *figures)
                for key, figures in totals.items()]
        folder = self.folder / "totals"
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.csv"):
            old.unlink()
        support.write_csv(folder / name, ("as_of", *names), rows)
        mapping = folder / "mapping.yaml"
        mapping.write_text(MAPPING.format(columns=", ".join(f"{n}: {n}" for n in names)),
                           encoding="utf-8")
        return support.succeed_json("import", self.store, mapping)

    def reconcile(self, *options):
        """Exit status and the JSON."""
        result = strata("reconcile", self.store, "--json", *options)
        self.assertEqual(result.err, "")
        return result.status, support.json.loads(result.out)

    @staticmethod
    def key(cell):
        return tuple(cell.get(name, "") for name in DIMENSIONS)

    def broken(self, report):
        """Key to difference of the breaks."""
        return {self.key(cell): cell["difference"] for cell in report["cells"] if cell["break"]}


class DemoBank(Reconcile):
    """A generated bank with joint accounts, five currencies, overdrafts and closed accounts."""

    def setUp(self):
        super().setUp()
        folder = self.folder / "bank"
        succeed("demo", folder, "--customers", 500, "--months", 4, "--quiet")
        self.init_and_import(ROOT / "mappings/demo.yaml", folder)
        self.bank = demo.Bank(folder)
        self.assertTrue(any(len([h for h in holders if h.share]) > 1
                            for holders in self.bank.holders.values()), "no joint account")

    def closes(self, number, first, last):
        """The account's end-of-day balances: nothing before it opens and from its last day on."""
        account, rows = self.bank.accounts[number], self.bank.balances.get(number, {})
        day, amount = first, 0
        for on in sorted(rows):
            if on <= first:
                amount = rows[on]
        while day <= last:
            amount = rows.get(day, amount)
            opened = not account["opened_on"] or account["opened_on"] <= day
            closed = account["closed_on"] and account["closed_on"] <= day
            yield amount if opened and not closed else 0
            day += timedelta(days=1)

    def totals(self, day, *dimensions):
        """The oracle's totals by the dimensions asked for."""
        sums = defaultdict(lambda: [0, 0, 0])
        for number, account in self.bank.accounts.items():
            key = tuple((account[name] or "") if name in dimensions else ""
                        for name in DIMENSIONS[:3]) + (account["currency"],)
            closes = list(self.closes(number, day.replace(day=1), day))
            opened = not account["opened_on"] or account["opened_on"] <= day
            closed = account["closed_on"] and account["closed_on"] <= day
            sums[key][0] += bool(opened and not closed)
            sums[key][1] += closes[-1]
            sums[key][2] += sum(closes)
        return {key: (accounts, written(balance, key[3]), written(half_up(days, day.day), key[3]))
                for key, (accounts, balance, days) in sums.items() if accounts or balance or days}

    def ours(self, cells):
        """The program's figures in the oracle's shape."""
        return {self.key(cell): (cell["ours"]["accounts"], cell["ours"]["balance"],
                                 cell["ours"]["average"]) for cell in cells if cell["ours"]}

    def test_totals_without_anything_to_compare(self):
        for day in (date(2025, 12, 31), date(2025, 11, 15)):
            status, report = self.reconcile("--as-of", day)
            self.assertEqual((status, report["compared"], report["breaks"]), (0, False, 0))
            self.assertEqual(self.ours(report["cells"]), self.totals(day, "branch", "product"))
            for name in ("branch", "product"):
                self.assertEqual(self.ours(report["by"][name]), self.totals(day, name))
            self.assertEqual(self.ours(report["by"]["currency"]), self.totals(day))
        self.assertEqual(self.reconcile()[1]["as_of"], "2025-12-31")
        for lang, text in (("en", "nothing was compared"), ("zh", "未作比较")):
            self.assertIn(text, succeed("reconcile", self.store, "--lang", lang))

    def test_totals_that_agree(self):
        """At every grain a core system may give, each on a day of its own."""
        day = date(2025, 12, 31)
        for dimensions in (("branch", "product"), ("branch",), ("product",), ("class",), (),
                           ("branch", "product", "class")):
            totals = self.totals(day, *dimensions)
            self.give_totals(day, totals)
            status, report = self.reconcile("--as-of", day)
            self.assertEqual((status, report["compared"], self.broken(report)), (0, True, {}))
            self.assertEqual(self.ours(report["cells"]), totals)
            day -= timedelta(days=9)
        self.assertEqual(self.reconcile()[1]["as_of"], "2025-12-31")
        for lang, text in (("en", "totals agree"), ("zh", "全部相符")):
            self.assertIn(text, succeed("reconcile", self.store, "--lang", lang))

    def plant(self, totals):
        """Changes some totals; the differences (ours - core) that must be found."""
        keys = [key for key in sorted(totals) if key[3] == "CNY"]
        changed = dict(totals)
        cent, accounts, average, gone = keys[0], keys[3], keys[5], keys[7]
        new = ("B999", "X001", "", "USD")
        figures = totals[cent]
        changed[cent] = (figures[0], str(Decimal(figures[1]) + Decimal("0.01")), figures[2])
        figures = totals[accounts]
        changed[accounts] = (figures[0] + 1, figures[1], figures[2])
        figures = totals[average]
        changed[average] = (figures[0], figures[1], str(Decimal(figures[2]) - Decimal("0.01")))
        del changed[gone]
        changed[new] = ("", "-5.00", "")
        return changed, {cent: "-0.01", accounts: "0.00", average: "0.00",
                         gone: totals[gone][1], new: "5.00"}, {cent, average}

    def test_breaks_are_found(self):
        day = date(2025, 12, 31)
        totals = self.totals(day, "branch", "product")
        changed, wanted, small = self.plant(totals)
        self.give_totals(day, changed)
        status, report = self.reconcile()
        self.assertEqual((status, self.broken(report), report["breaks"]), (1, wanted, len(wanted)))
        status, report = self.reconcile("--tolerance", "0.01")
        self.assertEqual((status, set(self.broken(report))), (1, set(wanted) - small))
        gone = next(cell for cell in report["cells"] if cell["core"] is None)
        new = next(cell for cell in report["cells"] if cell["ours"] is None)
        self.assertEqual((gone["break"], new["break"], new["branch"]), (True, True, "B999"))
        for lang, text in (("en", "Breaks: 5 of"), ("zh", "不符：5 项")):
            result = strata("reconcile", self.store, "--lang", lang)
            self.assertEqual((result.status, result.err), (1, ""))
            self.assertIn(text, result.out)
            self.assertIn("B999", result.out)
        self.check_file(report["cells"], wanted)
        # the core system sends that day again: a correction
        self.give_totals(day, {**totals, ("B999", "X001", "", "USD"): (0, "0.00", "0.00")})
        status, report = self.reconcile()
        self.assertEqual((status, self.broken(report)), (0, {}))

    def check_file(self, cells, wanted):
        """The file holds every total, and the same breaks, in each format."""
        for suffix in ("csv", "xlsx", "parquet"):
            result = strata("reconcile", self.store, "--quiet", "-o",
                            self.folder / f"totals.{suffix}")
            self.assertEqual((result.status, result.out, result.err), (1, "", ""))
        rows = support.read_csv(self.folder / "totals.csv")
        self.assertEqual(len(rows), len(cells))
        got = {tuple(row[name] for name in DIMENSIONS): row for row in rows}
        self.assertEqual({key for key, row in got.items() if row["breaks"] == "true"}, set(wanted))
        for key, difference in wanted.items():
            if got[key]["core_balance"]:
                self.assertEqual(Decimal(got[key]["balance_difference"]), Decimal(difference))
        self.assertEqual(sum(int(row["accounts"] or 0) for row in rows),
                         sum(cell["ours"]["accounts"] for cell in cells if cell["ours"]))


class ByHand(Reconcile):
    """Accounts few enough to add up on paper."""

    def setUp(self):
        super().setUp()
        bank = SmallBank()
        bank.hold("a", {"2024-03-01": "100.00", "2024-03-03": "-20.00"}, branch="N", product="P")
        bank.hold("b", {"2024-02-28": "7.00", "2024-03-04": "9.00"}, closed_on="2024-03-04",
                  branch="N", product="P")
        bank.hold("c", {"2024-03-01": "50.00"}, opened_on="2024-03-02", branch="S", product="P")
        bank.hold("d", {"2024-03-05": "1000.00"}, opened_on="2024-03-05", branch="S", product="P")
        number = bank.hold("e", {"2024-03-01": "0.01", "2024-03-02": "10.01"})
        bank.rows["account_holder"][-1]["share"] = "50%"
        bank.add("customer", id="f")
        bank.add("account_holder", account=number, customer="f", role="joint", share="50%")
        self.load(bank)

    def test_figures(self):
        """On 4 March: an overdraft, one closed that day, one opened later, a joint account."""
        status, report = self.reconcile("--as-of", "2024-03-04")
        got = {self.key(cell): cell["ours"] for cell in report["cells"]}
        self.assertEqual(status, 0)
        self.assertEqual(got, {
            # (100 + 100 - 20 - 20 + 3 days of 7) / 4 = 45.25
            ("N", "P", "", "CNY"): {"accounts": 1, "balance": "-20.00", "average": "45.25"},
            # 50 on three of four days, none of the next account
            ("S", "P", "", "CNY"): {"accounts": 1, "balance": "50.00", "average": "37.50"},
            # (0.01 + 3 × 10.01) / 4 = 7.51
            ("", "", "", "CNY"): {"accounts": 1, "balance": "10.01", "average": "7.51"}})

    def test_what_cannot_be_reconciled(self):
        self.give_totals("2024-03-04", {("N", "", "", "CNY"): (1, "-20.00", "")})
        empty = self.folder / "empty.duckdb"
        succeed("init", empty)
        for what, arguments, status, en, zh in (
                ("no totals of that day", (self.store, "--as-of", "2024-03-03"), 1,
                 "no control totals of 2024-03-03", "没有 2024-03-03 的控制总数"),
                ("nothing imported", (empty,), 1, "no account to total", "没有当日可合计的账户"),
                ("before the bank", (empty, "--as-of", "1990-01-01"), 1, "another --as-of",
                 "换一个 --as-of"),
                ("tolerance", (self.store, "--tolerance", "-1"), 2, "such as 0.01", "如 0.01"),
                ("format", (self.store, "-o", self.folder / "x.doc"), 2, "csv, parquet, xlsx",
                 "csv、parquet、xlsx"),
                ("folder", (self.store, "-o", self.folder / "no/x.csv"), 1, "cannot write",
                 "无法写入")):
            for lang, text in (("en", en), ("zh", zh)):
                with self.subTest(what=what, lang=lang):
                    result = strata("reconcile", *arguments, "--lang", lang)
                    self.assertEqual((result.status, result.out), (status, ""))
                    self.assertIn(text, result.err)

    def test_rows_that_cannot_be_totals(self):
        """Quarantined like any other row; a total given twice in one file is one or an error."""
        folder = self.folder / "totals"
        folder.mkdir()
        support.write_csv(folder / "control.csv", ("as_of", "branch", "currency", "balance"), [
            ("2024-03-04", "N", "CNY", "-20.00"), ("2024-03-04", "N", "CNY", "-20.00"),
            ("2024-03-04", "S", "CNY", "50.00"), ("2024-03-04", "S", "CNY", "51.00"),
            ("2024-03-04", "W", "XXQ", "1.00"), ("2024-03-04", "W", "JPY", "1.50"),
            ("soon", "W", "CNY", "1.00"), ("2024-03-04", "W", "CNY", "")])
        mapping = folder / "mapping.yaml"
        mapping.write_text(MAPPING.format(
            columns="branch: branch, currency: currency, balance: balance").replace(
                "currency: CNY\n", "currency: CNY\nrefuse_above: 90%\n", 1), encoding="utf-8")
        report = support.succeed_json("import", self.store, mapping)
        self.assertEqual(report["files"][0]["reasons"], {
            "duplicate_key": 1, "unknown_currency": 1, "too_precise": 1, "bad_date": 1,
            "missing": 1})


if __name__ == "__main__":
    support.main()
