"""A demonstration bank of which an import or a run is disturbed at seeded moments: afterwards its
store is as before or as after the command, never between, and the command repeated gives the same
bytes."""

import calendar
import random
import subprocess
import time
from typing import NamedTuple

import support
from support import ROOT, STRATA, environment, succeed

ROUNDS = 2  # the disturbances of a round meet the same store, with what earlier ones left
OPTIONS = ("--quiet", "--threads", "2")


def start(command, *options):
    """The command as a process."""
    return subprocess.Popen([STRATA, *map(support.located, command), *options],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=environment())


class Ended(NamedTuple):
    """How a disturbed command ended."""

    landed: bool  # it was still running
    done: bool    # it said that it did all


class DisturbedBank(support.TestCase):
    """A bank with everything but its last month's rates."""

    CUSTOMERS, MONTHS = 3000, 2

    def setUp(self):
        super().setUp()
        self.name_files()
        succeed("demo", self.bank, "--customers", self.CUSTOMERS, "--months", self.MONTHS,
                "--quiet")
        manifest = (self.bank / "manifest.yaml").read_text(encoding="utf-8")
        self.last = next(line.split(":", 1)[1].strip() for line in manifest.splitlines()
                         if line.startswith("as_of:"))
        (self.bank / "manifest.yaml").unlink()
        mapping = (ROOT / "mappings/demo.yaml").read_text(encoding="utf-8")
        self.write(self.mapping.name, mapping.replace("manifest: required", "manifest: optional"))
        self.first = self.months_back(self.MONTHS - 1)
        text = self.policy.read_text(encoding="utf-8")
        self.write(self.other.name, text.replace("from: 600万", "from: 60万", 1)
                   .replace("from: 100万", "from: 30万", 1))
        self.assertNotEqual(self.other.read_text(encoding="utf-8"), text)
        succeed("init", self.store)

    def name_files(self):
        """The bank's files, its mapping and two policies."""
        self.bank, self.mapping, self.policy, self.other = (
            self.folder / "bank", self.folder / "mapping.yaml", ROOT / "policies/demo.yaml",
            self.folder / "other.yaml")

    def months_back(self, months):
        """The first day of the month so many before the last."""
        year, month = divmod(int(self.last[:4]) * 12 + int(self.last[5:7]) - 1 - months, 12)
        return f"{year}-{month + 1:02}-01"

    def command_import(self, *files):
        """Loads some of the bank's files."""
        paths = [self.bank / f"{name}.csv" for name in files]
        return ("import", self.store, self.mapping, *paths, *OPTIONS)

    def command_run(self, policy):
        """Rates every month."""
        return ("run", self.store, policy, "--from", self.first, "--as-of", self.last, "--every",
                "month", *OPTIONS)

    def load_masters(self):
        """Everything but what accounts hold and do."""
        succeed(*self.command_import("branches", "products", "customers", "accounts", "holders",
                                     "fx_rates"))

    def run_first_month(self):
        """The month that the series begins with is still open, and may be run again."""
        year, month = map(int, self.first.split("-")[:2])
        day = calendar.monthrange(year, month)[1]
        succeed("run", self.store, self.policy, "--as-of", f"{self.first[:8]}{day}", *OPTIONS)

    def state(self):
        """What the store says: counts of rows, and what is published, byte by byte."""
        parts = [succeed("quality", self.store, "--json")]
        for what in ("tiers", "metrics"):
            path = self.folder / f"{what}.csv"
            succeed("export", self.store, what, "--from", "1900-01-01", "-o", path, "--quiet")
            parts.append(path.read_bytes())
            path.unlink()
        return parts

    def undisturbed(self, command):
        """How long the command takes, and the states before and after."""
        before = self.state()
        started = time.monotonic()
        succeed(*command)
        seconds = time.monotonic() - started
        after = self.state()
        self.assertNotEqual(before, after, "the command must change what is compared")
        return seconds, before, after

    def assert_no_leftovers(self):
        """Beside a store in a file stands nothing."""
        self.assertEqual([path.name for path in self.folder.iterdir()
                          if path.name.startswith("bank.duckdb")],
                         [] if support.ON_SERVER else ["bank.duckdb"])

    def disturb_often(self, command, disturb, seed, times, landed_min):
        """`disturb(command, moment, seconds)` at so many moments, 0 to 1, of the command's
        duration; it completes after each round."""
        clean = self.folder / "clean.duckdb"
        support.copy_store(self.store, clean)
        seconds, before, after = self.undisturbed(command)
        dice = random.Random(seed)
        moments = [(number + dice.random()) / times for number in range(times)]
        dice.shuffle(moments)
        landed = 0
        for number in range(ROUNDS):
            support.copy_store(clean, self.store)
            for moment in moments[number::ROUNDS]:
                ended = disturb(command, moment, seconds)
                landed += ended.landed
                state = self.state()
                self.assertTrue(state in ((after,) if ended.done else (before, after)),
                                f"disturbed at {moment:.3f} of {seconds:.3f} s, {ended}")
                if state == after:
                    support.copy_store(clean, self.store)
                if not ended.landed:  # this machine has become quicker
                    seconds *= 0.8
            succeed(*command)
            self.assertTrue(self.state() == after, "repeated, it gives other bytes")
            self.assert_no_leftovers()
        self.assertGreaterEqual(landed, landed_min, f"of {times} in {seconds:.3f} s")
