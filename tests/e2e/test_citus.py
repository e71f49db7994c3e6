#!/usr/bin/env python3
"""Stores spread over several servers: the same files as a store in one file gives, byte by byte, for the
demonstration bank night by night and for Berka. STRATA_TEST_CITUS=postgresql://… names a database
with the extension Citus; without it there is nothing to test."""

import os
import subprocess
import sys

os.environ["STRATA_TEST_STORE"] = "postgresql"  # stores named .duckdb are schemas of that database

import support
from support import ROOT, succeed, succeed_json

FILE = "plain.db"  # a store in a file, whatever the others are
GATHERED_KB = 16  # more than a count per tier, less than a row per customer and run


def first_worker():
    """A worker's host:port, and the words of a command on it."""
    host, port, user, database = support.psql(
        "SELECT nodename, nodeport, current_user, current_database() FROM pg_dist_node "
        "WHERE groupid > 0 ORDER BY nodeid LIMIT 1").strip().split("|")
    where = f"host={host} port={port} user={user} dbname={database}"
    return f"{host}:{port}", ["psql", where, "-q", "-X", "-A", "-t", "-c"]


class Spread(support.TestCase):
    """Each store beside one in a file that does the same."""

    def setUp(self):
        super().setUp()
        self.plain = self.folder / FILE
        self.addCleanup(support.remove_store, self.store)

    def both(self, command, *arguments):
        """A command on both stores; what each prints as JSON."""
        return [succeed_json(command, store, *arguments) for store in (self.store, self.plain)]

    def make(self, mapping, *files):
        """Two stores with the same files in them."""
        for store in (self.store, self.plain):
            succeed("init", store)
        reports = self.both("import", mapping, *files)
        self.assertEqual(*map(support.import_totals, reports))

    def assert_same(self, *what):
        """Exports of both are the same bytes."""
        files = self.folder / "spread.csv", self.folder / "plain.csv"
        for words in what:
            for store, file in zip((self.store, self.plain), files):
                succeed("export", store, *words, "-o", file)
            self.assertEqual(files[0].read_bytes(), files[1].read_bytes(), words)
            self.assertGreater(files[0].stat().st_size, 1000)

    def runs(self, policy, *options):
        """A run on both; the periods that the first reports."""
        spread, plain = self.both("run", policy, *options)
        self.assertEqual([p["base_run"] for p in spread["periods"]],
                         [p["base_run"] for p in plain["periods"]])
        return spread["periods"]

    def test_tables_are_spread(self):
        succeed("init", self.store)
        kinds = dict(line.split("|") for line in support.psql(
            "SELECT split_part(table_name::pg_catalog.text, '.', 2), citus_table_type FROM citus_tables "
            f"WHERE table_name::pg_catalog.text LIKE '{support.schema_of(self.store)}.%'").split())
        self.assertEqual(kinds["txn"], "distributed")
        self.assertEqual(kinds["run"], "reference")
        self.assertNotIn("quarantine", kinds)
        unplaced = set(support.tables_of(self.store)) - set(kinds)
        self.assertEqual(unplaced, {"quarantine", "run_bound", "stock_change", "strata_meta"})

    def test_what_an_outage_left_is_finished(self):
        """A transaction that a lost coordinator prepared on a worker is gone before the first read."""
        succeed("init", self.store)
        _, worker = first_worker()
        name = f"citus_0_{os.getpid()}_999999999_1"
        made = subprocess.run([*worker, "BEGIN", "-c", "CREATE TABLE public.half_done (a integer)",
                               "-c", f"PREPARE TRANSACTION '{name}'"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        count = [*worker, f"SELECT count(*) FROM pg_prepared_xacts WHERE gid = '{name}'"]
        self.assertEqual(subprocess.check_output(count, text=True).strip(), "1")
        succeed("quality", self.store)
        self.assertEqual(subprocess.check_output(count, text=True).strip(), "0")

    def test_roles_are_on_every_server(self):
        """Whatever the session's settings are; a role that a worker lacks is named."""
        schema = support.schema_of(self.store)
        runner, reader = f"{schema}_runner", f"{schema}_reader"
        self.addCleanup(support.psql, f"DROP ROLE IF EXISTS {runner}, {reader}")
        self.addCleanup(support.remove_store, self.store)
        off = "SET citus.enable_create_role_propagation TO off"
        support.psql(off, f"CREATE ROLE {runner}")
        name, worker = first_worker()
        for language, word in (("en", "not there on every server"), ("zh", "并非在每台服务器上")):
            done = support.strata("init", self.store, "--roles", schema, "--lang", language)
            self.assertEqual(done.status, 1)
            self.assertIn(word, done.err)
            self.assertIn(name, done.err)
            self.assertIn(f'CREATE ROLE "{runner}" NOLOGIN', done.err)
        self.assertFalse(support.store_exists(self.store))
        support.psql(off, f"DROP ROLE {runner}")
        told = "options=-ccitus.enable_create_role_propagation%3Doff"
        succeed("init", f"{support.server_uri()}{told}&schema={schema}", "--roles", schema)
        names = [*worker, f"SELECT rolname FROM pg_roles WHERE rolname IN ('{runner}', '{reader}')"]
        self.assertEqual(set(subprocess.check_output(names, text=True).split()), {runner, reader})

    def test_demonstration_bank(self):
        """Months, then nights, each computed in full beside; replayed."""
        bank = self.folder / "bank"
        succeed("demo", bank, "--customers", "300")
        self.make(ROOT / "mappings/demo.yaml", bank)
        self.runs(ROOT / "policies/demo.yaml", "--every", "month", "--from", "2025-09-30",
                  "--as-of", "2025-11-30")
        nights = self.write("nights.yaml", support.earned_tiers_policy())
        for day in ("2025-12-29", "2025-12-30", "2025-12-31"):
            periods = self.runs(nights, "--as-of", day, "--verify")
        self.assertEqual(len(periods), 1)
        self.assert_same(["tiers", "--from", "2025-09-30"], ["metrics"])
        self.both("replay")
        self.assertEqual(*self.both("quality"))
        self.read_at_the_workers(nights)

    def read_at_the_workers(self, policy):
        """Nothing that is asked brings a table's rows together before it answers: Citus ends a
        statement that would."""
        bounded = (support.server_uri() + "options=-ccitus.max_intermediate_result_size%3D{}&schema="
                   + support.schema_of(self.store))
        store = bounded.format(GATHERED_KB)
        customer = support.read_csv(self.folder / "bank/customers.csv")[0]["customer_no"]
        page, file = self.folder / "page.html", self.folder / "rows.csv"
        days = "--from", "2025-09-30"
        for command, *words in (
                ("tiers",), ("explain", customer), ("replay",),
                ("signals", "--as-of", "2025-11-30", "-o", file), ("export", "metrics", "-o", file),
                ("export", "tiers", *days, "-o", file),
                ("migrate", "--scheme", "asset", *days, "-o", file),
                ("migrate", "--scheme", "asset", *days, "--every", "run"),
                ("changes", "--scheme", "asset", "-o", file),
                ("simulate", policy, "-o", page), ("run", policy, "--as-of", "2025-12-31")):
            with self.subTest(command):
                succeed(command, store, *words, "--quiet")
        gathers = support.strata("quality", bounded.format(1))  # every account with a balance
        self.assertIn("max_intermediate_result_size", gathers.err)

    def test_nights_go_on(self):
        """One currency: rows stand from night to night."""
        bank = support.SmallBank()
        for number in range(40):
            customer = f"C{number:02}"
            bank.hold(customer, {"2024-01-01": 1000 * number, "2024-03-05": 700 * number + 50})
            bank.add("txn", id=f"T{number}", account=f"{customer}-{number + 1}", on_date="2024-03-07",
                     amount=-10 * number, kind="purchase")
        self.make(bank.write(self.folder / "files"))
        policy = self.write("policy.yaml", (ROOT / "tests/policy/valid/moves/policy.yaml").read_text())
        for day in ("2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07"):
            periods = self.runs(policy, "--as-of", day, "--verify")
            self.assert_same(["tiers", "--as-of", day], ["metrics", "--as-of", day])
        self.assertTrue(periods[0]["base_run"])

    def test_berka(self):
        """The Czech bank, as far as its data is there."""
        data = support.require_data("berka")
        self.make(ROOT / "mappings/berka.yaml", data)
        self.runs(ROOT / "policies/berka.yaml", "--every", "month", "--from", "1993-12-31",
                  "--as-of", "1994-02-28")
        self.assert_same(["tiers", "--from", "1993-12-31"], ["metrics"])


if __name__ == "__main__":
    if not support.CITUS:
        print("no STRATA_TEST_CITUS: nothing is tested on Citus", file=sys.stderr)
        sys.exit(support.SKIPPED_EXIT)
    support.unittest.main()
