#!/usr/bin/env python3
"""A PostgreSQL server that is killed, shut down or out of reach while Strata works: one error that
says so, a store as before or as after, and the next command goes on."""

import itertools
import random
import signal
import time

import pg_faults  # first: it says which server the tests have
import support
from disturbed_bank import start
from pg_proxy import Proxy
from support import succeed

FAULTS, LANDED_MIN = 10, 6  # of an import, and as many of a run
CUTS = 4
SESSION_GONE_SECONDS = 20  # it takes one; lock_timeout would end it after sixty
# Changes that an import and the publishing of a run wait for.
BALANCES_FEED = ("UPDATE feed SET manifest_required = NOT manifest_required"
                 " WHERE source = 'balances'")
PUBLISHED = "UPDATE published SET run_id = run_id"


class Faults(pg_faults.FaultyBank):
    """A bank whose server or connection goes."""

    # ---- the server goes ----

    def down(self):
        """A server is killed, or shut down at once, or for maintenance; a session of it is killed,
        or terminated."""
        return (self.server.kill, lambda: self.server.ctl("stop", "-m", "immediate"),
                self.server.crash_session, lambda: self.server.ctl("stop", "-m", "fast"),
                self.server.terminate_session)

    def test_server_fails_during_import(self):
        self.disturb_often(self.import_command(), self.disturbance(self.down(), self.up), 1, FAULTS,
                           LANDED_MIN)

    def test_server_fails_during_run(self):
        self.import_the_rest()
        self.disturb_often(self.command_run(self.other), self.disturbance(self.down(), self.up), 2,
                           FAULTS, LANDED_MIN)

    def test_done_is_kept(self):
        """Also where the server would confirm what is not on its disk yet."""
        location = support.located(self.store) + "&options=-csynchronous_commit%3Doff"
        self.assertTrue(self.through(self.import_command(), location).done)
        self.server.kill()
        self.up()
        report = support.succeed_json(*self.import_command())
        for file in report["files"]:
            self.assertTrue(file["already_loaded"], file)

    # ---- the server comes ----

    def refused(self, command, location):
        """The error of a command that must fail."""
        self.assertFalse(self.through(command, location).done)
        return self.told[0]

    def test_command_waits_for_the_server(self):
        """Where nobody answers, and where a server says that it is starting up."""
        location = support.located(self.store)
        command = ("quality", self.store)
        self.server.kill()
        self.assertIn(support.server(), self.refused(command, location))
        with start(("quality", location + "&connect_timeout=60")) as process:
            time.sleep(0.3)
            self.assertIsNone(process.poll())
            self.server.ctl("-w", "start")
            self.assertEqual(process.wait(pg_faults.ENDS_WITHIN_SECONDS), 0)
        self.server.start_slowly()
        self.assertIn("starting up", self.refused(command, location + "&connect_timeout=1"))
        with start(("quality", location + "&connect_timeout=60")) as process:
            time.sleep(0.3)
            self.assertIsNone(process.poll())
            self.server.go_on()
            self.assertEqual(process.wait(pg_faults.ENDS_WITHIN_SECONDS), 0)

    # ---- others come between ----

    def other_changes(self, statement):
        """Another session that has changed a row, and not said whether it stays so."""
        other = pg_faults.Session(f"SET search_path = {support.schema_of(self.store)}", "BEGIN",
                                  statement)
        self.addCleanup(other.close)
        return other

    def until_somebody_waits(self):
        """A command has come to the row."""
        self.until(lambda: support.psql("SELECT 1 FROM pg_locks WHERE NOT granted"),
                   "nobody waits for the row")

    def conflict(self, command, statement):
        """A command goes on although another session changed a row that it changes, too."""
        other = self.other_changes(statement)
        with start(command) as process:
            self.until_somebody_waits()
            other.say("COMMIT")
            self.assertTrue(self.ended(process, "en", True).done)

    def test_conflicts_are_tried_again(self):
        self.conflict(self.import_command(), BALANCES_FEED)
        report = support.succeed_json(*self.import_command())
        self.assertTrue(all(file["already_loaded"] for file in report["files"]))
        before = self.state()
        clean = support.copy_store(self.store, self.folder / "clean.duckdb")
        succeed(*self.command_run(self.other))
        after = self.state()
        self.assertNotEqual(before, after)
        support.copy_store(clean, self.store)
        self.conflict(self.command_run(self.other), PUBLISHED)
        self.assertTrue(self.state() == after, "tried again, it gives other bytes")

    def test_second_run_is_refused(self):
        """It names the program, what it does, the user, since when, and the server's process."""
        other = self.other_changes(BALANCES_FEED)
        with start(self.import_command()) as first:
            holder = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
            self.until(lambda: support.psql(holder), "nobody writes")
            session = support.psql(holder).strip()
            started = time.monotonic()
            error = self.refused(self.command_run(self.other), support.located(self.store))
            self.assertGreater(time.monotonic() - started, 2, "it did not wait")
            for word in (f"strata import ({first.pid})", "strata", session):
                self.assertIn(word, error)
            self.assertRegex(error, r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d")
            other.say("COMMIT")
            self.assertTrue(self.ended(first, "en", True).done)

    # ---- somebody stops it ----

    def stopped(self, command, change, stop, setting, want):
        """A command that is stopped while it waits for another session."""
        other = self.other_changes(change)
        location = support.located(self.store)
        if setting:
            location += f"&options=-c{setting}%3D500"
        words = [location if word == self.store else word for word in command]
        with start(words, "--lang", "en") as process:
            self.until_somebody_waits()
            stop(process)
            status = process.wait(pg_faults.ENDS_WITHIN_SECONDS)
            err = process.stderr.read().decode("utf-8")
        if isinstance(want, str):
            self.assertEqual(status, 1, err)
            statement = [line for line in err.splitlines() if line.startswith("  value: ")]
            self.assertLessEqual(len(statement), 1)  # the one that was ended
            self.assert_one_error(err.replace("".join(statement) + "\n", "", len(statement)), "en")
            self.assertIn(want, err)
        else:
            self.assertEqual((status, err), (-want, ""))
        self.until(lambda: not support.psql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"),
                   "its session stays", SESSION_GONE_SECONDS)
        other.close()

    def check_stops(self, command, change):
        """By Ctrl-C, by its supervisor, by the server's administrator, by timeouts: the store is as
        before, and the command can be repeated."""
        before = self.state()
        for stop, setting, want in (
                (lambda process: process.send_signal(signal.SIGINT), None, signal.SIGINT),
                (lambda process: process.send_signal(signal.SIGTERM), None, signal.SIGTERM),
                (lambda _: self.server.cancel_statement(), None, "the server ended a statement"),
                (lambda _: None, "statement_timeout", "raise statement_timeout"),
                (lambda _: None, "lock_timeout", "a lock was not to be had")):
            self.stopped(command, change, stop, setting, want)
            self.assertTrue(self.state() == before, f"{setting} {want}: not as before")
        succeed(*command)
        self.assertFalse(self.state() == before)

    def test_import_is_stopped(self):
        self.check_stops(self.import_command(), BALANCES_FEED)

    def test_run_is_stopped_as_it_publishes(self):
        self.import_the_rest()
        self.check_stops(self.command_run(self.other), PUBLISHED)

    # ---- only the connection goes ----

    def proxied(self):
        """A door to the server, and how commands go through it."""
        proxy = Proxy(support.server())
        self.addCleanup(proxy.close)
        return proxy, proxy.location(support.located(self.store))

    def through(self, command, location):
        """Runs a command through the door; how it ended."""
        language = next(self.languages)
        words = [location if word == self.store else word for word in command]
        with start(words, "--lang", language) as process:
            return self.ended(process, language, True)

    def check_cuts(self, command):
        """The connection closed in the middle of what the command sends, and at each of its
        commits: before the server has got it, and before the command has heard that it is done."""
        proxy, location = self.proxied()
        clean = self.folder / "clean.duckdb"
        support.copy_store(self.store, clean)
        before = self.state()
        self.assertTrue(self.through(command, location).done)
        after, sent, commits = self.state(), proxy.sent, proxy.seen
        self.assertNotEqual(before, after)
        dice = random.Random(sent)
        support.copy_store(clean, self.store)
        for number in range(CUTS):
            proxy.cut_at_bytes(int(sent * 0.9 * (number + dice.random()) / CUTS))
            ended = self.through(command, location)
            self.assertEqual((ended.done, proxy.cuts), (False, 1))
            self.assertTrue(self.state() == before, "in between")
        for number, answered in itertools.product(range(commits, 0, -1), (True, False)):
            proxy.cut_at_commit(number, answered)
            ended = self.through(command, location)
            self.assertEqual((ended.done, proxy.cuts), (False, 1))
            done = number == commits and answered
            self.assertTrue(self.state() == (after if done else before),
                            f"commit {number} of {commits}, {answered}")
            if done:
                support.copy_store(clean, self.store)
        proxy.hand_on()
        self.assertTrue(self.through(command, location).done)
        self.assertTrue(self.state() == after, "repeated, it gives other bytes")

    def test_connection_is_cut_during_import(self):
        self.check_cuts(self.import_command())

    def test_connection_is_cut_during_run_and_publish(self):
        self.import_the_rest()
        self.check_cuts(self.command_run(self.other))


if __name__ == "__main__":
    support.main()
