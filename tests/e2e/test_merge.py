#!/usr/bin/env python3
"""Customer numbers that merge with and split from others, worked out by hand and recomputed."""

import random
import shutil
import subprocess
import sys
import unittest
from collections import Counter

import support
from support import ROOT, SmallBank, read_csv, strata, succeed, succeed_json, write_csv

POLICY = """strata: 1
name: merges
population: holders
metrics:
  value: {from: balance, value: closing(amount), overdraft: net}
  bought: {from: txn, value: count(), window: 12 months}
  spent: {from: txn, value: sum(abs(amount)), window: 12 months}
  accounts: {from: account, value: count(), where: open}
schemes:
  size: {method: thresholds, value: value, tiers: [{code: large, from: 250}, {code: small}]}
  spending: {method: thresholds, value: spent, tiers: [{code: much, from: 30}, {code: little}]}
"""
COLUMNS = support.CHANGE_COLUMNS
MAPPING = support.changes_mapping("CNY")
MANIFEST = """strata-manifest: 1
as_of: {as_of}
files:
  changes.csv: {{rows: {rows}}}
"""
SHOWN = 5


def merge(number, into, day="2024-06-15"):
    """A row of the file: one number goes on as another."""
    return "merge", number, into, "", day


def split(number, into, account, day="2024-06-20"):
    """A row of the file: one account leaves a number for another."""
    return "split", number, into, account, day


class Merging(support.TestCase):
    """A store with a few customers, and files of changes."""

    def setUp(self):
        super().setUp()
        self.bank = SmallBank()
        self.files = 0

    def hold(self, customer, account, **balances):
        """An account of one's own; balances by day as d0105."""
        if all(row["id"] != customer for row in self.bank.rows["customer"]):
            self.bank.add("customer", id=customer, region=f"home of {customer}")
        self.bank.add("account", id=account, **{"class": "deposit"}, opened_on="2020-01-01")
        self.own(account, customer, "100%", "owner")
        self.stand(account, **balances)

    def own(self, account, customer, share, role="joint"):
        self.bank.add("account_holder", account=account, customer=customer, role=role, share=share)

    def stand(self, account, **balances):
        for day, amount in balances.items():
            self.bank.add("balance", account=account, on_date=f"2024-{day[1:3]}-{day[3:]}",
                          amount=amount)

    def move(self, number, customer, account, day, amount):
        self.bank.add("txn", id=number, customer=customer, account=account, on_date=day,
                      amount=amount)

    def change(self, *rows, as_of=None):
        """Imports a file of changes; read, loaded, unchanged, skipped, quarantined."""
        self.files += 1
        folder = self.folder / f"changes{self.files}"
        folder.mkdir()
        (folder / "mapping.yaml").write_text(  # never the same file to the program
            f"# {self.files}\n{MAPPING}", encoding="utf-8")
        write_csv(folder / "changes.csv", COLUMNS, rows)
        if as_of:
            (folder / "manifest.yaml").write_text(
                MANIFEST.format(as_of=as_of, rows=len(rows)), encoding="utf-8")
        report = succeed_json("import", self.store, folder / "mapping.yaml")
        self.check_store()
        return support.import_totals(report)["changes"][1:]

    def again(self, **tables):
        """Imports a later file of the bank with just these rows."""
        self.files += 1
        later = SmallBank()
        for table, rows in tables.items():
            for row in rows:
                later.add(table, **row)
        mapping = later.write(self.folder / f"later{self.files}")
        text = mapping.read_text(encoding="utf-8")
        mapping.write_text(f"# {self.files}\n{text}", encoding="utf-8")
        report = succeed_json("import", self.store, mapping)
        self.check_store()
        return {source: total[1:] for source, total in support.import_totals(report).items()}

    def check_store(self):
        """What must hold in every store: nothing in force is booked on a merged number, the parts
        of every account are whole, and a run sees at most one row of a customer."""
        holds = {
            "facts of merged numbers": "SELECT 1 FROM customer_key AS k JOIN ("
            + " UNION ALL ".join(f"SELECT customer_id FROM {table} WHERE until_load = {FORCE}"
                                 for table in ("txn", "balance", "holding", "account_holder",
                                               "customer", "customer_attribute"))
            + ") AS f ON f.customer_id = k.customer_id WHERE k.booked_on IS NOT NULL",
            "shares": f"SELECT 1 FROM account_holder WHERE until_load = {FORCE} "
                      "GROUP BY account_id HAVING sum(share) <> 10000 "
                      "OR count(*) <> count(DISTINCT customer_id) OR max(position) <> count(*)",
            "customers": "SELECT 1 FROM load AS w JOIN customer AS c ON c.load_id <= w.load_id "
                         "AND c.until_load > w.load_id GROUP BY w.load_id, c.customer_id "
                         "HAVING count(*) > 1",
            "customers without a row": "SELECT 1 FROM customer_key AS k WHERE k.household IS NULL "
            "AND NOT EXISTS (SELECT 1 "
            "FROM customer AS c WHERE c.customer_id = k.customer_id AND c.until_load = "
            f"CASE WHEN k.booked_on IS NULL THEN {FORCE} ELSE 0 END)",
        }
        self.ask({what: f"SELECT NOT EXISTS ({sql})" for what, sql in holds.items()})

    def ask(self, queries):
        """Queries of the store, named, that must all give true."""
        engine = support.store_engine(self.store)
        try:
            for what, sql in queries.items():
                engine.run(f"SELECT CASE WHEN ({sql}) THEN 0 ELSE error('{what}') END")
        finally:
            engine.close()

    def values(self, as_of="2024-06-30"):
        """Runs the policy: customer to (value, bought, spent, accounts)."""
        self.run_policy(POLICY, as_of)
        return {row["customer_id"]: (row["value"], row["bought"], row["spent"], row["accounts"])
                for row in self.export("metrics", "--from", as_of, "--as-of", as_of)
                if row["status"] == "rated"}

    def quarantined(self):
        """Reason and offending value of every open record by line."""
        records = succeed_json("quarantine", self.store, "--limit", "1000")["records"]
        return {record["line"]: (record["reason"], record["column"], record["value"])
                for record in records}


FORCE = 9223372036854775807


class ThreeCustomers(Merging):
    """Two who share an account, and a third."""

    def load_bank(self):
        """anna 100 + half of 0.03, bert 200 + half of 0.03, carl 40."""
        self.hold("anna", "a1", d0101="60.00", d0601="100.00")
        self.hold("bert", "b1", d0101="200.00")
        self.hold("carl", "c1", d0101="40.00")
        self.bank.add("account", id="j", **{"class": "deposit"}, opened_on="2020-01-01")
        self.own("j", "anna", "50%")
        self.own("j", "bert", "50%")
        self.stand("j", d0101="0.03")
        self.move("t1", "anna", "a1", "2024-02-01", "10.00")
        self.move("t2", "anna", "j", "2024-03-01", "-7.00")
        self.move("t3", "anna", "", "2024-04-01", "5.00")
        self.move("t4", "bert", "b1", "2024-05-01", "20.00")
        self.move("t5", "carl", "c1", "2024-05-01", "1.00")
        self.load(self.bank)

    BEFORE = {"anna": ("100.02", "3", "22.00", "2"), "bert": ("200.01", "1", "20.00", "2"),
              "carl": ("40.00", "1", "1.00", "1")}
    MERGED = {"bert": ("300.03", "4", "42.00", "3"), "carl": ("40.00", "1", "1.00", "1")}


class Merges(ThreeCustomers):
    """The whole history of one number goes to another."""

    def test_sums_and_tiers(self):
        self.load_bank()
        self.assertEqual(self.values(), self.BEFORE)
        self.assertEqual(self.tiers("size"), {"anna": "small", "bert": "small", "carl": "small"})
        self.assertEqual(self.change(merge("anna", "bert")), [1, 0, 0, 0])
        self.assertEqual(self.values(), self.MERGED)
        self.assertEqual(self.tiers("size"), {"bert": "large", "carl": "small"})
        self.assertEqual(self.tiers("spending"), {"bert": "much", "carl": "little"})

    def test_what_was_published_stays(self):
        self.load_bank()
        self.values("2024-05-31")
        before = self.export("tiers"), self.export("metrics")
        self.change(merge("anna", "bert"))
        self.values("2024-06-30")
        day = "--from", "2024-05-31", "--as-of", "2024-05-31"
        self.assertEqual((self.export("tiers", *day), self.export("metrics", *day)), before)
        self.assertEqual([scheme["exited"] for scheme in succeed_json("tiers", self.store)], [1, 1])
        self.ask({"merged out": """SELECT count(*) = 1 AND min(k.source_id) = 'anna'
            FROM published AS p JOIN run AS r ON r.run_id = p.run_id
            JOIN published AS q ON q.scheme = p.scheme AND q.as_of < p.as_of
            JOIN tier_state AS s ON s.run_id = q.run_id AND s.scheme = q.scheme
            JOIN customer_change AS c ON c.kind = 'merge' AND c.from_id = s.customer_id
                AND c.load_id <= r.watermark AND c.until_load > r.watermark
            JOIN customer_key AS k ON k.customer_id = c.from_id
            WHERE p.scheme = 'size' AND NOT EXISTS (SELECT 1 FROM tier_state AS n
                WHERE n.run_id = p.run_id AND n.customer_id = s.customer_id)"""})

    @support.file_store  # attaches one store to another
    def test_earlier_loads_show_what_they_showed(self):
        self.load_bank()
        copy = self.folder / "before.duckdb"
        shutil.copy(self.store, copy)
        self.change(merge("anna", "bert"), split("bert", "carl", "b1"))
        engine = support.store_engine(self.store)
        try:
            engine.run(f"ATTACH '{copy}' AS old (READ_ONLY)",
                       "CREATE TEMP TABLE w AS SELECT max(load_id) AS w FROM old.load")
            for table in ("customer", "customer_attribute", "account", "account_holder", "holding",
                          "balance", "txn", "standing_order"):
                seen = "load_id <= (SELECT w FROM w) AND until_load > (SELECT w FROM w)"
                now, then = (f"SELECT * EXCLUDE until_load FROM {name} WHERE {seen}"
                             for name in (f"main.{table}", f"old.{table}"))
                for one, other in ((now, then), (then, now)):
                    engine.run(f"SELECT error('{table}') FROM ({one} EXCEPT ALL {other}) AS x")
        finally:
            engine.close()

    def test_both_files_in_one_and_other_order(self):
        self.load_bank()
        rows = merge("anna", "bert", "2024-06-15"), merge("bert", "carl", "2024-06-10")
        self.change(*rows)
        forward = self.values()
        self.assertEqual(forward, {"carl": ("340.03", "5", "43.00", "4")})
        support.remove_store(self.store)
        self.bank_again()
        self.change(*reversed(rows))
        self.assertEqual(self.values(), forward)
        support.remove_store(self.store)
        self.bank_again()
        self.change(rows[1])
        self.change(rows[0])
        self.assertEqual(self.values(), forward)

    def bank_again(self):
        """A new store with the same bank."""
        for rows in self.bank.rows.values():
            rows.clear()
        self.load_bank()

    def test_chain_over_two_loads(self):
        self.load_bank()
        self.change(merge("anna", "bert"))
        self.change(merge("bert", "carl", "2024-06-20"))
        self.assertEqual(self.values(), {"carl": ("340.03", "5", "43.00", "4")})
        got = self.again(txn=[{"id": "t9", "customer": "anna", "account": "a1",
                               "on_date": "2024-06-28", "amount": "100.00"}])
        self.assertEqual(got, {"movements": [1, 0, 0, 0]})
        self.assertEqual(self.values(), {"carl": ("340.03", "6", "143.00", "4")})

    def test_same_file_and_same_rows_again(self):
        self.load_bank()
        self.change(merge("anna", "bert"))
        want = self.values()
        report = succeed_json("import", self.store, self.folder / "changes1/mapping.yaml")
        self.assertTrue(report["files"][0]["already_loaded"], report)
        self.assertEqual(self.change(merge("anna", "bert"), merge("anna", "bert")), [0, 2, 0, 0])
        self.assertEqual(self.values(), want)
        self.assertEqual(self.change(merge("anna", "bert"), merge("carl", "bert"),
                                     merge("carl", "bert")), [1, 2, 0, 0])
        self.assertEqual(self.values(), {"bert": ("340.03", "5", "43.00", "4")})

    def test_three_of_a_joint_account(self):
        self.hold("anna", "a1", d0101="1.00")
        self.hold("bert", "b1", d0101="1.00")
        self.hold("carl", "c1", d0101="1.00")
        self.bank.add("account", id="j", **{"class": "deposit"}, opened_on="2020-01-01")
        for customer, share in (("carl", "33.33%"), ("anna", "33.33%"), ("bert", "33.34%")):
            self.own("j", customer, share)
        self.stand("j", d0101="1000.00", d0301="0.05", d0401="-0.05")
        self.load(self.bank)
        self.assertEqual(self.values("2024-02-29"), {
            "carl": ("334.30", "0", "0.00", "2"), "anna": ("334.30", "0", "0.00", "2"),
            "bert": ("334.40", "0", "0.00", "2")})
        self.change(merge("anna", "bert"))
        # carl is first with 33.33 %, bert has 66.67 %: 0.05 is 0.03 and the rest, both signs
        self.assertEqual(self.values("2024-02-29"), {
            "carl": ("334.30", "0", "0.00", "2"), "bert": ("668.70", "0", "0.00", "3")})
        self.assertEqual(self.values("2024-03-31"), {
            "carl": ("1.02", "0", "0.00", "2"), "bert": ("2.03", "0", "0.00", "3")})
        self.assertEqual(self.values("2024-04-30"), {
            "carl": ("0.98", "0", "0.00", "2"), "bert": ("1.97", "0", "0.00", "3")})
        self.change(merge("carl", "bert"))
        self.assertEqual(self.values("2024-03-31"), {"bert": ("3.05", "0", "0.00", "4")})

    def test_authorised_person_of_what_becomes_his(self):
        self.hold("anna", "a1", d0101="100.00")
        self.hold("bert", "b1", d0101="50.00")
        self.own("a1", "bert", "0", "authorised")
        self.load(self.bank)
        self.assertEqual(self.values()["bert"], ("50.00", "0", "0.00", "1"))
        self.change(merge("anna", "bert"))
        self.assertEqual(self.values(), {"bert": ("150.00", "0", "0.00", "2")})

    def test_explain(self):
        self.load_bank()
        self.values("2024-05-31")
        self.change(merge("anna", "bert"), merge("bert", "carl", "2024-06-16"))
        self.values("2024-06-30")
        english = succeed("explain", self.store, "anna", "--scheme", "size")
        self.assertTrue(english.startswith("anna  2024-05-31  size: small\n"
                                           " merged on 2024-06-15, now part of carl\n"), english)
        chinese = succeed("explain", self.store, "anna", "--lang", "zh")
        self.assertIn("已于 2024-06-15 合并，现属于 carl", chinese)
        got = {state["scheme"]: state for state in succeed_json("explain", self.store, "anna")}
        self.assertEqual({key: got["spending"][key] for key in
                          ("customer", "as_of", "tier", "merged_into", "merged_on")},
                         {"customer": "anna", "as_of": "2024-05-31", "tier": "little",
                          "merged_into": "carl", "merged_on": "2024-06-15"})
        [carl] = succeed_json("explain", self.store, "carl", "--scheme", "size")
        self.assertEqual((carl["tier"], carl["merged_into"], carl["merged_on"]),
                         ("large", None, None))
        later = strata("explain", self.store, "anna", "--as-of", "2024-06-30")
        self.assertEqual(later.status, 1)
        self.assertIn("merged on 2024-06-15 and is now part of carl", later.err)
        self.assertIn("strata explain STORE carl", later.err)

    def test_explain_a_number_that_was_never_rated(self):
        self.load_bank()
        self.change(merge("anna", "bert"))
        self.values()
        result = strata("explain", self.store, "anna", "--lang", "zh")
        self.assertEqual(result.status, 1)
        self.assertIn("客户 anna 不在 2024-06-30 的运行中：已于 2024-06-15 合并，现属于 bert", result.err)


class LaterFiles(ThreeCustomers):
    """Files that still name a merged number."""

    def setUp(self):
        super().setUp()
        self.load_bank()
        self.change(merge("anna", "bert"))

    def test_transactions(self):
        rows = [{"id": "t1", "customer": "anna", "account": "a1", "on_date": "2024-02-01",
                 "amount": "10.00"},
                {"id": "t6", "customer": "anna", "account": "a1", "on_date": "2024-06-01",
                 "amount": "3.00"},
                {"id": "t7", "customer": "anna", "account": "", "on_date": "2024-06-02",
                 "amount": "4.00"}]
        self.assertEqual(self.again(txn=rows), {"movements": [2, 1, 0, 0]})
        self.assertEqual(self.values()["bert"], ("300.03", "6", "49.00", "3"))
        rows[1]["amount"] = "2.00"
        self.assertEqual(self.again(txn=rows), {"movements": [1, 2, 0, 0]})
        self.assertEqual(self.values()["bert"], ("300.03", "6", "48.00", "3"))

    def test_holders(self):
        as_before = [{"account": "a1", "customer": "anna", "role": "owner", "share": "100%"},
                     {"account": "j", "customer": "anna", "role": "joint", "share": "50%"},
                     {"account": "j", "customer": "bert", "role": "joint", "share": "50%"}]
        self.assertEqual(self.again(account_holder=as_before), {"holders": [0, 3, 0, 0]})
        self.assertEqual(self.values(), self.MERGED)
        new = [{"account": "c1", "customer": "anna", "role": "joint", "share": "25%"},
               {"account": "c1", "customer": "bert", "role": "joint", "share": "25%"},
               {"account": "c1", "customer": "carl", "role": "owner", "share": "50%"}]
        self.assertEqual(self.again(account_holder=new), {"holders": [3, 0, 0, 0]})
        self.assertEqual(self.values(), {"bert": ("320.03", "4", "42.00", "4"),
                                         "carl": ("20.00", "1", "1.00", "1")})

    def test_its_own_row_changes_nothing_and_comes_back(self):
        same = {"id": "anna", "region": "home of anna"}
        self.assertEqual(self.again(customer=[same]), {"customers": [0, 1, 0, 0]})
        moved = {"id": "anna", "region": "elsewhere"}
        self.assertEqual(self.again(customer=[moved]), {"customers": [1, 0, 0, 0]})
        self.assertEqual(self.again(customer=[moved, moved]),
                         {"customers": [0, 2, 0, 0]})
        self.assertEqual(self.values(), self.MERGED)
        self.change(split("bert", "anna", "a1"))
        self.assertEqual(self.again(customer=[moved]), {"customers": [0, 1, 0, 0]})
        self.run_policy(POLICY.replace("bought:", "x: {is: region}\n  bought:"), "2024-06-30")
        self.assertEqual(self.metric("x"), {"anna": "elsewhere", "bert": "home of bert",
                                            "carl": "home of carl"})

    def test_balances(self):
        self.again(balance=[{"account": "j", "on_date": "2024-06-25", "amount": "10.01"}])
        self.assertEqual(self.values()["bert"][0], "310.01")


class Splits(Merging):
    """Single accounts leave a number."""

    def load_bank(self):
        self.hold("anna", "a1", d0101="100.00")
        self.hold("anna", "a2", d0101="30.00")
        self.hold("bert", "b1", d0101="7.00")
        self.bank.add("account", id="j", **{"class": "deposit"}, opened_on="2020-01-01")
        self.own("j", "bert", "50%")
        self.own("j", "anna", "50%")
        self.stand("j", d0101="10.01")
        for number, customer, account in (("t1", "anna", "a1"), ("t2", "anna", "a2"),
                                          ("t3", "anna", ""), ("t4", "anna", "j"),
                                          ("t5", "bert", "j"), ("t6", "bert", "a2")):
            self.move(number, customer, account, "2024-03-01", f"{number[1:]}.00")
        self.bank.add("customer", id="cleo")
        self.load(self.bank)

    BEFORE = {"anna": ("135.00", "4", "10.00", "3"), "bert": ("12.01", "2", "11.00", "2")}

    def test_account_and_its_transactions_move(self):
        self.load_bank()
        self.assertEqual(self.values(), self.BEFORE)
        self.assertEqual(self.change(split("anna", "cleo", "a2")), [1, 0, 0, 0])
        self.assertEqual(self.values(), {"anna": ("105.00", "3", "8.00", "2"),
                                         "bert": ("12.01", "2", "11.00", "2"),
                                         "cleo": ("30.00", "1", "2.00", "1")})
        self.assertEqual(self.change(split("anna", "cleo", "a2")), [0, 1, 0, 0])

    def test_a_share_of_a_joint_account(self):
        self.load_bank()
        self.change(split("anna", "cleo", "j"))
        self.assertEqual(self.values(), {"anna": ("130.00", "3", "6.00", "2"),
                                         "bert": ("12.01", "2", "11.00", "2"),
                                         "cleo": ("5.00", "1", "4.00", "1")})
        self.change(split("cleo", "bert", "j", "2024-06-21"))
        self.assertEqual(self.values(), {"anna": ("130.00", "3", "6.00", "2"),
                                         "bert": ("17.01", "3", "15.00", "2")})

    def test_earlier_movements_sent_again(self):
        self.load_bank()
        known = {"id": "t2", "customer": "anna", "account": "a2", "on_date": "2024-03-01",
                 "amount": "2.00"}
        day_before = {**known, "id": "t7", "on_date": "2024-06-19", "amount": "7.00"}
        day_itself = {**known, "id": "t8", "on_date": "2024-06-20", "amount": "8.00"}
        other = {**known, "id": "t9", "account": "a1", "amount": "9.00"}
        self.change(split("anna", "cleo", "a2"))
        self.assertEqual(self.again(txn=[known, day_before, day_itself, other]),
                         {"movements": [3, 1, 0, 0]})
        self.assertEqual(self.values(), {"anna": ("105.00", "5", "25.00", "2"),
                                         "bert": ("12.01", "2", "11.00", "2"),
                                         "cleo": ("30.00", "2", "9.00", "1")})
        self.change(split("cleo", "bert", "a2", "2024-06-22"))
        self.assertEqual(self.again(txn=[known, day_before]), {"movements": [0, 2, 0, 0]})
        self.assertEqual(self.again(txn=[{**known, "customer": "cleo", "amount": "3.00"}]),
                         {"movements": [1, 0, 0, 0]})
        self.assertEqual(self.values()["bert"], ("42.01", "4", "21.00", "3"))
        self.change(split("bert", "anna", "a2", "2024-06-24"))
        self.assertEqual(self.again(txn=[{**known, "amount": "3.00"}, day_before]),
                         {"movements": [0, 2, 0, 0]})
        self.assertEqual(self.values(), {"anna": ("135.00", "8", "41.00", "3"),
                                         "bert": ("12.01", "1", "5.00", "2")})

    def test_both_holders_split_at_once(self):
        self.load_bank()
        self.bank.rows["customer"].clear()
        self.again(customer=[{"id": "dora"}])
        self.change(split("anna", "cleo", "j"), split("bert", "dora", "j"))
        self.assertEqual(self.values(), {"anna": ("130.00", "3", "6.00", "2"),
                                         "bert": ("7.00", "1", "6.00", "1"),
                                         "cleo": ("5.00", "1", "4.00", "1"),
                                         "dora": ("5.01", "1", "5.00", "1")})

    def test_merge_taken_back(self):
        self.load_bank()
        self.change(merge("anna", "bert"))
        self.assertEqual(self.values(), {"bert": ("147.01", "6", "21.00", "4")})
        self.change(split("bert", "anna", "a1"), split("bert", "anna", "a2"))
        # the movement without an account, and all of the joint account, stay
        self.assertEqual(self.values(), {"anna": ("130.00", "3", "9.00", "2"),
                                         "bert": ("17.01", "3", "12.00", "2")})
        self.again(txn=[{"id": "t8", "customer": "anna", "account": "a1", "on_date": "2024-06-29",
                         "amount": "1.00"}])
        self.assertEqual(self.values()["anna"], ("130.00", "4", "10.00", "2"))
        self.assertEqual(self.change(merge("anna", "bert")), [0, 1, 0, 0], "known, and taken back")
        self.assertEqual(self.change(merge("anna", "bert", "2024-06-25")), [1, 0, 0, 0])
        self.assertEqual(self.values(), {"bert": ("147.01", "7", "22.00", "4")})

    def test_merge_and_its_way_back_in_one_file(self):
        self.load_bank()
        self.assertEqual(self.change(split("bert", "anna", "a1"), merge("anna", "bert")),
                         [2, 0, 0, 0])
        self.assertEqual(self.values(), {"anna": ("100.00", "1", "1.00", "1"),
                                         "bert": ("47.01", "5", "20.00", "3")})

    def test_split_before_the_merge_that_undoes_it(self):
        self.load_bank()
        self.change(split("anna", "cleo", "a1", "2024-05-01"), merge("cleo", "anna", "2024-06-01"))
        self.assertEqual(self.values(), self.BEFORE)

    def test_split_of_what_the_file_merges(self):
        self.load_bank()
        self.change(merge("anna", "bert"), split("bert", "cleo", "a1"),
                    split("anna", "cleo", "a2"))
        self.assertEqual(self.values(), {"bert": ("17.01", "3", "12.00", "2"),
                                         "cleo": ("130.00", "3", "9.00", "2")})


class BadChanges(Merging):
    """Rows that cannot be right are set aside, each for its reason."""

    def load_bank(self):
        for customer in ("anna", "bert", "carl", "dora", "emil", "fritz"):
            self.hold(customer, customer[0] + "1", d0101="10.00")
        self.bank.add("customer", id="shut", closed_on="2024-06-15")
        self.bank.add("customer", id="shut_later", closed_on="2024-06-16")
        self.bank.add("customer", id="firm", kind="company")
        self.bank.add("customer", id="lead", kind="prospect")
        self.own("a1", "bert", "0", "authorised")
        self.load(self.bank)

    def check_reasons(self, rows, as_of=None):
        """Rows to (reason, column, value), None where a row is good; nothing else changes."""
        before = self.values()
        want = {line: reason for line, (_, reason) in enumerate(rows, start=2) if reason}
        got = self.change(*(row for row, _ in rows), as_of=as_of)
        records = succeed_json("quarantine", self.store, "--limit", "1000")["records"]
        self.assertEqual({r["line"]: (r["reason"], r["column"], r["value"]) for r in records}, want)
        self.assertEqual(got, [len(rows) - len(want), 0, 0, len(want)])
        for record in records:
            self.assertTrue(record["message"], record)
        if len(want) == len(rows):
            self.assertEqual(self.values(), before)

    def test_every_kind(self):
        self.load_bank()
        self.check_reasons([
            (merge("nobody", "bert"), ("unknown_customer", "from_customer", "nobody")),
            (merge("anna", "nobody"), ("unknown_customer", "into_customer", "nobody")),
            (merge("anna", "anna"), ("change_itself", "into_customer", "anna")),
            (("merge", "anna", "bert", "a1", "2024-06-15"), ("merge_account", "account", "a1")),
            (("merge", "", "bert", "", "2024-06-15"), ("missing", "from_customer", None)),
            (("join", "anna", "bert", "", "2024-06-15"), ("bad_choice", "kind", "join")),
            (merge("anna", "bert", "2024-02-30"), ("bad_date", "on_date", "2024-02-30")),
            (merge("anna", "bert", "2024-07-01"), ("future_change", "on_date", "2024-07-01")),
            (split("anna", "bert", ""), ("missing", "account", None)),
            (split("anna", "bert", "z1"), ("unknown_account", "account", "z1")),
            (split("bert", "carl", "c1"), ("not_held", "account", "c1")),
            (split("bert", "carl", "a1"), ("not_held", "account", "a1")),  # authorised only
            (split("anna", "lead", "a1"), ("prospect_change", "into_customer", "lead")),
            (split("bert", "shut", "b1", "2024-06-15"), ("into_closed", "into_customer", "shut")),
            (merge("anna", "shut", "2024-06-15"), ("into_closed", "into_customer", "shut")),
            (merge("lead", "bert"), ("prospect_change", "from_customer", "lead")),
            (merge("dora", "lead"), ("prospect_change", "into_customer", "lead")),
            (merge("carl", "firm"), ("kinds_differ", "into_customer", "firm")),
        ], as_of="2024-06-30")

    def test_closed_only_later(self):
        self.load_bank()
        self.check_reasons([(merge("anna", "shut_later"), None),
                            (split("bert", "shut_later", "b1", "2024-06-15"), None)])

    def test_circles(self):
        self.load_bank()
        self.check_reasons([
            (merge("anna", "bert"), ("merge_cycle", "into_customer", "bert")),
            (merge("bert", "anna"), ("merge_cycle", "into_customer", "anna")),
            (merge("carl", "dora"), ("merge_cycle", "into_customer", "dora")),
            (merge("dora", "emil"), ("merge_cycle", "into_customer", "emil")),
            (merge("emil", "carl"), ("merge_cycle", "into_customer", "carl")),
            (merge("fritz", "anna"), None)])  # leads into a circle, once that is gone it stands
        self.assertEqual(self.values()["anna"][0], "20.00")

    def test_circle_over_two_loads(self):
        self.load_bank()
        self.change(merge("anna", "bert"))
        self.check_reasons([(merge("bert", "anna"), ("merge_cycle", "into_customer", "anna"))])

    def test_merged_twice(self):
        self.load_bank()
        self.change(merge("anna", "bert"))
        self.check_reasons([
            (merge("anna", "carl"), ("merged_already", "from_customer", "anna")),
            (merge("anna", "bert", "2024-06-16"), ("merged_already", "from_customer", "anna"))])

    def test_two_ways_at_once(self):
        self.load_bank()
        self.check_reasons([
            (merge("anna", "bert"), ("change_conflict", "from_customer", "anna")),
            (merge("anna", "carl"), ("change_conflict", "from_customer", "anna")),
            (split("dora", "bert", "d1"), ("change_conflict", "account", "d1")),
            (split("dora", "carl", "d1"), ("change_conflict", "account", "d1")),
            (merge("emil", "fritz"), None)])

    def test_two_ways_under_two_names(self):
        self.load_bank()
        self.change(merge("anna", "bert"))
        self.check_reasons([
            (split("anna", "carl", "a1"), ("change_conflict", "account", "a1")),
            (split("bert", "dora", "a1"), ("change_conflict", "account", "a1"))])
        self.change(split("anna", "carl", "a1"), split("bert", "carl", "a1"))
        self.assertEqual(self.values()["carl"][0], "20.00")

    def test_receiver_refused_further_on(self):
        self.load_bank()
        self.again(customer=[{"id": "bert", "closed_on": "2024-06-01"}])
        self.check_reasons([  # bert goes on as carl unless that is wrong itself
            (merge("anna", "bert"), None), (merge("bert", "carl"), None)])

    def test_receiver_refused_and_then_closed(self):
        self.load_bank()
        self.again(customer=[{"id": "bert", "closed_on": "2024-06-01"}])
        self.check_reasons([
            (merge("anna", "bert"), ("into_closed", "into_customer", "bert")),
            (merge("bert", "firm"), ("kinds_differ", "into_customer", "firm"))])

    def test_into_what_the_file_takes_back(self):
        self.load_bank()
        self.change(merge("anna", "bert"))
        self.check_reasons([
            (split("bert", "anna", "a1"), None),
            (merge("carl", "anna"), ("change_conflict", "into_customer", "anna"))])
        self.assertEqual(self.values()["anna"][0], "10.00")

    def test_back_to_a_number_its_bank_has_closed(self):
        self.load_bank()
        self.change(merge("anna", "bert"))
        self.again(customer=[{"id": "anna", "closed_on": "2024-06-15"}])
        self.check_reasons([
            (split("bert", "anna", "a1"), ("into_closed", "into_customer", "anna"))])
        self.again(customer=[{"id": "anna", "closed_on": ""}, {"id": "bert", "closed_on": ""}])
        self.change(split("bert", "anna", "a1", "2024-06-21"))
        self.assertEqual(self.values()["anna"][0], "10.00")

    def test_corrected_record_is_loaded(self):
        self.load_bank()
        self.change(merge("anna", "nobody"))
        path = self.folder / "fix.csv"
        succeed("quarantine", self.store, "--source", "changes", "--export", path)
        path.write_text(path.read_text(encoding="utf-8").replace("nobody", "bert"),
                        encoding="utf-8")
        succeed("import", self.store, self.folder / "changes1/mapping.yaml", "--fix", path,
                "--source", "changes")
        self.assertEqual(self.values()["bert"][0], "20.00")
        self.assertEqual(self.quarantined(), {})

    def test_mapping_with_other_tables_is_refused(self):
        path = self.write("both.yaml", MAPPING + "      branch: {code: account}\n")
        succeed("init", self.store)
        result = strata("import", self.store, path)
        self.assertEqual(result.status, 1)
        self.assertIn("both.yaml:10", result.err)
        self.assertIn("a source of its own", result.err)


class DemoBank(support.TestCase):
    """Random changes of a generated bank: the oracle works on files in which they were made."""

    DATES = "2025-02-28", "2025-12-31"
    CHANGE_DAY = "2025-06-30"

    def setUp(self):
        super().setUp()
        self.random = random.Random(20250630)
        self.bank = self.folder / "bank"
        succeed("demo", self.bank, "--customers", "3000")
        self.init_and_import(ROOT / "mappings/demo.yaml", self.bank)
        self.into, self.moved = {}, {}

    def lines(self, name):
        """Fields of every line of a file, as bytes: some are broken in every way."""
        return [line.split(",") for line in
                (self.bank / name).read_bytes().decode("latin-1").split("\n")]

    def rows(self, name):
        """Lines with as many fields as the header, as dictionaries."""
        header, *lines = self.lines(name)
        return [dict(zip(header, line)) for line in lines if len(line) == len(header)]

    def choose(self):
        """Fifty merges, some in chains, and twenty splits, as rows of a file of changes."""
        customers = self.rows("customers.csv")
        times = Counter(row["customer_no"] for row in customers)
        bad = {record["value"] for record in succeed_json(
            "quarantine", self.store, "--source", "customers", "--limit", "1000")["records"]}
        good = [row["customer_no"] for row in customers
                if times[row["customer_no"]] == 1 and row["kind"] == "person" and
                not row["closed_on"] and row["customer_no"] not in bad and row["opened_on"] < "2024"]
        loaded = {row["customer_id"] for row in self.export("metrics", "--as-of", self.DATES[1])
                  if row["status"] == "rated"}
        picked = self.random.sample([number for number in good if number in loaded], 100)
        merges = list(zip(picked[:50], picked[50:]))
        merges += [(picked[50], picked[51]), (picked[51], picked[52])]
        partners = self.couples(set(picked), set(good) & loaded)
        merges += partners[:10]
        direct = dict(merges)
        for number in direct:
            self.into[number] = direct[number]
            while self.into[number] in direct:
                self.into[number] = direct[self.into[number]]
        named = {number for pair in merges for number in pair}
        free = [number for number in good if number in loaded and number not in named]
        owned = [(row["account_no"], row["customer_no"])
                 for row in self.rows("holders.csv")
                 if row["share"] == "100.00" and row["account_no"].endswith("01")]
        givers = [(account, number) for account, number in owned
                  if number in named and number in loaded]
        givers = self.random.sample(givers, 15) + self.random.sample(
            [(account, number) for account, number in owned if number in free], 5)
        takers = self.random.sample(free, 20)
        splits = []
        for (account, number), taker in zip(givers, takers):
            giver = self.into.get(number, number)
            self.moved[account, giver] = taker
            splits.append((giver, taker, account))
        rows = [merge(a, b, self.CHANGE_DAY) for a, b in merges]
        rows += [split(a, b, account, self.CHANGE_DAY) for a, b, account in splits]
        self.random.shuffle(rows)
        return rows

    def couples(self, taken, good):
        """Pairs that share an account."""
        holders = {}
        for row in self.rows("holders.csv"):
            if row["share"] not in ("", "0.00") and row["customer_no"] in good:
                holders.setdefault(row["account_no"], []).append(row["customer_no"])
        pairs = []
        for pair in holders.values():
            if len(set(pair)) == len(pair) == 2 and not taken & set(pair):
                pairs.append(tuple(pair))
                taken |= set(pair)
        return pairs

    def owner(self, number, account):
        """Whose a row of this number and account is in the end."""
        number = self.into.get(number, number)
        return self.moved.get((account, number), number)

    def rewrite(self):
        """The files with every change made."""
        changed = self.folder / "changed"
        shutil.copytree(self.bank, changed)

        def save(name, rows):
            text = "\n".join(",".join(row) for row in rows)
            (changed / name).write_bytes(text.encode("latin-1"))

        save("customers.csv", [row for row in self.lines("customers.csv")
                               if row[0] not in self.into])
        save("transactions.csv", [
            row[:2] + [self.owner(row[2], row[1])] + row[3:] if len(row) > 2 else row
            for row in self.lines("transactions.csv")])
        holders, place = [], {}
        for row in self.lines("holders.csv"):
            if len(row) == 4:
                named = row[1]
                row[1] = self.owner(named, row[0])
                first, other = place.setdefault((row[0], row[1]), (row, named))
                if other != named:
                    first[3] = f"{float(first[3]) + float(row[3]):.2f}"
                    first[2] = min(first[2], row[2], key=("owner", "joint", "authorised").index)
                    continue
            holders.append(row)
        save("holders.csv", holders)
        return changed

    def test_every_customer(self):
        policy = self.write("policy.yaml", support.earned_tiers_policy())
        for day in self.DATES:
            succeed("run", self.store, policy, "--as-of", day, "--quiet")
        rows = self.choose()
        self.assertGreaterEqual(len(rows), 80)
        folder = self.folder / "changes"
        folder.mkdir()
        (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
        write_csv(folder / "changes.csv", COLUMNS, rows)
        report = succeed_json("import", self.store, folder / "mapping.yaml")
        self.assertEqual(support.import_totals(report)["changes"], [len(rows)] * 2 + [0] * 3)
        out = self.folder / "oracle.csv"
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests/oracle/demo.py"), str(self.rewrite()),
             *(part for day in self.DATES for part in ("--as-of", day)), "-o", str(out)],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = {(row["as_of"], row["customer_id"]): row for row in read_csv(out)}
        for day in self.DATES:
            succeed("run", self.store, policy, "--as-of", day, "--quiet")
            self.compare(day, expected)

    def compare(self, day, expected):
        """All metrics and all tiers of all customers."""
        period = "--from", day, "--as-of", day
        want = {number for date, number in expected if date == day}
        metrics = self.export("metrics", *period)
        self.assertEqual({row["customer_id"] for row in metrics}, want)
        different = [(row["customer_id"], name, expected[day, row["customer_id"]][name], value)
                     for row in metrics for name, value in row.items()
                     if name not in ("as_of", "customer_id")
                     and expected[day, row["customer_id"]][name] != value]
        self.assertEqual(different[:SHOWN], [], f"{len(different)} differ (expected, exported)")
        tiers = self.export("tiers", *period)
        self.assertGreater(len(tiers), 8 * len(want))
        different = [(row["customer_id"], row["scheme"], wanted[row["scheme"]], row["tier"])
                     for row in tiers for wanted in (expected[day, row["customer_id"]],)
                     if (wanted[row["scheme"]], wanted[row["scheme"] + "_score"]) !=
                     (row["tier"], row["score"])]
        self.assertEqual(different[:SHOWN], [], f"{len(different)} differ (expected, exported)")


if __name__ == "__main__":
    support.main()
