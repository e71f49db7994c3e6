#!/usr/bin/env python3
"""What the words of a policy mean, on banks small enough to work out by hand."""

import unittest
from datetime import date, timedelta

import support
from support import ROOT, SmallBank, succeed, succeed_json


def policy(metrics, schemes, top="population: holders"):
    """A policy document from its metrics and schemes, each a list of lines."""
    lines = ["strata: 1", "name: by-hand", *top.splitlines(), "metrics:",
             *("  " + line for line in metrics), "schemes:", *("  " + line for line in schemes)]
    return "\n".join(lines) + "\n"


CLOSING = "value: {from: balance, value: closing(amount), overdraft: net}"
ANY_SCHEME = ["any: {method: thresholds, value: aum, tiers: [{code: some, from: 1}, {code: none}]}"]
MONTH_AVERAGE = "aum: {from: balance, value: daily_average(amount), window: 1 month}"


def held(amounts, day="2020-01-01"):
    """Customers with one balance each."""
    bank = SmallBank()
    for customer, amount in amounts.items():
        bank.hold(customer, {day: amount})
    return bank


class Scorecard(support.TestCase):
    """The preset for corporate customers."""

    CUSTOMERS = {
        # (history, forecast, margin, strategic): score, tier
        "worked_example": (("1500000", "4000000", "0.2", "yes"), "84.00000000", "a"),
        "no_bonus": (("1500000", "4000000", "0.2", "no"), "80.00000000", "a"),
        "bonus_unknown": (("1500000", "4000000", "0.2", ""), "80.00000000", "a"),
        "on_the_bands": (("1000000.00", "2000000.00", "", "no"), "80.00000000", "a"),
        "below_the_bands": (("999999.99", "1999999.99", "", "no"), "62.50000000", "c"),
        "thin_margin": (("3000000", "10000000", "0.0499", "yes"), "69.00000000", "c"),
        "margin_on_the_line": (("3000000", "10000000", "0.05", "yes"), "105.00000000", "a"),
        "cap_never_raises": (("0", "0", "0.01", "no"), "55.00000000", "d"),
        "no_forecast": (("1500000", "", "0.2", "yes"), "", "(unrated)"),
    }

    def setUp(self):
        super().setUp()
        bank = SmallBank(attributes={"sales_history": "money", "sales_forecast": "money",
                                     "margin": "number", "strategic": "boolean"})
        for customer, ((history, forecast, margin, strategic), _, _) in self.CUSTOMERS.items():
            bank.add("customer", id=customer, kind="company", sales_history=history,
                     sales_forecast=forecast, margin=margin, strategic=strategic)
        self.load(bank)
        succeed("run", self.store, ROOT / "policies/corporate_score.yaml",
                "--as-of", "2024-12-31", "--quiet")

    def test_scores_and_tiers(self):
        got = {row["customer_id"]: (row["score"], row["tier"] or f"({row['status']})")
               for row in self.export("tiers")}
        self.assertEqual(got, {customer: (score, tier)
                               for customer, (_, score, tier) in self.CUSTOMERS.items()})

    def test_explain_prints_the_worked_example(self):
        english = succeed("explain", self.store, "worked_example")
        self.assertIn("(score 84.00)", english)
        for piece in ("1,500,000.00", "4,000,000.00", "90 points × 50 %", "70 points × 50 %",
                      "weighted score 80", "Strategic bonus: × 1.05"):
            self.assertIn(piece, english)
        chinese = succeed("explain", self.store, "worked_example", "--lang", "zh")
        self.assertIn("得分 84.00", chinese)
        self.assertIn("战略客户加成：× 1.05", chinese)
        [state] = succeed_json("explain", self.store, "worked_example")
        self.assertEqual(state["score"], "84.00000000")


class Thresholds(support.TestCase):
    """Lower bounds are inclusive; the last tier has none."""

    POLICY = policy(
        [CLOSING, "zero: {from: balance, value: closing(amount), overdraft: zero}"],
        ["net: {method: thresholds, value: value, tiers: "
         "[{code: high, from: 5_000_000}, {code: mid, from: 50万}, {code: low}]}",
         "nothing_negative: {method: thresholds, value: zero, tiers: "
         "[{code: high, from: 5_000_000}, {code: mid, from: 50万}, {code: low}]}"])

    def test_bounds(self):
        want = {"5000000.00": "high", "4999999.99": "mid", "500000.00": "mid",
                "500000.01": "mid", "499999.99": "low", "0.00": "low", "-0.01": "low",
                "-900000000000.00": "low", "92233720368547758.07": "high"}
        self.load(held({f"c{amount}": amount for amount in want}))
        self.run_policy(self.POLICY, "2024-01-31")
        for scheme in ("net", "nothing_negative"):
            self.assertEqual(self.tiers(scheme),
                             {f"c{amount}": tier for amount, tier in want.items()})

    def test_bounds_that_exclude(self):
        self.load(held({"above": "100000.01", "on": "100000.00", "mid": "50000.00",
                        "low": "49999.99"}))
        self.run_policy(policy([CLOSING], ["deposit:", "  method: thresholds", "  value: value",
                                           "  tiers:", "    - {code: card, above: 10万}",
                                           "    - {code: mid, from: 5万}", "    - {code: rest}"]),
                        "2024-01-31")
        self.assertEqual(self.tiers("deposit"),
                         {"above": "card", "on": "mid", "mid": "mid", "low": "rest"})

    def test_overdraft_counts_by_account_or_nets(self):
        bank = SmallBank()
        bank.hold("two", {"2024-01-01": "600000.00"})
        bank.hold("two", {"2024-01-01": "-200000.00"})
        self.load(bank)
        self.run_policy(self.POLICY, "2024-01-31")
        self.assertEqual(self.metric("value"), {"two": "400000.00"})
        self.assertEqual(self.metric("zero"), {"two": "600000.00"})
        self.assertEqual(self.tiers("net"), {"two": "low"})
        self.assertEqual(self.tiers("nothing_negative"), {"two": "mid"})

    def test_overdraft_counts_by_day(self):
        bank = SmallBank()
        bank.hold("dips", {"2024-01-01": "310.00", "2024-01-11": "-310.00", "2024-01-21": "310.00"})
        self.load(bank)
        self.run_policy(policy(
            ["aum: {from: balance, value: daily_average(amount), window: 1 month}",
             "net: {from: balance, value: daily_average(amount), window: 1 month, overdraft: net}"],
            ANY_SCHEME), "2024-01-31")
        self.assertEqual(self.metric("aum"), {"dips": "210.00"})  # 310 × 21 ÷ 31
        self.assertEqual(self.metric("net"), {"dips": "110.00"})  # 310 × (21 − 10) ÷ 31

    def test_conditions_in_order_over_dates_and_counts(self):
        bank = held({"rich": "100.00", "old": "1.00", "neither": "1.00"})
        bank.rows["customer"] = [
            {"id": "rich", "birth_date": "1990-03-01"}, {"id": "old", "birth_date": "1964-01-31"},
            {"id": "neither", "birth_date": "1964-02-01"}]
        self.load(bank)
        self.run_policy(policy([CLOSING, "years: {is: age(birth_date)}"], [
            "mixed:", "  method: thresholds", "  tiers:", "    - {code: rich, when: value >= 100}",
            "    - {code: senior, when: years >= 60}", "    - {code: rest}"]), "2024-01-31")
        self.assertEqual(self.tiers("mixed"), {"rich": "rich", "old": "senior", "neither": "rest"})


class Ranks(support.TestCase):
    """Ten customers: a tie across a cut, one who crosses the total's cut, zero and negatives."""

    AMOUNTS = {"a": "500.00", "b": "250.00", "c": "100.00", "d": "100.00", "e": "50.00",
               "f": "0.00", "g": "-50.00", "h": "-60.00", "i": "-70.00", "j": "-80.00"}

    def rate(self, *schemes):
        self.load(held(self.AMOUNTS))
        self.run_policy(policy([CLOSING], schemes), "2024-01-31")

    def letters(self, scheme):
        """Tier to the customers in it, side by side."""
        result = {}
        for customer, tier in self.tiers(scheme).items():
            result[tier] = result.get(tier, "") + customer
        return result

    def test_pareto(self):
        self.rate("abc: {method: pareto, value: value, tiers: [{code: A, until: 70%}, "
                  "{code: B, until: 90%}, {code: C}]}",
                  "exact: {method: pareto, value: value, tiers: [{code: A, until: 75%}, "
                  "{code: B, until: 95%}, {code: C}]}",
                  "over: {method: pareto, value: value, tiers: [{code: A, until: 75.01%}, "
                  "{code: B, until: 95.01%}, {code: C}]}")
        # positives total 1,000; share before: a 0, b 50 %, c and d 75 %, e 95 %
        self.assertEqual(self.letters("abc"), {"A": "ab", "B": "cd", "C": "efghij"})
        self.assertEqual(self.letters("exact"), {"A": "ab", "B": "cd", "C": "efghij"})
        self.assertEqual(self.letters("over"), {"A": "abcd", "B": "e", "C": "fghij"})

    def test_pareto_by_own_share(self):
        own = "{method: pareto, share: own, value: value, tiers: ["
        self.rate("abc: " + own + "{code: A, above: 50%}, {code: B, from: 25%}, {code: C}]}",
                  "from: " + own + "{code: A, from: 50%}, {code: B, above: 25%}, {code: C}]}",
                  "last: " + own + "{code: A, above: 0.00000001}, {code: C}]}")
        # positives total 1,000: a has exactly half of it, b exactly a quarter
        self.assertEqual(self.letters("abc"), {"B": "ab", "C": "cdefghij"})
        self.assertEqual(self.letters("from"), {"A": "a", "C": "bcdefghij"})
        self.assertEqual(self.letters("last"), {"A": "abcde", "C": "fghij"})

    def test_pyramid(self):
        self.rate("exact: {method: pyramid, value: value, tiers: [{code: p10, top: 10%}, "
                  "{code: p30, top: 30%}, {code: p40, top: 40%}, {code: p50, top: 50%}, "
                  "{code: rest}]}",
                  "ties: {method: pyramid, value: value, tiers: [{code: p20, top: 20.01%}, "
                  "{code: rest}]}")
        # strictly greater than e are four, and 4 is not below 40 % of 10
        self.assertEqual(self.letters("exact"), {"p10": "a", "p30": "bcd", "p50": "e",
                                                 "rest": "fghij"})
        # c and d both have two above them: they go up together, four of ten in the top 20.01 %
        self.assertEqual(self.letters("ties"), {"p20": "abcd", "rest": "efghij"})

    def test_rfm_with_given_cuts_and_quantiles(self):
        self.rate("cut:", "  method: rfm", "  recency: value", "  frequency: value",
                  "  monetary: value", "  bins: 5", "  match: first", "  segments:",
                  "    - {code: top, m: 5}", "    - {code: rest}")
        # type 7 over −80 −70 −60 −50 0 50 100 100 250 500: the cut at 4/5 is x[7.2] = 130
        self.assertEqual(self.letters("cut"), {"top": "ab", "rest": "cdefghij"})
        rules = {row["customer_id"]: row["rule"] for row in self.export("tiers")}
        # cuts −62, −20, 70, 130; recency is inverted
        self.assertEqual(rules, {"j": "511", "i": "511", "h": "422", "g": "422", "f": "333",
                                 "e": "333", "d": "244", "c": "244", "b": "155", "a": "155"})


class JointAccounts(support.TestCase):
    """Shares total the account; the odd cent is the first holder's."""

    def test_odd_cents(self):
        halves = {"even": "50%", "odd": "50%"}
        thirds = {"one": "33.33%", "two": "33.33%", "three": "33.34%"}
        cases = [
            # account, shares in the order of the file, amount, what each holds
            ("h1", halves, "100.01", {"even": "50.01", "odd": "50.00"}),
            ("h2", halves, "100.02", {"even": "50.01", "odd": "50.01"}),
            ("h3", halves, "0.01", {"even": "0.01", "odd": "0.00"}),
            ("h4", halves, "-100.01", {"even": "-50.01", "odd": "-50.00"}),
            ("t1", thirds, "100.00", {"one": "33.33", "two": "33.33", "three": "33.34"}),
            ("t2", thirds, "0.02", {"one": "0.02", "two": "0.00", "three": "0.00"}),
            ("t3", thirds, "1000.01", {"one": "333.31", "two": "333.30", "three": "333.40"}),
        ]
        bank = SmallBank()
        want = {}
        for account, shares, amount, parts in cases:
            bank.add("account", id=account, **{"class": "deposit"}, opened_on="2024-01-01")
            for holder, share in shares.items():
                name = f"{account}-{holder}"
                bank.add("customer", id=name)
                bank.add("account_holder", account=account, customer=name, role="joint",
                         share=share)
                want[name] = parts[holder]
            bank.add("balance", account=account, on_date="2024-01-01", amount=amount)
        self.load(bank)
        self.run_policy(policy([CLOSING], [
            "any: {method: thresholds, value: value, tiers: [{code: x, from: 1}, {code: y}]}"]),
            "2024-01-31")
        self.assertEqual(self.metric("value"), want)

    def test_position_names_the_first_holder(self):
        bank = SmallBank()
        bank.add("account", id="joint", **{"class": "deposit"}, opened_on="2024-01-01")
        for name, position in (("later", 2), ("first", 1)):
            bank.add("customer", id=name)
            bank.add("account_holder", account="joint", customer=name, role="joint", share="50%",
                     position=position)
        bank.add("balance", account="joint", on_date="2024-01-01", amount="0.03")
        self.load(bank)
        self.run_policy(policy([MONTH_AVERAGE], ANY_SCHEME), "2024-01-31")
        self.assertEqual(self.metric("aum"), {"first": "0.02", "later": "0.01"})


class ForeignCurrency(support.TestCase):
    """Each day at its own rate, one rounding at the end; no rate, no run."""

    def bank(self, extra=""):
        bank = SmallBank(extra=extra)
        for currency, day, rate in (("USD", "2024-01-01", "7.1"), ("USD", "2024-01-11", "7.2"),
                                    ("JPY", "2023-12-31", "0.015155"),
                                    ("KWD", "2024-01-01", "23.5")):
            bank.add("fx_rate", currency=currency, base="CNY", on_date=day, rate=rate)
        return bank

    def average(self, days_max):
        return self.run_policy(
            policy([MONTH_AVERAGE], ANY_SCHEME, f"fx_days_max: {days_max}"), "2024-01-31")

    def test_exact_conversion(self):
        bank = self.bank()
        bank.hold("dollars", {"2024-01-01": "1000.00"}, currency="USD")
        bank.hold("yen", {"2024-01-01": "1000"}, currency="JPY")
        bank.hold("yen_twice", {"2024-01-01": "1000"}, currency="JPY")
        bank.hold("yen_twice", {"2024-01-01": "1000"}, currency="JPY")
        bank.hold("dinars", {"2024-01-01": "1.005"}, currency="KWD")
        bank.hold("mixed", {"2024-01-01": "1.00"}, currency="CNY")
        bank.hold("mixed", {"2024-01-11": "-1.00", "2024-01-21": "31.00"}, currency="USD")
        self.load(bank)
        self.average(31)
        self.assertEqual(self.metric("aum"), {
            "dollars": "7167.74",     # (10 × 7,100 + 21 × 7,200) ÷ 31
            "yen": "15.16",           # 15.155
            "yen_twice": "30.31",     # 30.31, not twice 15.16
            "dinars": "23.62",        # 23.6175
            "mixed": "80.20"})        # 1 + 31 × 7.2 × 11 ÷ 31, the overdrawn days zero

    def test_rate_of_the_age_allowed_and_one_day_older(self):
        bank = self.bank()
        bank.hold("dollars", {"2024-01-01": "31.00"}, currency="USD")
        self.load(bank)
        path = self.write("strict.yaml", policy([MONTH_AVERAGE], ANY_SCHEME, "fx_days_max: 19"))
        refused = support.strata("run", self.store, path, "--as-of", "2024-01-31")
        self.assertEqual(refused.status, 1)
        self.assertIn("exchange rate", refused.err)
        self.assertEqual(support.strata("tiers", self.store).status, 1, "nothing is published")
        self.average(20)
        self.assertEqual(self.metric("aum"), {"dollars": "222.20"})  # 10 × 7.1 + 21 × 7.2

    def test_zero_balance_needs_no_rate(self):
        bank = self.bank()
        bank.hold("empty", {"2024-01-01": "0.00"}, currency="EUR")
        self.load(bank)
        self.average(31)
        self.assertEqual(self.metric("aum"), {"empty": "0.00"})

    def test_currency_with_one_decimal(self):
        bank = self.bank("currencies: {MRU: 1}")
        bank.add("fx_rate", currency="MRU", base="CNY", on_date="2024-01-01", rate="0.5")
        bank.hold("ouguiya", {"2024-01-01": "12.4"}, currency="MRU")
        self.load(bank)
        self.average(31)
        self.assertEqual(self.metric("aum"), {"ouguiya": "6.20"})

    def movements(self, *movements):
        bank = self.bank()
        account = bank.hold("buyer", {"2024-01-01": "1.00"})
        for number, (day, amount, currency) in enumerate(movements):
            bank.add("txn", id=f"t{number}", account=account, customer="buyer", on_date=day,
                     amount=amount, currency=currency)
        self.load(bank)
        return self.write("spending.yaml", policy(
            ["spent: {from: txn, value: sum(amount), window: 1 month}",
             "times: {from: txn, value: count(), window: 1 month}"],
            ["s: {method: thresholds, value: spent, tiers: [{code: x, from: 1}, {code: y}]}"],
            "fx_days_max: 10"))

    def test_movements_at_their_day(self):
        path = self.movements(("2024-01-10", "10.00", "USD"), ("2024-01-11", "10.00", "USD"),
                              ("2024-01-11", "5.00", "CNY"))
        succeed("run", self.store, path, "--as-of", "2024-01-31", "--quiet")
        self.assertEqual(self.metric("spent"), {"buyer": "148.00"})  # 71 + 72 + 5
        self.assertEqual(self.metric("times"), {"buyer": "3"})

    def test_movement_without_a_rate_is_refused(self):
        path = self.movements(("2024-01-10", "10.00", "USD"), ("2024-01-22", "10.00", "USD"))
        refused = support.strata("run", self.store, path, "--as-of", "2024-01-31")
        self.assertEqual(refused.status, 1, "a movement must not vanish")
        self.assertIn("exchange rate", refused.err)


class DailyAverages(support.TestCase):
    """Calendar days divide; days before opening and from closing on count zero."""

    METRICS = [MONTH_AVERAGE,
               "quarter: {from: balance, value: daily_average(amount), window: 3 months}",
               "trailing: {from: balance, value: daily_average(amount), window: 30 days}",
               "thirty: {from: balance, value: daily_average(amount), window: 1 month, days: 30}",
               "before: {from: balance, value: daily_average(amount), window: previous 1 month}"]

    def average(self, bank, as_of):
        self.load(bank)
        self.run_policy(policy(self.METRICS, ANY_SCHEME), as_of)
        names = ("aum", "quarter", "trailing", "thirty", "before")
        return {row["customer_id"]: tuple(row[name] for name in names)
                for row in self.export("metrics")}

    def test_leap_february(self):
        bank = SmallBank()
        bank.hold("whole", {"2023-06-01": "2900.00"})
        bank.hold("opened", {"2024-02-15": "2900.00"}, opened_on="2024-02-15")
        bank.hold("closed", {"2023-06-01": "2900.00"}, closed_on="2024-02-15")
        bank.hold("early_row", {"2024-02-01": "2900.00"}, opened_on="2024-02-15")
        bank.hold("last_day", {"2024-02-29": "2900.00"})
        bank.hold("changed", {"2024-01-31": "0.00", "2024-02-11": "290.00", "2024-02-21": "29.00"})
        # February has 29 days, the quarter 31 + 31 + 29 = 91, 30 days reach back to 31 January
        self.assertEqual(self.average(bank, "2024-02-29"), {
            "whole": ("2900.00", "2900.00", "2900.00", "2803.33", "2900.00"),
            "opened": ("1500.00", "478.02", "1450.00", "1450.00", "0.00"),      # 15 days
            "closed": ("1400.00", "2421.98", "1450.00", "1353.33", "2900.00"),  # 14, 76, 15 days
            "early_row": ("1500.00", "478.02", "1450.00", "1450.00", "0.00"),
            "last_day": ("100.00", "31.87", "96.67", "96.67", "0.00"),
            "changed": ("109.00", "34.74", "105.37", "105.37", "0.00")})        # 2,900 + 261

    def test_as_of_within_a_month(self):
        bank = SmallBank()
        bank.hold("opened", {"2023-02-04": "700.00"}, opened_on="2023-02-04")
        # seven days of the balance in 1 to 10 February, 1 December to 10 February (72), 30 days
        self.assertEqual(self.average(bank, "2023-02-10"), {
            "opened": ("490.00", "68.06", "163.33", "163.33", "0.00")})

    def test_half_a_cent_goes_away_from_zero(self):
        bank = SmallBank()
        bank.hold("half", {"2024-04-16": "0.01"})
        bank.hold("less", {"2024-04-17": "0.01"})
        bank.hold("minus", {"2024-04-16": "-0.01"})
        self.load(bank)
        self.run_policy(policy(["aum: {from: balance, value: daily_average(amount), "
                                "window: 1 month, overdraft: net}"], ANY_SCHEME), "2024-04-30")
        self.assertEqual(self.metric("aum"), {"half": "0.01", "less": "0.00", "minus": "-0.01"})


class Lag(support.TestCase):
    """Month ends answer month ends."""

    def test_month_ends(self):
        bank = SmallBank()
        bank.hold("mover", {"2022-12-01": "100.00", "2023-02-01": "200.00", "2023-02-28": "400.00",
                            "2023-03-01": "999.00", "2023-03-31": "500.00"})
        self.load(bank)
        text = policy([CLOSING, "month_ago: {is: 'lag(value, 1 month)'}",
                       "two_ago: {is: 'lag(value, 2 months)'}",
                       "growth: {is: 'value / lag(value, 1 month) - 1'}"],
                      ["s: {method: thresholds, value: value, tiers: [{code: x, from: 1}, "
                       "{code: y}]}"])
        names = ("value", "month_ago", "two_ago", "growth")
        for as_of, want in (
                ("2023-03-31", ("500.00", "400.00", "100.00", "0.25000000")),  # 28 Feb, 31 Jan
                ("2023-03-30", ("999.00", "400.00", "100.00", "1.49750000")),  # 28 Feb, 30 Jan
                ("2023-03-28", ("999.00", "400.00", "100.00", "1.49750000")),
                ("2023-02-28", ("400.00", "100.00", "100.00", "3.00000000")),  # 31 Jan, 31 Dec
                ("2023-03-01", ("999.00", "200.00", "100.00", "3.99500000"))):
            self.run_policy(text, as_of)
            [row] = self.export("metrics", "--as-of", as_of)
            self.assertEqual(tuple(row[name] for name in names), want, as_of)

    def test_every_month_is_every_month_end(self):
        bank = SmallBank()
        bank.hold("mover", {"2024-01-01": "1.00"})
        self.load(bank)
        report = self.run_policy(policy([MONTH_AVERAGE], ANY_SCHEME), "2024-03-31", "--from",
                                 "2024-01-15", "--every", "month")
        self.assertEqual([period["as_of"] for period in report["periods"]],
                         ["2024-01-31", "2024-02-29", "2024-03-31"])

    def test_growth_from_nothing_is_missing(self):
        bank = SmallBank()
        bank.hold("new", {"2024-02-01": "10.00"}, opened_on="2024-02-01")
        bank.hold("double", {"2024-01-01": "10.00", "2024-02-01": "20.00"})
        bank.hold("third", {"2024-01-01": "3.00", "2024-02-01": "4.00"})
        self.load(bank)
        self.run_policy(policy(
            [CLOSING, "growth: {is: 'value / lag(value, 1 month) - 1'}"],
            ["trend: {method: thresholds, value: growth, nulls: none, tiers: "
             "[{code: up, from: 100%}, {code: flat, from: 0}, {code: none}]}"]), "2024-02-29")
        self.assertEqual(self.metric("growth"),
                         {"new": "", "double": "1.00000000", "third": "0.33333333"})
        self.assertEqual(self.tiers("trend"), {"new": "none", "double": "up", "third": "flat"})


class CountedDaysAndMonths(support.TestCase):
    """Days and months are counted once each, in windows that fit a mask of bits and in others."""

    METRICS = [
        "days: {from: txn, value: count_distinct(on_date), window: 30 days}",
        "days_63: {from: txn, value: count_distinct(on_date), window: 9 weeks}",
        "days_64: {from: txn, value: count_distinct(on_date), window: 64 days}",
        "months: {from: txn, value: count_distinct(year_month(on_date)), window: 12 months}",
        "trailing: {from: txn, value: count_distinct(year_month(on_date)), window: 365 days}",
        "months_63: {from: txn, value: count_distinct(year_month(on_date)), window: 63 months}",
        "months_64: {from: txn, value: count_distinct(year_month(on_date)), window: 64 months}",
        "paid: {from: txn, value: count_distinct(on_date), where: amount > 0, window: 30 days}",
        "ever: {from: txn, value: count_distinct(year_month(on_date))}"]

    def test_counts(self):
        bank = SmallBank()
        days = ["2024-03-31", "2024-03-31", "2024-03-02", "2024-03-01", "2024-02-29",
                "2024-01-29", "2024-01-28", "2023-04-02", "2023-04-01", "2023-03-31",
                "2019-01-01", "2018-12-31", "2018-11-30"]
        account = bank.hold("mover", {"2018-01-01": "1.00"}, opened_on="2018-01-01")
        for number, day in enumerate(days):
            bank.add("txn", id=f"t{number}", account=account, on_date=day,
                     amount="-1.00" if number == 2 else "1.00")
        bank.hold("silent", {"2018-01-01": "1.00"}, opened_on="2018-01-01")
        self.load(bank)
        self.run_policy(policy(self.METRICS, [
            "any: {method: thresholds, value: days, tiers: [{code: some, from: 1}, {code: none}]}"
        ]), "2024-03-31")
        names = ("days", "days_63", "days_64", "months", "trailing", "months_63", "months_64",
                 "paid", "ever")
        got = {row["customer_id"]: [int(row[name]) for name in names]
               for row in self.export("metrics")}
        # 30 days start on 2 March, 9 weeks on 29 January, 64 days on 28 January, 12 months on
        # 1 April, 365 days on 2 April, 63 months on 1 January 2019, 64 on 1 December 2018
        self.assertEqual(got, {"mover": [2, 5, 6, 4, 4, 6, 7, 1, 8], "silent": [0] * 9})


class ManyWindows(support.TestCase):
    """Every metric has days of its own, more than a short statement has values."""

    METRICS = 390

    def test_each_has_its_own_days(self):
        bank, last = SmallBank(), date(2024, 12, 31)
        account = bank.hold("mover", {"2020-01-01": "1.00"})
        for number in range(self.METRICS + 5):
            bank.add("txn", id=f"t{number}", account=account, amount="1.00",
                     on_date=last - timedelta(days=number))
        self.load(bank)
        self.run_policy(policy(
            [f"days_{n}: {{from: txn, value: sum(amount), window: {n} days}}"
             for n in range(1, self.METRICS + 1)],
            ["any: {method: thresholds, value: days_1, tiers: [{code: some, from: 1}, {code: none}]}"]),
            str(last))
        [got] = self.export("metrics")
        self.assertEqual({n: f"{n}.00" for n in range(1, self.METRICS + 1)},
                         {n: got[f"days_{n}"] for n in range(1, self.METRICS + 1)})


class TwoPolicies(support.TestCase):
    """Of one store and day, each with metrics of its own."""

    def test_metrics_of_either(self):
        bank = SmallBank()
        bank.hold("saver", {"2024-01-01": "100.00"})
        self.load(bank)
        tiers = "tiers: [{code: some, from: 1}, {code: none}]"
        for name, aum, value in (("one", "aum", "closing"), ("two", "mean", "daily_average")):
            self.run_policy(policy(
                [f"{aum}: {{from: balance, value: {value}(amount), window: 1 month}}"],
                [f"{name}: {{method: thresholds, value: {aum}, {tiers}}}"]
            ).replace("by-hand", name), "2024-02-29")
        got = {name: list(self.export("metrics", "--scheme", name)[0]) for name in ("one", "two")}
        self.assertEqual(got, {"one": ["as_of", "customer_id", "status", "aum"],
                               "two": ["as_of", "customer_id", "status", "mean"]})
        export = ("export", self.store, "metrics", "-o", self.folder / "x.csv")
        refused = support.strata(*export)
        self.assertEqual(refused.status, 1)
        self.assertIn("--scheme NAME", refused.err)
        self.assertIn("three", support.strata(*export, "--scheme", "three").err)


class MissingValues(support.TestCase):
    """A missing value has the outcome its policy declares, and the program insists on one."""

    METRICS = ["recency: {from: txn, value: days_since(max(on_date))}"]

    def scheme(self, nulls):
        return [f"s: {{method: thresholds, value: recency{nulls}, tiers: "
                "[{code: old, from: 30}, {code: recent}]}"]

    def setUp(self):
        super().setUp()
        bank = SmallBank()
        for customer, day in (("active", "2024-01-30"), ("quiet", "2024-01-01")):
            account = bank.hold(customer, {"2024-01-01": "1.00"})
            bank.add("txn", account=account, on_date=day, amount="1.00")
        bank.hold("silent", {"2024-01-01": "1.00"})
        self.load(bank)

    def test_declared_outcomes(self):
        for nulls, silent in ((", nulls: old", "old"), (", nulls: recent", "recent"),
                              (", nulls: unrated", "(unrated)")):
            self.run_policy(policy(self.METRICS, self.scheme(nulls)), "2024-01-31")
            self.assertEqual(self.tiers("s"),
                             {"active": "recent", "quiet": "old", "silent": silent}, nulls)

    def test_no_outcome_declared(self):
        path = self.write("open.yaml", policy(self.METRICS, self.scheme("")))
        result = support.strata("check", path)
        self.assertEqual(result.status, 1)
        self.assertIn("nulls", result.err)

    def test_outcome_that_cannot_happen(self):
        path = self.write("never.yaml", policy([CLOSING], [
            "s: {method: thresholds, value: value, nulls: low, tiers: "
            "[{code: high, from: 1}, {code: low}]}"]))
        result = support.strata("check", path)
        self.assertEqual(result.status, 1)
        self.assertIn("nulls", result.err)


class Matrix(support.TestCase):
    """Two schemes crossed."""

    def test_cells(self):
        bank = SmallBank(attributes={"points": "integer"})
        for customer, amount, points in (("rich_keen", "100.00", "5"), ("rich", "100.00", "4"),
                                         ("keen", "99.99", "5"), ("neither", "99.99", "0"),
                                         ("rich_unknown", "100.00", "")):
            bank.add("customer", id=customer, points=points)
            bank.hold(customer, {"2024-01-01": amount})
        self.load(bank)
        self.run_policy(policy([CLOSING, "wish: {is: points}"], [
            "worth: {method: thresholds, value: value, tiers: "
            "[{code: high, from: 100}, {code: low}]}",
            "potential: {method: thresholds, value: wish, nulls: unrated, tiers: "
            "[{code: high, from: 5}, {code: low}]}",
            "strategy:", "  method: matrix", "  rows: worth", "  columns: potential",
            "  nulls: maintain",
            "  tiers: [{code: main}, {code: cultivate}, {code: worth}, {code: maintain}]",
            "  cells:", "    - {row: high, column: high, tier: main}",
            "    - {row: low, column: high, tier: cultivate}",
            "    - {row: high, column: low, tier: worth}",
            "    - {row: low, column: low, tier: maintain}"],
            "attributes: {points: integer}"), "2024-01-31")
        self.assertEqual(self.tiers("strategy"), {
            "rich_keen": "main", "rich": "worth", "keen": "cultivate", "neither": "maintain",
            "rich_unknown": "maintain"})
        self.assertEqual(self.tiers("potential")["rich_unknown"], "(unrated)")


class Gate(support.TestCase):
    """Prospects pass four conditions before they are rated; customers pass as they are."""

    def test_four_conditions(self):
        bank = SmallBank(attributes={"need": "boolean", "budget": "money", "price": "money",
                                     "wanted_on": "date", "deciders": "boolean"})
        prospects = {
            # need, budget, price, wanted on, deciders: tier, rule (bit i: condition i failed)
            "all_four": (("yes", "100.00", "100.00", "2024-12-31", "yes"), "low", None),
            "no_need": (("no", "100.00", "100.00", "2024-12-31", "yes"), "(gated)", "1"),
            "too_dear": (("yes", "99.99", "100.00", "2024-12-31", "yes"), "(gated)", "2"),
            "too_late": (("yes", "100.00", "100.00", "2025-01-01", "yes"), "(gated)", "4"),
            "unknown": (("yes", "100.00", "100.00", "2024-12-31", ""), "(gated)", "8"),
            "nothing": (("", "", "", "", ""), "(gated)", "15"),
        }
        for name, ((need, budget, price, wanted_on, deciders), _, _) in prospects.items():
            bank.add("customer", id=name, kind="prospect", need=need, budget=budget, price=price,
                     wanted_on=wanted_on, deciders=deciders)
        bank.add("customer", id="customer", kind="person")
        bank.hold("customer", {"2024-01-01": "100.00"})
        self.load(bank)
        self.run_policy(policy([CLOSING], [
            "size: {method: thresholds, value: value, tiers: "
            "[{code: high, from: 100}, {code: low}]}",
            "approval:", "  method: gate", "  conditions:", "    - {code: need, when: need}",
            "    - {code: budget, when: budget >= price}",
            "    - {code: schedule, when: 'days_between(as_of(), wanted_on) <= 335'}",
            "    - {code: deciders, when: deciders}", "  then: size"],
            "attributes: {need: boolean, budget: money, price: money, wanted_on: date, "
            "deciders: boolean}"), "2024-01-31")
        want = {name: tier for name, (_, tier, _) in prospects.items()}
        self.assertEqual(self.tiers("approval"), {**want, "customer": "high"})
        rules = {row["customer_id"]: row["rule"]
                 for row in self.export("tiers", "--scheme", "approval")}
        for name, (_, _, rule) in prospects.items():
            if rule:
                self.assertEqual(rules[name], rule, name)
        sized = self.tiers("size")
        self.assertEqual({sized[name] for name in prospects}, {"(gated)"})
        self.assertEqual(sized["customer"], "high")
        why = succeed("explain", self.store, "too_dear", "--scheme", "approval")
        self.assertIn("budget", why)


class Population(support.TestCase):
    """Who is rated: holders, everyone but prospects; who has left is gone."""

    def test_holders_and_everyone(self):
        bank = SmallBank()
        bank.add("customer", id="prospect", kind="prospect", closed_on="")
        bank.add("customer", id="no_account", kind="person", closed_on="")
        bank.add("customer", id="left", kind="person", closed_on="2024-01-31")
        bank.add("customer", id="leaves_tomorrow", kind="person", closed_on="2024-02-01")
        bank.hold("left", {"2024-01-01": "5.00"})
        bank.hold("leaves_tomorrow", {"2024-01-01": "5.00"})
        bank.hold("opens_today", {"2024-01-31": "31.00"}, opened_on="2024-01-31")
        bank.hold("opens_tomorrow", {"2024-02-01": "5.00"}, opened_on="2024-02-01")
        bank.hold("had_one", {"2020-01-01": "5.00"}, closed_on="2021-01-01")
        self.load(bank)
        holders = {"prospect": "(gated)", "no_account": "(gated)", "leaves_tomorrow": "some",
                   "opens_today": "some", "opens_tomorrow": "(gated)", "had_one": "none"}
        everyone = {**holders, "no_account": "none", "opens_tomorrow": "none"}
        for population, want in (("holders", holders), ("everyone", everyone)):
            self.run_policy(policy([MONTH_AVERAGE], ANY_SCHEME, f"population: {population}"),
                            "2024-01-31")
            self.assertEqual(self.tiers("any"), want, population)


class Lifecycle(support.TestCase):
    """Stages by tenure, trend and inactivity, at their bounds."""

    def test_stages(self):
        customers = {
            # opened on, December balance, today's, last movement: stage
            "new": (("2023-10-01", "100.00", "500.00", "2024-03-31"), "introduction"),
            "half_a_year": (("2023-09-30", "100.00", "110.00", "2024-03-31"), "growth"),
            "growing": (("2020-01-01", "100.00", "110.00", "2024-03-31"), "growth"),
            "nearly": (("2020-01-01", "100.00", "109.99", "2024-03-31"), "maturity"),
            "steady": (("2020-01-01", "100.00", "90.01", "2024-03-31"), "maturity"),
            "shrinking": (("2020-01-01", "100.00", "90.00", "2024-03-31"), "decline"),
            "from_nothing": (("2020-01-01", "0.00", "90.00", "2024-03-31"), "maturity"),
            "awake": (("2020-01-01", "100.00", "100.00", "2023-10-04"), "maturity"),  # 179 days
            "dormant": (("2020-01-01", "100.00", "500.00", "2023-10-03"), "dormant"),  # 180
            "nearly_lost": (("2020-01-01", "100.00", "100.00", "2023-04-02"), "dormant"),  # 364
            "lost": (("2020-01-01", "100.00", "100.00", "2023-04-01"), "lost"),  # 365
            "never_moved": (("2020-01-01", "100.00", "100.00", None), "(unrated)"),
        }
        bank = SmallBank()
        for name, ((opened, before, now, moved), _) in customers.items():
            account = bank.hold(name, {"2023-12-31": before, "2024-03-31": now}, opened_on=opened)
            if moved:
                bank.add("txn", account=account, on_date=moved, amount="1.00")
        self.load(bank)
        self.run_policy(policy(
            [CLOSING, "growth: {is: 'value / lag(value, 3 months) - 1'}",
             "quiet: {from: txn, value: days_since(max(on_date))}",
             "first: {from: account, value: min(opened_on)}",
             "tenure: {is: months_between(first)}"],
            ["stage: {method: lifecycle, tenure: tenure, growth: growth, inactive_days: quiet, "
             "nulls: unrated}"]), "2024-03-31")
        self.assertEqual(self.tiers("stage"), {name: stage for name, (_, stage) in
                                               customers.items()})


class Preference(support.TestCase):
    """Strictly above the bound, else balanced; the most points, the first of equals."""

    def test_by_share(self):
        customers = {
            # deposit, loan, fund: tier
            "saver": (("60.00", "40.00", "0.00"), "deposit"),
            "half": (("50.00", "50.00", "0.00"), "balanced"),
            "just_over": (("50.01", "50.00", "0.00"), "deposit"),
            "borrower": (("1.00", "99.00", "1.00"), "loan"),
            "three_ways": (("30.00", "30.00", "40.00"), "balanced"),
            "negative_counts_zero": (("-1000.00", "10.00", "9.99"), "loan"),
            "nothing": (("0.00", "0.00", "0.00"), "(unrated)"),
        }
        bank = SmallBank()
        for name, (amounts, _) in customers.items():
            for kind, amount in zip(("deposit", "loan", "fund"), amounts):
                bank.hold(name, {"2024-01-01": amount}, **{"class": kind})
        self.load(bank)
        self.run_policy(policy(
            [f"{kind}: {{from: balance, value: closing(amount), where: class = '{kind}', "
             "overdraft: net}" for kind in ("deposit", "loan", "fund")],
            ["lean:", "  method: preference", "  shares:",
             *(f"    - {{code: {kind}, value: {kind}}}" for kind in ("deposit", "loan", "fund")),
             "  bound: 50%", "  otherwise: {code: balanced}", "  nulls: unrated"]), "2024-01-31")
        self.assertEqual(self.tiers("lean"), {name: tier for name, (_, tier) in customers.items()})

    def test_by_points(self):
        bank = SmallBank(attributes={"visits": "integer", "discounts": "integer"})
        want = {"visitor": ("3", "1", "relationship"), "hunter": ("3", "2", "price"),
                "equal": ("2", "1", "relationship"), "neither": ("0", "0", "unknown")}
        for name, (visits, discounts, _) in want.items():
            bank.add("customer", id=name, visits=visits, discounts=discounts)
        self.load(bank)
        self.run_policy(policy(
            ["seen: {from: customer, value: 'coalesce(visits, 0)'}",
             "cheap: {from: customer, value: 'coalesce(discounts, 0)'}"],
            ["habit:", "  method: preference", "  indicators:",
             "    - {code: relationship, points: seen}", "    - {code: price, points: cheap * 2}",
             "  otherwise: {code: unknown}"],
            "population: everyone\nattributes: {visits: integer, discounts: integer}"),
            "2024-01-31")
        self.assertEqual(self.tiers("habit"), {name: row[2] for name, row in want.items()})


if __name__ == "__main__":
    support.main()
