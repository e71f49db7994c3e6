#!/usr/bin/env python3
"""Roles of a store in PostgreSQL: what `init --roles` makes, what a runner needs for a working day,
that a reader reads everything and writes nothing, that upgrades are the owner's."""

import os
import re
import subprocess

os.environ["STRATA_TEST_STORE"] = "postgresql"

import support  # noqa: E402
from disturbed_bank import OPTIONS, DisturbedBank  # noqa: E402
from support import ROOT, located, psql, strata, succeed, succeed_json  # noqa: E402

# A store spread by Citus is its maker's own.
OWNER = "maker" if support.CITUS else "bank_owner"
USERS = {"job_a": "bank_runner", "job_b": "bank_runner", "eye": "bank_reader", "chief": OWNER}
ROLES = {*USERS, *USERS.values(), "maker", "plain", "top", "Night", "Desk 7", "desk"}
CUSTOMERS, MONTHS = 300, 2


def location_of(user, location):
    """A location of the tests' server, for another user."""
    return re.sub("(//)[^@/]*@", rf"\1{user}@", location)


def sql_as(user, *statements):
    """Statements of a user; what is said of them."""
    words = ["psql", location_of(user, support.server_uri()[:-1]), "-q", "-X", "-A", "-t", "-v",
             "ON_ERROR_STOP=1"]
    for statement in statements:
        words += ["-c", statement]
    return subprocess.run(words, capture_output=True, text=True, check=False)


class Roles(DisturbedBank):
    """A bank run by one superuser, and the same bank run by who may do just that."""

    CUSTOMERS, MONTHS = CUSTOMERS, MONTHS

    def setUp(self):
        super().setUp()
        psql("CREATE ROLE maker LOGIN CREATEROLE", "GRANT CREATE ON DATABASE postgres TO maker",
             "CREATE ROLE plain LOGIN")
        self.addCleanup(self.forget)
        self.served = self.folder / "served.duckdb"

    def forget(self):
        """No role is left for the next test."""
        for path in (self.served, self.folder / "old.duckdb", self.folder / "copied.duckdb"):
            psql(f"DROP SCHEMA IF EXISTS {support.schema_of(path)} CASCADE")
        for name in ROLES & set(psql("SELECT rolname FROM pg_roles").splitlines()):
            psql(f'DROP OWNED BY "{name}"', f'DROP ROLE "{name}"')

    def as_user(self, user, path=None):
        """The store's location for a user."""
        return location_of(user, located(path or self.served))

    def refused(self, *command):
        """A command that fails; its message in English and its hint."""
        result = strata(*command, "--lang", "en")
        self.assertEqual(result.status, 1, result)
        lines = result.err.splitlines()
        self.assertEqual([line.split(":")[0] for line in lines], ["error", "  hint"], result.err)
        chinese = strata(*command, "--lang", "zh").err.splitlines()
        self.assertEqual([line.split(":")[0] for line in chinese], ["错误", "  提示"], chinese)
        return lines

    def make(self):
        """The store, by somebody who is no superuser, and its users."""
        made = succeed_json("init", self.as_user("maker"), "--roles", "bank")
        owner = None if support.CITUS else OWNER
        self.assertEqual(made["roles"], {"owner": owner, "runner": "bank_runner",
                                         "reader": "bank_reader", "lack_temporary": False})
        for user, role in USERS.items():
            psql(f"CREATE ROLE {user} LOGIN IN ROLE {role}")

    def day(self, first, second):
        """What is done with a bank, by two in turn."""
        masters = ("branches", "products", "customers", "accounts", "holders", "fx_rates")
        for store, names in ((first, masters), (second, ("balances", "transactions"))):
            succeed("import", store, self.mapping,
                    *(self.bank / f"{name}.csv" for name in names), *OPTIONS)
        series = ("--from", self.first, "--every", "month", "--as-of", self.last, *OPTIONS)
        succeed("run", first, self.policy, *series)
        run = ("--as-of", self.last, *OPTIONS)
        succeed("run", second, self.policy, *run)  # a row stands, and is ended by the next
        succeed("policy", "draft", first, self.other, "--by", "analyst")
        succeed("policy", "submit", second, "1", "--by", "analyst")
        succeed("policy", "approve", first, "1", "--by", "manager", "--from", self.last)
        succeed("run", second, *run)
        scheme, customer = "asset", self.a_customer()
        succeed("override", "request", second, "--scheme", scheme, "--customer", customer,
                "--action", "exclude", "--from", self.last, "--reason", "a wish", "--by", "analyst")
        succeed("override", "approve", first, "1", "--by", "manager")
        succeed("rerate", "request", first, self.other, "--from", self.last, "--reason", "late",
                "--by", "analyst")
        succeed("rerate", "approve", second, "1", "--by", "manager", "--quiet")
        succeed("run", first, self.other, *run, "--verify")
        succeed("changes", second, "--scheme", scheme, "-o", self.folder / "changes.csv",
                "--quiet")
        for replayed in succeed_json("replay", second):
            self.assertTrue(replayed["identical"], replayed)

    def a_customer(self):
        """One of the bank."""
        return support.read_csv(self.bank / "customers.csv")[0]["customer_no"]

    def exports(self, store):
        """All that a store shows, byte by byte."""
        parts = []
        for what in ("tiers", "metrics"):
            path = self.folder / f"{what}.csv"
            succeed("export", store, what, "--from", "1900-01-01", "-o", path, "--quiet")
            parts.append(path.read_bytes())
        return parts

    def reading(self):
        """Every command that only reads."""
        page = self.folder / "page.html"
        return (("quality",), ("quarantine",), ("tiers",), ("explain", self.a_customer()),
                ("signals",), ("report", "-o", page), ("reconcile",), ("changes",),
                ("migrate", "--scheme", "asset"), ("simulate", self.policy, "-o", page),
                ("policy list",), ("policy show", "1"), ("policy diff", "1", self.policy),
                ("override list",), ("rerate list",),
                ("export", "tiers", "-o", self.folder / "x.csv"), ("copy", self.folder / "copy.db"))

    def check_reader(self):
        """Reads everything, also what runs made; writes nothing."""
        digest = support.store_digest(self.served)
        eye = self.as_user("eye")
        self.assertTrue(self.exports(eye) == self.exports(self.store), "the reader sees less")
        for command, *rest in self.reading():
            result = strata(*command.split(), eye, *rest, "--quiet")
            self.assertEqual(result.status, 0, (command, result))
        by = ("--by", "analyst")
        for command in (("import", eye, self.mapping, self.bank), ("replay", eye),
                        ("run", eye, self.policy, "--as-of", self.last),
                        ("policy", "submit", eye, "1", *by), ("override", "approve", eye, "1", *by),
                        ("rerate", "approve", eye, "1", *by)):
            error, hint = self.refused(*command)
            self.assertIn("user eye may only read 'postgresql://eye@", error)
            self.assertIn(f"{OWNER}, bank_runner", hint)
        self.assertEqual(support.store_digest(self.served), digest, "the reader wrote")

    def check_fixed_tables(self):
        """Are the owner's."""
        schema = support.schema_of(self.served)
        for statement in ("ALTER TABLE run ADD COLUMN x integer", "DROP TABLE load",
                          "UPDATE strata_meta SET value = '1'", "DROP VIEW tier_state",
                          f"DROP SCHEMA {schema} CASCADE"):
            done = sql_as("job_a", f"SET search_path = {schema}, pg_catalog", statement)
            self.assertRegex(done.stderr, "must be owner of|permission denied", statement)
        self.assertEqual(sql_as("eye", f"CREATE TABLE {schema}.x ()").returncode, 1)

    def test_working_day(self):
        self.make()
        self.day(self.store, self.store)
        self.day(self.as_user("job_a"), self.as_user("job_b"))
        self.check_reader()
        self.check_fixed_tables()
        succeed("run", self.as_user("chief"), self.other, "--as-of", self.last, *OPTIONS)
        for user in USERS:
            succeed("tiers", self.as_user(user))
        copied = self.folder / "copied.duckdb"
        succeed("copy", self.served, copied, "--roles", "bank")
        eye = self.as_user("eye", copied)
        self.assertTrue(self.exports(eye) == self.exports(self.served), "the copy is another")
        error, _ = self.refused("import", eye, self.mapping, self.bank)
        self.assertIn("may only read", error)
        error, hint = self.refused("tiers", self.as_user("plain"))
        self.assertIn("user plain may not use", error)
        self.assertIn("GRANT USAGE ON SCHEMA", hint)

    def test_init_without_the_right_to_make_roles(self):
        """It says what an administrator has to do; then it works."""
        store = self.as_user("plain")
        words = ("init", store, "--roles", "owner=top,runner=Night,reader=Desk 7")
        _, hint = self.refused(*words)
        statements = hint.split("repeated: ")[1]
        made = ("Night", "Desk 7") if support.CITUS else ("top", "Night", "Desk 7")
        self.assertEqual(statements.count("CREATE ROLE"), len(made))
        self.assertFalse(support.store_exists(self.served))
        psql(statements)
        table = succeed(*words)
        for name in made:
            self.assertRegex(table, rf"{name} .* was there")
        self.assertIn('GRANT "Night" TO', table)
        psql("CREATE ROLE desk LOGIN IN ROLE \"Desk 7\"")
        succeed("quality", self.as_user("desk"))
        error, _ = self.refused("import", self.as_user("desk"), self.mapping, self.bank)
        self.assertIn("may only read", error)

    def old_store(self, path):
        """A store as the version before this one made it, with grants by hand."""
        schema = support.schema_of(path)
        scripts = sorted((ROOT / "sql/schema").glob("*.sql"))[:-1]
        version = str(int(scripts[-1].name[:4]))
        psql("CREATE ROLE bank_owner", "CREATE ROLE bank_runner", "CREATE ROLE bank_reader",
             f"CREATE SCHEMA {schema} AUTHORIZATION bank_owner",
             f"GRANT USAGE ON SCHEMA {schema} TO bank_runner, bank_reader",
             f"GRANT CREATE ON SCHEMA {schema} TO bank_runner", "SET ROLE bank_owner",
             f"SET search_path = {schema}, pg_catalog",
             f'CREATE DOMAIN {schema}.text AS pg_catalog.text COLLATE "C"',
             *(script.read_text("utf-8") for script in scripts),
             f"INSERT INTO strata_meta VALUES ('schema_version', '{version}')",
             f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO bank_runner, bank_reader",
             f"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO bank_runner")
        for user, role in USERS.items():
            psql(f"CREATE ROLE {user} LOGIN IN ROLE {role}")

    @support.unittest.skipIf(support.CITUS, "the old store is made by hand, in one server")
    def test_upgrades_are_the_owner_s(self):
        old = self.folder / "old.duckdb"
        self.old_store(old)
        for user in ("job_a", "eye"):
            error, hint = self.refused("quality", self.as_user(user, old))
            self.assertIn("older strata", error)
        error, hint = self.refused("run", self.as_user("job_a", old), self.policy, "--as-of",
                                   self.last)
        self.assertIn("bank_owner", hint)
        succeed("quality", self.as_user("chief", old))
        owners = psql("SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace ="
                      f" '{support.schema_of(old)}'::regnamespace AND relkind IN ('r', 'v')")
        self.assertEqual(owners.split(), ["bank_owner"])
        for command in (("import", self.mapping, self.bank),
                        ("run", self.policy, "--as-of", self.last)):
            succeed(command[0], self.as_user("job_a", old), *command[1:], *OPTIONS)
        self.assertGreater(len(self.exports(self.as_user("eye", old))[0].splitlines()), CUSTOMERS)

    def test_roles_are_of_a_server(self):
        for words, message in (((self.folder / "file.db", "--roles", "bank"), "it has no roles"),
                               ((self.as_user("maker"), "--roles", "boss=x"), "gives no roles"),
                               ((self.as_user("maker"), "--roles", "b" * 57), "too long")):
            result = strata("init", *words)
            self.assertEqual(result.status, 2)
            self.assertIn(message, result.err)
        self.assertFalse(re.search("file.db", " ".join(os.listdir(self.folder))))


if __name__ == "__main__":
    support.main()
