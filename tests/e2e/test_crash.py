#!/usr/bin/env python3
"""Kill -9 at seeded moments of an import and of a run: before or after, never between."""

import calendar
import random
import subprocess
import time

import support
from support import ROOT, STRATA, environment, succeed

KILLS, ROUNDS = 20, 2  # the kills of a round meet the same store, with what earlier ones left
INIT_KILLS = 6
LANDED_MIN = 10        # of KILLS: below, the moments say nothing
CUSTOMERS, MONTHS = 3000, 2
OPTIONS = ("--quiet", "--threads", "2")


class Crash(support.TestCase):
    """A demonstration bank whose process dies."""

    def setUp(self):
        super().setUp()
        self.bank = self.folder / "bank"
        succeed("demo", self.bank, "--customers", CUSTOMERS, "--months", MONTHS, "--quiet")
        manifest = (self.bank / "manifest.yaml").read_text(encoding="utf-8")
        self.last = next(line.split(":", 1)[1].strip() for line in manifest.splitlines()
                         if line.startswith("as_of:"))
        (self.bank / "manifest.yaml").unlink()
        mapping = (ROOT / "mappings/demo.yaml").read_text(encoding="utf-8")
        self.mapping = self.write(
            "mapping.yaml", mapping.replace("manifest: required", "manifest: optional"))
        self.first = self.months_back(MONTHS - 1)
        self.policy = ROOT / "policies/demo.yaml"
        text = self.policy.read_text(encoding="utf-8")
        self.other = self.write("other.yaml", text.replace("from: 600万", "from: 60万", 1)
                                .replace("from: 100万", "from: 30万", 1))
        self.assertNotEqual(self.other.read_text(encoding="utf-8"), text)
        succeed("init", self.store)

    def months_back(self, months):
        """The first day of the month so many before the last."""
        year, month = divmod(int(self.last[:4]) * 12 + int(self.last[5:7]) - 1 - months, 12)
        return f"{year}-{month + 1:02}-01"

    def command_import(self, *files):
        paths = [self.bank / f"{name}.csv" for name in files]
        return ("import", self.store, self.mapping, *paths, *OPTIONS)

    def command_run(self, policy):
        return ("run", self.store, policy, "--from", self.first, "--as-of", self.last, "--every",
                "month", *OPTIONS)

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

    def assert_no_leftovers(self):
        """Beside a store in a file stands nothing."""
        self.assertEqual([path.name for path in self.folder.iterdir()
                          if path.name.startswith("bank.duckdb")],
                         [] if support.ON_SERVER else ["bank.duckdb"])

    def kill_during(self, command, seconds):
        """Starts the command and kills it after so long; whether it was still running."""
        with subprocess.Popen([STRATA, *map(support.located, command)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, env=environment()) as process:
            time.sleep(seconds)
            process.kill()
            error = process.stderr.read().decode("utf-8", "replace")
        self.assertIn(process.returncode, (0, -9), error)
        return process.returncode == -9

    def undisturbed(self, command):
        """How long the command takes, and the states before and after."""
        before = self.state()
        started = time.monotonic()
        succeed(*command)
        seconds = time.monotonic() - started
        return seconds, before, self.state()

    def kill_often(self, command, seed):
        """The command killed at KILLS moments of its duration, and completed after each round."""
        clean = self.folder / "clean.duckdb"
        support.copy_store(self.store, clean)
        seconds, before, after = self.undisturbed(command)
        self.assertNotEqual(before, after, "the command must change what is compared")
        dice = random.Random(seed)
        moments = [(kill + dice.random()) / KILLS for kill in range(KILLS)]
        dice.shuffle(moments)
        landed = 0
        for number in range(ROUNDS):
            support.copy_store(clean, self.store)
            for moment in moments[number::ROUNDS]:
                alive = self.kill_during(command, moment * seconds)
                landed += alive
                state = self.state()
                self.assertTrue(state in (before, after),
                                f"killed at {moment:.3f} of {seconds:.3f} s: in between")
                if state == after:
                    support.copy_store(clean, self.store)
                if not alive:  # this machine has become quicker
                    seconds *= 0.8
            succeed(*command)
            self.assertTrue(self.state() == after, "repeated, it gives other bytes")
            self.assert_no_leftovers()
        self.assertGreaterEqual(landed, LANDED_MIN, f"of {KILLS} kills in {seconds:.3f} s")

    def test_import(self):
        succeed(*self.command_import("branches", "products", "customers", "accounts", "holders",
                                     "fx_rates"))
        self.run_first_month()
        self.kill_often(self.command_import("balances", "transactions"), seed=1)
        succeed(*self.command_run(self.policy))
        self.assertGreater(len(set(self.state()[1].splitlines())), CUSTOMERS)

    def test_run(self):
        succeed("import", self.store, self.mapping, self.bank, *OPTIONS)
        self.run_first_month()
        self.kill_often(self.command_run(self.other), seed=2)

    def test_init(self):
        """A store appears whole or not at all, and what killed ones left is swept."""
        support.remove_store(self.store)
        started = time.monotonic()
        succeed("init", self.store)
        seconds = time.monotonic() - started
        dice = random.Random(3)
        for kill in range(INIT_KILLS):
            support.remove_store(self.store)
            self.kill_during(("init", self.store), seconds * (kill + dice.random()) / INIT_KILLS)
            if not support.store_exists(self.store):
                succeed("init", self.store)
            self.assertEqual(support.succeed_json("quality", self.store)["customers"], 0)
            self.assert_no_leftovers()


if __name__ == "__main__":
    support.main()
