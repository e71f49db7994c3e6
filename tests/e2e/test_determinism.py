#!/usr/bin/env python3
"""The same data and policy give the same bytes: run again, on more threads, from shuffled files."""

import random
import shutil
import unittest
from pathlib import Path

import support
from support import ROOT, strata, succeed

MAPPING, POLICY = ROOT / "mappings/demo.yaml", ROOT / "policies/demo.yaml"
CUSTOMERS, MONTHS = 800, 8
KEY_FIELDS = {"balances.csv": 2, "fx_rates.csv": 3}  # of a key, the leading ones; else 1


class Determinism(support.TestCase):
    """A demonstration bank, loaded and tiered in several ways."""

    def setUp(self):
        super().setUp()
        self.bank = self.folder / "bank"
        succeed("demo", self.bank, "--customers", CUSTOMERS, "--months", MONTHS, "--seed", 7,
                "--quiet")
        balances = support.read_csv(self.bank / "balances.csv")
        days = sorted(row["on_date"][:7] for row in balances if row["on_date"][:2] == "20")
        self.last = self.as_of(days[-1])

    def as_of(self, month):
        """The last day of the manifest: the day that the bank's files reach."""
        text = (self.bank / "manifest.yaml").read_text(encoding="utf-8")
        line = next(line for line in text.splitlines() if line.startswith("as_of:"))
        day = line.split(":", 1)[1].strip()
        self.assertTrue(day.startswith(month), (day, month))
        return day

    def build(self, name, bank, *options):
        """A store of its own, tiered at the last three month ends."""
        store = self.folder / f"{name}.duckdb"
        succeed("init", store)
        succeed("import", store, MAPPING, bank, "--quiet", *options)
        self.rate(store, *options)
        return store

    def rate(self, store, *options):
        year, month = int(self.last[:4]), int(self.last[5:7])
        first = f"{year - (month < 3)}-{(month - 3) % 12 + 1:02}-01"
        succeed("run", store, POLICY, "--from", first, "--as-of", self.last, "--every", "month",
                "--quiet", *options)

    def again(self, store, *options):
        """The last month, which is open, once more; all months recomputed and compared."""
        succeed("run", store, POLICY, "--as-of", self.last, "--quiet", *options)
        succeed("replay", store, "--quiet", *options)

    def exports(self, store, *options):
        """File name to bytes, in both formats."""
        folder = self.folder / "exports"
        folder.mkdir()
        for what in ("tiers", "metrics"):
            for suffix in ("csv", "parquet"):
                succeed("export", store, what, "--from", "1900-01-01", "-o",
                        folder / f"{what}.{suffix}", "--quiet", *options)
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        shutil.rmtree(folder)
        return files

    def compare(self, got, want):
        self.assertEqual(got.keys(), want.keys())
        for name in want:
            self.assertTrue(got[name] == want[name], self.first_difference(name, got, want))

    @staticmethod
    def first_difference(name, got, want):
        """Where two text files part; binary ones only differ."""
        if not name.endswith(".csv"):
            return f"{name} differs: {len(got[name])} and {len(want[name])} bytes"
        lines = zip(got[name].splitlines(), want[name].splitlines())
        return next((f"{name}: {a!r} is not {b!r}" for a, b in lines if a != b), name)

    def shuffled(self):
        """The bank with the rows of every file in another order.

        Rows of one key stay in their order: the first holder of an account has the odd cent, and of
        two rows that contradict each other the first is taken.
        """
        folder = self.folder / "shuffled"
        shutil.copytree(self.bank, folder)
        dice = random.Random(20240131)
        for path in sorted(folder.glob("*.csv")):
            header, *rows = path.read_bytes().splitlines(keepends=True)
            fields = KEY_FIELDS.get(path.name, 1)
            waiting = {}
            for row in rows:
                waiting.setdefault(tuple(row.rstrip().split(b",")[:fields]), []).append(row)
            keys = [key for key, same in waiting.items() for _ in same]
            dice.shuffle(keys)
            order = [waiting[key].pop(0) for key in keys]
            self.assertEqual(sorted(order), sorted(rows))
            if len(rows) > 100:
                self.assertNotEqual(order, rows)
            path.write_bytes(header + b"".join(order))
        return folder

    def test_again_on_threads_and_shuffled(self):
        one = self.build("one", self.bank, "--threads", "1")
        want = self.exports(one, "--threads", "1")
        self.assertEqual(sorted(want), ["metrics.csv", "metrics.parquet", "tiers.csv",
                                        "tiers.parquet"])
        self.assertGreater(want["tiers.csv"].count(b"\n"), 9 * 2 * CUSTOMERS)
        self.assertTrue(want["tiers.parquet"].startswith(b"PAR1"))

        with self.subTest(what="the same store rated again"):
            self.again(one, "--threads", "2")
            self.compare(self.exports(one, "--threads", "2"), want)
        with self.subTest(what="two threads throughout"):
            two = self.build("two", self.bank, "--threads", "2")
            self.compare(self.exports(two, "--threads", "2"), want)
        with self.subTest(what="another order of rows"):
            other = self.build("shuffled", self.shuffled(), "--threads", "2")
            self.compare(self.exports(other), want)
        with self.subTest(what="little memory"):
            self.again(one, "--threads", "2", "--memory", "200MB")
            self.compare(self.exports(one), want)

    def test_parquet_says_what_csv_says(self):
        """Read by the engine alone: the same rows in the same order, cell by cell."""
        store = self.build("one", self.bank)
        engine = support.Engine(self.folder / "other.duckdb")
        for what in ("tiers", "metrics"):
            path = self.folder / what
            for suffix in ("csv", "parquet"):
                succeed("export", store, what, "-o", f"{path}.{suffix}", "--quiet")
            engine.run(f"COPY (SELECT * FROM read_parquet('{path}.parquet')) TO '{path}.back' "
                       "(FORMAT csv, HEADER)")
            want = support.read_csv(f"{path}.csv")
            self.assertGreater(len(want), CUSTOMERS // 2)
            self.assertEqual(support.read_csv(f"{path}.back"), want)
        engine.close()

    def test_two_files_of_one_source_in_any_order(self):
        """Customers in one file or in two, named so that they are read in another order."""
        results = []
        for names in (("a", "b"), ("b", "a")):
            bank = support.SmallBank()
            for number in range(40):
                bank.hold(f"c{number:02}", {"2024-01-01": f"{number * 37 % 100}.00"})
            folder = self.folder / "".join(names)
            mapping = bank.write(folder)
            header, *rows = (folder / "customers.csv").read_text("utf-8").splitlines()
            (folder / "customers.csv").unlink()
            for name, part in zip(names, (rows[:15], rows[15:])):
                (folder / f"customers_{name}.csv").write_text(
                    "\n".join([header, *part]) + "\n", "utf-8")
            text = mapping.read_text("utf-8").replace("customers.csv", "customers_*.csv")
            mapping.write_text(text, "utf-8")
            store = Path(f"{folder}.duckdb")
            succeed("init", store)
            report = support.succeed_json("import", store, mapping)
            self.assertEqual(support.import_totals(report)["customers"], [40, 40, 0, 0, 0])
            policy = self.write("policy.yaml", "strata: 1\nname: p\nmetrics:\n"
                                "  aum: {from: balance, value: closing(amount)}\nschemes:\n"
                                "  top: {method: pyramid, value: aum, tiers: "
                                "[{code: a, top: 20%}, {code: b}]}\n")
            succeed("run", store, policy, "--as-of", "2024-01-31", "--quiet")
            results.append(self.exports(store))
        self.compare(results[1], results[0])

    def test_importing_again_changes_nothing(self):
        store = self.build("one", self.bank)
        want = self.exports(store)
        before = strata("quality", store, "--json").out
        again = support.succeed_json("import", store, MAPPING, self.bank)
        self.assertEqual({file["already_loaded"] for file in again["files"]}, {True})
        self.assertEqual(strata("quality", store, "--json").out, before)
        self.again(store)
        self.compare(self.exports(store), want)


if __name__ == "__main__":
    support.main()
