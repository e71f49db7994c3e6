#!/usr/bin/env python3
"""Closed periods computed anew: with a second person only, up to the last, the old chain kept."""

import support
from support import SmallBank, read_csv, strata, succeed, succeed_json
from test_replay import MONTHS, POLICY

REFUSED = 1


class Rerate(support.TestCase):
    """One customer above the bound; a late row says that it never was."""

    def setUp(self):
        super().setUp()
        self.store = self.folder / "bank.duckdb"
        bank = SmallBank()
        self.account = bank.hold("C1", {"2024-01-01": 500}, opened_on="2023-12-01")
        bank.hold("C2", {"2024-01-01": 500}, opened_on="2023-12-01")
        self.load(bank, "bank")
        self.policy = self.folder / "held.yaml"
        self.policy.write_text(POLICY.format(gold=100), encoding="utf-8")
        succeed("run", self.store, self.policy, "--every", "month", "--from", MONTHS[0],
                "--as-of", MONTHS[3], "--quiet")
        late = SmallBank()
        late.add("balance", account=self.account, on_date="2024-01-01", amount=5)
        self.load(late, "late")

    def load(self, bank, name):
        """Imports a bank; the store is made at the first."""
        if not support.store_exists(self.store):
            succeed("init", self.store, "--quiet")
        mapping = bank.write(self.folder / name)
        succeed("import", self.store, mapping, self.folder / name, "--quiet")

    def tiers(self, customer="C1"):
        """What a customer holds month by month."""
        path = self.folder / "tiers.csv"
        succeed("export", self.store, "tiers", "--scheme", "asset", "--from", MONTHS[0], "--as-of",
                MONTHS[-1], "-o", path, "--plain", "--quiet")
        return [row["tier"] for row in read_csv(path) if row["customer_id"] == customer]

    def request(self, *options, by="analyst"):
        """Asks for a rerate."""
        return strata("rerate", "request", self.store, self.policy, "--reason", "late balances",
                      "--by", by, *options)

    def test_four_eyes(self):
        """Asked for by one, decided by another; the run and its chain appear at once."""
        self.assertEqual(self.request("--from", MONTHS[1]).status, 0)
        before = self.tiers()
        self.assertEqual(before, ["gold"] * 4)
        for name in ("analyst", " Analyst ", "ＡＮＡＬＹＳＴ"):
            refused = strata("rerate", "approve", self.store, 1, "--by", name)
            self.assertEqual(refused.status, REFUSED, name)
            self.assertIn("another person must decide", refused.err)
            self.assertEqual(self.tiers(), before)
        succeed("rerate", "approve", self.store, 1, "--by", "manager", "--quiet")
        # January's chain stays; February fails once, March twice, April three times and falls
        self.assertEqual(self.tiers(), ["gold", "gold", "gold", "base"])
        self.assertEqual(self.tiers("C2"), ["gold"] * 4)
        made = succeed_json("rerate", "list", self.store)[0]
        self.assertEqual((made["state"], made["asked_by"], made["decided_by"], made["first_run"],
                          made["last_run"]), ("done", "analyst", "manager", 5, 7))
        runs = succeed_json("replay", self.store)
        self.assertEqual([run["run"] for run in runs], list(range(1, 8)))
        self.assertTrue(all(run["identical"] for run in runs))
        again = strata("rerate", "approve", self.store, 1, "--by", "manager")
        self.assertEqual(again.status, REFUSED)
        self.assertIn("is decided already", again.err)

    def test_next_period_follows_the_new_chain(self):
        """May builds on the April of the rerate."""
        self.assertEqual(self.request("--from", MONTHS[0]).status, 0)
        succeed("rerate", "approve", self.store, 1, "--by", "manager", "--quiet")
        self.assertEqual(self.tiers(), ["base"] * 4)
        succeed("run", self.store, self.policy, "--as-of", MONTHS[4], "--quiet")
        self.assertEqual(self.tiers(), ["base"] * 5)

    def test_refusals(self):
        """What cannot be asked for or decided."""
        for options, says in (
                ((), "--from is missing"),
                (("--from", "2024-06-30"), "is after the last period"),
                (("--from", MONTHS[0], "--reason", " "), "--reason is missing")):
            result = self.request(*options)
            self.assertNotEqual(result.status, 0)
            self.assertIn(says, result.err)
        self.assertEqual(self.request("--from", MONTHS[1], "--as-of", MONTHS[2]).status, 0)
        before = self.tiers()
        short = strata("rerate", "approve", self.store, 1, "--by", "manager")
        self.assertNotEqual(short.status, 0)
        self.assertIn("a rerate goes on to the last period", short.err)
        self.assertEqual(self.tiers(), before)
        succeed("rerate", "reject", self.store, 1, "--by", "manager", "--quiet")
        self.assertEqual(succeed_json("rerate", "list", self.store)[0]["state"], "rejected")
        self.assertEqual(strata("rerate", "approve", self.store, 7, "--by", "x").status, REFUSED)
        self.assertEqual(self.tiers(), before)


if __name__ == "__main__":
    support.main()
