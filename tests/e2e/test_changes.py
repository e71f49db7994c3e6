#!/usr/bin/env python3
"""Files of tier changes: who is told what, once, with totals that must come back."""

import hashlib
import json
import random
import resource
import subprocess
import time
from collections import Counter

import support
from support import ROOT, SmallBank, read_csv, strata, succeed, succeed_json

POLICY = """
strata: 1
name: small
metrics: {aum: {from: balance, value: closing(amount)}}
schemes:
  plain:
    method: thresholds
    value: aum
    tiers: [{code: gold, title: {zh: 金卡, en: Gold}, from: 50万}, {code: base}]
  held:
    method: thresholds
    value: aum
    tiers: [{code: gold, from: 50万}, {code: base}]
    moves: {up: {effective: next_period}, down: {after: 2, effective: next_period}}
"""
MONTHS = ("2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31")
LOW, HIGH = "1000.00", "600000.00"


class Files(support.TestCase):
    """Files of one store."""

    def bank(self, **customers):
        """Customers with balances by day, and the months run."""
        bank = SmallBank()
        for name, days in customers.items():
            bank.hold(name, {"2020-01-01": LOW, **days})
        self.load(bank)
        self.run_policy(POLICY, MONTHS[-1], "--every", "month", "--from", MONTHS[0])

    def send(self, scheme, day, *options):
        """The next file: what the command says, and its rows by customer and day."""
        path = self.folder / f"{scheme}-{day}.csv"
        said = succeed_json("changes", self.store, "--scheme", scheme, "--as-of", day, "--plain",
                            "-o", path, *options)
        control = json.loads(path.with_name(path.name + ".control.json").read_text("utf-8"))
        rows = read_csv(path)
        self.assertEqual(control["sha256"], hashlib.sha256(path.read_bytes()).hexdigest())
        self.assertEqual((control["sequence"], control["sha256"], control["rows"]),
                         (said["sequence"], said["sha256"], len(rows)))
        self.assertEqual(control["customers"], len({row["customer_id"] for row in rows}))
        want = Counter((row["old_tier"], row["new_tier"]) for row in rows)
        self.assertEqual({(c["from"], c["to"]): c["now"] + c["pending"]
                          for c in control["counts"]}, dict(want))
        self.assertEqual(sum(c["pending"] for c in control["counts"]),
                         sum(row["effective_on"] > day for row in rows))
        self.assertFalse(list(self.folder.glob("*.partial")))
        return said, control, rows

    def ack(self, said, *options):
        """An acknowledgement by the number of rows."""
        succeed("changes", "ack", self.store, said["sequence"], "--by", "channel-a", "--rows",
                said["rows"], *options)

    @staticmethod
    def brief(rows):
        """(customer, day, old, new, status)"""
        return [(row["customer_id"], row["effective_on"], row["old_tier"], row["new_tier"],
                 row["status"]) for row in rows]


class Told(Files):
    """Who is in a file."""

    def test_only_changes_after_an_acknowledgement(self):
        self.bank(up={"2025-10-15": HIGH}, still={})
        said, _, rows = self.send("plain", MONTHS[0])
        self.assertEqual(self.brief(rows), [("still", MONTHS[0], "", "base", "new"),
                                            ("up", MONTHS[0], "", "base", "new")])
        self.ack(said)
        said, _, rows = self.send("plain", MONTHS[1])
        self.assertEqual(self.brief(rows), [("up", MONTHS[1], "base", "gold", "new")])
        self.assertEqual((rows[0]["change"], rows[0]["new_title_zh"], rows[0]["run"]),
                         ("up", "金卡", "2"))
        self.ack(said)
        self.assertEqual(self.send("plain", MONTHS[2])[2], [])

    def test_what_is_not_acknowledged_comes_again(self):
        self.bank(up={"2025-10-15": HIGH}, back={"2025-10-15": HIGH, "2025-11-15": LOW})
        self.ack(self.send("plain", MONTHS[0])[0])
        self.send("plain", MONTHS[1])
        said, control, rows = self.send("plain", MONTHS[2])
        self.assertEqual(self.brief(rows), [("back", MONTHS[2], "gold", "base", "corrected"),
                                            ("up", MONTHS[1], "base", "gold", "repeated")])
        self.assertEqual([(c["repeated"], c["corrected"]) for c in control["counts"]],
                         [(1, 0), (0, 1)])
        self.ack(said)
        self.assertEqual(self.send("plain", MONTHS[3])[2], [])

    def test_an_older_file_may_be_acknowledged_alone(self):
        self.bank(up={"2025-10-15": HIGH}, back={"2025-10-15": HIGH, "2025-11-15": LOW})
        self.ack(self.send("plain", MONTHS[0])[0])
        older, _, _ = self.send("plain", MONTHS[1])
        newer, _, _ = self.send("plain", MONTHS[2])
        self.ack(older)
        rows = self.send("plain", MONTHS[3])[2]
        self.assertEqual(self.brief(rows), [("back", MONTHS[2], "gold", "base", "repeated")])
        self.ack(newer)
        result = strata("changes", "ack", self.store, older["sequence"], "--by", "a", "--rows", 2)
        self.assertIn("acknowledged already", result.err)

    def test_tiers_to_come(self):
        """A rise from next month on is told ahead, and not again when it takes effect."""
        self.bank(up={"2025-10-15": HIGH})
        self.ack(self.send("held", MONTHS[0])[0])
        said, _, rows = self.send("held", MONTHS[1])
        self.assertEqual(self.brief(rows), [("up", "2025-11-01", "base", "gold", "new")])
        self.assertEqual(rows[0]["reason"], "up_next")
        self.ack(said)
        self.assertEqual(self.send("held", MONTHS[2])[2], [])

    def test_a_tier_to_come_that_was_not_acknowledged(self):
        self.bank(up={"2025-10-15": HIGH})
        self.ack(self.send("held", MONTHS[0])[0])
        self.send("held", MONTHS[1])
        rows = self.send("held", MONTHS[2])[2]
        self.assertEqual(self.brief(rows), [("up", "2025-11-01", "base", "gold", "repeated")])

    def test_a_rise_that_is_withdrawn(self):
        """Told on the 20th, gone on the 31st: the day of the rise gets the old tier."""
        bank = SmallBank()
        bank.hold("x", {"2020-01-01": LOW, "2025-10-15": HIGH, "2025-10-25": LOW})
        self.load(bank)
        for day in ("2025-09-30", "2025-10-20"):
            self.run_policy(POLICY, day)
            said, _, rows = self.send("held", day)
            self.ack(said)
        self.assertEqual(self.brief(rows), [("x", "2025-11-01", "base", "gold", "new")])
        self.run_policy(POLICY, "2025-10-31")
        self.assertEqual(self.brief(self.send("held", "2025-10-31")[2]),
                         [("x", "2025-11-01", "gold", "base", "new")])

    def test_who_left(self):
        bank = SmallBank()
        bank.add("customer", id="x", closed_on="2025-10-15")
        bank.hold("x", {"2020-01-01": LOW})
        bank.hold("y", {"2020-01-01": LOW})
        self.load(bank)
        self.run_policy(POLICY, MONTHS[1], "--every", "month", "--from", MONTHS[0])
        self.ack(self.send("plain", MONTHS[0])[0])
        rows = self.send("plain", MONTHS[1])[2]
        self.assertEqual(self.brief(rows), [("x", MONTHS[1], "base", "", "new")])
        self.assertEqual(rows[0]["change"], "left")

    def test_from_a_run(self):
        self.bank(up={"2025-10-15": HIGH}, still={})
        rows = self.send("plain", MONTHS[3], "--from", MONTHS[0])[2]
        self.assertEqual(self.brief(rows), [("up", MONTHS[3], "base", "gold", "new")])

    def test_rejected_customers_come_again(self):
        self.bank(a={"2025-10-15": HIGH}, b={"2025-10-15": HIGH})
        self.ack(self.send("plain", MONTHS[0])[0])
        said, _, _ = self.send("plain", MONTHS[1])
        wrong = self.write("wrong.csv", "customer_id\nnobody\n")
        result = strata("changes", "ack", self.store, said["sequence"], "--by", "a", "--rows", 2,
                        "--rejected", wrong)
        self.assertIn("customer nobody is not in change file", result.err)
        self.assertIn("wrong.csv:2", result.err)
        self.ack(said, "--rejected", self.write("bad.csv", "customer_id,reason\nb,unknown\n"))
        self.assertEqual(self.brief(self.send("plain", MONTHS[2])[2]),
                         [("b", MONTHS[2], "base", "gold", "new")])
        self.assertEqual([f["rejected"] for f in succeed_json("changes", self.store)], [0, 1, 0])


class Totals(Files):
    """Receipts are compared, and files are whole."""

    def test_receipts(self):
        self.bank(up={"2025-10-15": HIGH})
        said, control, _ = self.send("plain", MONTHS[0])
        command = ("changes", "ack", self.store, said["sequence"], "--by", "channel-a")
        for name, value in (("rows", 7), ("customers", 7), ("sequence", 9), ("sha256", "0" * 64)):
            path = self.write("receipt.json", json.dumps({**control, name: value}))
            result = strata(*command, "--control", path)
            self.assertEqual(result.status, 1)
            self.assertIn(f"total {name} differs", result.err)
        self.assertIn("total rows differs", strata(*command, "--rows", "5").err)
        self.assertEqual(strata(*command).status, 2)
        self.assertIsNone(succeed_json("changes", self.store)[0]["acked_at"])
        succeed(*command, "--control", self.write("receipt.json", json.dumps(control)))
        listed = succeed_json("changes", self.store)[0]
        self.assertEqual((listed["acked_by"], listed["sha256"]), ("channel-a", control["sha256"]))
        self.assertIn("acknowledged already", strata(*command, "--rows", "1").err)
        self.assertIn("has been sent", strata("changes", "ack", self.store, 9, "--by", "a",
                                              "--rows", 1).err)

    def test_same_bytes_and_other_formats(self):
        self.bank(up={"2025-10-15": HIGH})
        succeed("changes", self.store, "--scheme", "plain", "-o", self.folder / "a.xlsx", "--quiet")
        succeed("changes", self.store, "--scheme", "plain", "-o", self.folder / "b.parquet",
                "--quiet")
        self.assertEqual({path.name for path in self.folder.glob("*.control.json")},
                         {"a.xlsx.control.json", "b.parquet.control.json"})
        result = strata("changes", self.store, "--scheme", "plain", "--as-of", MONTHS[0], "-o",
                        self.folder / "c.csv")
        self.assertIn("have been sent already", result.err)

    def test_the_demonstration_bank(self):
        """Every file against tiers exported, customer by customer."""
        succeed("demo", self.folder / "bank", "--customers", 800, "--months", 12, "--quiet")
        succeed("init", self.store)
        succeed("import", self.store, ROOT / "mappings/demo.yaml", self.folder / "bank", "--quiet")
        succeed("run", self.store, ROOT / "policies/demo.yaml", "--every", "month", "--from",
                "2025-08-31", "--as-of", MONTHS[-1], "--quiet")
        channel, told = {}, 0
        for day in MONTHS:
            now = {row["customer_id"]: (row["tier"], row["pending"] or row["tier"])
                   for row in self.export("tiers", "--scheme", "asset_held", "--from", day,
                                          "--as-of", day)}
            said, _, rows = self.send("asset_held", day)
            got = {}
            for row in rows:
                place = 0 if row["effective_on"] <= day else 1
                got.setdefault(row["customer_id"], {})[place] = row["new_tier"]
            want = {}
            for number in channel.keys() | now.keys():
                tier, after = now.get(number, ("", ""))
                known = channel.get(number, "")
                parts = {0: tier} if tier != known else {}
                if after != tier:
                    parts[1] = after
                if tier != known or after != known:
                    want[number] = parts
            self.assertEqual(got, want, day)
            self.ack(said)
            told += len(rows)
            channel = {number: after for number, (_, after) in now.items()}
        self.assertGreater(told, 700)


class Broken(Files):
    """Nothing of a file that was not finished."""

    def setUp(self):
        super().setUp()
        succeed("demo", self.folder / "bank", "--customers", 2_000, "--months", 4, "--quiet")
        succeed("init", self.store)
        succeed("import", self.store, ROOT / "mappings/demo.yaml", self.folder / "bank", "--quiet")
        succeed("run", self.store, ROOT / "policies/demo.yaml", "--as-of", MONTHS[-1], "--quiet")
        self.path = self.folder / "changes.csv"
        self.command = ("changes", self.store, "--scheme", "asset", "-o", self.path, "--quiet")

    def left(self):
        """Files of changes."""
        return sorted(path.name for path in self.folder.glob("changes.csv*"))

    def test_full_disk(self):
        result = strata(*self.command, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (20_000, 20_000)))
        self.assertEqual(result.status, 1)
        self.assertEqual(self.left(), [])
        self.assertEqual(succeed_json("changes", self.store), [])

    def test_killed(self):
        start = time.monotonic()
        succeed(*self.command)
        whole = time.monotonic() - start
        known, chance = len(succeed_json("changes", self.store)), random.Random(7)
        for _ in range(12):
            for path in self.folder.glob("changes.csv*"):
                path.unlink()
            process = subprocess.Popen([support.STRATA, *map(str, self.command)],
                                       env=support.environment(), stderr=subprocess.DEVNULL)
            time.sleep(chance.random() * whole)
            process.kill()
            process.wait()
            files = succeed_json("changes", self.store)
            self.assertIn(len(files) - known, (0, 1))
            if self.path.exists():
                control = json.loads((self.folder / "changes.csv.control.json").read_text("utf-8"))
                self.assertEqual(control["sequence"], files[0]["sequence"])
                self.assertEqual(control["sha256"],
                                 hashlib.sha256(self.path.read_bytes()).hexdigest())
            known = len(files)


if __name__ == "__main__":
    support.main()
