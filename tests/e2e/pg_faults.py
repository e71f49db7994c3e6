"""A demonstration bank in a PostgreSQL server that a test ends, and starts again."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

# A server that keeps what it has confirmed when its processes are killed. The system stays up, so
# nothing need reach the disk.
os.environ["STRATA_TEST_STORE"] = "postgresql"
os.environ["STRATA_PG_SETTINGS"] = "-c synchronous_commit=on -c full_page_writes=on"

import support  # noqa: E402
from disturbed_bank import DisturbedBank, Ended, start  # noqa: E402
from support import psql, succeed  # noqa: E402

ENDS_WITHIN_SECONDS = 60
LANGUAGES = {"en": ("error: ", "  hint: "), "zh": ("错误: ", "  提示: ")}


class Server:
    """The tests' server, to be ended and started."""

    @staticmethod
    def ctl(*words):
        """pg_ctl."""
        subprocess.run([os.path.join(support.server(), "pg_ctl"), *words], check=True,
                       stdout=subprocess.DEVNULL)

    @staticmethod
    def postmaster():
        """The server's first process."""
        with open(os.path.join(support.server(), "data/postmaster.pid"), encoding="utf-8") as file:
            return int(file.readline())

    @staticmethod
    def parent(pid):
        """A process's parent; 0 when it has ended."""
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                state, parent = file.read().rsplit(")", 1)[1].split()[:2]
                return 0 if state == "Z" else int(parent)
        except (FileNotFoundError, ProcessLookupError):
            return 0

    def children(self):
        """The server's other processes."""
        first = self.postmaster()
        return [int(name) for name in os.listdir("/proc")
                if name.isdigit() and self.parent(name) == first]

    def kill(self):
        """SIGKILL for all, the first one first, so that it starts none anew."""
        pids = [self.postmaster(), *self.children()]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        while any(self.parent(pid) for pid in pids):
            time.sleep(0.01)
        # A number that nobody has asked after yet looks like a server that is running.
        for name in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
            os.unlink(os.path.join(support.server(), name))

    def start_slowly(self):
        """The server starts anew, and stays at it until it is told to go on."""
        self.kill()
        folder = os.path.join(support.server(), "data")
        with open(os.path.join(folder, "postgresql.auto.conf"), "a", encoding="utf-8") as file:
            file.write("restore_command = 'while [ ! -e ../go_on ]; do sleep 0.1; done; false'\n")
        with open(os.path.join(folder, "recovery.signal"), "w", encoding="utf-8"):
            pass
        self.ctl("-W", "start")

    @staticmethod
    def go_on():
        """The start may end."""
        with open(os.path.join(support.server(), "go_on"), "w", encoding="utf-8"):
            pass

    def crash_session(self):
        """SIGKILL for a session that writes: the server ends all others and starts over."""
        pid = psql("SELECT max(pid) FROM pg_locks WHERE locktype = 'advisory'").strip()
        if pid:
            os.kill(int(pid), signal.SIGKILL)

    @staticmethod
    def cancel_statement():
        """What an administrator does to a statement that takes too long."""
        psql("SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")

    @staticmethod
    def terminate_session():
        """What an administrator does to a session that writes."""
        psql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")


class Session:
    """Another program's transaction."""

    def __init__(self, *statements):
        self.process = subprocess.Popen(
            ["psql", "-q", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", support.server(), "-U",
             "strata", "postgres"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.say(*statements)

    def say(self, *statements):
        """Statements, to their end."""
        self.process.stdin.write(";\n".join((*statements, "SELECT 'said'")) + ";\n")
        self.process.stdin.flush()
        while "said" not in self.process.stdout.readline():
            assert self.process.poll() is None, statements

    def close(self):
        """What is open is rolled back."""
        self.process.communicate()


class FaultyBank(DisturbedBank):
    """A demonstration bank whose server fails: accounts that hold nothing yet, a month rated."""

    CUSTOMERS = 600
    made = None  # by the first test: a folder of the same files, a store and the days, for all

    def setUp(self):
        self.server = Server()
        self.told = []  # the last command's error
        self.languages = itertools.cycle(LANGUAGES)
        if self.made:
            support.TestCase.setUp(self)
            self.name_files()
            home, self.first, self.last = self.made
            shutil.copytree(home, self.folder, dirs_exist_ok=True)
            support.copy_store(home / self.store.name, self.store)
            return
        super().setUp()
        self.load_masters()
        self.run_first_month()
        home = Path(tempfile.mkdtemp(prefix="strata-e2e-"))
        self.addClassCleanup(shutil.rmtree, home)
        shutil.copytree(self.folder, home, dirs_exist_ok=True)
        support.copy_store(self.store, home / self.store.name)
        type(self).made = home, self.first, self.last

    def assert_one_error(self, text, language):
        """What happened, to which store, and what to do."""
        error, hint = LANGUAGES[language]
        # libpq itself prints the server's last words when they come as a connection is just made.
        lines = [line for line in text.splitlines() if not line.startswith("FATAL:  ")]
        self.assertEqual(len(lines), 2, text)
        self.assertTrue(lines[0].startswith(error) and lines[1].startswith(hint), text)
        self.assertIn(support.schema_of(self.store), lines[0])

    def ended(self, process, language, alive):
        """A disturbed command has ended: with success, or with one error."""
        _, err = process.communicate(timeout=ENDS_WITHIN_SECONDS)
        err = err.decode("utf-8")
        self.assertIn(process.returncode, (0, 1), err)
        if process.returncode == 1:
            self.assert_one_error(err, language)
        self.told = [line for line in err.splitlines() if line.startswith(LANGUAGES[language][0])]
        return Ended(landed=alive and process.returncode == 1, done=process.returncode == 0)

    def disturbance(self, faults, recover=lambda: None):
        """One fault after the other, each in the middle of a command."""
        turn = itertools.cycle(faults)

        def disturb(command, moment, seconds):
            language = next(self.languages)
            with start(command, "--lang", language) as process:
                time.sleep(moment * seconds)
                alive = process.poll() is None
                next(turn)()
                ended = self.ended(process, language, alive)
            recover()
            return ended

        return disturb

    def until(self, condition, what, seconds=ENDS_WITHIN_SECONDS):
        """Waits for something to come about."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.05)

    def import_command(self):
        """Loads what accounts hold and do."""
        return self.command_import("balances", "transactions")

    def import_the_rest(self):
        """A bank that can be rated for every month."""
        succeed(*self.import_command())

    def up(self):
        """The server is there again; it may have started over by itself."""

        def ready():
            status = subprocess.run(["pg_isready", "-q", "-h", support.server()], check=False)
            if status.returncode == 2:  # no answer
                self.server.ctl("-w", "start")
            return status.returncode == 0

        self.until(ready, "the server does not come back")
