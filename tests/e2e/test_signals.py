#!/usr/bin/env python3
"""Signals: every kind exactly at its bounds, told once, and counted again on the demonstration bank."""

import sys
from collections import defaultdict
from datetime import date, timedelta

import support
from support import ROOT, SmallBank, read_csv, strata, succeed, succeed_json

sys.path.insert(0, str(ROOT / "tests/oracle"))
import demo as oracle  # noqa: E402  (the demonstration bank's own oracle)

HEAD = """
strata: 1
name: small
metrics:
  aum: {from: balance, value: daily_average(amount), window: 1 month}
  spent: {from: txn, value: sum(abs(amount)), window: 1 month}
schemes:
  asset:
    method: thresholds
    value: aum
    tiers:
      - {code: gold, title: {zh: 金卡, en: Gold}, from: 50万}
      - {code: silver, title: {zh: 银卡, en: Silver}, from: 5万}
      - {code: base}
"""
MOVES = """    moves:
      up: {effective: next_period}
      watch: {after: 1}
      down: {after: 3, effective: next_period, lands: tier_of_last}
"""
DAY = "2025-12-31"
FIRST = "2020-01-01"


def policy(signals, moves=""):
    """A policy with signals written one to a line."""
    lines = "".join(f"  {name}: {{{keys}}}\n" for name, keys in signals.items())
    return f"{HEAD}{moves}signals:\n{lines}"


class Small(support.TestCase):
    """Small banks worked out by hand."""

    def signals(self, *options):
        """What the command says."""
        return succeed_json("signals", self.store, "--limit", 100_000, *options)

    def who(self, name, *options):
        """Customers of one signal."""
        return [row["customer"] for row in self.signals("--name", name, *options)["signals"]]

    def one(self, name, customer, *options):
        """The only row of a customer's signal."""
        rows = [row for row in self.signals("--name", name, *options)["signals"]
                if row["customer"] == customer]
        self.assertEqual(len(rows), 1, rows)
        return rows[0]


class NearTier(Small):
    """Distances to bounds, with nothing rounded."""

    def test_bounds(self):
        bank = SmallBank()
        amounts = {"far": "474999.99", "share": "475000.00", "close": "499999.99",
                   "there": "500000.00", "edge": "515000.00", "above": "515000.01",
                   "amount": "498999.50", "over": "498999.49", "low": "47500.00"}
        for name, amount in amounts.items():
            bank.hold(name, {FIRST: amount})
        self.load(bank)
        self.run_policy(policy({
            "share": "kind: near_tier, scheme: asset, within: 5%",
            "amount": "kind: near_tier, scheme: asset, within: 1_000.50",
            "down": "kind: near_tier, scheme: asset, toward: down, within: 3%",
            "rich": "kind: near_tier, scheme: asset, within: 5%, when: aum > 10万"}), DAY)
        self.assertEqual(self.who("share"), ["amount", "close", "low", "over", "share"])
        self.assertEqual(self.who("amount"), ["amount", "close"])
        self.assertEqual(self.who("down"), ["edge", "there"])
        self.assertEqual(self.who("rich"), ["amount", "close", "over", "share"])
        row = self.one("share", "low")
        self.assertEqual((row["tier"], row["value"], row["threshold"]),
                         ("silver", "47500.00", "50000.00"))
        self.assertIn("2,500.00 short of Silver (aum 47,500.00, from 50,000.00 on)",
                      row["reason_en"])
        self.assertIn("差 2,500.00 达到银卡", row["reason_zh"])
        self.assertIn("自明日起至 2026-01-31 每日须保持 50,000.00", row["reason_zh"])

    def test_the_month_is_not_over(self):
        """480,000 for 10 days of 31: what is missing is spread over the 21 days left, rounded up."""
        bank = SmallBank()
        bank.hold("x", {FIRST: "480000.00"})
        self.load(bank)
        self.run_policy(policy({"near": "kind: near_tier, scheme: asset, within: 5%"}),
                        "2025-12-10")
        # (500,000 × 31 − 480,000 × 10) ÷ 21 = 509,523.8095…
        self.assertIn("each day from tomorrow to 2025-12-31 it takes 509,523.81",
                      self.one("near", "x")["reason_en"])

    def test_held_tiers(self):
        """With moves the next tier is above the one held from the next period on."""
        bank = SmallBank()
        bank.hold("rising", {FIRST: "10000.00", "2025-12-01": "490000.00"})
        bank.hold("failing", {FIRST: "60000.00", "2025-12-01": "49000.00"})
        self.load(bank)
        self.run_policy(policy({"near": "kind: near_tier, scheme: asset, within: 5%"}, MOVES),
                        DAY, "--every", "month", "--from", "2025-11-30")
        # rising is silver from January on and near to gold; failing still holds silver
        self.assertEqual(self.who("near"), ["rising"])
        self.assertEqual(self.one("near", "rising")["tier"], "gold")


class Watch(Small):
    """A customer on watch, month by month."""

    MONTHS = ("2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31")

    def run_months(self, repeat):
        bank = SmallBank()
        bank.hold("w", {FIRST: "60000.00", "2025-09-01": "40000.00"})
        bank.hold("ok", {FIRST: "60000.00"})
        self.load(bank)
        text = policy({"watch": f"kind: watch, scheme: asset, repeat: {repeat}"}, MOVES)
        self.run_policy(text, DAY, "--every", "month", "--from", self.MONTHS[0])

    def test_what_is_missing_and_until_when(self):
        self.run_months("once")
        got = {}
        for day in self.MONTHS:
            for row in self.signals("--as-of", day)["signals"]:
                self.assertEqual(row["customer"], "w")
                got[day] = (row["tier"], row["value"], row["threshold"], row["on_date"],
                            row["first_on"], row["new"])
        common = ("silver", "40000.00", "50000.00")
        self.assertEqual(got, {
            "2025-09-30": (*common, "2025-12-01", "2025-09-30", True),
            "2025-10-31": (*common, "2025-12-01", "2025-09-30", False),
            "2025-11-30": (*common, "2025-12-01", "2025-09-30", False)})
        reasons = [self.one("watch", "w", "--as-of", day) for day in self.MONTHS[1:4]]
        self.assertIn("2 more failing and it is lost from 2025-12-01 on", reasons[0]["reason_en"])
        self.assertIn("1 more failing and it is lost from 2025-12-01 on", reasons[1]["reason_en"])
        self.assertIn("decided: from 2025-12-01 on base", reasons[2]["reason_en"])
        self.assertIn("差 10,000.00 达到银卡", reasons[0]["reason_zh"])

    def test_each_period(self):
        self.run_months("each_period")
        news = {day: [row["new"] for row in self.signals("--as-of", day)["signals"]]
                for day in self.MONTHS}
        self.assertEqual(news, {"2025-08-31": [], "2025-09-30": [True], "2025-10-31": [True],
                                "2025-11-30": [True], "2025-12-31": []})

    def test_inside_a_month_the_period_counts_as_if_it_ended(self):
        bank = SmallBank()
        bank.hold("w", {FIRST: "60000.00", "2025-09-01": "40000.00"})
        self.load(bank)
        text = policy({"watch": "kind: watch, scheme: asset"}, MOVES)
        self.run_policy(text, "2025-08-31")
        self.run_policy(text, "2025-09-10")
        row = self.one("watch", "w")
        self.assertEqual((row["on_date"], row["new"]), ("2025-12-01", True))
        self.run_policy(text, "2025-09-11")
        self.assertFalse(self.one("watch", "w")["new"])


class Once(Small):
    """New once; again when it had ceased, or as repeat: says."""

    SIGNALS = {"once": "kind: condition, when: spent >= 1_000, value: spent, threshold: 1_000",
               "days": "kind: condition, when: spent >= 1_000, repeat: 5 days",
               "period": "kind: condition, when: spent >= 1_000, repeat: each_period"}

    def make(self, *movements):
        bank = SmallBank()
        account = bank.hold("x", {FIRST: "60000.00"})
        for day, amount in movements:
            bank.add("txn", customer="x", account=account, on_date=day, amount=amount,
                     currency="CNY")
        self.load(bank)

    def told(self, *days):
        """By signal, on which of the days it is new and on which it holds but is not."""
        text = policy(self.SIGNALS)
        got = defaultdict(dict)
        for day in days:
            self.run_policy(text, day)
            for row in self.signals("--as-of", day)["signals"]:
                got[row["signal"]][day] = row["new"]
        return dict(got)

    def test_the_bound_is_inclusive(self):
        self.make(("2025-12-02", "-999.99"), ("2025-12-03", "-0.01"))
        self.run_policy(policy(self.SIGNALS), "2025-12-02")
        self.assertEqual(self.who("once"), [])
        self.run_policy(policy(self.SIGNALS), "2025-12-03")
        row = self.one("once", "x")
        self.assertEqual((row["value"], row["threshold"]), ("1000.00", "1000.00"))
        self.assertEqual(row["reason_en"], "spent 1,000.00, bound 1,000.00")

    def test_nights_inside_a_period(self):
        self.make(("2025-12-02", "-1000.00"))
        got = self.told("2025-12-01", "2025-12-02", "2025-12-03", "2025-12-07", "2025-12-08")
        self.assertEqual(got["once"], {"2025-12-02": True, "2025-12-03": False,
                                       "2025-12-07": False, "2025-12-08": False})
        self.assertEqual(got["days"], {"2025-12-02": True, "2025-12-03": False,
                                       "2025-12-07": True, "2025-12-08": False})
        self.assertEqual(got["period"], got["once"])

    def test_it_ceases_and_comes_back(self):
        self.make(("2025-10-05", "-1000.00"), ("2025-12-05", "-1000.00"))
        got = self.told("2025-10-31", "2025-11-30", "2025-12-31")
        self.assertEqual(got["once"], {"2025-10-31": True, "2025-12-31": True})
        self.assertEqual(self.one("once", "x")["first_on"], "2025-12-31")

    def test_a_day_run_again_is_as_new_as_before(self):
        self.make(("2025-11-05", "-1000.00"), ("2025-12-05", "-1000.00"))
        got = self.told("2025-11-30", "2025-12-31", "2025-12-31")
        self.assertEqual(got["once"], {"2025-11-30": True, "2025-12-31": False})
        self.assertEqual(got["period"], {"2025-11-30": True, "2025-12-31": True})
        self.assertEqual(self.one("once", "x")["first_on"], "2025-11-30")
        self.assertEqual(len(self.signals("--as-of", DAY, "--new")["signals"]), 2)

    def test_a_run_that_fails_tells_nobody(self):
        """A staged run is neither what readers see nor what the next one builds on."""
        self.make(("2025-12-02", "-1000.00"))
        self.told("2025-12-02")
        bad = self.write("bad.yaml", policy(self.SIGNALS).replace("spent:", "spend:"))
        self.assertEqual(strata("run", self.store, bad, "--as-of", "2025-12-03").status, 1)
        self.assertEqual(self.signals()["as_of"], "2025-12-02")


class Days(Small):
    """Birthdays, maturities, openings: the days at both ends."""

    def test_birthdays(self):
        bank = SmallBank()
        births = {"today": "1980-12-31", "last": "1990-01-07", "late": "1990-01-08",
                  "gone": "1980-12-30", "unknown": ""}
        for name, birth in births.items():
            bank.add("customer", id=name, birth_date=birth)
            bank.hold(name, {FIRST: "1.00"})
        self.load(bank)
        self.run_policy(policy({"birthday": "kind: birthday"}), DAY)
        got = {row["customer"]: (row["on_date"], row["value"], row["reason_zh"])
               for row in self.signals()["signals"]}
        self.assertEqual(got, {"today": ("2025-12-31", "45", "2025-12-31 生日，满 45 岁"),
                               "last": ("2026-01-07", "36", "2026-01-07 生日，满 36 岁")})

    def test_leap_day(self):
        bank = SmallBank()
        bank.add("customer", id="leap", birth_date="2000-02-29")
        bank.hold("leap", {FIRST: "1.00"})
        self.load(bank)
        text = policy({"birthday": "kind: birthday, within: 60 days"})
        for day, want in (("2025-01-31", "2025-03-01"), ("2024-01-31", "2024-02-29"),
                          ("2025-12-31", "2026-03-01"), ("2025-03-02", None)):
            self.run_policy(text, day)
            self.assertEqual([row["on_date"] for row in self.signals("--as-of", day)["signals"]],
                             [want] if want else [], day)

    def test_a_birthday_is_new_each_year(self):
        bank = SmallBank()
        bank.add("customer", id="x", birth_date="1980-12-20")
        bank.hold("x", {FIRST: "1.00"})
        self.load(bank)
        text = policy({"birthday": "kind: birthday, within: 60 days"})
        news = []
        for day in ("2023-12-15", "2024-12-15", "2024-12-16"):
            self.run_policy(text, day)
            news += [row["new"] for row in self.signals("--as-of", day)["signals"]]
        self.assertEqual(news, [True, True, False])

    def test_maturing(self):
        bank = SmallBank()
        accounts = {
            "today": ("2025-12-31", ""), "last": ("2026-01-30", "N"), "late": ("2026-01-31", ""),
            "gone": ("2025-12-30", ""), "renews": ("2026-01-15", "Y"), "none": ("", "")}
        for name, (matures, renews) in accounts.items():
            bank.hold(name, {FIRST: "100.00"}, matures_on=matures, auto_renew=renews)
        bank.hold("closed", {FIRST: "100.00"}, closed_on=DAY, matures_on="2026-01-15")
        bank.hold("loan", {FIRST: "100.00"}, matures_on="2026-01-15", **{"class": "loan"})
        bank.hold("bare", {}, matures_on="2026-01-15")
        self.load(bank)
        self.run_policy(policy({
            "maturing": "kind: maturing", "deposits": "kind: maturing, where: class = 'deposit'"}),
            DAY)
        self.assertEqual(self.who("maturing"), ["bare", "last", "loan", "today"])
        self.assertEqual(self.who("deposits"), ["bare", "last", "today"])
        row = self.one("maturing", "last")
        self.assertEqual((row["account"], row["on_date"], row["value"]),
                         ("last-2", "2026-01-30", "100.00"))
        self.assertIsNone(self.one("maturing", "bare")["value"])

    def test_shares_and_currencies(self):
        """Each holder is told of the own part, in the policy's currency at the day's rate."""
        bank = SmallBank()
        bank.add("customer", id="a").add("customer", id="b")
        bank.add("account", id="J", **{"class": "deposit"}, currency="USD", opened_on=FIRST,
                 matures_on="2026-01-10")
        bank.add("account_holder", account="J", customer="a", role="owner", share="60%")
        bank.add("account_holder", account="J", customer="b", role="joint", share="40%")
        bank.add("balance", account="J", on_date="2025-06-01", amount="50.01")
        bank.add("balance", account="J", on_date="2025-12-30", amount="100.01")
        for day, rate in (("2025-01-01", "9.0"), ("2025-12-25", "7.0005")):
            bank.add("fx_rate", currency="USD", base="CNY", on_date=day, rate=rate)
        self.load(bank)
        text = policy({"maturing": "kind: maturing"}).replace(
            "value: daily_average(amount), window: 1 month", "value: closing(amount)")
        self.run_policy(text, DAY)
        # 60.01 and 40.00 (the odd cent is the first holder's) × 7.0005
        self.assertEqual({row["customer"]: row["value"] for row in self.signals()["signals"]},
                         {"a": "420.10", "b": "280.02"})

    def test_new_accounts(self):
        bank = SmallBank()
        for name, opened in (("today", DAY), ("last", "2025-12-02"), ("old", "2025-12-01")):
            bank.hold(name, {opened: "5.00"}, opened_on=opened)
        self.load(bank)
        self.run_policy(policy({"opened": "kind: new_account, within: 30 days"}), DAY)
        self.assertEqual(self.who("opened"), ["last", "today"])
        self.assertEqual(self.one("opened", "last")["on_date"], "2025-12-02")


class Command(Small):
    """Order, filters, files, refusals."""

    def setUp(self):
        super().setUp()
        bank = SmallBank()
        for name, branch, amount in (("b", "B1", "499000.00"), ("a", "B2", "499000.00"),
                                     ("c", "B1", "60000.00")):
            bank.add("customer", id=name, branch=branch, birth_date="1980-01-01")
            bank.hold(name, {FIRST: amount})
        self.load(bank)
        self.text = policy({"birthday": "kind: birthday, priority: 1",
                            "near": "kind: near_tier, scheme: asset, within: 5%",
                            "rich": "kind: condition, when: aum >= 10万, value: aum",
                            "never": "kind: condition, when: aum < 0"})
        self.run_policy(self.text, DAY)

    def test_order_and_filters(self):
        keys = [(row["signal"], row["customer"]) for row in self.signals()["signals"]]
        self.assertEqual(keys, [("birthday", "a"), ("birthday", "b"), ("birthday", "c"),
                                ("near", "a"), ("rich", "a"), ("near", "b"), ("rich", "b")])
        branch = self.signals("--branch", "B1")
        self.assertEqual({row["customer"] for row in branch["signals"]}, {"b", "c"})
        self.assertEqual({c["signal"]: c["customers"] for c in branch["counts"]},
                         {"birthday": 2, "near": 1, "rich": 1, "never": 0})
        self.assertEqual(self.signals("--kind", "near_tier")["total"], 2)
        self.assertEqual(len(self.signals("--limit", "3")["signals"]), 3)

    def test_files(self):
        path = self.folder / "signals.csv"
        succeed("signals", self.store, "-o", path, "--plain", "--quiet")
        rows = read_csv(path)
        self.assertEqual([(row["signal"], row["customer_id"]) for row in rows],
                         [(row["signal"], row["customer"]) for row in self.signals()["signals"]])
        for row, item in zip(rows, self.signals()["signals"]):
            self.assertEqual((row["reason_en"], row["reason_zh"], row["branch"], row["is_new"]),
                             (item["reason_en"], item["reason_zh"], item["branch"], "true"))
            self.assertEqual(row["value"], item["value"] + (".00" if row["signal"] == "birthday"
                                                            else ""))
        before = path.read_bytes()
        succeed("signals", self.store, "-o", path, "--plain", "--quiet", "--threads", "1")
        self.assertEqual(path.read_bytes(), before)
        for kind in ("xlsx", "parquet"):
            succeed("signals", self.store, "-o", self.folder / f"s.{kind}", "--quiet")

    def test_refusals(self):
        for options, words in ((("--name", "naer"), "did you mean near?"),
                               (("--kind", "watched"), "did you mean watch?"),
                               (("--as-of", "2025-01-01"), "nothing has been published")):
            result = strata("signals", self.store, *options)
            self.assertNotEqual(result.status, 0)
            self.assertIn(words, result.err)
        self.run_policy(HEAD, DAY)
        self.assertIn("has no signals", strata("signals", self.store).err)


class DemoBank(Small):
    """Signals of policies/demo.yaml counted again from metrics, tiers and the bank's own files."""

    DAYS = ("2025-10-31", "2025-11-30", "2025-12-31")
    FROM = "2025-06-30"
    BOUNDS = (("private", 600_000_000), ("diamond", 100_000_000), ("affluent", 20_000_000),
              ("gold", 5_000_000))

    def setUp(self):
        super().setUp()
        folder = self.folder / "bank"
        succeed("demo", folder, "--customers", 1_500, "--months", 12, "--quiet")
        succeed("init", self.store)
        succeed("import", self.store, ROOT / "mappings/demo.yaml", folder, "--quiet")
        succeed("run", self.store, ROOT / "policies/demo.yaml", "--every", "month", "--from",
                self.FROM, "--as-of", self.DAYS[-1], "--quiet")
        self.bank = oracle.Bank(folder)

    @staticmethod
    def cents(text, decimals=2):
        """A decimal of so many places as a whole number; None for nothing."""
        if not text:
            return None
        whole, _, rest = text.lstrip("-").partition(".")
        value = int(whole) * 10**decimals + int((rest + "0" * decimals)[:decimals])
        return -value if text.startswith("-") else value

    def near(self, metrics, tiers):
        """Customer to (tier, value, bound) below the next tier, and above the own."""
        up, down = {}, {}
        order = [code for code, _ in self.BOUNDS] + ["mass"]
        for number, row in tiers.items():
            if row["status"] != "rated":
                continue
            value = self.cents(metrics[number]["aum"])
            place = order.index(row["pending"] or row["tier"])
            if place > 0:
                code, bound = self.BOUNDS[place - 1]
                if 0 < bound - value and (bound - value) * 20 <= bound:
                    up[number] = (code, value, bound)
            if place < len(self.BOUNDS):
                code, bound = self.BOUNDS[place]
                if 0 <= value - bound and (value - bound) * 100 <= 3 * bound:
                    down[number] = (code, value, bound)
        return up, down

    def conditions(self, metrics):
        """Customers of the three conditions."""
        large, falling, dormant = set(), set(), set()
        for number, row in metrics.items():
            out, usual = self.cents(row["largest_out"]), self.cents(row["average_purchase"])
            if out is not None and (out <= -20_000_000 or (
                    usual is not None and out <= -5_000_000 and abs(out) >= 20 * usual)):
                large.add(number)
            growth = self.cents(row["aum_growth"], 8)
            if growth is not None and growth <= -30_000_000 and \
                    self.cents(row["aum_year"]) >= 5_000_000:
                falling.add(number)
            if row["recency"] and int(row["recency"]) >= 180:
                dormant.add(number)
        return large, falling, dormant

    def accounts(self, day, rated):
        """(customer, account, day, balance in cents) that mature unrenewed, and newly opened."""
        maturing, opened = set(), set()
        for number, holders in self.bank.holders.items():
            account = self.bank.accounts[number]
            holders = [holder for holder in holders if holder.share]
            if (account["closed_on"] and account["closed_on"] <= day) or (
                    account["opened_on"] and account["opened_on"] > day):
                continue
            end = next(oracle.closes(self.bank, number, [day]))
            parts = oracle.split(end, holders) if len(holders) > 1 else [end]
            for holder, part in zip(holders, parts):
                if holder.customer not in rated:
                    continue
                worth = oracle.money(self.bank.exact(part, account["currency"], day))
                matures, began = account["matures_on"], account["opened_on"]
                if matures and day <= matures <= day + timedelta(30) and \
                        account["auto_renew"] != "Y" and \
                        account["class"] in ("deposit", "wealth"):
                    maturing.add((holder.customer, number, str(matures), worth))
                if began and began > day - timedelta(30):
                    opened.add((holder.customer, number, str(began), worth))
        return maturing, opened

    def birthdays(self, day, metrics):
        """Customers of 200,000 or more with a birthday in eight days, today included."""
        found = {}
        for number, row in metrics.items():
            birth = self.bank.customers[number]["birth_date"]
            if not birth or self.cents(row["aum"]) < 20_000_000:
                continue
            for ahead in (day + timedelta(n) for n in range(8)):
                if (ahead.month, ahead.day) == (birth.month, birth.day):
                    found[number] = (str(ahead), ahead.year - birth.year)
        return found

    def expected(self, day):
        """Signal to set of subjects, from exports and files alone."""
        period = ("--from", str(day), "--as-of", str(day))
        metrics = {row["customer_id"]: row for row in self.export("metrics", *period)
                   if row["status"] == "rated"}
        tiers = {row["customer_id"]: row
                 for row in self.export("tiers", "--scheme", "asset_held", *period)}
        up, down = self.near(metrics, tiers)
        large, falling, dormant = self.conditions(metrics)
        maturing, opened = self.accounts(day, metrics)
        return {
            "near": {(number, *row) for number, row in up.items()},
            "slipping": {(number, *row) for number, row in down.items()},
            "watch": {(number, row["tier"]) for number, row in tiers.items()
                      if row["standing"] == "watch"},
            "large_out": large, "assets_falling": falling, "dormant": dormant,
            "maturing": maturing, "opened": opened,
            "birthday": {(number, *row) for number, row in self.birthdays(day, metrics).items()}}

    def subject(self, row):
        """What the expected sets hold of a row."""
        name, number = row["signal"], row["customer"]
        if name in ("near", "slipping"):
            return (number, row["tier"], self.cents(row["value"]), self.cents(row["threshold"]))
        if name == "watch":
            return (number, row["tier"])
        if name in ("maturing", "opened"):
            return (number, row["account"], row["on_date"], self.cents(row["value"]) or 0)
        if name == "birthday":
            return (number, row["on_date"], int(row["value"]))
        return number

    @staticmethod
    def identity(name, subject):
        """What makes it the same signal a month later."""
        if name in ("near", "slipping"):
            return subject[:2]
        return subject[:3] if name in ("maturing",) else subject[:2] if name == "opened" else subject

    def test_every_signal(self):
        seen = defaultdict(set)
        total = 0
        for text in self.DAYS:
            day = date.fromisoformat(text)
            want = self.expected(day)
            got, news = defaultdict(set), defaultdict(set)
            for row in self.signals("--as-of", text)["signals"]:
                subject = self.subject(row)
                self.assertNotIn(subject, got[row["signal"]], "each once")
                got[row["signal"]].add(subject)
                if row["new"]:
                    news[row["signal"]].add(self.identity(row["signal"], subject))
                self.assertTrue(row["reason_en"] and row["reason_zh"])
            for name, subjects in want.items():
                self.assertEqual(got[name], subjects, f"{name} {day}")
                identities = {self.identity(name, subject) for subject in subjects}
                total += len(subjects)
                if text != self.DAYS[0] and name not in ("watch", "dormant"):
                    self.assertEqual(news[name], identities - seen[name], f"new {name} {day}")
                if name == "watch":
                    self.assertEqual(news[name], identities, "told each period")
                seen[name] = identities
        self.assertGreater(total, 200)
        self.assertTrue(all(seen[name] for name in ("near", "watch", "large_out", "maturing")))


if __name__ == "__main__":
    support.main()
