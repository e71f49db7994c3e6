#!/usr/bin/env python3
"""Migration between runs: by hand on a few customers; on whole banks every pair of months against a
recount in plain Python from the exported tiers, with numbers that merge and split, and customers who
close and come back."""

import itertools
import json
import random
from collections import Counter, defaultdict
from decimal import Decimal

import support
from support import ROOT, SmallBank, read_csv, require_data, strata, succeed, succeed_json, write_csv

POLICY = """strata: 1
name: small
metrics:
  aum: {title: {zh: 资产, en: Assets}, from: balance, value: closing(amount)}
  accounts: {from: account, value: count(), where: open}
population: holders
schemes:
  band:
    title: {zh: 资产分层, en: Bands}
    method: thresholds
    value: aum
    tiers:
      - {code: gold, title: {zh: 金卡, en: Gold}, from: 1000}
      - {code: silver, title: {zh: 银卡, en: Silver}, from: 100}
      - {code: new, title: {zh: 普通, en: Plain}}
"""
LINES = ("opening", "new", "reopened", "merged_in", "moved_in", "became_rated", "value_change",
         "closed", "merged_out", "moved_out", "no_longer_rated")


class Recount:
    """What a migration must say, from nothing but exports and what was done to the bank.

    A step is an import that changed customers; `step` of a run is how many it saw."""

    def __init__(self):
        self.runs = {}  # day → (step, {customer: (status, tier)}, {customer: value})
        self.changes = []  # (kind, from, into, day, step, step that took it back)
        self.closings = []  # (customer, day, step)

    def run(self, day, step, tiers, values):
        self.runs[day] = step, tiers, values

    def seen(self, step):
        """Changes that a run at this step knew."""
        return [change for change in self.changes if change[4] <= step < change[5]]

    def places(self, first, last):
        """Customer → (where before, where after), and what merges brought to each."""
        step1, before, had = self.runs[first]
        step2, after, _ = self.runs[last]
        seen = self.seen(step2)
        into = {change[1]: change[2] for change in seen if change[0] == "merge"}

        def end(number):
            while number in into:
                number = into[number]
            return number

        received = {end(change[2]) for change in seen
                    if first < change[3] <= last or change[4] > step1}
        known = set().union(*(self.runs[day][1] for day in self.runs if day < first))
        known |= {number for number, day, step in self.closings if day <= first and step <= step2}
        places, brought = {}, defaultdict(int)
        for number in before.keys() | after.keys():
            was, now = before.get(number), after.get(number)
            if not was:
                was = ("merged" if number in received else
                       "reopened" if number in known else "new"), ""
            if not now:
                now = ("merged" if number in into else "closed"), ""
                if number in into:
                    brought[end(number)] += had[number]
            places[number] = was, now
        return places, brought

    def stocks(self, first, last):
        """(place, tier) → line → [customers, value], and the cells of the matrix."""
        had, has = self.runs[first][2], self.runs[last][2]
        places, brought = self.places(first, last)
        stocks = defaultdict(lambda: {line: [0, 0] for line in (*LINES, "counted")})
        cells = defaultdict(lambda: [0, 0, 0])

        def add(stock, line, customers, value):
            stocks[stock][line][0] += customers
            stocks[stock][line][1] += value

        inside = ("rated", "gated", "unrated")
        for number, (was, now) in places.items():
            v1, v2 = had.get(number, 0), has.get(number, 0)
            cell = cells[was, now]
            for i, amount in enumerate((1, v1, v2)):
                cell[i] += amount
            if was[0] in inside:
                add(was, "opening", 1, v1)
            if now[0] in inside:
                add(now, "counted", 1, v2)
            if was[0] not in inside:
                add(now, {"merged": "merged_in"}.get(was[0], was[0]), 1, v2)
            elif now[0] not in inside:
                add(was, {"merged": "merged_out"}.get(now[0], now[0]), -1, -v1)
            else:
                if was != now:
                    crossed = (was[0] == "rated") - (now[0] == "rated")
                    out, into = {0: ("moved_out", "moved_in"), 1: ("no_longer_rated",) * 2,
                                 -1: ("became_rated",) * 2}[crossed]
                    add(was, out, -1, -v1)
                    add(now, into, 1, v1)
                add(now, "merged_in", 0, brought[number])
                add(now, "value_change", 0, v2 - v1 - brought[number])
        return stocks, cells


class Migrations(support.TestCase):
    """Runs of a store, kept beside the recount of them."""

    CURRENCY = "CNY"
    SCHEME = "asset"
    MEASURE = "aum"

    def setUp(self):
        super().setUp()
        self.recount = Recount()
        self.step = 0
        self.files = 0

    def note_runs(self, scheme=None, measure=None):
        """Exports of every published run."""
        tiers, values = defaultdict(dict), defaultdict(dict)
        every = "--from", "1900-01-01", "--plain"
        for row in self.export("tiers", "--scheme", scheme or self.SCHEME, *every):
            tiers[row["as_of"]][row["customer_id"]] = row["status"], row["tier"]
        for row in self.export("metrics", *every):
            value = row[measure or self.MEASURE]
            values[row["as_of"]][row["customer_id"]] = int(Decimal(value or 0).scaleb(2))
        for day in tiers:
            self.recount.run(day, self.steps[day], tiers[day], values[day])

    def change(self, *rows):
        """Imports a file of changes as the next step; all of its rows are loaded."""
        self.files += 1
        self.step += 1
        folder = self.folder / f"changes{self.files}"
        folder.mkdir()
        text = support.changes_mapping(self.CURRENCY)
        (folder / "mapping.yaml").write_text(f"# {self.files}\n{text}", encoding="utf-8")
        write_csv(folder / "changes.csv", support.CHANGE_COLUMNS, rows)
        report = succeed_json("import", self.store, folder / "mapping.yaml")
        self.assertEqual(support.import_totals(report)["changes"],
                         [len(rows), len(rows), 0, 0, 0], report)
        for kind, giver, taker, _, day in rows:
            if kind == "split":  # into what was merged into the giver: the merge is taken back
                self.recount.changes = [
                    (*old[:5], self.step) if old[:3] == ("merge", taker, giver) else old
                    for old in self.recount.changes]
            self.recount.changes.append((kind, giver, taker, day, self.step, 1 << 30))

    def check_pair(self, first, last, scheme=None, measure=None):
        """One migration: every line of every stock and every cell, and that it adds up."""
        options = ["--measure", measure] if measure else []
        got = succeed_json("migrate", self.store, "--scheme", scheme or self.SCHEME, "--from",
                           first, "--to", last, *options)
        self.assertTrue(got["reconciled"])
        self.assertEqual((got["from"]["as_of"], got["to"]["as_of"]), (first, last))
        stocks, cells = self.recount.stocks(first, last)
        seen = set()
        for stock in got["stocks"]:
            key = stock["place"], stock["tier"] or ""
            seen.add(key)
            want = stocks[key]
            for part, name in enumerate(("customers", "value")):
                lines = {line: self.minor(stock[name].get(line, 0)) for line in (*LINES, "counted")}
                self.assertEqual(lines, {line: want[line][part] for line in lines},
                                 (first, last, key, name))
                closing = sum(lines[line] for line in LINES)
                self.assertEqual(closing, lines["counted"], (first, last, key, name))
                self.assertEqual(self.minor(stock[name]["closing"]), closing)
        self.assertEqual({key for key, lines in stocks.items() if lines["counted"][0]} - seen, set())
        self.assertEqual(
            {((x["was"], x["tier_before"] or ""), (x["is"], x["tier_after"] or "")):
             [x["customers"], self.minor(x["value_before"]), self.minor(x["value_after"])]
             for x in got["matrix"]}, dict(cells))
        return got

    @staticmethod
    def minor(amount):
        """Counts as they are, amounts in minor units."""
        return int(Decimal(amount).scaleb(2)) if isinstance(amount, str) else amount

    def check_every_pair(self, want):
        """All pairs of runs; `want`: lines that some pair must have customers in."""
        self.note_runs()
        days = sorted(self.recount.runs)
        found = Counter()
        for first, last in itertools.combinations(days, 2):
            got = self.check_pair(first, last)
            for stock in got["stocks"]:
                found.update(line for line, n in stock["customers"].items() if n)
        self.assertEqual([line for line in want if not found[line]], [])
        return days


class Berka(Migrations):
    """The Czech bank: accounts open month by month; some of its clients are made to merge."""

    CURRENCY = "CZK"

    @classmethod
    def setUpClass(cls):
        cls.data = require_data("berka")

    def test_every_pair_of_months(self):
        self.init_and_import(ROOT / "mappings/berka.yaml", self.data)
        self.steps = {}
        self.months("1993-02-28", "1993-08-31")
        rated = sorted(number for number, tier in self.tiers("asset").items()
                       if not tier.startswith("("))
        picked = random.Random(7).sample(rated, 60)
        merges = list(zip(picked[:20], picked[20:40])) + [(picked[20], picked[21])]
        self.change(*(("merge", a, b, "", "1993-09-15") for a, b in merges))
        self.months("1993-09-30", "1994-02-28")
        self.check_every_pair(("moved_in", "moved_out", "became_rated", "merged_out"))

    def months(self, first, last):
        report = succeed_json("run", self.store, ROOT / "policies/berka.yaml", "--every", "month",
                              "--from", first, "--as-of", last)
        self.steps.update((period["as_of"], self.step) for period in report["periods"])


class DemoBank(Migrations):
    """The demonstration bank over a year in which customers merge, split, close and come back."""

    POLICY = ROOT / "policies/demo.yaml"

    def setUp(self):
        super().setUp()
        self.random = random.Random(20250630)
        self.steps = {}
        self.bank = self.folder / "bank"
        succeed("demo", self.bank, "--customers", 2000, "--months", 12, "--quiet")
        self.init_and_import(ROOT / "mappings/demo.yaml", self.bank)
        self.header, *lines = (self.bank / "customers.csv").read_text("utf-8", "replace").split("\n")
        self.lines = {line.split(",")[0]: line for line in lines}
        names = self.header.split(",")
        self.at = {name: names.index(name) for name in names}
        for line in lines:
            fields = line.split(",")
            if len(fields) == len(names) and fields[self.at["closed_on"]]:
                self.recount.closings.append((fields[0], fields[self.at["closed_on"]], 0))

    def months(self, first, last):
        report = succeed_json("run", self.store, self.POLICY, "--every", "month", "--from", first,
                              "--as-of", last)
        self.steps.update((period["as_of"], self.step) for period in report["periods"])

    def rerate(self, *days):
        """Closed months anew, up to the last."""
        succeed("rerate", "request", self.store, self.POLICY, "--from", days[0], "--reason",
                "late rows", "--by", "analyst", "--quiet")
        succeed("rerate", "approve", self.store, "1", "--by", "manager", "--quiet")
        self.steps.update((day, self.step) for day in days)

    def customers(self, **changed):
        """Imports customers with some columns changed, as the next step."""
        self.files += 1
        self.step += 1
        folder = self.folder / f"customers{self.files}"
        folder.mkdir()
        text = (ROOT / "mappings/demo.yaml").read_text(encoding="utf-8")
        head, rest = text.split("sources:\n")
        customers = rest[rest.index("  customers:"):rest.index("  accounts:")]
        head = head.replace("manifest: required\n", "")
        (folder / "mapping.yaml").write_text(f"# {self.files}\n{head}sources:\n{customers}", "utf-8")
        rows = []
        for number, columns in changed.items():
            fields = self.lines[columns.pop("like", number)].split(",")
            fields[0] = number
            for column, value in columns.items():
                fields[self.at[column]] = value
                if column == "closed_on" and value:
                    self.recount.closings.append((number, value, self.step))
            self.lines[number] = ",".join(fields)
            rows.append(self.lines[number])
        (folder / "customers.csv").write_text("\n".join([self.header, *rows, ""]), "utf-8")
        report = succeed_json("import", self.store, folder / "mapping.yaml")
        self.assertEqual(support.import_totals(report)["customers"],
                         [len(rows), len(rows), 0, 0, 0], report)

    def pick(self, count):
        """Numbers of rated persons that nothing was done to."""
        taken = self.picked = getattr(self, "picked", set())
        owned = {row["customer_no"]: row["account_no"] for row in read_csv(self.bank / "holders.csv")
                 if row["share"] == "100.00"}
        names = ("kind", "closed_on", "opened_on", "customer_no")
        rated = [number for number, tier in sorted(self.tiers("asset").items())
                 if tier[0] != "(" and number in owned and number not in taken]
        good = [number for number in rated
                if [self.lines[number].split(",")[self.at[name]] for name in names[:2]]
                == ["person", ""] and self.lines[number].split(",")[self.at["opened_on"]] < "2024"]
        self.account = owned
        some = self.random.sample(good, count)
        taken.update(some)
        return some

    def test_every_pair_of_months(self):
        self.months("2025-01-31", "2025-03-31")
        # closed in April; merged in April, in chains, one of them learnt late
        gone = self.pick(30)
        away = self.pick(3)  # not there for a while without being closed
        self.customers(**{number: {"closed_on": "2025-04-10"} for number in gone},
                       **{number: {"opened_on": "2025-08-15"} for number in away})
        a = self.pick(24)
        self.change(*(("merge", x, y, "", "2025-04-15") for x, y in zip(a[:10], a[10:20])),
                    ("merge", a[10], a[11], "", "2025-04-20"), ("merge", a[20], a[21], "", "2025-02-15"))
        self.months("2025-04-30", "2025-06-30")
        # some of the closed come back, one of them to close again; new numbers take accounts over
        self.customers(**{number: {"closed_on": ""} for number in gone[:12]})
        b = self.pick(8)
        fresh = {f"N{i:07}": {"like": number, "opened_on": "2025-07-05" if i < 7 else "2025-11-05"}
                 for i, number in enumerate(b)}
        self.customers(**fresh)
        # a number that came back, and one that merged, go on as others
        c = self.pick(2)
        self.change(*(("split", number, new, self.account[number], "2025-07-10")
                      for number, new in zip(b[:5], fresh)),
                    ("merge", b[5], "N0000005", "", "2025-07-12"),
                    ("split", b[6], "N0000006", self.account[b[6]], "2025-05-10"),  # learnt late
                    ("split", b[7], "N0000007", self.account[b[7]], "2025-11-10"),  # known early
                    ("merge", gone[0], c[0], "", "2025-07-20"),
                    ("split", a[12], a[2], self.account[a[2]], "2025-07-15"))
        self.months("2025-07-31", "2025-09-30")
        self.customers(**{gone[1]: {"closed_on": "2025-10-02"}, gone[13]: {"closed_on": ""}})
        self.months("2025-10-31", "2025-11-30")
        # months of before are rerated, by what is known now
        self.rerate("2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30")
        self.months("2025-12-31", "2025-12-31")
        days = self.check_every_pair(("new", "reopened", "merged_in", "merged_out", "closed",
                                      "moved_in", "moved_out"))
        self.assertEqual(len(days), 12)
        self.check_lists(days[0], days[-1])
        self.check_rates(days)
        self.note_runs("lifecycle", "deposit")
        self.check_pair(days[2], days[7], "lifecycle", "deposit")

    def check_lists(self, first, last):
        """Every cell lists its customers, by the bytes of their numbers."""
        places, _ = self.recount.places(first, last)
        had, has = self.recount.runs[first][2], self.recount.runs[last][2]
        path = self.folder / "movers.csv"
        pair = "--scheme", self.SCHEME, "--from", first, "--to", last
        succeed("migrate", self.store, *pair, "-o", path, "--plain")
        rows = read_csv(path)
        self.assertEqual([row["customer_id"] for row in rows], sorted(places))
        for row in rows:
            number = row["customer_id"]
            was, now = places[number]
            self.assertEqual(((row["was"], row["tier_before"]), (row["became"], row["tier_after"])),
                             (was, now), number)
            for column, values, place in (("value_before", had, was), ("value_after", has, now)):
                there = place[0] in ("rated", "gated", "unrated")
                self.assertEqual(row[column], f"{Decimal(values[number]) / 100:.2f}" if there else "")
        for was, now in {cell for cell in places.values()}:
            cell = ":".join(tier or place for place, tier in (was, now))
            got = succeed_json("migrate", self.store, *pair, "--cell", cell, "--limit", 3)["cell"]
            want = sorted(number for number, place in places.items() if place == (was, now))
            self.assertEqual(got["customers"], len(want), cell)
            self.assertEqual([x["customer"] for x in got["listed"]], want[:3], cell)

    def check_rates(self, days):
        """The series, from the exports."""
        got = succeed_json("migrate", self.store, "--scheme", self.SCHEME, "--every", "month")
        ranks = ["private", "diamond", "affluent", "gold", "mass"]
        self.assertEqual([(x["from"], x["to"]) for x in got["rates"]],
                         list(zip(days, days[1:])))
        quarters = succeed_json("migrate", self.store, "--scheme", self.SCHEME, "--every", "quarter")
        self.assertEqual([(x["from"], x["to"]) for x in quarters["rates"]],
                         list(zip(days[2::3], days[5::3])))
        for x in got["rates"]:
            before, after = self.recount.runs[x["from"]][1], self.recount.runs[x["to"]][1]
            ways = Counter()
            for number, (status, tier) in before.items():
                if status == "rated":
                    now = after.get(number, ("absent", ""))
                    ways["left" if now[0] != "rated" else "kept" if now[1] == tier else
                         "promoted" if ranks.index(now[1]) < ranks.index(tier) else "demoted"] += 1
            start = sum(ways.values())
            self.assertEqual({key: x[key] for key in ("promoted", "demoted", "kept", "left")},
                             {key: ways[key] for key in ("promoted", "demoted", "kept", "left")})
            self.assertEqual((x["start"], x["moved"]), (start, 0))
            self.assertAlmostEqual(float(x["retention"]), ways["kept"] / start, places=6)


class ByHand(Migrations):
    """Nine customers over three months."""

    SCHEME = "band"

    def setUp(self):
        super().setUp()
        bank = SmallBank()
        for customer, balances, opened in (
                ("ann", {"2025-01-01": 2000, "2025-02-10": 2500}, "2020-01-01"),
                ("bob", {"2025-01-01": 150, "2025-02-10": 1200}, "2020-01-01"),
                ("cat", {"2025-01-01": 1100, "2025-02-10": 50}, "2020-01-01"),
                ("dan", {"2025-01-01": 500}, "2020-01-01"),
                ("eve", {"2025-01-01": 300}, "2020-01-01"),
                ("fay", {"2025-01-01": 40}, "2020-01-01"),
                ("gus", {"2025-02-10": 70}, "2025-02-03")):
            bank.hold(customer, balances, opened_on=opened)
        for row, opened in zip(bank.rows["customer"], ["2020-01-01"] * 6 + ["2025-02-03"]):
            row.update(opened_on=opened, closed_on="")
        bank.add("customer", id="hal", opened_on="2020-01-01", closed_on="2025-01-15")
        bank.add("customer", id="ivy", opened_on="2020-01-01", closed_on="")
        self.load(bank)
        self.rows = {row["id"]: row for row in bank.rows["customer"]}
        self.run_policy(POLICY, "2025-01-31")
        self.change(("merge", "dan", "ann", "", "2025-02-05"))
        self.again(eve={"closed_on": "2025-02-20"}, hal={"closed_on": ""})
        self.run_policy(POLICY, "2025-02-28")

    def again(self, **changed):
        """Customers with other columns."""
        self.files += 1
        later = SmallBank()
        for customer, columns in changed.items():
            self.rows[customer].update(columns)
            later.add("customer", **self.rows[customer])
        succeed("import", self.store, later.write(self.folder / f"again{self.files}"), "--quiet")

    def lines(self, got, name, part):
        """The lines of a stock that are not nothing."""
        stock = next(x for x in got["stocks"] if (x["tier"] or x["place"]) == name)
        return {line: n for line, n in stock[part].items() if self.minor(n)}

    def test_stocks(self):
        got = succeed_json("migrate", self.store)
        self.assertTrue(got["reconciled"])
        self.assertEqual((got["scheme"], got["measure"]), ("band", "aum"))
        self.assertEqual(self.lines(got, "gold", "customers"), {
            "opening": 2, "moved_in": 1, "moved_out": -1, "closing": 2, "counted": 2})
        self.assertEqual(self.lines(got, "gold", "value"), {
            "opening": "3100.00", "merged_in": "500.00", "moved_in": "150.00",
            "moved_out": "-1100.00", "value_change": "1550.00", "closing": "4200.00",
            "counted": "4200.00"})  # ann 2000 + 500 of dan + 500; bob 150 + 1050
        self.assertEqual(self.lines(got, "silver", "customers"), {
            "opening": 3, "closed": -1, "merged_out": -1, "moved_out": -1})
        self.assertEqual(self.lines(got, "silver", "value"), {
            "opening": "950.00", "closed": "-300.00", "merged_out": "-500.00",
            "moved_out": "-150.00"})
        self.assertEqual(self.lines(got, "new", "customers"), {
            "opening": 1, "new": 1, "moved_in": 1, "closing": 3, "counted": 3})
        self.assertEqual(self.lines(got, "new", "value"), {
            "opening": "40.00", "new": "70.00", "moved_in": "1100.00", "value_change": "-1050.00",
            "closing": "160.00", "counted": "160.00"})
        self.assertEqual(self.lines(got, "gated", "customers"), {
            "opening": 1, "reopened": 1, "closing": 2, "counted": 2})  # no account: ivy, hal
        self.assertEqual({line: n for line, n in got["total"]["value"].items() if self.minor(n)}, {
            "opening": "4090.00", "new": "70.00", "merged_in": "500.00", "moved_in": "1250.00",
            "value_change": "500.00", "closed": "-300.00", "merged_out": "-500.00",
            "moved_out": "-1250.00", "closing": "4360.00", "counted": "4360.00"})

    def test_cells(self):
        def listed(cell, *options):
            got = succeed_json("migrate", self.store, "--cell", cell, *options)["cell"]
            return [x["customer"] for x in got["listed"]]

        self.assertEqual(listed("silver:gold"), ["bob"])
        self.assertEqual(listed("any:merged"), ["dan"])
        self.assertEqual(listed("silver:closed"), ["eve"])
        self.assertEqual(listed("new:any"), ["fay"], "the tier of that code goes first")
        self.assertEqual(listed("@new:any"), ["gus"])
        self.assertEqual(listed("reopened:gated"), ["hal"])
        self.assertEqual(listed("rated:rated"), ["ann", "bob", "cat", "fay"])
        self.assertEqual(listed("any:any", "--limit", 2), ["ann", "bob"])
        self.assertEqual(succeed("migrate", self.store, "--cell", "any:merged").splitlines()[1:], [
            "  customer  was     is            value before  value after",
            "  dan       Silver  merged → ann        500.00            —"])
        self.assertIn("dan     银卡  合并 → ann",
                      succeed("migrate", self.store, "--cell", "silver:merged", "--lang", "zh"))

    def test_files(self):
        for name, start in (("x.csv", b"\xef\xbb\xbf"), ("x.xlsx", b"PK"), ("x.parquet", b"PAR1")):
            path = self.folder / name
            succeed("migrate", self.store, "--cell", "any:gold", "-o", path)
            self.assertTrue(path.read_bytes().startswith(start), name)
        self.assertEqual(
            (self.folder / "x.csv").read_text("utf-8-sig").splitlines(), [
                "customer_id,was,tier_before,became,tier_after,merged_into,value_before,value_after",
                "ann,rated,gold,rated,gold,,2000.00,3000.00",
                "bob,rated,silver,rated,gold,,150.00,1200.00"])

    def test_table(self):
        english = succeed("migrate", self.store)
        for line in ("Bands  2025-01-31 → 2025-02-28",
                     "  Silver (silver)          1       ·      ·             ·       1           1      3",
                     "  merged out     ·      -1      ·             ·     -1",
                     "  adds up: every closing is the stock counted in the run of 2025-02-28"):
            self.assertIn(line, english.split("\n"), english)
        chinese = succeed("migrate", self.store, "--lang", "zh")
        self.assertIn("核对相符：各层级期末数等于 2025-02-28 运行中独立清点的存量", chinese)
        self.assertIn("金卡（gold）", chinese)

    def test_a_stock_that_differs_is_a_failure(self):
        engine = support.store_engine(self.store)
        engine.run("INSERT INTO tier_row SELECT * FROM tier_row "
                   "WHERE run_id <= 2 AND until_run > 2 AND "
                   "series IN (SELECT series FROM run_scheme WHERE run_id = 2) AND customer_id = (SELECT customer_id FROM customer_key WHERE source_id = 'fay')")
        engine.close()
        result = strata("migrate", self.store)
        self.assertEqual(result.status, 1)
        self.assertIn("does not add up: 1 closings differ", result.out)
        self.assertRegex(result.out, r"closing +2 +0 +3 .*\n +counted +2 +0 +4 ")
        self.assertFalse(json.loads(strata("migrate", self.store, "--json").out)["reconciled"])

    def test_refusals(self):
        for arguments, status, english, chinese in (
                (("--from", "2025-02-28", "--to", "2025-01-31"), 2, "is not before --to",
                 "不早于 --to"),
                (("--from", "2025-01-30"), 1, "has no run as of 2025-01-30", "没有 2025-01-30 的运行"),
                (("--to", "2025-01-31"), 1, "has no run before 2025-01-31", "之前没有运行"),
                (("--cell", "gold"), 2, "--cell is not FROM:TO", "--cell 不是"),
                (("--cell", "gold:sliver"), 2, "names no such place: sliver", "没有这样的位置"),
                (("--cell", "closed:any"), 2, "names no such place: closed", "没有这样的位置"),
                (("--measure", "amu"), 1, "no metric amu", "没有指标 amu"),
                (("--every", "week"), 2, "not a period it knows", "周期无效"),
                (("--every", "month", "--cell", "gold:gold"), 2, "--every lists no customers",
                 "--every 不列出客户"),
                (("--scheme", "bnad"), 1, "did you mean band?", "是否想写 band？")):
            for lang, words in (("en", english), ("zh", chinese)):
                with self.subTest(arguments=arguments, lang=lang):
                    result = strata("migrate", self.store, *arguments, "--lang", lang)
                    self.assertEqual(result.status, status, result.err)
                    self.assertIn(words, result.err)

    def test_a_policy_that_changes(self):
        """A tier that the later policy lacks, and one that only it has."""
        self.run_policy(POLICY.replace("{code: silver, title: {zh: 银卡, en: Silver}, from: 100}",
                                       "{code: bronze, from: 60}"), "2025-03-31")
        got = succeed_json("migrate", self.store, "--from", "2025-01-31")
        self.assertEqual([x["tier"] or x["place"] for x in got["stocks"]],
                         ["gold", "bronze", "new", "silver", "gated", "unrated"])
        self.assertTrue(got["reconciled"])
        self.assertEqual(self.lines(got, "silver", "customers"), {
            "opening": 3, "closed": -1, "merged_out": -1, "moved_out": -1})
        self.assertEqual(self.lines(got, "bronze", "customers"), {
            "new": 1, "closing": 1, "counted": 1})
        other = POLICY.replace("aum", "assets")
        self.run_policy(other, "2025-04-30")
        got = succeed_json("migrate", self.store)
        self.assertTrue(got["reconciled"])
        self.assertIsNone(got["measure"], "the earlier policy has no such metric")
        result = strata("migrate", self.store, "--measure", "assets")
        self.assertEqual(result.status, 1)
        self.assertIn("the policy of 2025-03-31 has no such metric assets", result.err)


if __name__ == "__main__":
    support.main()
