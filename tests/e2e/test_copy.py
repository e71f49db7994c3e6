#!/usr/bin/env python3
"""A whole bank copied between files and PostgreSQL: the same answers, or nothing at all."""

import json
import random
import shutil
import subprocess
import time

import support
from support import (CITUS, ROOT, STRATA, Engine, SmallBank, environment, psql, server_uri, strata,
                     succeed, succeed_json)

POLICY = ROOT / "policies/demo.yaml"
MONTHS = 3
FIRST, SECOND, LAST = "2025-10-31", "2025-11-30", "2025-12-31"
RUNS = 2  # of the months, before the copy
NIGHT = """strata: 1
name: night
metrics:
  value: {from: balance, value: closing(amount), overdraft: net}
schemes:
  asset: {method: thresholds, value: value, tiers: [{code: gold, from: 50}, {code: base}]}
"""
KILLS, LANDED_MIN = 8, 3
EXPORTS = ("tiers", "metrics")

# What somebody else's trigger does to the rows of one table, on its way into the new store.
DAMAGE = """
    CREATE SCHEMA IF NOT EXISTS damage;
    CREATE OR REPLACE FUNCTION damage.row() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.source_id LIKE '%7' THEN {effect} END IF; RETURN NEW; END $$;
    CREATE OR REPLACE FUNCTION damage.made() RETURNS event_trigger LANGUAGE plpgsql AS $$
        DECLARE made record; BEGIN
            FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE'
                AND object_identity LIKE '{schema}.customer_key' LOOP
                EXECUTE 'CREATE TRIGGER damage BEFORE INSERT ON {schema}.customer_key FOR EACH ROW '
                    'EXECUTE FUNCTION damage.row()';
            END LOOP; END $$;
    CREATE EVENT TRIGGER damage ON ddl_command_end EXECUTE FUNCTION damage.made();"""


def schema_exists(name):
    """Whether the tests' server has a schema."""
    return bool(psql(f"SELECT 1 FROM pg_namespace WHERE nspname = '{name}'"))


class Copy(support.TestCase):
    """A small demonstration bank in a file, with two months of every scheme."""

    @classmethod
    def setUpClass(cls):
        server_uri()
        cls.shared = support.Path(support.tempfile.mkdtemp(prefix="strata-copy-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)
        bank, cls.bank_store = cls.shared / "bank", cls.shared / "bank.db"
        succeed("demo", bank, "--customers", 400, "--months", MONTHS, "--quiet")
        succeed("init", cls.bank_store)
        succeed("import", cls.bank_store, ROOT / "mappings/demo.yaml", bank, "--quiet")
        succeed("run", cls.bank_store, POLICY, "--every", "month", "--from", FIRST,
                "--as-of", SECOND, "--quiet")

    def setUp(self):
        super().setUp()
        self.store = self.folder / "from.db"
        shutil.copy(self.bank_store, self.store)

    def schema(self, name):
        """A schema of the tests' server that is not there yet, as a store's location."""
        psql(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        self.addCleanup(psql, f"DROP SCHEMA IF EXISTS {name} CASCADE")
        return f"{server_uri()}schema={name}"

    def exported(self, store):
        """The bytes of every export."""
        found = []
        for what in EXPORTS:
            path = self.folder / "exported.csv"
            succeed("export", store, what, "--from", FIRST, "--as-of", LAST, "-o", path,
                    "--quiet")
            found.append(path.read_bytes())
            path.unlink()
        return found

    def answers(self, store):
        """What people read of a store."""
        return [succeed_json("tiers", store), succeed_json("quality", store),
                succeed_json("quarantine", store), succeed_json("signals", store)]

    def left(self, name):
        """Files whose names begin so."""
        return sorted(path.name for path in self.folder.glob(f"{name}*"))

    def refused(self, source, target, *words):
        """A copy that is refused with these words."""
        result = strata("copy", source, target)
        self.assertEqual(result.status, 1, result)
        for word in words:
            self.assertIn(word, result.err)

    def test_there_and_back(self):
        """File to server to file to file: every answer stays, and runs go on."""
        stores = [self.store, self.schema("there"), self.folder / "back.db",
                  self.folder / "again.db"]
        before = self.store.read_bytes()
        exported, answers = self.exported(self.store), self.answers(self.store)
        reports = [succeed_json("copy", a, b) for a, b in zip(stores, stores[1:])]
        self.assertEqual(reports[0], reports[1])
        self.assertEqual(reports[0], reports[2])
        rows = {table["table"]: table["rows"] for table in reports[0]["tables"]}
        self.assertEqual(sum(rows.values()), reports[0]["rows"])
        self.assertEqual(rows["run"], RUNS)
        for table in ("txn", "balance", "quarantine", "signal", "tier_row", "tier_row_held"):
            self.assertGreater(rows[table], 0, table)
        self.assertEqual(len([name for name in rows if name.startswith("metric_")]), 3)
        for store in stores[1:]:
            self.assertEqual(self.exported(store), exported)
            self.assertEqual(self.answers(store), answers)
            runs = succeed_json("replay", store)
            self.assertEqual([run["identical"] for run in runs], [True] * RUNS)
        self.assertEqual(self.store.read_bytes(), before)
        self.go_on(stores[:3])

    def go_on(self, stores):
        """The next month is the same in all stores."""
        runs = [succeed_json("run", store, POLICY, "--as-of", LAST, "--verify")["periods"]
                for store in stores]
        for store, run in zip(stores, runs):
            self.assertEqual(run, runs[0])
            self.assertEqual(self.exported(store), self.exported(stores[0]))

    def test_the_next_run_goes_on(self):
        """A night in a copy goes on from the copied run, and gives what a full run gives."""
        bank = SmallBank()
        for i in range(9):
            bank.hold(f"C{i}", {"2024-03-01": 10 * i, "2024-03-20": 5})
        mapping = bank.write(self.folder / "small")
        policy = self.write("night.yaml", NIGHT)
        stores = [self.folder / "small.db", self.schema("night"), self.folder / "small_back.db"]
        succeed("init", stores[0])
        succeed("import", stores[0], mapping, "--quiet")
        succeed("run", stores[0], policy, "--as-of", "2024-03-19", "--quiet")
        for source, target in zip(stores, stores[1:]):
            succeed("copy", source, target, "--quiet")
        runs = [succeed_json("run", store, policy, "--as-of", "2024-03-20", "--verify")["periods"]
                for store in stores]
        self.assertEqual([run[0]["base_run"] for run in runs], [1, 1, 1])
        self.assertEqual(runs[1:], [runs[0]] * 2)

    def test_server_to_server(self):
        """From schema to schema, indexes of metrics included; an empty schema is taken."""
        one, two = self.schema("copy_one"), self.schema("copy_two")
        psql("CREATE SCHEMA copy_two")
        self.assertEqual(succeed("copy", self.store, one), succeed("copy", one, two))
        count = "SELECT count(*) FROM pg_indexes WHERE tablename LIKE 'metric%' AND schemaname = '{}'"
        self.assertEqual(psql(count.format("copy_two")), "1\n")
        self.assertEqual(self.exported(two), self.exported(self.store))

    def test_a_target_that_is_there(self):
        """Nothing is written over, whatever it is."""
        there = self.schema("taken")
        succeed("init", there)
        self.refused(self.store, there, "already exists")
        self.assertEqual(psql("SELECT count(*) FROM taken.customer"), "0\n")
        foreign = self.schema("foreign_one")
        psql("CREATE SCHEMA foreign_one", "CREATE TABLE foreign_one.own (n int)")
        self.refused(self.store, foreign, "not a strata store")
        note = self.write("note.txt", "mine")
        self.refused(self.store, note, "already exists")
        self.assertEqual(note.read_text("utf-8"), "mine")
        self.refused(self.store, self.store, "already exists")
        self.assertEqual(self.exported(self.store)[0][:3], b"\xef\xbb\xbf")

    def test_a_source_that_is_no_store(self):
        """A file that is not there, a text, another program's database, an empty schema."""
        target = self.folder / "new.db"
        other = self.folder / "other.db"
        Engine(other).run("CREATE TABLE own (n INTEGER)").close()
        psql("CREATE SCHEMA IF NOT EXISTS empty_one")
        nothing = self.schema("nothing")
        for source, words in ((self.folder / "none.db", "there is no store"),
                              (self.write("text.db", "text\n" * 900), ""),
                              (other, "not a strata store"), (nothing, "there is no store")):
            self.refused(source, target, words)
            self.assertEqual(self.left("new.db"), [])
        self.refused(nothing, nothing.replace("nothing", "nowhere"), "there is no store")
        self.assertFalse(schema_exists("nowhere"))
        psql("DROP SCHEMA empty_one")

    def test_wrong_words(self):
        """Two stores, no more and no less."""
        for words in ((), (self.store,), (self.store, "a", "b")):
            self.assertEqual(strata("copy", *words).status, 2)

    def damaged(self, name, effect):
        """A copy into a server that does something else with customers' numbers."""
        target = self.schema(name)
        psql(DAMAGE.format(schema=name, effect=effect))
        try:
            self.refused(self.store, target, "table customer_key did not arrive as it was")
        finally:
            psql("DROP EVENT TRIGGER damage", "DROP SCHEMA damage CASCADE")
        self.assertFalse(schema_exists(name))
        self.assertEqual(succeed_json("copy", self.store, target)["rows"],
                         succeed_json("copy", self.store, self.folder / "whole.db")["rows"])

    @support.unittest.skipIf(CITUS, "spread tables have no triggers")
    def test_a_changed_row_is_found(self):
        """One text has another byte: as many rows, another hash."""
        self.damaged("changed", "NEW.source_id := NEW.source_id || 'x';")

    @support.unittest.skipIf(CITUS, "spread tables have no triggers")
    def test_a_lost_row_is_found(self):
        """Rows that never arrive."""
        self.damaged("lost", "RETURN NULL;")

    def kills(self, target, is_there, leftovers):
        """Copies killed at seeded moments: nothing is there, or all; and the next one is whole."""
        started = time.monotonic()
        want = succeed_json("copy", self.store, target)
        took = time.monotonic() - started
        self.assertTrue(is_there())
        exported = self.exported(self.store)
        landed, dice = 0, random.Random(5)
        for kill in range(KILLS):
            self.remove(target)
            with subprocess.Popen([STRATA, "copy", str(self.store), str(target), "--quiet"],
                                  env=environment()) as process:
                time.sleep(took * (kill + dice.random()) / KILLS)
                process.kill()
            if process.returncode == 0:
                continue
            landed += 1
            if is_there():  # killed once it was done: all of it is there
                self.assertEqual(self.exported(target), exported, f"kill {kill} left a part")
        self.assertGreaterEqual(landed, LANDED_MIN)
        self.remove(target)
        self.assertEqual(succeed_json("copy", self.store, target), want)
        self.assertEqual(leftovers(), [])

    def remove(self, target):
        """The target is gone."""
        text = str(target)
        if "schema=" in text:
            psql(f"DROP SCHEMA IF EXISTS {text.rsplit('=', 1)[1]} CASCADE")
        else:
            target.unlink(missing_ok=True)

    def test_killed_into_a_file(self):
        """The file appears whole or not at all."""
        target = self.folder / "new.db"
        self.kills(target, target.exists, lambda: [
            name for name in self.left("new.db") if name != "new.db"])

    def test_killed_into_a_server(self):
        """So does the schema."""
        self.kills(self.schema("killed"), lambda: schema_exists("killed"), list)

    def test_metrics_of_an_earlier_build(self):
        """A view whose policy now makes another one: its rows become a table, and a note says so."""
        report = succeed_json("copy", self.store, self.folder / "plain.db")
        name = next(table["table"] for table in report["tables"]
                    if table["table"].startswith("metric_") and table["table"].endswith("_row"))
        name = name.removesuffix("_row")
        Engine(self.store).run(
            f"CREATE TABLE metric_0_row AS SELECT * FROM {name}_row",
            f"CREATE TABLE metric_0_run AS SELECT * FROM {name}_run",
            f"CREATE VIEW metric_0 AS SELECT * FROM {name}",
            "UPDATE run SET metric_table = 'metric_0'",
            "UPDATE metric_column SET metric_table = 'metric_0'").close()
        target = self.schema("earlier")
        for source, to in ((self.store, target), (target, self.folder / "earlier.db")):
            result = strata("copy", source, to, "--json")
            self.assertEqual(result.status, 0, result.err)
            frozen = [table["table"] for table in json.loads(result.out)["tables"]
                      if table["frozen"]]
            self.assertEqual(frozen, ["metric_0"] if source is self.store else [])
            self.assertEqual("metric_0 is of an earlier strata" in result.err, bool(frozen))
            self.assertEqual(self.exported(to), self.exported(self.store))


if __name__ == "__main__":
    support.main()
