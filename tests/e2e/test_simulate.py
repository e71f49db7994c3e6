#!/usr/bin/env python3
"""What-if against the same policy really run on a copy of the store; nothing is written."""

import hashlib
import json
import random
import unittest
from collections import Counter, defaultdict
from decimal import Decimal

import browser
import support
from test_report_browser import CLIPPED, OVERFLOW
from support import ROOT, SmallBank, read_csv, strata, succeed, succeed_json

POLICY = """strata: 1
name: base
title: {zh: 现行, en: In force}
attributes: {manager: text}
metrics:
  aum: {title: {zh: 月日均, en: Assets}, from: balance, value: daily_average(amount), window: 1 month}
  aum_before: {is: "lag(aum, 1 month)"}
  spent: {from: txn, value: sum(abs(amount)), window: 3 months}
  times: {from: txn, value: count(), window: 3 months}
  recency: {from: txn, value: days_since(max(on_date))}
schemes:
  asset:
    method: thresholds
    value: aum
    tiers:
      - {code: gold, from: 900, cost: 30.5}
      - {code: silver, from: 400, cost: 12}
      - {code: base}
  held:
    method: thresholds
    value: aum
    tiers: [{code: gold, from: 900}, {code: silver, from: 400}, {code: base}]
    moves: {watch: {after: 1}, down: {after: 3}}
  habit:
    method: rfm
    recency: recency
    frequency: times
    monetary: spent
    bins: 3
    match: first
    nulls: few
    segments: [{code: much, m: [3, 3]}, {code: often, f: [2, 3]}, {code: few}]
  grid:
    method: matrix
    rows: asset
    columns: habit
    tiers: [{code: core}, {code: grow}, {code: rest}]
    cells:
      - {row: gold, column: all, tier: core}
      - {row: silver, column: much, tier: core}
      - {row: silver, column: often, tier: grow}
      - {row: silver, column: few, tier: grow}
      - {row: base, column: all, tier: rest}
"""
LAST = "2024-12-31"
UNKNOWN = None


def changed(*pairs, text=POLICY):
    """The policy with texts replaced; each must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


# What is changed, and the schemes whose plan is then the same. With a metric more (has() is one) the
# plans that pass all metrics on, as rfm's does, are others.
CHANGES = {
    "nothing": ([], {"asset", "held", "habit", "grid"}),
    "titles and cost": ([("cost: 12", "cost: 99"), ("{zh: 月日均, en: Assets}", "Money")],
                        {"asset", "held", "habit", "grid"}),
    "bound": ([("  asset:\n    method: thresholds\n    value: aum\n    tiers:\n"
                "      - {code: gold, from: 900",
                "  asset:\n    method: thresholds\n    value: aum\n    tiers:\n"
                "      - {code: gold, from: 700")], {"held", "habit"}),
    "when": ([("      - {code: gold, from: 900, cost: 30.5}\n"
               "      - {code: silver, from: 400, cost: 12}\n      - {code: base}\n",
               "      - {code: gold, when: aum >= 900 and times >= 2}\n"
               "      - {code: silver, when: aum >= 300 or has('fund')}\n      - {code: base}\n"),
              ("  asset:\n    method: thresholds\n    value: aum\n",
               "  asset:\n    method: thresholds\n")], {"held"}),
    "window": ([("value: daily_average(amount), window: 1 month",
                 "value: daily_average(amount), window: 2 months")], {"habit"}),
    "lagged value": ([("  held:\n    method: thresholds\n    value: aum\n",
                       "  held:\n    method: thresholds\n    value: aum_before\n")],
                     {"asset", "habit", "grid"}),
    "movement window": ([("sum(abs(amount)), window: 3 months",
                          "sum(abs(amount)), window: 1 month")], {"asset", "held"}),
    "moves": ([("down: {after: 3}", "down: {after: 2, lands: one_step}")],
              {"asset", "habit", "grid"}),
    "rerate": ([("moves: {watch", "moves: {on_change: rerate, watch")],
               {"asset", "habit", "grid"}),
    "no moves": ([("    moves: {watch: {after: 1}, down: {after: 3}}\n", "")],
                 {"asset", "habit", "grid"}),
    "new moves": ([("      - {code: base}\n  held:",
                    "      - {code: base}\n    moves: {down: {after: 2}}\n  held:")],
                  {"held", "habit", "grid"}),
    "removed tier": ([("tiers: [{code: gold, from: 900}, {code: silver, from: 400}, {code: base}]\n"
                       "    moves: {", "tiers: [{code: gold, from: 900}, {code: base}]\n"
                       "    moves: {map: {silver: base}, ")], {"asset", "habit", "grid"}),
    "new tier": ([("      - {code: silver, from: 400, cost: 12}\n",
                   "      - {code: silver, from: 600, cost: 12}\n"
                   "      - {code: bronze, from: 300, cost: 5}\n"),
                  ("    cells:\n", "    cells:\n      - {row: bronze, column: all, tier: rest}\n")],
                 {"held", "habit"}),
    "bins": ([("bins: 3", "bins: 4"), ("m: [3, 3]", "m: [4, 4]"), ("f: [2, 3]", "f: [3, 4]")],
             {"asset", "held"}),
    "segments": ([("m: [3, 3]", "m: [2, 3]")], {"asset", "held"}),
    "population": ([("metrics:\n", "population: everyone\nmetrics:\n")], set()),
    "added scheme": ([("schemes:\n", "schemes:\n  top: {method: pyramid, value: spent, "
                       "tiers: [{code: top, top: 20%}, {code: others}]}\n")],
                     {"asset", "held", "habit", "grid"}),
    "removed scheme": ([(POLICY[POLICY.index("  grid:"):], "")], {"asset", "held", "habit"}),
    "households": ([("value: aum\n    tiers: [{code: gold, from: 900}, {code: silver, from: 400}, "
                     "{code: base}]\n", "value: aum\n    tiers: [{code: gold, from: 900}, "
                     "{code: silver, from: 400}, {code: base}]\n    household: {lift: 1}\n")],
                   {"asset"}),
    "another metric": ([("metrics:\n", "metrics:\n  mean: {is: aum / 2}\n")],
                       {"asset", "held"}),
}
AGES = ((18, "0-17"), (26, "18-25"), (36, "26-35"), (46, "36-45"), (56, "46-55"), (66, "56-65"))


def age_group(birth, day=LAST):
    """The group of an age in years on a day; None without a birth date."""
    if not birth:
        return UNKNOWN
    age = int(day[:4]) - int(birth[:4]) - (day[5:] < birth[5:])
    return next((name for below, name in AGES if age < below), "66+")


def random_bank(seed):
    """Customers of every kind whose balances wander about the bounds."""
    rng = random.Random(seed)
    bank = SmallBank(attributes={"manager": "text"})
    for i in range(160):
        name = f"C{i:03}"
        bank.add("customer", id=name, kind="prospect" if i % 23 == 7 else "person",
                 birth_date=f"{rng.randint(1940, 2010)}-{rng.randint(1, 12):02}-15"
                 if rng.random() < 0.9 else "",
                 gender=rng.choice(["F", "M", ""]), region=rng.choice(["North", "South"]),
                 branch=rng.choice(["B1", "B2", "B3", ""]), household=f"H{i // 3}" if i % 4 else "",
                 manager=rng.choice(["manager-a", "manager-b", ""]), opened_on="2020-01-01")
        if i % 17 == 3:
            continue
        days = {f"2024-{m:02}-{rng.randint(1, 27):02}": rng.randint(0, 1400)
                for m in range(6, 13) if rng.random() < 0.8}
        number = bank.hold(name, {"2024-01-01": rng.randint(0, 1400), **days},
                           **{"class": rng.choice(["deposit", "fund"])})
        for _ in range(rng.randint(0, 6)):
            bank.add("txn", account=number, on_date=f"2024-{rng.randint(9, 12):02}-10",
                     amount=rng.randint(1, 500), kind="purchase")
    return bank


def fine_tiers(metric, step):
    """A scheme whose tiers tell values apart that differ by a step."""
    bounds = "".join(f"      - {{code: t{i}, from: {i * step}}}\n" for i in range(90, 0, -1))
    return f"  by_{metric}:\n    method: thresholds\n    value: {metric}\n    tiers:\n{bounds}" \
           "      - {code: rest}\n"


STILL = """strata: 1
name: still
metrics:
  mean: {from: balance, value: daily_average(amount), window: 1 month}
  net: {from: balance, value: daily_average(amount), overdraft: net, where: class = 'deposit', window: 1 month}
  stars: {from: balance, value: daily_average(amount * weight(class)), weights: {deposit: 0.5, fund: 2}, window: 1 month}
  earlier: {is: "lag(mean, 1 month)"}
schemes:
""" + fine_tiers("mean", 20) + fine_tiers("net", 20) + fine_tiers("stars", 30) + fine_tiers("earlier", 20)


def still_bank(seed):
    """A long history, and little that moves in the last months, of every kind: balances of both
    signs, accounts that open and close, joint ones."""
    rng = random.Random(seed)
    bank = SmallBank()
    days = [f"2024-{m:02}-{d:02}" for m in range(1, 10) for d in (1, 11, 21)]
    late = [f"2024-{m}-{d:02}" for m in (10, 11, 12) for d in (1, 2, 15, 30)] + ["2024-12-31"]
    for i in range(90):
        opened = rng.choice(late) if i % 10 == 3 else "2024-01-01"
        closed = rng.choice(late[5:]) if i % 10 in (3, 4) else "2025-02-01" if i % 10 == 5 else ""
        balances = {day: rng.randint(-300, 1800) for day in rng.sample(days, 12)}
        if i % 6 == 0:
            balances.update({day: rng.randint(-300, 1800)
                             for day in rng.sample(late, rng.randint(1, 3))})
        number = bank.hold(f"C{i // 2:03}", balances, opened, closed,
                           **{"class": rng.choice(["deposit", "fund"])})
        if i % 7 == 0:
            bank.rows["account_holder"][-1]["share"] = "60%"
            bank.add("account_holder", account=number, customer=f"C{(i // 2 + 5) % 45:03}",
                     role="joint", share="40%")
    return bank


def digest(path):
    """Of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Simulate(support.TestCase):
    """One bank, rated for three months; every change simulated, and really run on a copy."""

    def setUp(self):
        super().setUp()
        self.bank = random_bank(7)
        self.load(self.bank)
        succeed("run", self.store, self.write("base.yaml", POLICY), "--every", "month", "--from",
                "2024-10-31", "--as-of", LAST, "--quiet")
        self.people = {row["id"]: row for row in self.bank.rows["customer"]}
        self.before = self.published(self.store)
        self.amounts = {row["customer_id"]: Decimal(row["aum"] or 0)
                        for row in self.export("metrics")}

    def published(self, store):
        """Scheme to customer to tier; None where there is none."""
        path = self.folder / "tiers.csv"
        succeed("export", store, "tiers", "-o", path, "--as-of", LAST)
        out = defaultdict(dict)
        for row in read_csv(path):
            out[row["scheme"]][row["customer_id"]] = row["tier"] or None
        return out

    def really_run(self, policy):
        """The tiers of the policy run on a copy, and the copy's."""
        copy = self.folder / "copy.duckdb"
        support.copy_store(self.store, copy)
        succeed("run", copy, policy, "--as-of", LAST, "--quiet")
        after = self.published(copy)
        support.remove_store(copy)
        return after

    def digests(self):
        """Of the store, and of every file of the test."""
        return {self.store: support.store_digest(self.store),
                **{p: digest(p) for p in self.folder.iterdir() if p.is_file()}}

    def simulate(self, policy, *options):
        """The result, after proof that the folder is as it was but for the movers."""
        movers = self.folder / "movers.csv"
        before = self.digests()
        data = succeed_json("simulate", self.store, policy, "--movers", movers,
                            "--measure", "aum", *options)
        rows = read_csv(movers)
        movers.unlink()
        self.assertEqual(self.digests(), before)
        return data, rows

    def check_scheme(self, scheme, before, after):
        """Counts and amounts by tier, flow and breakdown of one scheme."""
        codes = [tier["code"] for tier in scheme["tiers"]]
        code = lambda i: codes[i] if i >= 0 else None
        who = set(before) | set(after)
        pairs = {c: (before.get(c), after.get(c)) for c in who}
        flow, money = Counter(), Counter()
        for customer, pair in pairs.items():
            flow[pair] += 1
            money[pair] += self.amounts[customer]
        flow.pop((None, None), 0)
        told = {(code(f), code(t)): n for f, t, n, _ in scheme["flow"]}
        self.assertEqual(told, dict(flow), scheme["name"])
        same = scheme["state"] == "unchanged"
        for from_, to, _, amount in scheme["flow"]:
            self.assertEqual(amount and Decimal(amount),
                             None if same else money[code(from_), code(to)])
        for tier in scheme["tiers"]:
            for side, index in (("before", 0), ("after", 1)):
                mine = [c for c, pair in pairs.items() if pair[index] == tier["code"]]
                self.assertEqual(tier[side]["customers"], len(mine))
                if not same:
                    self.assertEqual(Decimal(tier[side]["amount"]),
                                     sum((self.amounts[c] for c in mine), Decimal(0)))
                unit = tier[f"unit_cost_{side}"]
                if unit is not None:
                    self.assertEqual(Decimal(tier[side]["cost"]), Decimal(unit) * len(mine))
        steps = Counter()
        for from_, to in pairs.values():
            if from_ and to and from_ != to:
                steps["moved" if not scheme["ranked"] else
                      "up" if codes.index(to) < codes.index(from_) else "down"] += 1
        for move in ("up", "down", "moved"):
            self.assertEqual(scheme["moves"][move], steps[move], (scheme["name"], move))
        self.check_breakdowns(scheme, codes, pairs)

    def check_breakdowns(self, scheme, codes, pairs):
        """Counts of every breakdown, value by value."""
        if scheme["state"] == "unchanged":
            self.assertEqual(scheme["by"], [])
            return
        self.assertEqual([by["name"] for by in scheme["by"]],
                         ["branch", "manager", "age", "gender", "region"])
        for by in scheme["by"]:
            groups = defaultdict(list)
            for customer, pair in pairs.items():
                row = self.people[customer]
                value = (age_group(row["birth_date"]) if by["name"] == "age"
                         else row[by["name"]] or UNKNOWN)
                groups[value].append((customer, pair))
            self.assertEqual([v["value"] for v in by["values"]],
                             sorted((v for v in groups if v), key=lambda v: v.encode()) +
                             [v for v in groups if v is UNKNOWN])
            for value in by["values"]:
                mine = groups[value["value"]]
                for side, index in (("before", 0), ("after", 1)):
                    self.assertEqual(value[f"tiers_{side}"],
                                     [sum(p[index] == c for _, p in mine) for c in codes])
                    self.assertEqual(
                        Decimal(value[side]["amount"]),
                        sum((self.amounts[c] for c, p in mine if p[index]), Decimal(0)))
                moves = value["moves"]
                self.assertEqual(moves["entered"], sum(a is None and b is not None for _, (a, b) in mine))
                self.assertEqual(moves["left"], sum(a is not None and b is None for _, (a, b) in mine))
                self.assertEqual(moves["up"] + moves["down"] + moves["moved"],
                                 sum(None not in p and p[0] != p[1] for _, p in mine))

    def check_movers(self, data, rows, after):
        """The list names exactly those who move, in order, and says why."""
        expected = []
        for scheme in data["schemes"]:
            name = scheme["name"]
            codes = [tier["code"] for tier in scheme["tiers"]]
            for customer in sorted(set(self.before[name]) | set(after[name])):
                pair = self.before[name].get(customer), after[name].get(customer)
                if pair[0] != pair[1]:
                    rank = [codes.index(x) if x else None for x in pair]
                    move = ("entered" if pair[0] is None else "left" if pair[1] is None else
                            "moved" if not scheme["ranked"] else
                            "up" if rank[1] < rank[0] else "down")
                    expected.append((name, customer, pair[0] or "", pair[1] or "", move))
        self.assertEqual([(r["scheme"], r["customer_id"], r["from"], r["to"], r["move"])
                          for r in rows], expected)
        for row in rows:
            self.assertTrue(row["why"], row)
            self.assertEqual(Decimal(row["aum"] or 0), self.amounts[row["customer_id"]])
            self.assertEqual(row["branch"], self.people[row["customer_id"]]["branch"])
            self.assertEqual(row["age"], age_group(self.people[row["customer_id"]]["birth_date"]) or "")
        whys = Counter()
        for scheme in data["schemes"]:
            for why in scheme["why"]:
                whys[scheme["name"]] += why["customers"]
        self.assertEqual(whys, Counter(row["scheme"] for row in rows))

    def check_change(self, name):
        """One row of CHANGES."""
        pairs, same = CHANGES[name]
        policy = self.write("new.yaml", changed(*pairs))
        data, rows = self.simulate(policy)
        after = self.really_run(policy)
        names = [scheme["name"] for scheme in data["schemes"]]
        self.assertEqual(set(names), set(self.before) | set(after))
        for scheme in data["schemes"]:
            removed = scheme["state"] == "removed"
            if removed:
                after[scheme["name"]] = {}
            self.assertEqual(scheme["state"] == "unchanged", scheme["name"] in same, scheme["name"])
            self.check_scheme(scheme, self.before[scheme["name"]], after[scheme["name"]])
        self.check_movers(data, rows, after)
        return data

    def test_computed_columns(self):
        """Only metrics that changed, and what is made of them, are computed."""
        by_name = lambda data: {s["name"]: s["computed"] for s in data["schemes"]}
        data = self.check_change("window")
        self.assertEqual(by_name(data)["asset"], ["aum"])
        self.assertEqual(by_name(data)["habit"], [])
        self.assertEqual(by_name(self.check_change("movement window"))["habit"], ["spent"])
        self.assertEqual(by_name(self.check_change("bound"))["asset"], [])

    def test_accounts_that_moved(self):
        """Windows over balances: what stands still is not read, and nothing is other for it."""
        bank = still_bank(3)
        support.remove_store(self.store)
        self.load(bank)
        succeed("run", self.store, self.write("still.yaml", STILL), "--every", "month", "--from",
                "2024-11-30", "--as-of", LAST, "--quiet")
        self.before = self.published(self.store)
        month = "daily_average(amount), window: 1 month"
        for window in ("2 months", "10 days", "previous 1 months", "quarter_to_date",
                       "12 months"):
            one = window.startswith("10")
            policy = self.write("new.yaml", STILL.replace(month, month.replace("1 month", window))
                                if one else STILL.replace("window: 1 month", f"window: {window}"))
            data = succeed_json("simulate", self.store, policy, "--by", "none")
            after = self.really_run(policy)
            for scheme in data["schemes"]:
                self.check_flow(scheme, after[scheme["name"]], window)

    def check_flow(self, scheme, after, change):
        """Who goes from where to where, by number."""
        code = lambda i: scheme["tiers"][i]["code"] if i >= 0 else None
        before = self.before[scheme["name"]]
        flow = Counter((before.get(c), after.get(c)) for c in set(before) | set(after))
        flow.pop((None, None), 0)
        self.assertEqual({(code(f), code(t)): n for f, t, n, _ in scheme["flow"]}, dict(flow),
                         (scheme["name"], change))
        if scheme["name"] == "by_mean":
            self.assertGreater(sum(n for (f, t), n in flow.items() if f != t), 5, change)

    def test_past_day(self):
        """A day before the last: the states of the month before it are where it starts."""
        policy = self.write("new.yaml", changed(*CHANGES["bound"][0]))
        data = succeed_json("simulate", self.store, policy, "--as-of", "2024-11-30")
        self.assertEqual(data["as_of"], "2024-11-30")
        only = succeed_json("simulate", self.store, policy, "--scheme", "asset", "--by", "none")
        self.assertEqual([s["name"] for s in only["schemes"]], ["asset"])
        self.assertEqual(only["schemes"][0]["by"], [])

    def test_data_of_the_run(self):
        """Rows loaded after the run are not seen: nothing but the policy differs."""
        later = SmallBank(attributes={"manager": "text"})
        later.hold("C001", {"2024-12-01": 999999}, **{"class": "deposit"})
        mapping = later.write(self.folder / "later")
        succeed("import", self.store, mapping, self.folder / "later", "--quiet")
        policy = self.write("new.yaml", changed(*CHANGES["window"][0]))
        with_later = succeed_json("simulate", self.store, policy)
        self.assertEqual(succeed_json("simulate", self.store, self.write("same.yaml", POLICY))
                         ["schemes"][0]["state"], "unchanged")
        held = [s for s in with_later["schemes"] if s["name"] == "asset"][0]
        self.assertLess(Decimal(held["after"]["amount"]), 999999)

    def test_two_runs_of_a_day(self):
        """Schemes of two policies: each is compared with its own run."""
        text = changed(("name: base", "name: other"), ("  asset:\n", "  wealth:\n"),
                       ("rows: asset", "rows: wealth"), ("  held:", "  kept:"),
                       ("  habit:", "  use:"), ("columns: habit", "columns: use"),
                       ("  grid:", "  net:"), ("from: 900", "from: 800"))
        succeed("run", self.store, self.write("other.yaml", text), "--as-of", LAST, "--quiet")
        self.before = self.published(self.store)
        policy = self.write("new.yaml", changed(*CHANGES["bound"][0]))
        data, _ = self.simulate(policy)
        states = {s["name"]: s["state"] for s in data["schemes"]}
        self.assertEqual(states, {"asset": "changed", "held": "unchanged", "habit": "unchanged",
                                  "grid": "changed", "wealth": "removed", "kept": "removed",
                                  "use": "removed", "net": "removed"})
        after = self.really_run(policy)
        asset = [s for s in data["schemes"] if s["name"] == "asset"][0]
        self.check_scheme(asset, self.before["asset"], after["asset"])

    def test_versions(self):
        """It says which version the run followed, and whether another is in force by now."""
        def approve(text):
            path = self.write("version.yaml", text)
            version = succeed_json("policy", "draft", self.store, path, "--by", "analyst")["version"]
            for verb, by in (("submit", "analyst"), ("approve", "manager")):
                since = ["--from", "2024-12-01"] if verb == "approve" else []
                succeed("policy", verb, self.store, str(version), "--by", by, *since)
            return version
        policy = self.write("new.yaml", changed(*CHANGES["bound"][0]))
        told = lambda: {(s["in_force"]["version"], s["in_force"]["version_due"])
                        for s in succeed_json("simulate", self.store, policy, "--by", "none")["schemes"]}
        said = lambda: succeed("simulate", self.store, policy, "--by", "none")
        self.assertEqual(told(), {(None, None)})
        first = approve(POLICY)
        self.assertEqual(told(), {(first, first)})
        self.assertIn(f"base, version {first}\n", said())
        second = approve(changed(("from: 900", "from: 950")))
        self.assertEqual(told(), {(first, second)})
        self.assertIn(f"version {first}; version {second} is in force on that day", said())

    def test_same_bytes(self):
        """At one thread and at two, the list and the data are the same."""
        policy = self.write("new.yaml", changed(*CHANGES["bins"][0]))
        results = []
        for threads in ("1", "2"):
            path = self.folder / "m.csv"
            out = succeed("simulate", self.store, policy, "--json", "--movers", path,
                          "--threads", threads)
            results.append((out, path.read_bytes()))
        self.assertEqual(results[0], results[1])

    def test_files(self):
        """The list as a workbook and as Parquet; the page in both languages."""
        policy = self.write("new.yaml", changed(*CHANGES["bound"][0]))
        for suffix in ("xlsx", "parquet"):
            path = self.folder / f"movers.{suffix}"
            succeed("simulate", self.store, policy, "--movers", path, "--quiet")
            self.assertGreater(path.stat().st_size, 500)
        page = self.folder / "what-if.html"
        succeed("simulate", self.store, policy, "-o", page, "--lang", "zh", "--quiet")
        html = page.read_text(encoding="utf-8")
        start = html.index('id="data">') + len('id="data">')
        data = json.loads(html[start:html.index("</script>", start)])
        self.assertEqual(data["schemes"], succeed_json("simulate", self.store, policy)["schemes"])
        self.assertNotIn("C001", html)

    @unittest.skipUnless(browser.program(), "no chromium")
    def test_page(self):
        """In Chromium: both languages, light and dark, a phone; no complaint, no request, no word cut."""
        page = self.folder / "what-if.html"
        for change in ("bound", "moves", "added scheme", "removed scheme", "nothing"):
            policy = self.write("new.yaml", changed(*CHANGES[change][0]))
            succeed("simulate", self.store, policy, "-o", page, "--measure", "aum", "--quiet")
            with browser.Browser() as window:
                window.open(page.as_uri())
                for lang, width, dark in (("en", 1240, False), ("zh", 1240, True), ("en", 390, False)):
                    window.emulate(width, 900, dark=dark)
                    window.evaluate(f"view.lang = '{lang}'; draw(); 0")
                    self.assertEqual(window.evaluate(OVERFLOW), [], (change, lang, width))
                    self.assertEqual(window.evaluate(CLIPPED), [], (change, lang, width))
                    said = window.evaluate("document.querySelector('main').innerText")
                    self.assertNotIn("undefined", said)
                    self.assertNotIn("NaN", said)
                    if change == "bound":
                        self.assertIn("Asset" if lang == "en" else "月日均", said)
                self.assertEqual(window.complaints(), [], change)
                self.assertEqual([url for url in window.requests()
                                  if not url.startswith(("file:", "data:"))], [])

    def test_refusals(self):
        """What it cannot do, it says; nothing is left behind."""
        same = self.write("same.yaml", POLICY)
        gone = self.write("gone.yaml", changed(*[
            (a, b.replace("map: {silver: base}, ", "")) for a, b in CHANGES["removed tier"][0]]))
        movers = self.folder / "movers.csv"
        cases = [
            ("no such scheme", (same, "--scheme", "assets"), 1, "assets"),
            ("no such day", (same, "--as-of", "2024-12-30"), 1, "2024-12-30"),
            ("no such measure", (same, "--measure", "aun"), 1, "did you mean aum"),
            ("no such column", (same, "--by", "branch,regoin"), 1, "did you mean region"),
            ("a format nobody writes", (same, "--movers", "x.doc"), 2, "csv, parquet, xlsx"),
            ("a folder that is not there", (same, "--movers", self.folder / "no/x.csv"), 1, "x.csv"),
            ("holders of a tier that is gone", (gone, "--movers", movers), 1, "map: {silver: "),
            ("households beside customers", (self.write("homes.yaml", changed(
                ("attributes: {manager: text}\n", "entity: household\n"),
                (POLICY[POLICY.index("  held:"):], ""))),), 1, "nobody can be compared"),
            ("a policy that is wrong", (self.write("bad.yaml", "strata: 1\n"),), 1, "bad.yaml"),
        ]
        before = support.store_digest(self.store)
        for what, arguments, status, said in cases:
            result = strata("simulate", self.store, *arguments)
            self.assertEqual((result.status, result.out), (status, ""), what)
            self.assertIn(said, result.err, what)
            self.assertFalse(movers.exists(), what)
        empty = self.folder / "empty.duckdb"
        succeed("init", empty, "--quiet")
        self.assertIn("no run has been published", strata("simulate", empty, same).err)
        self.assertEqual(strata("simulate", self.folder / "none.duckdb", same).status, 1)
        self.assertEqual(support.store_digest(self.store), before)


for change in CHANGES:
    setattr(Simulate, f"test_change_{change.replace(' ', '_')}",
            lambda self, name=change: self.check_change(name) and None)

if __name__ == "__main__":
    assert ROOT.is_dir()
    support.main()
