"""What the end-to-end tests share: running the program, small banks in temporary folders, exports.

The program is $STRATA, the repository $STRATA_ROOT, the folder of real data $STRATA_DATA. With
STRATA_TEST_STORE=postgresql every store that a test names as a file FOLDER/NAME.duckdb is a schema of
its own in a PostgreSQL server that the test starts; with STRATA_TEST_CITUS=postgresql://… as well, in
the database there, which has the extension Citus.
"""

import atexit
import csv
import ctypes
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import NamedTuple

ROOT = Path(os.environ.get("STRATA_ROOT", Path(__file__).resolve().parents[2])).resolve()
STRATA = os.path.abspath(os.environ.get("STRATA", ROOT / "build/debug/strata"))
DATA = Path(os.environ["STRATA_DATA"]) if os.environ.get("STRATA_DATA") else None
SANITIZER_EXIT = 99
SKIPPED_EXIT = 77
TIMEOUT_SECONDS = 300
ON_SERVER = os.environ.get("STRATA_TEST_STORE") == "postgresql"
CITUS = os.environ.get("STRATA_TEST_CITUS")


class Result(NamedTuple):
    """How one command ended."""

    status: int
    out: str
    err: str


def environment(**changes):
    """The program's surroundings: no language of the user's, sanitizers told apart from failures."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("LC_")}
    options = (f"exitcode={SANITIZER_EXIT}:print_stacktrace=1"
               ":malloc_context_size=2:quarantine_size_mb=16")  # a fifth less time
    env.update(LANG="C", ASAN_OPTIONS=options, UBSAN_OPTIONS=options, LSAN_OPTIONS=options)
    env.pop("STRATA_LANG", None)
    env.update(changes)
    return env


@functools.lru_cache(maxsize=None)
def server():
    """The folder of a PostgreSQL server that ends with this process."""
    folder = tempfile.mkdtemp(prefix="strata-pg-")
    os.chmod(folder, 0o755)
    done = subprocess.run([ROOT / "tests/pg_server.sh", folder, str(os.getpid())], check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)  # SKIPPED_EXIT where there is no PostgreSQL
    return folder


def server_uri():
    """The tests' database, as a URI to be gone on with another parameter."""
    if CITUS:
        return CITUS + ("&" if "?" in CITUS else "?")
    return f"postgresql://strata@/postgres?host={server()}&"


def located(argument):
    """A store that a test names as a file, where the test's stores are."""
    text = str(argument)
    if not ON_SERVER or not text.endswith(".duckdb"):
        return text
    schema = "t" + hashlib.sha256(os.path.abspath(text).encode()).hexdigest()[:16]
    if CITUS:
        forget_later(schema)
    return server_uri() + f"schema={schema}"


@functools.lru_cache(maxsize=None)
def forget_later(schema):
    """A server that is not the tests' own is left as it was."""
    atexit.register(psql, f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def file_store(test):
    """A test of what stores in files do: left out where stores are in a server."""
    return unittest.skipIf(ON_SERVER, "about stores in files")(test)


def strata(*arguments, env=None, **options):
    """Runs a command to its end, whatever that is; a crash or a sanitizer's report is an error."""
    options.setdefault("stdout", subprocess.PIPE)
    done = subprocess.run(
        [STRATA, *map(located, arguments)], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
        timeout=TIMEOUT_SECONDS, env=env or environment(), check=False, **options)
    out = done.stdout.decode("utf-8") if done.stdout else ""
    err = done.stderr.decode("utf-8", "replace")
    if done.returncode < 0 or done.returncode == SANITIZER_EXIT or "Sanitizer" in err:
        raise AssertionError(f"{arguments} crashed ({done.returncode})\n{err}")
    return Result(done.returncode, out, err)


def succeed(*arguments, **options):
    """Runs a command that must succeed, with at most notes on stderr; its standard output."""
    result = strata(*arguments, **options)
    told = [line for line in result.err.splitlines() if not line.startswith(("note: ", "注意："))]
    if result.status != 0 or told:
        raise AssertionError(f"{arguments} ended with {result.status}\n{result.out}{result.err}")
    return result.out


def succeed_json(*arguments, **options):
    """The JSON that a command prints."""
    return json.loads(succeed(*arguments, "--json", **options))


def read_csv(path):
    """Rows of a CSV file as dictionaries, with or without a byte-order mark."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def write_csv(path, header, rows):
    """A CSV file of texts that need no quotes."""
    lines = [",".join(header), *(",".join(map(str, row)) for row in rows)]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def import_totals(report):
    """Rows read, loaded, unchanged, skipped and quarantined by source; every file adds up."""
    totals = {}
    for file in report["files"]:
        parts = [file[key] for key in ("loaded", "unchanged", "skipped", "quarantined")]
        assert file["read"] == sum(parts), file
        assert file["quarantined"] == sum(file["reasons"].values()), file
        kept = totals.setdefault(file["source"], [0] * 5)
        totals[file["source"]] = [a + b for a, b in zip(kept, [file["read"], *parts])]
    return totals


CHANGE_COLUMNS = ("kind", "from_customer", "into_customer", "account", "on_date")


def changes_mapping(currency):
    """A mapping of changes.csv: customer numbers that merge or split."""
    return f"""strata-mapping: 1
name: changes
currency: {currency}
refuse_above: 100%
sources:
  changes:
    file: changes.csv
    load:
      customer_change:
        kind: kind
        from_customer: from_customer
        into_customer: into_customer
        account: account
        on_date: on_date
"""


class SmallBank:
    """A bank of a few rows: add them, then write its files and a mapping of just their columns."""

    FILES = {"fx_rate": "rates", "customer": "customers",
             "household_member": "members", "account": "accounts", "account_holder": "holders",
             "balance": "balances", "txn": "movements"}

    def __init__(self, currency="CNY", attributes=None, extra=""):
        self.currency = currency
        self.attributes = attributes or {}
        self.extra = extra
        self.rows = {table: [] for table in self.FILES}

    def add(self, table, **values):
        """One row of a canonical table; values are written as they are."""
        self.rows[table].append(values)
        return self

    def hold(self, customer, balances, opened_on="2020-01-01", closed_on="", **account):
        """A customer's own account with its balances by day; the customer too when new."""
        number = f"{customer}-{len(self.rows['account']) + 1}"
        if all(row["id"] != customer for row in self.rows["customer"]):
            self.add("customer", id=customer)
        self.add("account", id=number, **{"class": "deposit", **account},
                 opened_on=opened_on, closed_on=closed_on)
        self.add("account_holder", account=number, customer=customer, role="owner", share="100%")
        for day, amount in balances.items():
            self.add("balance", account=number, on_date=day, amount=amount)
        return number

    def columns(self, table):
        """Every column that some row of the table gives."""
        return list(dict.fromkeys(name for row in self.rows[table] for name in row))

    def source(self, table):
        """One source of the mapping."""
        lines = []
        attributes = []
        for name in self.columns(table):
            if table == "customer" and name in self.attributes:
                kind = self.attributes[name]
                convert = {"money": "number({})", "number": "number({})", "integer": "number({})",
                           "date": "date({})", "boolean": "{} = 'yes'", "text": "{}"}[kind]
                attributes.append(
                    f"          {name}: {{type: {kind}, value: \"{convert.format(name)}\"}}")
            else:
                lines.append(f"        {name}: {name}")
        if attributes:
            lines += ["        attributes:", *attributes]
        file = self.FILES[table]
        return [f"  {file}:", f"    file: {file}.csv", "    load:", f"      {table}:", *lines]

    def write(self, folder):
        """Files and mapping into a folder; the mapping's path."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lines = ["strata-mapping: 1", "name: small", f"currency: {self.currency}"]
        lines += [self.extra] if self.extra else []
        lines.append("sources:")
        for table, file in self.FILES.items():
            if self.rows[table]:
                columns = self.columns(table)
                write_csv(folder / f"{file}.csv", columns,
                          [[row.get(name, "") for name in columns] for row in self.rows[table]])
                lines += self.source(table)
        mapping = folder / "mapping.yaml"
        mapping.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return mapping


def duckdb():
    """The engine's library, to make files that strata did not; the test is skipped without it."""
    lines = subprocess.run(["ldd", STRATA], capture_output=True, text=True, check=False).stdout
    found = re.search(r"libduckdb\S* => (\S+)", lines)
    if not found:
        raise unittest.SkipTest("the engine is linked in: its library cannot be loaded")
    return ctypes.CDLL(found[1])


class Engine:
    """A DuckDB file opened without strata."""

    def __init__(self, path):
        self.library = duckdb()
        self.database, self.connection = ctypes.c_void_p(), ctypes.c_void_p()
        assert self.library.duckdb_open(str(path).encode(), ctypes.byref(self.database)) == 0
        assert self.library.duckdb_connect(self.database, ctypes.byref(self.connection)) == 0

    def run(self, *statements):
        """Statements without results."""
        for sql in statements:
            assert self.library.duckdb_query(self.connection, sql.encode(), None) == 0, sql
        return self

    def close(self):
        """Closes the file."""
        self.library.duckdb_disconnect(ctypes.byref(self.connection))
        self.library.duckdb_close(ctypes.byref(self.database))


# DuckDB's way for a statement to fail, which tests use to check facts.
SUPPORT_SCHEMA = """
    CREATE SCHEMA IF NOT EXISTS support;
    CREATE OR REPLACE FUNCTION support.error(message pg_catalog.text) RETURNS integer LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '%', message; END $$"""


def psql(*statements):
    """Statements on the tests' server; what they print."""
    words = ["psql", server_uri()[:-1], "-q", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    for sql in statements:
        words += ["-c", sql]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def schema_of(path):
    """The schema of a test's store."""
    return located(path).rsplit("=", 1)[1]


def dump(path):
    """A test's store as statements that make it again."""
    done = subprocess.run(["pg_dump", "-h", server(), "-U", "strata", "-n", schema_of(path),
                           "postgres"], capture_output=True, check=True)
    return done.stdout


def store_exists(path):
    """Whether a test has made a store."""
    if not ON_SERVER:
        return Path(path).exists()
    return bool(psql(f"SELECT 1 FROM pg_namespace WHERE nspname = '{schema_of(path)}'"))


def remove_store(path):
    """A test's store is gone, also where there was none."""
    if ON_SERVER:
        psql(f"DROP SCHEMA IF EXISTS {schema_of(path)} CASCADE")
    else:
        Path(path).unlink(missing_ok=True)


def copy_store(path, to):
    """A second store with everything that is in the first; instead of what was there."""
    if not ON_SERVER:
        return shutil.copy(path, to)
    if CITUS:  # what is restored from a dump is not spread
        remove_store(to)
        succeed("copy", path, to)
        return to
    text = dump(path)
    remove_store(to)
    psql(f"ALTER SCHEMA {schema_of(path)} RENAME TO {schema_of(to)}")
    subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", server(), "-U", "strata",
                    "postgres"], input=text, stdout=subprocess.PIPE, check=True)
    return to


def tables_of(path):
    """The tables of a store on a server, by name; no views."""
    return psql("SELECT tablename FROM pg_tables "
                f"WHERE schemaname = '{schema_of(path)}' ORDER BY 1").split()


def table_bytes(path, table):
    """A table's rows, whatever order they are kept in."""
    return f"{table}\n{psql(f'SELECT t.* FROM {schema_of(path)}.{table} AS t ORDER BY t')}".encode()


def move_store(path, to):
    """A test's store under another name."""
    if ON_SERVER:
        psql(f"ALTER SCHEMA {schema_of(path)} RENAME TO {schema_of(to)}")
    else:
        shutil.move(path, to)


def store_digest(path):
    """The same as long as nothing is written to a store."""
    if not ON_SERVER:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    if CITUS:
        return hashlib.sha256(b"".join(table_bytes(path, table) for table in tables_of(path))).hexdigest()
    lines = dump(path).replace(schema_of(path).encode(), b"store").split(b"\n")
    # A dump quotes itself with words made up each time.
    return hashlib.sha256(b"\n".join(
        line for line in lines if not line.startswith((b"\\restrict", b"\\unrestrict")))).hexdigest()


class StoreOnServer:
    """The same for a store that is a schema."""

    def __init__(self, path):
        self.schema = schema_of(path)

    def run(self, *statements):
        """Statements without results."""
        psql(SUPPORT_SCHEMA, f"SET search_path = {self.schema}, pg_catalog, support", *statements)
        return self

    def close(self):
        """Nothing is held."""


def store_engine(path):
    """A test's store opened without strata."""
    return StoreOnServer(path) if ON_SERVER else Engine(path)


def earned_tiers_policy():
    """policies/demo.yaml as it rates single days: without held tiers, which refuse gaps between
    periods, and without signals."""
    text = (ROOT / "policies/demo.yaml").read_text("utf-8")
    head, rest = text.split("  asset_held:\n")
    _, rest = rest.split("\n  pyramid:\n")
    rest, _ = rest.split("\nsignals:\n")
    return f"{head}  pyramid:\n{rest}"


class TestCase(unittest.TestCase):
    """A test with a folder of its own that is removed afterwards."""

    maxDiff = None

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="strata-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.store = self.folder / "bank.duckdb"

    def write(self, name, text):
        """A text file in the test's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def init_and_import(self, mapping, *paths):
        """A new store with the files loaded; what the import reports."""
        succeed("init", self.store)
        return succeed_json("import", self.store, mapping, *paths)

    def load(self, bank):
        """A new store with a small bank in it, every row loaded."""
        report = self.init_and_import(bank.write(self.folder / "files"))
        for source, total in import_totals(report).items():
            self.assertEqual(total[0], total[1], f"{source} is not loaded whole: {report}")

    def run_policy(self, text, as_of, *options):
        """Runs a policy given as text."""
        path = self.write("policy.yaml", text)
        return succeed_json("run", self.store, path, "--as-of", as_of, *options)

    def export(self, what, *options):
        """Exported rows."""
        path = self.folder / f"{what}.out.csv"
        succeed("export", self.store, what, "-o", path, *options)
        rows = read_csv(path)
        path.unlink()
        return rows

    def tiers(self, scheme, *options):
        """Customer to tier; to '(gated)' or '(unrated)' where there is none."""
        rows = self.export("tiers", "--scheme", scheme, *options)
        return {row["customer_id"]: row["tier"] or f"({row['status']})" for row in rows}

    def metric(self, name, *options):
        """Customer to a metric's exported text."""
        return {row["customer_id"]: row[name] for row in self.export("metrics", *options)}


def require_data(folder):
    """The folder of real data, or the class is skipped."""
    if DATA is None or not (DATA / folder).is_dir():
        raise unittest.SkipTest(f"no real data: STRATA_DATA has no {folder}/")
    return DATA / folder


def main():
    """Runs the tests of the calling file; 77 when every one was skipped."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.skipped and result.testsRun <= sum(
            1 for test, _ in result.skipped if isinstance(test, unittest.TestCase)):
        sys.exit(SKIPPED_EXIT)
    if result.testsRun == 0:
        sys.exit("no test was run")
    sys.exit(0)
