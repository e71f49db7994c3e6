#!/usr/bin/env python3
"""Published data sets against second implementations and published results, to the minor unit."""

import csv
import gzip
import subprocess
import sys
import unittest
from decimal import Decimal

import support
from support import ROOT, import_totals, read_csv, require_data, succeed


def run_oracle(name, *arguments):
    """Runs one of tests/oracle; it checks itself against what is published."""
    done = subprocess.run([sys.executable, str(ROOT / "tests/oracle" / name), str(support.DATA),
                           *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)


def minor(text):
    """Money with two decimals in minor units."""
    return str(int(Decimal(text).scaleb(2)))


class Berka(support.TestCase):
    """The Czech bank: a day-by-day recomputation in integers."""

    COUNTS = {"account": 4500, "client": 5369, "disp": 5369, "order": 6471, "loan": 682,
              "card": 892, "district": 77, "trans": 49102}
    FIRST, LAST, MONTHS = "1993-02-28", "1994-02-28", 13

    @classmethod
    def setUpClass(cls):
        cls.data = require_data("berka")

    def test_every_row_and_every_month(self):
        report = self.init_and_import(ROOT / "mappings/berka.yaml", self.data)
        totals = import_totals(report)
        self.assertEqual({source: total[0] for source, total in totals.items()}, self.COUNTS)
        self.assertEqual({source: total[1] for source, total in totals.items()}, self.COUNTS,
                         "every row is loaded, none unchanged, skipped or quarantined")
        succeed("run", self.store, ROOT / "policies/berka.yaml", "--from", self.FIRST,
                "--as-of", self.LAST, "--every", "month", "--quiet")
        self.compare_with_oracle()

    def compare_with_oracle(self):
        expected_path = self.folder / "oracle.csv"
        run_oracle("berka.py", "--from", self.FIRST, "--as-of", self.LAST, "-o", expected_path)
        expected = {(row["as_of"], row["customer_id"]): row for row in read_csv(expected_path)}
        self.assertEqual(len(expected), 5369 * self.MONTHS)
        got = {}
        for row in self.export("metrics", "--from", self.FIRST):
            got[row["as_of"], row["customer_id"]] = {
                "aum_minor": minor(row["aum"]), "aum_year_minor": minor(row["aum_year"]),
                "metric_status": row["status"]}
        for row in self.export("tiers", "--from", self.FIRST):
            key = row["as_of"], row["customer_id"]
            got[key][row["scheme"]] = row["tier"]
            got[key][row["scheme"] + "_status"] = row["status"]
        self.assertEqual(got.keys(), expected.keys())
        different = [(key, want, got[key]) for key, want in expected.items()
                     if got[key] != self.as_exported(want)]
        self.assertEqual(different[:5], [], f"{len(different)} rows differ")
        rated = sum(1 for row in expected.values() if row["status"] == "normal")
        self.assertGreater(rated, 5_000)

    @staticmethod
    def as_exported(want):
        """An oracle's row in our words: nobody gated holds anything."""
        status = "rated" if want["status"] == "normal" else "gated"
        row = {"aum_minor": want["aum_minor"] or "0",
               "aum_year_minor": want["aum_year_minor"] or "0", "metric_status": status}
        for scheme in ("asset", "pyramid", "abc"):
            row[scheme] = want[scheme]
            row[scheme + "_status"] = status
        return row


class RfmOrders(support.TestCase):
    """995 customers with the values, scores and segments that the R package rfm publishes."""

    @classmethod
    def setUpClass(cls):
        cls.data = require_data("rfm")

    def expected(self, name):
        return {row["customer_id"]: row for row in read_csv(self.data / name)}

    def test_values_scores_and_both_segment_sets(self):
        report = self.init_and_import(ROOT / "mappings/rfm_orders.yaml", self.data)
        self.assertEqual(import_totals(report), {"orders": [4906, 4906, 0, 0, 0]})
        for rules in ("test", "vignette"):
            with self.subTest(rules=rules):
                succeed("run", self.store, ROOT / f"policies/rfm_orders_{rules}.yaml",
                        "--as-of", "2006-12-31", "--quiet")
                self.check_values()
                self.check_segments(rules)

    def check_values(self):
        want = {customer: (row["recency_days"], row["transaction_count"], row["amount"] + ".00")
                for customer, row in self.expected("expected_rfm_orders_995.csv").items()}
        got = {row["customer_id"]: (row["recency"], row["frequency"], row["monetary"])
               for row in self.export("metrics")}
        self.assertEqual(len(want), 995)
        self.assertEqual(got, want)

    def check_segments(self, rules):
        scores = self.expected("expected_rfm_orders_995.csv")
        want = {}
        for customer, row in self.expected(f"expected_segments_{rules}_rules.csv").items():
            code = row["segment"].lower().replace(" ", "_").replace("'", "")
            self.assertEqual(row["rfm_score"], scores[customer]["rfm_score"])
            want[customer] = (code, row["rfm_score"])
        got = {row["customer_id"]: (row["tier"], row["rule"])
               for row in self.export("tiers", "--scheme", "rfm")}
        self.assertEqual(got, want)
        summary = {row["segment"].lower().replace(" ", "_").replace("'", ""): int(row["customers"])
                   for row in read_csv(
                       self.data / f"expected_segment_summary_{rules}_rules.csv")}
        counted = support.succeed_json("tiers", self.store, "--scheme", "rfm")[0]["tiers"]
        self.assertEqual({t["code"]: t["customers"] for t in counted if t["customers"]}, summary)


class OnlineRetail(support.TestCase):
    """541,909 invoice lines; recency, frequency and revenue of 4,338 customers."""

    @classmethod
    def setUpClass(cls):
        cls.data = require_data("retail")

    def test_every_line_and_every_customer(self):
        report = self.init_and_import(ROOT / "mappings/online_retail.yaml", self.data)
        loaded, without_customer = self.count_lines()
        self.assertEqual(loaded + without_customer, 541_909)
        self.assertEqual(import_totals(report),
                         {"lines": [541_909, loaded, 0, 0, without_customer]})
        self.assertEqual(report["files"][0]["reasons"], {"missing": without_customer})
        succeed("run", self.store, ROOT / "policies/online_retail.yaml", "--as-of", "2011-12-09",
                "--quiet")
        got = {row["customer_id"]: (row["recency"], row["frequency"], row["monetary"])
               for row in self.export("metrics")}
        for customer, values in self.expected().items():
            self.assertEqual(got.pop(customer, None), values, customer)
        self.assertEqual(len(got), 34, "customers with cancelled and free lines only")
        self.assertEqual(set(got.values()), {("", "0", "0.000")})

    def count_lines(self):
        """Lines with and without a customer, counted from the file."""
        with gzip.open(self.data / "online_retail.csv.gz", "rt", encoding="utf-8",
                       newline="") as file:
            named = [bool(row["CustomerID"]) for row in csv.DictReader(file, strict=True)]
        return named.count(True), named.count(False)

    def expected(self):
        """The published snapshot; its sums are doubles, so they are rounded to thousandths."""
        path = self.data / "expected_rfm_snapshot_2011-12-10.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        self.assertEqual(len(rows), 4338)
        return {row["CustomerID"].removesuffix(".0"): (
            row["recency"], row["frequency"],
            str(Decimal(row["monetary"]).quantize(Decimal("0.001")))) for row in rows}


if __name__ == "__main__":
    support.main()
