#!/usr/bin/env python3
"""Overrides of tiers: who may ask and decide, what people see, and what survives."""

import unittest

import support
from support import SmallBank, strata, succeed, succeed_json, write_csv

POLICY = """strata: 1
name: bank
metrics:
  value: {from: balance, value: closing(amount)}
schemes:
  size:
    method: thresholds
    value: value
    tiers: [{code: gold, title: {zh: 金卡, en: Gold}, from: 100}, {code: silver, from: 50},
            {code: base}]
  kind: {method: thresholds, value: value, ranked: false,
         tiers: [{code: large, from: 100}, {code: small}]}
  held:
    method: thresholds
    value: value
    tiers: [{code: gold, from: 100}, {code: base}]
    moves: {down: {after: 2}}
"""
CHANGES = """strata-mapping: 1
name: changes{number}
currency: CNY
sources:
  changes:
    file: changes{number}.csv
    load:
      customer_change: {{kind: kind, from_customer: a, into_customer: b, account: account,
                         on_date: day}}
"""
CONFLICT, WRONG_USE = 1, 2


class Overriding(support.TestCase):
    """Three customers: 500, 70 and 10."""

    def setUp(self):
        super().setUp()
        bank = SmallBank()
        self.accounts = {name: bank.hold(name, {"2024-01-01": amount})
                         for name, amount in (("rich", 500), ("fair", 70), ("poor", 10))}
        self.load(bank)
        self.path = self.write("policy.yaml", POLICY)
        self.run_at("2024-01-31")

    def run_at(self, day, *options):
        succeed("run", self.store, self.path, "--as-of", day, *options)

    def ask(self, customer, action, tier=None, since="2024-02-01", until=None, scheme="size",
            by="manager-a", reason="a reason"):
        options = [] if tier is None else ["--tier", tier]
        options += [] if until is None else ["--until", until]
        return strata("override", "request", self.store, "--scheme", scheme, "--customer", customer,
                      "--action", action, "--from", since, "--reason", reason, "--by", by,
                      *options, "--json")

    def act(self, verb, number, by, *options):
        return strata("override", verb, self.store, number, "--by", by, *options)

    def must(self, result):
        self.assertEqual(result.status, 0, result.err)
        return result

    def refused(self, result, status, *words):
        self.assertEqual(result.status, status, result.out + result.err)
        for word in words:
            self.assertIn(word, result.err)

    def approved(self, *arguments, **options):
        """An override in force; its number."""
        self.must(self.ask(*arguments, **options))
        number = succeed_json("override", "list", self.store)[-1]["override"]
        self.must(self.act("approve", number, "manager-b"))
        return number

    def revoke(self, number):
        self.must(self.act("revoke", number, "manager-a", "--reason", "no longer"))
        self.must(self.act("approve", number, "manager-b"))

    def seen(self, day, scheme="size"):
        rows = self.export("tiers", "--scheme", scheme, "--as-of", day)
        tiers = {row["customer_id"]: row["tier"] or f"({row['status']})" for row in rows}
        self.assertEqual(len(tiers), len(rows), "a customer has two rows")
        return tiers

    def listed(self, *options):
        return {row["override"]: row["state"]
                for row in succeed_json("override", "list", self.store, *options)}

    def change(self, *rows):
        """Imports merges and splits: (kind, from, into, account, day)."""
        number = len(list(self.folder.glob("changes*.yaml")))
        mapping = self.write(f"changes{number}.yaml", CHANGES.format(number=number))
        write_csv(self.folder / f"changes{number}.csv", ["kind", "a", "b", "account", "day"], rows)
        succeed("import", self.store, mapping)


class Effect(Overriding):
    """What people see, worked out by hand."""

    def test_actions(self):
        # what the values earn: rich gold, fair silver, poor base
        rows = [
            ("fair", "raise", "gold", "gold"), ("fair", "raise", "silver", "silver"),
            ("fair", "raise", "base", "silver"), ("fair", "lower", "gold", "silver"),
            ("fair", "lower", "silver", "silver"), ("fair", "lower", "base", "base"),
            ("fair", "pin", "gold", "gold"), ("fair", "pin", "base", "base"),
            ("fair", "exclude", None, "(gated)"),
        ]
        for customer, action, tier, wanted in rows:
            with self.subTest(action=action, tier=tier):
                number = self.approved(customer, action, tier)
                self.run_at("2024-02-29")
                self.assertEqual(self.seen("2024-02-29"),
                                 {"rich": "gold", "fair": wanted, "poor": "base"})
                self.revoke(number)
        self.run_at("2024-02-29")
        self.assertEqual(self.seen("2024-02-29")["fair"], "silver")

    def test_days(self):
        self.approved("poor", "pin", "gold", since="2024-02-15", until="2024-03-31")
        self.run_at("2024-02-14")
        self.run_at("2024-02-15")
        self.run_at("2024-05-31", "--every", "month", "--from", "2024-02-01")
        self.assertEqual([self.seen(day)["poor"] for day in
                          ("2024-02-14", "2024-02-15", "2024-02-29", "2024-03-31", "2024-04-30",
                           "2024-05-31")], ["base", "gold", "gold", "gold", "base", "base"])

    def test_the_machine_runs_beneath(self):
        self.approved("rich", "lower", "base", scheme="held", since="2024-02-01",
                      until="2024-03-31")
        self.run_at("2024-04-30", "--every", "month", "--from", "2024-02-01")
        self.assertEqual([self.seen(day, "held")["rich"] for day in
                          ("2024-02-29", "2024-03-31", "2024-04-30")], ["base", "base", "gold"])

    def test_asking_alone_changes_nothing(self):
        self.must(self.ask("poor", "pin", "gold"))
        self.must(self.ask("poor", "pin", "silver"))
        self.run_at("2024-02-29")
        self.assertEqual(self.seen("2024-02-29")["poor"], "base")
        self.must(self.act("reject", 1, "manager-b"))
        self.run_at("2024-02-29")
        self.assertEqual(self.seen("2024-02-29")["poor"], "base")

    def test_explained(self):
        number = self.approved("poor", "pin", "gold", until="2024-12-31",
                               reason="Card of a partner 合作卡")
        self.run_at("2024-02-29")
        shown = {row["scheme"]: row for row in succeed_json("explain", self.store, "poor")}
        self.assertEqual(shown["size"]["override"], number)
        self.assertEqual(shown["size"]["masked"]["reason"], "Card of a partner 合作卡")
        self.assertIsNone(shown["kind"]["masked"])
        text = succeed("explain", self.store, "poor", "--scheme", "size")
        self.assertIn("exactly Gold, until 2024-12-31; asked by manager-a, approved by manager-b",
                      text)
        self.assertIn("reason: Card of a partner 合作卡", text)
        text = succeed("explain", self.store, "poor", "--scheme", "size", "--lang", "zh")
        self.assertIn("固定为 金卡，至 2024-12-31；manager-a 申请，manager-b 批准", text)

    def test_runs_pin_decisions(self):
        self.run_at("2024-02-29")
        number = self.approved("poor", "pin", "gold")
        self.run_at("2024-03-31")
        self.revoke(number)
        self.run_at("2024-04-30")
        self.assertEqual([self.seen(day)["poor"] for day in
                          ("2024-02-29", "2024-03-31", "2024-04-30")], ["base", "gold", "base"])
        self.assertTrue(all(run["identical"] for run in succeed_json("replay", self.store)))

    def test_imports_are_not_confused(self):
        before = succeed_json("quality", self.store)
        number = self.approved("poor", "pin", "gold")
        self.assertEqual(succeed_json("quality", self.store), before)
        bank = SmallBank()
        bank.hold("late", {"2024-02-01": 60})
        report = succeed_json("import", self.store, bank.write(self.folder / "later"))
        self.assertTrue(all(file["load"] > 1 for file in report["files"]))
        self.run_at("2024-02-29")
        self.assertEqual(self.seen("2024-02-29"),
                         {"rich": "gold", "fair": "silver", "poor": "gold", "late": "silver"})
        self.assertEqual(self.listed(), {number: "approved"})


class Rules(Overriding):
    """What is refused."""

    def test_second_person(self):
        self.must(self.ask("poor", "pin", "gold", by="经理 甲"))
        for name in ("经理 甲", " 经理　甲 ", "经理  甲"):
            for verb in ("approve", "reject"):
                self.refused(self.act(verb, 1, name), CONFLICT, "another person must decide")
        self.must(self.act("approve", 1, "经理乙"))
        self.must(self.act("revoke", 1, "Clerk", "--reason", "over"))
        for verb in ("approve", "reject"):
            self.refused(self.act(verb, 1, "CLERK "), CONFLICT, "another person must decide")
        self.assertEqual(self.listed(), {1: "approved"})
        self.must(self.act("approve", 1, "经理 甲"))  # who asked for it may end it
        self.assertEqual(self.listed(), {1: "revoked"})

    def test_order(self):
        bring = {"requested": [], "approved": ["approve"], "rejected": ["reject"],
                 "revoking": ["approve", "revoke"], "revoked": ["approve", "revoke", "approve"]}
        allowed = {"approve": {"requested", "revoking"}, "reject": {"requested", "revoking"},
                   "revoke": {"approved"}}
        number = 0
        for state, steps in bring.items():
            may = [verb for verb, states in allowed.items() if state in states]
            for verb in may or [None]:  # one for each verb that is allowed
                number += 1
                day = f"2030-01-{number:02}"
                self.must(self.ask("poor", "pin", "gold", since=day, until=day))
                for step in steps:
                    by = "manager-a" if step == "revoke" else "manager-b"
                    self.must(self.act(step, number, by, "--reason", "over"))
                for other in sorted(set(allowed) - set(may)):
                    with self.subTest(state=state, verb=other):
                        self.refused(self.act(other, number, "manager-c", "--reason", "over"),
                                     CONFLICT, "is not in a state for this")
                if verb:
                    with self.subTest(state=state, verb=verb):
                        self.must(self.act(verb, number, "manager-c", "--reason", "over"))

    def test_overlaps(self):
        self.approved("poor", "pin", "gold", since="2024-02-01", until="2024-02-29")
        for since, until, free in (
                ("2024-02-29", "2024-03-31", False), ("2024-01-01", "2024-02-01", False),
                ("2024-01-01", None, False), ("2024-02-10", "2024-02-10", False),
                ("2024-03-01", None, True), ("2024-01-01", "2024-01-31", True)):
            with self.subTest(since=since, until=until):
                result = self.ask("poor", "lower", "base", since=since, until=until)
                if free:
                    self.must(result)
                else:
                    self.refused(result, CONFLICT, "override 1 of customer poor in scheme size")
        self.must(self.ask("poor", "pin", "large", scheme="kind"))
        self.must(self.ask("fair", "pin", "gold"))
        # two that were asked for: the second approval is refused
        self.must(self.ask("rich", "pin", "base", since="2024-02-01"))
        self.must(self.ask("rich", "exclude", since="2024-06-01"))
        last = max(self.listed())
        self.must(self.act("approve", last, "manager-b"))
        self.refused(self.act("approve", last - 1, "manager-b"), CONFLICT, f"override {last} ")
        self.assertEqual(self.listed()[last - 1], "requested")

    def test_requests(self):
        rows = [
            (dict(customer="nobody", action="pin", tier="gold"), 1, "there is no customer nobody"),
            (dict(customer="poor", action="pin", tier="glod"), 1, "has no tier glod"),
            (dict(customer="poor", action="pin"), WRONG_USE, "--tier CODE is missing"),
            (dict(customer="poor", action="exclude", tier="gold"), WRONG_USE, "takes no --tier"),
            (dict(customer="poor", action="push", tier="gold"), WRONG_USE, "raise (at least"),
            (dict(customer="poor", action="raise", tier="large", scheme="kind"), WRONG_USE,
             "have no rank"),
            (dict(customer="poor", action="pin", tier="gold", scheme="none"), 1, "none"),
            (dict(customer="poor", action="pin", tier="gold", until="2024-01-31"), WRONG_USE,
             "--until is before --from"),
            (dict(customer="poor", action="pin", tier="gold", reason="  "), WRONG_USE,
             "--reason TEXT is missing"),
            (dict(customer="poor", action="pin", tier="gold", by=" "), WRONG_USE, "--by NAME"),
        ]
        for given, status, words in rows:
            with self.subTest(given=given):
                self.refused(self.ask(**given), status, words)
        self.assertEqual(self.listed(), {})
        self.refused(self.act("approve", 7, "manager-b"), 1, "there is no override 7")
        number = self.approved("poor", "pin", "gold")
        self.refused(self.act("revoke", number, "manager-a"), WRONG_USE, "--reason TEXT is missing")

    def test_lists(self):
        first = self.approved("poor", "pin", "gold")
        self.must(self.ask("fair", "exclude", scheme="kind"))
        self.assertEqual(self.listed("--customer", "poor"), {first: "approved"})
        self.assertEqual(self.listed("--state", "requested"), {2: "requested"})
        self.assertEqual(self.listed("--scheme", "kind"), {2: "requested"})
        self.refused(strata("override", "list", self.store, "--state", "open"), WRONG_USE)


class Numbers(Overriding):
    """Overrides follow the customer's number through merges."""

    def test_goes_with_a_merge(self):
        number = self.approved("poor", "pin", "gold")
        self.change(("merge", "poor", "fair", "", "2024-02-10"))
        self.run_at("2024-02-29")
        self.assertEqual(self.seen("2024-02-29"), {"rich": "gold", "fair": "gold"})
        self.refused(self.ask("fair", "exclude"), CONFLICT, f"override {number} ")
        self.refused(self.ask("poor", "exclude"), CONFLICT, f"override {number} ")
        self.change(("split", "fair", "poor", self.accounts["poor"], "2024-02-20"))
        self.run_at("2024-03-31")
        self.assertEqual(self.seen("2024-03-31"),
                         {"rich": "gold", "fair": "silver", "poor": "gold"})
        self.revoke(number)
        self.run_at("2024-04-30")
        self.assertEqual(self.seen("2024-04-30")["poor"], "base")
        self.assertTrue(all(run["identical"] for run in succeed_json("replay", self.store)))

    def test_one_mask_after_a_merge(self):
        self.approved("poor", "pin", "gold")
        own = self.approved("fair", "exclude")
        self.change(("merge", "poor", "fair", "", "2024-02-10"))
        self.run_at("2024-02-29")
        self.assertEqual(self.seen("2024-02-29"), {"rich": "gold", "fair": "(gated)"})
        shown = succeed_json("explain", self.store, "fair", "--scheme", "size")[0]
        self.assertEqual(shown["override"], own)
        self.change(("split", "fair", "poor", self.accounts["poor"], "2024-02-20"))
        self.run_at("2024-03-31")
        self.assertEqual(self.seen("2024-03-31"),
                         {"rich": "gold", "fair": "(gated)", "poor": "gold"})

    def test_two_into_one(self):
        first = self.approved("poor", "pin", "silver")
        self.approved("fair", "pin", "gold")
        self.change(("merge", "poor", "rich", "", "2024-02-10"),
                    ("merge", "fair", "rich", "", "2024-02-10"))
        self.run_at("2024-02-29")
        self.assertEqual(self.seen("2024-02-29"), {"rich": "silver"})
        shown = succeed_json("explain", self.store, "rich", "--scheme", "size")[0]
        self.assertEqual(shown["override"], first)


class Refusals(Overriding):
    """What was refused left the store as it was."""

    def test_nothing_is_half_done(self):
        self.approved("poor", "pin", "gold", until="2024-02-29")
        self.must(self.ask("poor", "pin", "silver", since="2024-03-01"))
        kept = support.copy_store(self.store, self.folder / "kept.duckdb")
        for _ in range(2):
            self.refused(self.ask("poor", "exclude"), CONFLICT)
            self.refused(self.act("approve", 2, "manager-a"), CONFLICT)
            self.refused(self.act("revoke", 2, "manager-a", "--reason", "x"), CONFLICT)
        before, after = (succeed_json("override", "list", store) for store in (kept, self.store))
        self.assertEqual(before, after)
        self.run_at("2024-02-29")
        self.assertEqual(self.seen("2024-02-29")["poor"], "gold")


if __name__ == "__main__":
    support.main()
