#!/usr/bin/env python3
"""Kill -9 at seeded moments of an import and of a run: before or after, never between."""

import random
import time

import support
from disturbed_bank import OPTIONS, DisturbedBank, Ended, start
from support import succeed

KILLS = 20
INIT_KILLS = 6
LANDED_MIN = 10  # of KILLS: below, the moments say nothing


class Crash(DisturbedBank):
    """A demonstration bank whose process dies."""

    def kill_during(self, command, moment, seconds):
        """Starts the command and kills it after a part of its time."""
        with start(command) as process:
            time.sleep(moment * seconds)
            process.kill()
            error = process.stderr.read().decode("utf-8", "replace")
        self.assertIn(process.returncode, (0, -9), error)
        return Ended(landed=process.returncode == -9, done=process.returncode == 0)

    def kill_often(self, command, seed):
        """The command killed at KILLS moments."""
        self.disturb_often(command, self.kill_during, seed, KILLS, LANDED_MIN)

    def test_import(self):
        self.load_masters()
        self.run_first_month()
        self.kill_often(self.command_import("balances", "transactions"), seed=1)
        succeed(*self.command_run(self.policy))
        self.assertGreater(len(set(self.state()[1].splitlines())), self.CUSTOMERS)

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
            self.kill_during(("init", self.store), (kill + dice.random()) / INIT_KILLS, seconds)
            if not support.store_exists(self.store):
                succeed("init", self.store)
            self.assertEqual(support.succeed_json("quality", self.store)["customers"], 0)
            self.assert_no_leftovers()


if __name__ == "__main__":
    support.main()
