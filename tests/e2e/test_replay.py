#!/usr/bin/env python3
"""Past runs computed again: identical whatever came later, and a changed row is found."""

import support
from support import SmallBank, read_csv, store_engine, strata, succeed, write_csv

POLICY = """strata: 1
name: held
metrics:
  aum: {{from: balance, value: daily_average(amount), window: 1 month}}
  value: {{from: balance, value: closing(amount), overdraft: net}}
schemes:
  asset:
    method: thresholds
    value: aum
    tiers: [{{code: gold, from: {gold}}}, {{code: base}}]
    moves: {{watch: {{after: 1}}, down: {{after: 3}}}}
  top: {{method: pyramid, value: value, tiers: [{{code: top, top: 20%}}, {{code: rest}}]}}
"""
MERGE = """strata-mapping: 1
name: changes
currency: CNY
refuse_above: 100%
sources:
  changes:
    file: changes.csv
    load:
      customer_change: {kind: kind, from_customer: a, into_customer: b, on_date: day}
"""
MONTHS = ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31")


class Replay(support.TestCase):
    """Customers whose balances move about the bound."""

    def setUp(self):
        super().setUp()
        self.store = self.folder / "bank.duckdb"
        self.bank = SmallBank()
        for i in range(12):
            self.bank.hold(f"C{i:02}", {f"2024-0{m}-01": 50 + (i * 37 + m * 53) % 120
                                        for m in range(1, 6)}, opened_on="2023-12-01")
        for customer, amount in (("LOW", 20), ("HIGH", 150)):
            self.bank.hold(customer, {"2024-01-01": amount}, opened_on="2023-12-01")
        self.mapping = self.bank.write(self.folder / "bank")
        succeed("init", self.store, "--quiet")
        succeed("import", self.store, self.mapping, self.folder / "bank", "--quiet")

    def policy(self, gold):
        """The policy with a bound."""
        path = self.folder / f"held{gold}.yaml"
        path.write_text(POLICY.format(gold=gold), encoding="utf-8")
        return path

    def run_months(self, first, last, gold=100):
        """Months by their index."""
        succeed("run", self.store, self.policy(gold), "--every", "month", "--from", MONTHS[first],
                "--as-of", MONTHS[last], "--quiet")

    def replayed(self):
        """What replay says of every run; the exit status agrees with it."""
        result = strata("replay", self.store, "--json")
        runs = support.json.loads(result.out)
        self.assertEqual(result.status, 0 if all(run["identical"] for run in runs) else 1)
        return runs

    def exported(self):
        """All tiers as rows."""
        path = self.folder / "tiers.csv"
        succeed("export", self.store, "tiers", "--from", MONTHS[0], "--as-of", MONTHS[-1],
                "-o", path, "--plain", "--quiet")
        return read_csv(path)

    def change_a_balance(self):
        """A correction of the past and a late row, in one delivery."""
        late = SmallBank()
        late.rows = {**late.rows, "balance": [
            {"account": "C03-4", "on_date": "2024-01-01", "amount": 900},
            {"account": "C05-6", "on_date": "2024-02-15", "amount": 1}]}
        mapping = late.write(self.folder / "late")
        succeed("import", self.store, mapping, self.folder / "late", "--quiet")

    def merge(self, number, into, day):
        """One number goes on as another."""
        (self.folder / "changes.yaml").write_text(MERGE, encoding="utf-8")
        write_csv(self.folder / "changes.csv", ("kind", "a", "b", "day"),
                  [("merge", number, into, day)])
        succeed("import", self.store, self.folder / "changes.yaml", self.folder / "changes.csv",
                "--quiet")

    def test_late_rows_merges_and_versions(self):
        """Corrections, a merge and a new version of the policy come after the runs."""
        self.run_months(0, 2)
        self.change_a_balance()
        self.run_months(3, 3, gold=110)
        self.merge("C07", "C08", "2024-05-10")
        self.run_months(4, 4, gold=110)
        before = self.exported()
        runs = self.replayed()
        self.assertEqual([run["as_of"] for run in runs], list(MONTHS))
        self.assertTrue(all(run["identical"] for run in runs), runs)
        self.assertEqual(self.exported(), before)
        self.assertEqual([run["run"] for run in self.replayed()], [run["run"] for run in runs])

    def test_a_changed_row_is_found(self):
        """Somebody edits a tier, a metric, a bound: each is named."""
        self.run_months(0, 1)
        for part, edit in (
                ("tiers", "UPDATE tier_row_held SET fails = 7 WHERE run_id = 2 AND series = "
                          "(SELECT series FROM run_scheme WHERE run_id = 2 AND scheme = 'asset') "
                          "AND customer_id = (SELECT customer_id FROM customer_key "
                          "WHERE source_id = 'C04')"),
                ("bounds", "UPDATE run_bound SET value = value + 1 WHERE run_id = 2")):
            engine = store_engine(self.store)
            engine.run("CREATE TABLE kept AS SELECT * FROM tier_row_held",
                       "CREATE TABLE kept_bound AS SELECT * FROM run_bound", edit)
            engine.close()
            runs = self.replayed()
            self.assertTrue(runs[0]["identical"])
            self.assertFalse(runs[1]["identical"])
            self.assertGreater(runs[1]["parts"][part]["different"], 0)
            if part == "tiers":
                self.assertEqual(runs[1]["parts"]["tiers"]["example"], "C04")
                self.assertEqual(runs[1]["parts"]["tiers"]["different"], 1)
            engine = store_engine(self.store)
            engine.run("DELETE FROM tier_row_held", "INSERT INTO tier_row_held SELECT * FROM kept",
                       "DROP TABLE kept", "DELETE FROM run_bound",
                       "INSERT INTO run_bound SELECT * FROM kept_bound", "DROP TABLE kept_bound")
            engine.close()
        self.assertTrue(all(run["identical"] for run in self.replayed()))

    def test_no_such_run(self):
        """A run that was never finished is an error."""
        self.run_months(0, 0)
        result = strata("replay", self.store, 9)
        self.assertEqual(result.status, 1)
        self.assertIn("there is no finished run 9", result.err)


class Periods(Replay):
    """Periods of moves follow each other, and what later ones build on is closed."""

    test_late_rows_merges_and_versions = test_a_changed_row_is_found = test_no_such_run = None

    def test_a_gap_is_refused(self):
        """February is missing."""
        self.run_months(0, 0)
        result = strata("run", self.store, self.policy(100), "--as-of", MONTHS[2])
        self.assertEqual(result.status, 1)
        self.assertIn("--every period --from 2024-02-29 --as-of 2024-03-31", result.err)
        self.assertEqual({row["as_of"] for row in self.exported()}, {MONTHS[0]})

    def test_a_closed_period_is_refused(self):
        """January cannot be run again under February; February can."""
        self.run_months(0, 1)
        result = strata("run", self.store, self.policy(100), "--as-of", MONTHS[0])
        self.assertEqual(result.status, 1)
        self.assertIn("the period of 2024-01-31 is closed", result.err)
        before = self.exported()
        self.run_months(1, 1)
        self.assertEqual(self.exported(), before)

    def test_runs_inside_a_period_are_provisional(self):
        """Any number of runs inside March count March once."""
        self.run_months(0, 1)
        for day in ("2024-03-05", "2024-03-20", "2024-03-20", "2024-03-31"):
            succeed("run", self.store, self.policy(100), "--as-of", day, "--quiet")
        inside = [row for row in self.exported() if row["as_of"] == MONTHS[2]]
        other = self.folder / "other.duckdb"
        self.store, first = other, self.store
        succeed("init", other, "--quiet")
        succeed("import", other, self.mapping, self.folder / "bank", "--quiet")
        self.run_months(0, 2)
        whole = [row for row in self.exported() if row["as_of"] == MONTHS[2]]
        self.assertEqual(inside, whole)
        self.store = first
        self.assertTrue(all(run["identical"] for run in self.replayed()))

    def test_a_merged_number_brings_its_tier(self):
        """The number that goes on holds the better tier of the two, with its counts."""
        self.run_months(0, 1)
        held = {row["customer_id"]: row for row in self.exported()
                if row["scheme"] == "asset" and row["as_of"] == MONTHS[1]}
        self.assertEqual((held["LOW"]["tier"], held["HIGH"]["tier"]), ("base", "gold"))
        self.merge("HIGH", "LOW", "2024-03-10")
        self.run_months(2, 2)
        now = {row["customer_id"]: row for row in self.exported()
               if row["scheme"] == "asset" and row["as_of"] == MONTHS[2]}
        self.assertNotIn("HIGH", now)
        self.assertEqual(now["LOW"]["tier"], "gold")
        self.assertEqual(now["LOW"]["since"], held["HIGH"]["since"])
        self.assertTrue(all(run["identical"] for run in self.replayed()))

    def test_a_lost_code_is_refused(self):
        """A version without gold must say where gold goes."""
        self.run_months(0, 0)
        changed = POLICY.replace("code: gold", "code: diamond").format(gold=100)
        path = self.folder / "diamond.yaml"
        path.write_text(changed, encoding="utf-8")
        result = strata("run", self.store, path, "--as-of", MONTHS[1])
        self.assertEqual(result.status, 1)
        self.assertIn("customers hold tier gold, which scheme asset no longer has", result.err)
        path.write_text(changed.replace("watch:", "map: {gold: diamond}, watch:"),
                        encoding="utf-8")
        succeed("run", self.store, path, "--as-of", MONTHS[1], "--quiet")
        held = [{row["customer_id"]: row["tier"] for row in self.exported()
                 if row["scheme"] == "asset" and row["as_of"] == month} for month in MONTHS[:2]]
        gold = [customer for customer, tier in held[0].items() if tier == "gold"]
        self.assertTrue(gold)
        self.assertEqual({held[1][customer] for customer in gold}, {"diamond"})


if __name__ == "__main__":
    support.main()
