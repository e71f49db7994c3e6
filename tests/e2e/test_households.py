#!/usr/bin/env python3
"""Households: families worked out by hand month by month, random ones recomputed in plain Python."""

import random
from datetime import date, timedelta

import support
from support import SmallBank, import_totals, strata, succeed, succeed_json

LEVELS = ("gold", "silver", "bronze", "base")
BOUNDS = (300, 200, 100)
POLICY = """strata: 1
name: families
metrics:
  value: {from: balance, value: closing(amount)}
schemes:
"""
TIERS = """    method: thresholds
    value: value
    tiers: [{code: gold, from: 300}, {code: silver, from: 200}, {code: bronze, from: 100}, {code: base}]
"""


def scheme(name, *lines):
    """A scheme over the four tiers, with more keys."""
    return f"  {name}:\n{TIERS}" + "".join(f"    {line}\n" for line in lines)


def level_of(amount):
    """The level an amount earns; 0 is the best."""
    return sum(amount < bound for bound in BOUNDS)


def month_ends(first, count):
    """The last days of so many months from the one that a day lies in."""
    days = []
    for _ in range(count):
        first = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        days.append(first - timedelta(days=1))
    return days


class Families(support.TestCase):
    """A store of a few customers, rated month by month in 2024."""

    def setUp(self):
        super().setUp()
        self.bank = SmallBank()

    def person(self, number, *amounts, **columns):
        """A customer with an account whose balance is one amount for each month from January."""
        self.bank.add("customer", id=number, **columns)
        days = [f"2024-{month + 1:02}-01" for month in range(len(amounts))]
        self.bank.hold(number, dict(zip(days, amounts)))

    def member(self, customer, household, joined_on="", left_on="", role=""):
        self.bank.add("household_member", customer=customer, household=household, role=role,
                      joined_on=joined_on, left_on=left_on)

    def rate(self, months, *schemes):
        """Runs the months from January; exported rows by scheme, customer and month."""
        self.load(self.bank)
        days = month_ends(date(2024, 1, 1), months)
        self.run_policy(POLICY + "".join(schemes), days[-1], "--every", "month", "--from", days[0])
        rows = self.export("tiers", "--from", days[0], "--as-of", days[-1])
        return {(row["scheme"], row["customer_id"], int(row["as_of"][5:7])): row for row in rows}

    def walk(self, rows, name, customer, months):
        """The tiers of one customer, a word each: with * where the household lifts it."""
        found = [rows.get((name, customer, month)) for month in range(1, months + 1)]
        return " ".join("-" if not row else (row["tier"] or row["status"])
                        + ("*" if row.get("shared_from") else "") for row in found)


class SharedTier(Families):
    """`household:` of a scheme: the best of one's own and the household's tiers."""

    def test_best_of_the_household(self):
        """Every member sees the best tier; who is alone, or in no household, its own."""
        self.person("anna", 350, household="H1")
        self.person("bert", 150, household="H1")
        self.person("carl", 20, household="H1")
        self.person("dora", 20, household="H2")
        self.person("emil", 20)
        self.person("fred", 20)
        rows = self.rate(1, scheme("asset", "household: best"))
        tiers = {number: row["tier"] for (_, number, _), row in rows.items()}
        self.assertEqual({"anna": "gold", "bert": "gold", "carl": "gold", "dora": "base",
                          "emil": "base", "fred": "base"}, tiers)
        shared = {number: row["shared_from"] for (_, number, _), row in rows.items()}
        self.assertEqual({"anna": "", "bert": "anna", "carl": "anna", "dora": "", "emil": "",
                          "fred": ""}, shared)
        self.assertEqual("base", rows["asset", "carl", 1]["candidate"])

    def test_of_equals_the_lowest_number(self):
        """Two members give the same tier: the number first by its bytes is named."""
        self.person("b", 350, household="H1")
        self.person("B", 350, household="H1")
        self.person("a", 100, household="H1")
        rows = self.rate(1, scheme("asset", "household: best"))
        self.assertEqual("B", rows["asset", "a", 1]["shared_from"])

    def test_joining_and_leaving(self):
        """Membership as of the period's end; the day of leaving is the first without; a leaver has
        its own tier and its own counts, which went on beneath the household's."""
        self.person("anna", 350, 350, 350, 350, 350, 350)
        self.person("bert", 150, 150, 50, 50, 50, 50)
        self.person("carl", 20, 20, 20, 20, 20, 20)
        self.member("anna", "H1")
        self.member("bert", "H1", "2024-02-29", "2024-04-30")
        self.member("carl", "H1", "2024-03-01", "2024-06-01")
        rows = self.rate(6, scheme("asset", "moves: {down: {after: 3}}", "household: best"),
                         scheme("plain", "household: best"))
        self.assertEqual("bronze gold* gold* bronze base base",
                         self.walk(rows, "asset", "bert", 6))
        self.assertEqual(["0", "0", "1", "2", "0", "0"],
                         [rows["asset", "bert", month]["failing"] for month in range(1, 7)])
        self.assertEqual("bronze gold* gold* base base base",
                         self.walk(rows, "plain", "bert", 6))
        self.assertEqual("base base gold* gold* gold* base", self.walk(rows, "asset", "carl", 6))

    def test_a_member_falls(self):
        """The household loses what its best member loses, when the machine says so."""
        self.person("anna", 350, 350, 50, 50, 50, household="H1")
        self.person("bert", 150, 150, 150, 150, 150, household="H1")
        rows = self.rate(5, scheme("asset", "moves: {down: {after: 2}}", "household: best"))
        self.assertEqual("gold gold gold bronze* bronze*", self.walk(rows, "asset", "anna", 5))
        self.assertEqual("gold* gold* gold* bronze bronze", self.walk(rows, "asset", "bert", 5))

    def test_limits(self):
        """lift, up_to, where and for, alone and together."""
        self.person("anna", 350, kind="person", household="H1")
        self.person("bert", 20, kind="person", household="H1")
        self.person("firm", 220, kind="company", household="H1")
        rows = self.rate(1, scheme("one", "household: {lift: 1}"),
                         scheme("two", "household: {lift: 2}"),
                         scheme("silver", "household: {up_to: silver}"),
                         scheme("both", "household: {lift: 1, up_to: silver}"),
                         scheme("firms", "household: {where: kind = 'company'}"),
                         scheme("persons", "household: {for: kind = 'person'}"),
                         scheme("nobody", "household: {where: value > 10000}"))
        found = {name: tuple(rows[name, number, 1]["tier"] for number in ("anna", "bert", "firm"))
                 for name in ("one", "two", "silver", "both", "firms", "persons", "nobody")}
        self.assertEqual({
            "one": ("gold", "bronze", "gold"), "two": ("gold", "silver", "gold"),
            "silver": ("gold", "silver", "silver"), "both": ("gold", "bronze", "silver"),
            "firms": ("gold", "silver", "silver"), "persons": ("gold", "gold", "silver"),
            "nobody": ("gold", "base", "silver")}, found)

    def test_by_role(self):
        """The role of the membership on the day."""
        self.person("anna", 350, 350)
        self.person("bert", 20, 20)
        self.person("carl", 20, 20)
        self.member("anna", "H1", role="head")
        self.member("bert", "H1", role="child", joined_on="2020-01-01")
        self.member("bert", "H1", role="lodger", joined_on="2024-02-10")
        self.member("carl", "H1", role="spouse")
        rows = self.rate(2, scheme("asset", "household:",
                                   "  for: household_role in ('spouse', 'child')"))
        self.assertEqual("gold* base", self.walk(rows, "asset", "bert", 2))
        self.assertEqual("gold* gold*", self.walk(rows, "asset", "carl", 2))

    def test_who_is_not_rated(self):
        """A prospect has no tier, gives none and is given none; who closed is not there."""
        self.person("anna", 350, 350, household="H1", closed_on="2024-02-10")
        self.person("bert", 20, 20, household="H1", closed_on="")
        self.bank.add("customer", id="carl", household="H1", kind="prospect")
        rows = self.rate(2, scheme("asset", "household: best"))
        self.assertEqual("gold* base", self.walk(rows, "asset", "bert", 2))
        self.assertEqual("gated gated", self.walk(rows, "asset", "carl", 2))
        self.assertEqual("gold -", self.walk(rows, "asset", "anna", 2))

    def test_merged(self):
        """A merged number leaves its household; the number that goes on keeps its own."""
        self.person("anna", 350, household="H1")
        self.person("bert", 20, household="H1")
        self.person("carl", 20, household="H2")
        self.person("dora", 20, household="H2")
        self.load(self.bank)
        self.write("changes.csv", "kind,from,into,day\nmerge,anna,carl,2024-01-10\n")
        mapping = self.write("changes.yaml", """strata-mapping: 1
name: changes
currency: CNY
sources:
  changes:
    file: changes.csv
    load: {customer_change: {kind: kind, from_customer: from, into_customer: into, on_date: day}}
""")
        succeed("import", self.store, mapping)
        self.run_policy(POLICY + scheme("asset", "household: best"), "2024-01-31")
        self.assertEqual({"bert": "base", "carl": "gold", "dora": "gold"}, self.tiers("asset"))

    def test_overrides_lie_over_it(self):
        """An override masks the shared tier; who is excluded gives nothing and is given nothing;
        what an override gives is not shared."""
        for number, amount, home in (("anna", 350, "H1"), ("bert", 20, "H1"), ("carl", 20, "H1"),
                                     ("dora", 20, "H2"), ("emil", 20, "H2"),
                                     ("fred", 350, "H3"), ("gina", 120, "H3")):
            self.person(number, amount, amount, household=home)
        text = scheme("asset", "household: best")
        self.rate(1, text)
        masks = (("bert", 3, "bronze"), ("dora", 1, "gold"), ("fred", 4, None), ("carl", 2, "silver"))
        for i, (number, action, tier) in enumerate(masks):
            tier_id = f"(SELECT tier_id FROM tier WHERE code = '{tier}')" if tier else "NULL"
            engine = support.store_engine(self.store)
            engine.run(f"INSERT INTO tier_override SELECT {i + 1}, 'asset', customer_id, {action}, "
                       f"{tier_id}, DATE '2024-02-01', NULL, 1, 9223372036854775807 "
                       f"FROM customer_key WHERE source_id = '{number}'")
            engine.close()
        self.run_policy(POLICY + text, "2024-02-29")
        found = {row["customer_id"]: (row["tier"] or row["status"], row["shared_from"])
                 for row in self.export("tiers")}
        self.assertEqual({"anna": ("gold", ""), "bert": ("bronze", ""),
                          "carl": ("silver", "anna"), "dora": ("gold", ""), "emil": ("base", ""),
                          "fred": ("gated", ""), "gina": ("bronze", "")}, found)

    def test_said_aloud(self):
        """explain names the member and one's own tier, and nothing of the member's values."""
        self.person("anna", 354321, household="H1")
        self.person("bert", 150, household="H1")
        self.rate(1, scheme("asset", "household: best"))
        told = succeed("explain", self.store, "bert")
        self.assertIn("its own tier is bronze; lifted through the household of anna", told)
        self.assertNotIn("354", told)
        self.assertIn("因与 anna 同一家庭而提升", succeed("explain", self.store, "bert", "--lang", "zh"))
        self.assertNotIn("household", succeed("explain", self.store, "anna").split("values")[0])
        found = {number: succeed_json("explain", self.store, number)[0]["shared_from"]
                 for number in ("anna", "bert")}
        self.assertEqual({"anna": None, "bert": "anna"}, found)

    def test_replay(self):
        """A past run comes again as it was, also after its members were corrected."""
        self.person("anna", 350, 350)
        self.person("bert", 20, 20)
        self.member("anna", "H1")
        self.member("bert", "H1")
        self.rate(2, scheme("asset", "household: best"))
        self.again([("bert", "H1", "", "2024-01-01")])
        for run in (1, 2):
            succeed("replay", self.store, run)
        self.run_policy(POLICY + scheme("asset", "household: best"), "2024-02-29")
        self.assertEqual({"anna": "gold", "bert": "base"}, self.tiers("asset"))

    def again(self, rows):
        """Imports a later file of members; read, loaded, unchanged, skipped, quarantined."""
        later = SmallBank()
        for customer, household, joined_on, left_on in rows:
            later.add("household_member", customer=customer, household=household,
                      joined_on=joined_on, left_on=left_on)
        report = succeed_json("import", self.store, later.write(self.folder / "later"))
        return import_totals(report)["members"]

    def test_rows_of_members(self):
        """Repeated, corrected and wrong rows."""
        self.person("anna", 350)
        self.member("anna", "H1", "2024-01-01")
        self.load(self.bank)
        self.assertEqual([1, 0, 1, 0, 0], self.again([("anna", "H1", "2024-01-01", "")]))
        self.assertEqual([2, 1, 1, 0, 0], self.again([("anna", "H2", "2024-01-01", "2024-02-01"),
                                                      ("anna", "H2", "2024-01-01", "2024-02-01")]))
        mapping = self.folder / "later/mapping.yaml"
        for row, reason in ((("nobody", "H1", "", ""), "unknown_customer"),
                            (("anna", "H1", "2024-03-01", "2024-02-29"), "left_before_joined"),
                            (("anna", "", "", ""), "missing")):
            support.write_csv(self.folder / "later/members.csv",
                              ("customer", "household", "joined_on", "left_on"), [row])
            text = mapping.read_text(encoding="utf-8").replace("sources:", "refuse_above: 100%\nsources:", 1)
            if "refuse_above" not in mapping.read_text(encoding="utf-8"):
                mapping.write_text(text, encoding="utf-8")
            report = succeed_json("import", self.store, mapping)
            self.assertEqual({reason: 1}, report["files"][0]["reasons"])


class Machine:
    """The rules again, in plain Python: up at once, down after two months to what the last earns."""

    def __init__(self):
        self.held, self.fails = {}, {}

    def step(self, earned):
        """One month: customer to level earned; customer to level held."""
        now = {}
        for customer, level in earned.items():
            held = self.held.get(customer, level)
            fails = 0
            if customer not in self.held:
                self.fails.pop(customer, None)
            if level < held:
                held = level
            elif level > held:
                fails = self.fails.get(customer, 0) + 1
                if fails == 2:
                    held, fails = level, 0
            now[customer] = held
            self.fails[customer] = fails
        self.held = now  # who is away for a month starts anew
        return now


def share(own, homes, lift=len(LEVELS), top=0, gives=None, takes=None):
    """Own levels (0 is the best) → customer to (level, through whom)."""
    shared = {}
    for customer, level in own.items():
        home = homes.get(customer)
        others = sorted((own[other], other) for other in own if home is not None
                        and homes.get(other) == home and (gives is None or other in gives))
        best = max(others[0][0], level - lift, top) if others else level
        better = best < level and (takes is None or customer in takes)
        shared[customer] = (best, others[0][1]) if better else (level, "")
    return shared


WHOLE = """strata: 1
name: whole-families
entity: household
# attributes
metrics:
  value: {from: balance, value: closing(amount)}
  accounts: {from: account, value: count(), where: open}
  joint: {from: account, value: count(), where: role = 'joint'}
  moved: {from: txn, value: count()}
  eldest: {from: customer, value: max(age(birth_date))}
  children: {from: customer, value: count(), where: household_role = 'child'}
  # of attributes
  people: {is: members}
  income: {from: customer, value: sum(annual_income)}
  per_head: {is: value / members}
schemes:
"""


class WholeHouseholds(Families):
    """`entity: household`: one row, one tier, one state for all members together."""

    def rate_whole(self, months, *schemes):
        """As rate(), of whole households."""
        self.load(self.bank)
        return self.rate_again(months, *schemes)

    def rate_again(self, months, *schemes):
        """The store as it is."""
        days = month_ends(date(2024, 1, 1), months)
        policy = WHOLE + "".join(schemes)
        if self.bank.attributes:
            policy = policy.replace("# attributes", "attributes: {staff: boolean}").replace(
                "# of attributes", "employed: {from: customer, value: count(), where: staff}")
        self.run_policy(policy, days[-1], "--every", "month", "--from", days[0])
        rows = self.export("tiers", "--from", days[0], "--as-of", days[-1])
        return {(row["scheme"], row["customer_id"], int(row["as_of"][5:7])): row for row in rows}

    def test_what_a_household_has(self):
        """Sums over members; an account of two members is one; their columns are aggregated."""
        self.bank.attributes["staff"] = "boolean"
        self.person("anna", 100, household="H1", birth_date="1960-01-01", annual_income=70000,
                    staff="yes", opened_on="2015-01-01")
        self.person("bert", 30, household="H1", birth_date="1990-01-01", annual_income=50000,
                    opened_on="2010-05-05")
        self.person("carl", 5, birth_date="1980-01-01")
        self.bank.add("customer", id="dora")
        self.bank.add("account", id="both", **{"class": "deposit"}, opened_on="2020-01-01")
        for number, role in (("bert", "owner"), ("anna", "joint")):
            self.bank.add("account_holder", account="both", customer=number, role=role, share="50%")
        self.bank.add("balance", account="both", on_date="2024-01-01", amount=41)
        for number in ("anna", "bert", "carl"):
            self.bank.add("txn", customer=number, on_date="2024-01-05", amount=1)
        self.rate_whole(1, scheme("asset"), "  size:\n    method: thresholds\n    tiers:\n"
                        "      - {code: family, when: members > 1 and opened_on < date '2012-01-01'}\n"
                        "      - {code: alone}\n")
        rows = {row.pop("customer_id"): row for row in self.export("metrics")}
        self.assertEqual(["carl", "dora", "household:H1"], sorted(rows))
        self.assertEqual("gated", rows["dora"]["status"])
        found = {name: rows["household:H1"][name] for name in (
            "value", "accounts", "joint", "moved", "eldest", "children", "employed", "income",
            "per_head", "members", "opened_on")}
        self.assertEqual({"value": "171.00", "accounts": "3", "joint": "0", "moved": "2",
                          "eldest": "64", "children": "0", "employed": "1", "income": "120000.00",
                          "per_head": "85.50", "members": "2", "opened_on": "2010-05-05"}, found)
        self.assertEqual({"carl": "alone", "dora": "(gated)", "household:H1": "family"},
                         self.tiers("size"))

    def test_the_state_is_the_households(self):
        """Counts go on when the member that made the household leaves; joining members bring their
        money at once and no state; who leaves starts alone, and anew after a month away."""
        self.person("anna", 250, 250, 10, 10, 10, 10)
        self.person("bert", 60, 60, 60, 60, 60, 60)
        self.person("carl", 150, 150, 150, 150, 150, 150)
        self.member("anna", "H1", "", "2024-02-01")
        self.member("bert", "H1")
        self.member("carl", "H1", "2024-05-01", "2024-06-15")
        rows = self.rate_whole(6, scheme("asset", "moves: {down: {after: 2}}"))
        self.assertEqual("gold gold base base silver silver",
                         self.walk(rows, "asset", "household:H1", 6))
        self.assertEqual(["0", "1", "0", "0", "0", "1"],
                         [rows["asset", "household:H1", month]["failing"] for month in range(1, 7)])
        self.assertEqual("- silver silver base base base", self.walk(rows, "asset", "anna", 6))
        self.assertEqual("bronze bronze bronze bronze - bronze",
                         self.walk(rows, "asset", "carl", 6))
        self.assertEqual("entered", rows["asset", "carl", 6]["reason"])
        self.assertEqual("- - - - - -", self.walk(rows, "asset", "bert", 6))

    def test_closing_dissolving_and_merging(self):
        """A member who closes takes its money along; a household without members is not there; a
        merged number's money goes where the number that goes on belongs."""
        self.person("anna", 150, 150, 150, closed_on="2024-02-10", household="H1")
        self.person("bert", 60, 60, 60, household="H1")
        self.person("carl", 120, 120, 120)
        self.person("dora", 310, 310, 310)
        self.member("carl", "H2", "2024-01-01", "2024-02-01")
        self.load(self.bank)
        text = scheme("asset", "moves: {down: {after: 2}}")
        rows = self.rate_again(3, text)
        self.assertEqual("silver silver base", self.walk(rows, "asset", "household:H1", 3))
        self.assertEqual("bronze - -", self.walk(rows, "asset", "household:H2", 3))
        self.assertEqual("- bronze bronze", self.walk(rows, "asset", "carl", 3))
        self.write("changes.csv", "kind,from,into,day\nmerge,dora,bert,2024-03-31\n")
        mapping = self.write("changes.yaml", """strata-mapping: 1
name: changes
currency: CNY
sources:
  changes:
    file: changes.csv
    load: {customer_change: {kind: kind, from_customer: from, into_customer: into, on_date: day}}
""")
        succeed("import", self.store, mapping)
        policy = self.folder / "policy.yaml"
        succeed("run", self.store, policy, "--as-of", "2024-04-30")
        self.assertEqual({"carl": "bronze", "household:H1": "gold"}, self.tiers("asset"))
        for run in range(1, 5):
            succeed("replay", self.store, run)

    def test_explained_by_household_and_by_member(self):
        """A member's number finds the household of the day; both say who belongs to it."""
        self.person("anna", 150, 150)
        self.person("bert", 60, 60)
        self.member("anna", "H1")
        self.member("bert", "H1", "2024-01-01", "2024-02-01")
        self.rate_whole(2, scheme("asset"))
        for number, day, entity, members in (
                ("household:H1", "2024-01-31", "household:H1", ["anna", "bert"]),
                ("bert", "2024-01-31", "household:H1", ["anna", "bert"]),
                ("anna", "2024-02-29", "household:H1", ["anna"]),
                ("bert", "2024-02-29", "bert", None)):
            found = succeed_json("explain", self.store, number, "--as-of", day)[0]
            self.assertEqual((entity, members), (found["customer"], found["members"]), (number, day))
        self.assertIn(" members: anna, bert\n",
                      succeed("explain", self.store, "anna", "--as-of", "2024-01-31"))
        self.assertEqual(1, strata("explain", self.store, "household:H9").status)

    def test_numbers_of_households_are_reserved(self):
        """A customer whose number looks like a household's is set aside; rows that name a
        household as a customer name nobody."""
        self.person("anna", 150, household="H1")
        self.load(self.bank)
        later = SmallBank()
        later.add("customer", id="household:H1")
        later.add("household_member", customer="household:H1", household="H1")
        later.add("txn", customer="household:H1", on_date="2024-01-05", amount=1)
        mapping = later.write(self.folder / "later")
        text = mapping.read_text(encoding="utf-8").replace("sources:", "refuse_above: 100%\nsources:")
        mapping.write_text(text, encoding="utf-8")
        for create, reason in (("", "unknown_customer"), ("create_customers: true", "reserved_number")):
            mapping.write_text(text.replace("        customer: customer\n        on_date",
                                            f"        customer: customer\n        {create}\n        on_date"),
                               encoding="utf-8")
            reasons = {file["source"]: file["reasons"]
                       for file in succeed_json("import", self.store, mapping)["files"]}
            self.assertEqual({"customers": {"reserved_number": 1}, "members": {"unknown_customer": 1},
                              "movements": {reason: 1}}, reasons)

    def test_a_store_made_before(self):
        """Households of a store of an older version get their numbers when it is opened."""
        self.person("anna", 150, household="H1")
        self.person("bert", 150)
        self.member("bert", "H2")
        self.load(self.bank)
        engine = support.store_engine(self.store)
        engine.run("DROP VIEW tier_stock", "DROP TABLE stock_change",
                   "CREATE TABLE states AS SELECT * FROM tier_state", "DROP VIEW tier_state",
                   "ALTER TABLE states RENAME TO tier_state", "DROP TABLE tier_row",
                   "DROP TABLE tier_row_held", "DROP TABLE run_customer",
                   "ALTER TABLE run_scheme DROP COLUMN series",
                   "DELETE FROM customer_key WHERE household IS NOT NULL", "DROP VIEW customer_number",
                   "ALTER TABLE customer_key DROP COLUMN household",
                   "CREATE VIEW customer_number AS SELECT source_id, coalesce(booked_on, customer_id) "
                   "AS customer_id FROM customer_key",
                   "UPDATE strata_meta SET value = '11' WHERE name = 'schema_version'")
        engine.close()
        self.rate_again(1, scheme("asset"))
        self.assertEqual({"household:H1": "bronze", "household:H2": "bronze"}, self.tiers("asset"))


class RandomHouseholds(Families):
    """Some hundreds of households over a year, against the rules above."""

    PEOPLE, HOUSEHOLDS, SEED = 700, 300, 20240229
    START = date(2024, 1, 1)

    def person_at_random(self, rng, number):
        """Columns, memberships and balances of one customer, kept for the second computation."""
        opened = self.START - timedelta(days=100) + timedelta(days=rng.choice((0, 0, 0, 150, 200)))
        closed = rng.choice(("", "", "", "", str(opened + timedelta(days=rng.randrange(60, 400)))))
        home = rng.choice(("", f"H{rng.randrange(self.HOUSEHOLDS)}"))
        kind = rng.choice(("person", "person", "person", "company"))
        self.bank.add("customer", id=number, kind=kind, opened_on=opened, closed_on=closed,
                      household=home)
        day, rows = self.START - timedelta(days=rng.randrange(200)), []
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            left = rng.choice(("", str(day + timedelta(days=rng.randrange(200)))))
            rows.append((f"H{rng.randrange(self.HOUSEHOLDS)}", day, left,
                         rng.choice(("head", "spouse", "child"))))
            day += timedelta(days=rng.randrange(1, 150))
        rng.shuffle(rows)
        for household, joined, left, role in rows:
            self.member(number, household, joined, left, role)
        amounts = {str(end.replace(day=1)): rng.randrange(0, 400)
                   for end in month_ends(self.START, 12) if rng.random() < 0.7}
        self.bank.hold(number, amounts)

    def home_of(self, number, day):
        """Household and role on a day."""
        rows = [row for row in self.bank.rows["household_member"] if row["customer"] == number]
        if not rows:
            return self.people[number]["household"] or None, None
        begun = [row for row in rows if row["joined_on"] <= day]
        if not begun:
            return None, None
        last = max(begun, key=lambda row: row["joined_on"])
        gone = last["left_on"] and last["left_on"] <= str(day)
        return (None, None) if gone else (last["household"], last["role"])

    def earned(self, day):
        """Level each customer that is there earns."""
        return {number: level_of(amount) for number, amount in self.amounts(day).items()}

    def amounts(self, day):
        """What each customer that is there has."""
        amounts = {}
        for number, row in self.people.items():
            if row["opened_on"] > day or (row["closed_on"] and row["closed_on"] <= str(day)):
                continue
            closes = [(balance["on_date"], balance["amount"]) for balance in self.closes[number]
                      if balance["on_date"] <= str(day)]
            amounts[number] = max(closes)[1] if closes else 0
        return amounts

    def people_at_random(self):
        """Everybody."""
        rng = random.Random(self.SEED)
        for i in range(self.PEOPLE):
            self.person_at_random(rng, f"C{i:04}")
        self.people = {row["id"]: row for row in self.bank.rows["customer"]}
        self.closes = {number: [] for number in self.people}
        for row in self.bank.rows["balance"]:
            self.closes[row["account"].split("-")[0]].append(row)

    def test_whole_households(self):
        """Tiers, counts, sums and numbers of members of households as entities."""
        self.people_at_random()
        self.load(self.bank)
        days = month_ends(self.START, 12)
        self.run_policy(WHOLE + scheme("asset", "moves: {down: {after: 2}}"), days[-1],
                        "--every", "month", "--from", days[0])
        tiers = self.export("tiers", "--from", days[0], "--as-of", days[-1])
        metrics = self.export("metrics", "--from", days[0], "--as-of", days[-1])
        machine, families = Machine(), 0
        for day in days:
            amounts, members, children = {}, {}, {}
            for number, amount in self.amounts(day).items():
                home, role = self.home_of(number, day)
                entity = f"household:{home}" if home else number
                amounts[entity] = amounts.get(entity, 0) + amount
                members[entity] = members.get(entity, 0) + 1
                children[entity] = children.get(entity, 0) + (role == "child")
            held = machine.step({entity: level_of(amount) for entity, amount in amounts.items()})
            found = {row["customer_id"]: (row["tier"], int(row["failing"]))
                     for row in tiers if row["as_of"] == str(day)}
            self.assertEqual({entity: (LEVELS[level], machine.fails[entity])
                              for entity, level in held.items()}, found, day)
            found = {row["customer_id"]: (float(row["value"]), int(row["people"]),
                                          int(row["children"]))
                     for row in metrics if row["as_of"] == str(day)}
            self.assertEqual({entity: (amount, members[entity], children[entity])
                              for entity, amount in amounts.items()}, found, day)
            families += sum(count > 1 for count in members.values())
        self.assertGreater(families, 500)

    def test_against_plain_python(self):
        """No difference in tier nor in the member that is named."""
        self.people_at_random()
        rows = self.rate(12, scheme("plain", "household: best"),
                         scheme("asset", "moves: {down: {after: 2}}", "household: best"),
                         scheme("limits", "moves: {down: {after: 2}}", "household:", "  lift: 1",
                                "  up_to: silver", "  where: kind = 'person'",
                                "  for: coalesce(household_role, 'none') <> 'child'"))
        machine, lifted = Machine(), 0
        for day in month_ends(self.START, 12):
            earned = self.earned(day)
            held = machine.step(earned)
            homes = {number: self.home_of(number, day) for number in earned}
            takes = {number for number in earned if homes[number][1] != "child"}
            gives = {number for number in earned if self.people[number]["kind"] == "person"}
            homes = {number: home for number, (home, _) in homes.items()}
            wanted = {"plain": share(earned, homes), "asset": share(held, homes),
                      "limits": share(held, homes, 1, 1, gives, takes)}
            for name, tiers in wanted.items():
                found = {number: (row["tier"], row["shared_from"])
                         for (scheme_name, number, month), row in rows.items()
                         if scheme_name == name and month == day.month}
                self.assertEqual({number: (LEVELS[level], through)
                                  for number, (level, through) in tiers.items()}, found, (name, day))
                lifted += sum(1 for _, through in tiers.values() if through)
        self.assertGreater(lifted, 1000)


if __name__ == "__main__":
    support.main()
