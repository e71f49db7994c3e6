#!/usr/bin/env python3
"""Every preset in policies/ for C1 to C21: customers worked out by hand, on both sides of each bound,
and the demonstration bank against a second implementation."""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from datetime import date, timedelta
from pathlib import Path

import support
from support import ROOT, SmallBank, read_csv, succeed, succeed_json

AS_OF = date(2025, 6, 30)
ORACLE = ROOT / "tests/oracle/presets.py"
MAPPING = ROOT / "mappings/demo.yaml"
PRESETS = {  # number to file and schemes
    "C1": ("asset_table", ["asset_table"]), "C2": ("value_tiers", ["value", "wealth"]),
    "C3": ("asset_pyramid", ["pyramid"]), "C4": ("spending_rfm", ["rfm"]),
    "C5": ("lifecycle", ["lifecycle"]), "C6": ("customer_grade", ["grade"]),
    "C7": ("branch_deposit", ["branch_deposit"]),
    "C8": ("customer_abc", ["abc_sales", "abc_own", "abc", "abc_satisfaction", "abcd"]),
    "C9": ("customer_layers", ["value_layer", "behaviour_layer", "geography_layer"]),
    "C10": ("customer_types", ["four_bases"]), "C11": ("customer_types", ["four_principles"]),
    "C12": ("shopper_types", ["shopper", "shopper_value", "interests"]),
    "C13": ("corporate_score", ["score"]), "C14": ("prospect_gate", ["prospect"]),
    "C15": ("product_lines", ["cash", "trade"]), "C16": ("insurer_income", ["income_band"]),
    "C17": ("strategy_matrix", ["segment"]), "C18": ("preference_habit", ["preference"]),
    "C19": ("preference_habit", ["habit"]), "C20": ("maintenance_grade", ["maintenance"]),
    "C21": ("life_stage", ["occupation_group", "life_stage"])}


def policy(name):
    """A preset's file."""
    return ROOT / "policies" / f"{name}.yaml"


def days_ago(days):
    """A day before the one rated at."""
    return AS_OF - timedelta(days=days)


def in_months(count):
    """A day in each of the last so many months, this one included."""
    months = (AS_OF.year * 12 + AS_OF.month - 1 - n for n in range(count))
    return [date(month // 12, month % 12 + 1, 15) for month in months]


def moves(*days, kind="transfer_in", amount="1.00"):
    """Movements of one kind and amount."""
    return [(day, kind, amount) for day in days]


def bought(count, last, first_amount="1.00"):
    """Purchases on one day, all of 1.00 but the first."""
    return moves(days_ago(last), kind="purchase", amount="-" + first_amount) + moves(
        *[days_ago(last)] * (count - 1), kind="purchase", amount="-1.00")


def add_customer(bank, number, holds=(), moved=(), opened="2010-01-01", **columns):
    """A customer with accounts (class, balances by day or one for all days) and movements."""
    bank.add("customer", id=number, opened_on=opened, **columns)
    accounts = [bank.hold(number, amounts if isinstance(amounts, dict) else {"2010-01-01": amounts},
                          opened_on="2010-01-01", **{"class": kind}) for kind, amounts in holds]
    for day, kind, amount in moved:
        bank.add("txn", customer=number, account=accounts[0] if accounts else "", on_date=day,
                 kind=kind, amount=amount)


def deposit(amount):
    """What a customer with one deposit holds."""
    return {"holds": [("deposit", amount)]}


class ByHand(support.TestCase):
    """Customers and what becomes of them: {number: (facts, outcome of each scheme)}."""

    ATTRIBUTES = {}

    def rate(self, file, customers):
        """Checks the preset, loads the customers and runs it."""
        bank = SmallBank(attributes=self.ATTRIBUTES)
        unknown = dict.fromkeys(self.ATTRIBUTES, "")
        for number, facts in customers.items():
            add_customer(bank, number, **{**unknown, **facts})
        self.load(bank)
        succeed("check", policy(file))
        succeed_json("run", self.store, policy(file), "--as-of", AS_OF)

    def outcomes(self, scheme, *options):
        """Customer to tier, or to the reason there is none; with the score where there is one."""
        result = {}
        for row in self.export("tiers", "--scheme", scheme, *options):
            tier = row["tier"] or f"({row['status']})"
            score = row["score"].rstrip("0").rstrip(".") if scheme not in ("rfm",) else ""
            result[row["customer_id"]] = f"{tier} {score}" if score else tier
        return result

    def check(self, file, schemes, table):
        """Every customer of the table in every scheme."""
        self.rate(file, {number: row[0] for number, row in table.items()})
        for place, scheme in enumerate(schemes, start=1):
            want = {number: row[place] for number, row in table.items() if row[place] is not None}
            got = self.outcomes(scheme)
            self.assertEqual({number: got[number] for number in want}, want, scheme)


class Assets(ByHand):
    """C1, C2, C3, C7: bounds of balances."""

    def test_c1_asset_table(self):
        self.check("asset_table", ["asset_table"], {
            "on_high": (deposit("5000000.00"), "high"),
            "under_high": (deposit("4999999.99"), "mid"),
            "on_mid": (deposit("500000.00"), "mid"),
            "under_mid": (deposit("499999.99"), "low"),
            "every_class": ({"holds": [(kind, "100000") for kind in
                                       ("deposit", "fund", "wealth", "insurance", "bond")]}, "mid"),
            "no_loans": ({"holds": [("deposit", "499999"), ("loan", "9000000")]}, "low")})

    def test_c1_needs_and_services(self):
        tiers = succeed_json("check", policy("asset_table"))["schemes"][0]["tiers"]
        self.assertEqual([tier["code"] for tier in tiers], ["high", "mid", "low"])
        for tier in tiers:
            self.assertGreaterEqual(min(len(tier["needs"]), len(tier["services"])), 2)
        self.rate("asset_table", {"rich": deposit("5000000")})
        for lang, word in ("en", "Family trust, tax planning and inheritance"), (
                "zh", "家族信托、税务筹划与遗产安排"):
            told = succeed("explain", self.store, "rich", "--lang", lang)
            self.assertIn("· " + word, told)

    def test_c2_several_criteria(self):
        self.check("value_tiers", ["value", "wealth"], {
            "aum_1m": (deposit("1000000"), "high", "upper_mid"),
            "under_1m": (deposit("999999.99"), "mid", "upper_mid"),
            "income_500k": ({**deposit("0"), "annual_income": "500000"}, "high", "upper_mid"),
            "under_500k": ({**deposit("0"), "annual_income": "499999.99"}, "mid", "upper_mid"),
            "owner": ({**deposit("200000"), "occupation": "企业主"}, "high", "mass"),
            "executive": ({**deposit("199999.99"), "occupation": "企业高管"}, "mid", "mass"),
            "teacher": ({**deposit("200000"), "occupation": "教师"}, "mid", "mass"),
            "aum_100k": (deposit("100000"), "mid", "mass"),
            "under_100k": (deposit("99999.99"), "low", "mass"),
            "income_150k": ({**deposit("0"), "annual_income": "150000"}, "mid", "mass"),
            "under_150k": ({**deposit("0"), "annual_income": "149999.99"}, "low", "mass"),
            "moves": ({**deposit("10000"), "moved": moves(*[days_ago(1)] * 60)}, "mid", "mass"),
            "moves_59": ({**deposit("10000"), "moved": moves(*[days_ago(1)] * 59)}, "low", "mass"),
            "moves_poor": ({**deposit("9999.99"), "moved": moves(*[days_ago(1)] * 60)},
                           "low", "mass"),
            "aum_6m": (deposit("6000000"), "high", "high_net_worth"),
            "under_6m": (deposit("5999999.99"), "high", "upper_mid"),
            "aum_300k": (deposit("300000"), "mid", "upper_mid"),
            "under_300k": (deposit("299999.99"), "mid", "mass"),
            "income_300k": ({**deposit("0"), "annual_income": "300000"}, "mid", "upper_mid"),
            "under_300k_a_year": ({**deposit("0"), "annual_income": "299999.99"}, "mid", "mass")})

    def test_c3_pyramid(self):
        amounts = [200 - n for n in range(200)]
        amounts[10] = amounts[9]        # the eleventh has as much as the tenth: both have nine above
        tiers = ["top"] * 2 + ["upper"] * 9 + ["middle"] * 29 + ["base"] * 160
        self.check("asset_pyramid", ["pyramid"], {
            f"c{n:03}": (deposit(amount), tiers[n]) for n, amount in enumerate(amounts)})

    def test_c7_branch_deposit(self):
        self.check("branch_deposit", ["branch_deposit"], {
            "over_100k": (deposit("100000.01"), "platinum"),
            "on_100k": (deposit("100000.00"), "gold"),
            "on_50k": (deposit("50000.00"), "gold"),
            "under_50k": (deposit("49999.99"), "silver"),
            "on_20k": (deposit("20000.00"), "silver"),
            "under_20k": (deposit("19999.99"), "standard"),
            "no_funds": ({"holds": [("deposit", "1"), ("fund", "900000")]}, "standard")})


class Behaviour(ByHand):
    """C4, C5, C12: what customers do."""

    ATTRIBUTES = {"interest": "text"}

    def test_c4_rfm(self):
        # Eleven customers. Recency of the ten who bought: type 7 of ten values puts four days into
        # the scores 4 and 5. Frequency and amount of eleven (0 for who never bought): the third cut
        # is the seventh value, so five are in 4 and 5.
        facts = {  # segment: days since, purchases, amount
            "champions": (1, 11, 1001), "develop": (2, 1, 1002), "loyal": (3, 12, 101),
            "recent": (4, 2, 102), "keep": (101, 13, 1003), "keep_too": (102, 14, 1004),
            "rescue": (103, 3, 1005), "regular": (104, 15, 103), "inactive": (105, 4, 104),
            "inactive_too": (106, 5, 105)}
        table = {name: ({**deposit("1"), "moved": bought(count, last, f"{amount - count + 1}.00")},
                        name.removesuffix("_too"))
                 for name, (last, count, amount) in facts.items()}
        table["never"] = ({**deposit("1"), "moved": moves(days_ago(1))}, "inactive")
        self.check("spending_rfm", ["rfm"], table)

    def test_c5_lifecycle(self):
        def customer(before="100000", now=None, idle=10, opened="2010-01-01"):
            return {"holds": [("deposit", {"2010-01-01": before, "2025-05-01": now or before})],
                    "moved": moves(days_ago(idle)) if idle else [], "opened": opened}
        self.check("lifecycle", ["lifecycle"], {
            "five_months": (customer(opened="2024-12-31"), "introduction"),
            "six_months": (customer(opened="2024-12-30"), "maturity"),
            "grows_10": (customer(now="110000"), "growth"),
            "grows_less": (customer(now="109999.99"), "maturity"),
            "shrinks_10": (customer(now="90000"), "decline"),
            "shrinks_less": (customer(now="90000.01"), "maturity"),
            "idle_180": (customer(idle=180), "dormant"),
            "idle_179": (customer(idle=179, now="110000"), "growth"),
            "idle_365": (customer(idle=365), "lost"),
            "idle_364": (customer(idle=364), "dormant"),
            "since_march": ({"holds": [("deposit", {"2010-01-01": "200000", "2025-03-01": "100000",
                                                    "2025-04-01": "200000"})],
                             "moved": moves(days_ago(10))}, "growth"),
            "from_nothing": (customer(before="0", now="5"), "maturity"),
            "never_moved": (customer(idle=None, now="200000"), "maturity")})

    def test_c12_shoppers(self):
        def customer(count, last, amount="1.00", interest=""):
            return {"moved": bought(count, last, amount) if count else [], "interest": interest}
        self.check("shopper_types", ["shopper", "shopper_value", "interests"], {
            "often_90": (customer(12, 90), "frequent", "low", "other"),
            "eleven": (customer(11, 90), "ordinary", "low", "other"),
            "often_91": (customer(12, 91), "ordinary", "low", "other"),
            "day_180": (customer(1, 180), "ordinary", "low", "other"),
            "day_181": (customer(1, 181), "lost", "low", "other"),
            "never": (customer(0, 0), "prospect", "low", "other"),
            "prospect": ({"kind": "prospect"}, "(gated)", "(gated)", "(gated)"),
            "spent_20k": (customer(1, 1, "20000", "travel"), "ordinary", "value", "travel"),
            "under_20k": (customer(1, 1, "19999.99", "children"), "ordinary", "ordinary",
                          "children"),
            "spent_2k": (customer(1, 1, "2000", "health"), "ordinary", "ordinary", "health"),
            "under_2k": (customer(1, 1, "1999.99", "investment"), "ordinary", "low", "investment"),
            "dining": (customer(0, 0, interest="dining"), "prospect", "low", "dining"),
            "none": (customer(0, 0, interest="none"), "prospect", "low", "other")})


class Grades(ByHand):
    """C6, C10, C11, C20: several criteria together."""

    ATTRIBUTES = {"need_score": "integer", "satisfaction": "integer",
                  "leaving_barrier": "integer", "winning_difficulty": "integer"}

    def test_c6_customer_grade(self):
        def customer(assets="0", moved=0, classes=1, opened="2025-01-01"):
            others = ("fund", "wealth", "bond", "insurance")[:classes - 1]
            return {"holds": [("deposit", assets), *((kind, "0") for kind in others)],
                    "moved": moves(*[days_ago(1)] * moved), "opened": opened}
        # points × weights: 10 points each are 4 + 2 + 2 + 2 = 10
        self.check("customer_grade", ["grade"], {
            "assets_1m": (customer("1000000"), "ordinary 46"),
            "under_1m": (customer("999999.99"), "ordinary 38"),
            "assets_200k": (customer("200000"), "ordinary 38"),
            "under_200k": (customer("199999.99"), "ordinary 30"),
            "assets_50k": (customer("50000"), "ordinary 30"),
            "under_50k": (customer("49999.99"), "potential 22"),
            "assets_10k": (customer("10000"), "potential 22"),
            "under_10k": (customer("9999.99"), "potential 10"),
            "moves_60": (customer(moved=60), "ordinary 28"),
            "moves_59": (customer(moved=59), "potential 22"),
            "moves_24": (customer(moved=24), "potential 22"),
            "moves_23": (customer(moved=23), "potential 16"),
            "moves_6": (customer(moved=6), "potential 16"),
            "moves_5": (customer(moved=5), "potential 10"),
            "products_5": (customer(classes=5), "ordinary 28"),
            "products_4": (customer(classes=4), "potential 22"),
            "products_3": (customer(classes=3), "potential 22"),
            "products_2": (customer(classes=2), "potential 16"),
            "ten_years": (customer(opened="2015-06-30"), "ordinary 28"),
            "under_ten": (customer(opened="2015-07-01"), "potential 22"),
            "five_years": (customer(opened="2020-06-30"), "potential 22"),
            "under_five": (customer(opened="2020-07-01"), "potential 16"),
            "two_years": (customer(opened="2023-06-30"), "potential 16"),
            "under_two": (customer(opened="2023-07-01"), "potential 10"),
            "vip": (customer("1000000", 60, 3), "vip 76"),
            "under_vip": (customer("200000", 60, 5), "important 74"),
            "important": (customer("200000", 6, 2), "important 50"),
            "under_important": (customer("50000", 60), "ordinary 48"),
            "all": (customer("1000000", 60, 5, "2010-01-01"), "vip 100"),
            "opening_unknown": (customer("1000000", 60, 5, ""), "potential")})

    def test_c10_four_bases(self):
        def customer(assets="0", months=0, opened="2025-01-01", **columns):
            return {**deposit(assets), "moved": moves(*in_months(months)), "opened": opened,
                    **columns}
        self.check("customer_types", ["four_bases"], {
            "vip": (customer("500000", 6), "vip"),
            "under_500k": (customer("499999.99", 6), "ordinary"),
            "five_months": (customer("500000", 5), "ordinary"),
            "loyal": (customer(months=9, opened="2022-06-30"), "loyal"),
            "under_three_years": (customer(months=9, opened="2022-07-01"), "ordinary"),
            "eight_months": (customer(months=8, opened="2010-01-01"), "ordinary"),
            "need_4": (customer(need_score="4"), "potential"),
            "need_3": (customer(need_score="3"), "ordinary"),
            "income": (customer(annual_income="200000"), "potential"),
            "under_200k": (customer(annual_income="199999.99"), "ordinary"),
            "unknown": (customer(opened=""), "ordinary")})

    def test_c11_four_principles(self):
        def customer(assets, satisfaction="", barrier="", difficulty=""):
            return {**deposit(assets), "satisfaction": satisfaction, "leaving_barrier": barrier,
                    "winning_difficulty": difficulty}
        # unknown: satisfaction 10, barrier 12, difficulty 12 points
        self.check("customer_types", ["four_principles"], {
            "value_500k": (customer("500000"), "invest 74"),
            "under_500k": (customer("499999.99"), "develop 66"),
            "value_100k": (customer("100000"), "develop 66"),
            "under_100k": (customer("99999.99"), "maintain 54"),
            "value_10k": (customer("10000"), "maintain 54"),
            "under_10k": (customer("9999.99"), "maintain 42"),
            "satisfied_9": (customer("0", "9"), "maintain 52"),
            "satisfied_8": (customer("0", "8"), "maintain 48"),
            "satisfied_7": (customer("0", "7"), "maintain 48"),
            "satisfied_6": (customer("0", "6"), "maintain 42"),
            "satisfied_5": (customer("0", "5"), "maintain 42"),
            "satisfied_4": (customer("0", "4"), "limit 36"),
            "barrier_5": (customer("0", "", "5"), "maintain 50"),
            "barrier_4": (customer("0", "", "4"), "maintain 46"),
            "barrier_3": (customer("0", "", "3"), "maintain 42"),
            "barrier_2": (customer("0", "", "2"), "limit 38"),
            "barrier_1": (customer("0", "", "1"), "limit 34"),
            "difficulty_5": (customer("0", "", "", "5"), "limit 34"),
            "difficulty_4": (customer("0", "", "", "4"), "limit 38"),
            "difficulty_3": (customer("0", "", "", "3"), "maintain 42"),
            "difficulty_2": (customer("0", "", "", "2"), "maintain 46"),
            "difficulty_1": (customer("0", "", "", "1"), "maintain 50"),
            "on_invest": (customer("100000", "", "", "2"), "invest 70"),
            "under_invest": (customer("100000", "7", "2"), "develop 68"),
            "on_develop": (customer("100000", "4", "", "4"), "develop 56"),
            "on_maintain": (customer("0", "4", "", "2"), "maintain 40")})

    def test_c20_maintenance(self):
        self.check("maintenance_grade", ["maintenance"], {
            "assets": (deposit("200000"), "key"),
            "under_200k": (deposit("199999.99"), "ordinary"),
            "loan": ({"holds": [("deposit", "0"), ("loan", "500000")]}, "key"),
            "under_500k": ({"holds": [("deposit", "0"), ("loan", "499999.99")]}, "ordinary"),
            "small_loan": ({"holds": [("deposit", "0"), ("loan", "0.01")]}, "ordinary"),
            "a_thousand": (deposit("1000"), "ordinary"),
            "under_1k": (deposit("999.99"), "exit"),
            "three_months": ({**deposit("0"), "moved": moves(*in_months(3))}, "ordinary"),
            "two_months": ({**deposit("0"), "moved": moves(*in_months(2))}, "exit")})
        for tier in succeed_json("check", policy("maintenance_grade"), "--lang", "en")[
                "schemes"][0]["tiers"]:
            self.assertEqual([text.partition(":")[0] for text in tier["services"]],
                             ["Daily", "Special", "Care"])


class Shares(ByHand):
    """C8, C18, C19: parts of a whole."""

    ATTRIBUTES = {"influence": "integer", "satisfaction": "integer",
                  "habit_relationship": "integer", "habit_quality": "integer",
                  "habit_price": "integer", "habit_credit": "integer"}

    def test_c8_abc(self):
        def customer(amount, influence="", satisfaction=""):
            return {**deposit(amount), "influence": influence, "satisfaction": satisfaction}
        # 1,000 in all; share before: 0, 50, 70, 70, 90, 95, 99, 99.9 %
        self.check("customer_abc", ["abc_sales", "abc", "abcd", "abc_satisfaction", "abc_own"], {
            "a": (customer("500", "1", "8"), "a", "a", "a", "a", "b"),
            "b": (customer("200", "4", "7"), "a", "a", "a", "b", "c"),
            "c": (customer("100", "5", "5"), "b", "b", "b", "b", "c"),
            "d": (customer("100", "3", "4"), "b", "b", "b", "c", "c"),
            "e": (customer("50", "4"), "c", "b", "c", "(unrated)", "c"),
            "f": (customer("40", "3"), "c", "c", "c", "(unrated)", "c"),
            "g": (customer("9"), "c", "c", "d", "(unrated)", "c"),
            "h": (customer("1", "5"), "c", "b", "d", "(unrated)", "c"),
            "i": (customer("0"), "c", "c", "d", "(unrated)", "c")})

    def test_c8_just_before_the_bounds(self):
        # 100,000 in all, each less than the one before; the share before reaches the bounds exactly
        amounts = [69_500, 500, *range(499, 458, -1), 361, *range(360, 335, -1), 300,
                   299, 298, 297, 106]
        self.assertEqual([sum(amounts[:n]) for n in (1, 2, 43, 44, 69, 70, 74)],
                         [69_500, 70_000, 89_639, 90_000, 98_700, 99_000, 100_000])
        tiers = ["a"] * 2 + ["b"] * 42 + ["c"] * 26 + ["d"] * 4
        self.check("customer_abc", ["abcd", "abc_sales", "abc"], {
            f"c{amount}": (deposit(amount), tier, min(tier, "c"), min(tier, "c"))
            for amount, tier in zip(amounts, tiers)})

    def test_c8_own_share_on_its_bounds(self):
        self.check("customer_abc", ["abc_own"], {"seventy": (deposit("7000"), "b"),
                                                 "thirty": (deposit("3000"), "b")})

    def test_c8_own_share_beyond_them(self):
        self.check("customer_abc", ["abc_own"], {"more": (deposit("7000.01"), "a"),
                                                 "less": (deposit("2999.99"), "c")})

    def test_c18_preference(self):
        def customer(deposits="0", loans="0", agency="0", fee="0"):
            return {"holds": [("deposit", deposits), ("loan", loans), ("wealth", agency)],
                    "moved": moves(days_ago(1), kind="fee", amount=f"-{fee}")}
        # 1.8 % of 16,000, 1.6 % of 18,000 and 0.6 % of 48,000 are 288.00 each
        self.check("preference_habit", ["preference"], {
            "half_each": (customer("16000", "18000"), "balanced"),
            "deposit": (customer("16000.60", "18000"), "deposit"),
            "loan": (customer("16000", "18000.80"), "loan"),
            "fee": (customer("16000", "0", "48001"), "fee"),
            "half_a_fee": (customer("16000", "0", "48000"), "balanced"),
            "fee_by_a_cent": (customer("16000", "0", "48000", "0.01"), "fee"),
            "thirds": (customer("16000", "18000", "48000"), "balanced"),
            "nothing": (customer(), "(unrated)")})

    def test_c19_habit(self):
        def customer(*points):
            return {**deposit("1"), **dict(zip(list(self.ATTRIBUTES)[2:], points))}
        self.check("preference_habit", ["habit"], {
            "relationship": (customer("81", "80", "80", "80"), "relationship"),
            "quality": (customer("80", "81", "80", "80"), "quality"),
            "price": (customer("80", "80", "81", "80"), "price"),
            "credit": (customer("80", "80", "80", "81"), "credit"),
            "equal": (customer("10", "70", "70", "70"), "quality"),
            "one_answer": (customer("", "", "", "1"), "credit"),
            "zero": (customer("0", "0", "0", "0"), "unknown"),
            "none": (customer(), "unknown")})


class Places(ByHand):
    """C9, C16, C21: who and where."""

    ATTRIBUTES = {"area": "text"}

    def test_c9_layers(self):
        def customer(amount="0", months=0, region="", area=""):
            return {**deposit(amount), "moved": moves(*in_months(months)), "region": region,
                    "area": area}
        self.check("customer_layers", ["value_layer", "behaviour_layer", "geography_layer"], {
            "high": (customer("500000", 9, "北京", "city"), "high", "active", "first_tier"),
            "under_high": (customer("499999.99", 8, "杭州", "city"), "mid", "regular", "city"),
            "mid": (customer("50000", 3, "北京", "county"), "mid", "regular", "county"),
            "under_mid": (customer("49999.99", 2, "上海"), "low", "quiet", "unknown"),
            "shanghai": (customer(region="上海", area="city"), "low", "quiet", "first_tier"),
            "guangzhou": (customer(region="广州", area="city"), "low", "quiet", "first_tier"),
            "shenzhen": (customer(region="深圳", area="city"), "low", "quiet", "first_tier"),
            "no_region": (customer(area="city"), "low", "quiet", "city")})

    def test_c16_income_bands(self):
        def customer(income, area="city", holds=()):
            return {"annual_income": income, "area": area, "holds": holds}
        self.check("insurer_income", ["income_band", "band_by_area"], {
            "over_200k": (customer("200000.01"), "affluent", "affluent_city"),
            "on_200k": (customer("200000", "county"), "mass_affluent", "mass_affluent_county"),
            "on_100k": (customer("100000"), "mass_affluent", "mass_affluent_city"),
            "under_100k": (customer("99999.99", "county"), "mass", "mass_county"),
            "on_35k": (customer("35000"), "mass", "mass_city"),
            "under_35k": (customer("34999.99", "county"), "low", "low_county"),
            "poor_in_town": (customer("1"), "low", "low_city"),
            "rich_in_county": (customer("900000", "county"), "affluent", "affluent_county"),
            "no_area": (customer("200000.01", ""), "affluent", "(unrated)"),
            "no_income": (customer(""), "(unrated)", "(unrated)")})

    def test_c16_concentration_and_penetration(self):
        # 14.7 m customers with 91.7 bn of premium, one in 14,700: 1,000 customers with 6,238,096 yuan
        premium = 91_700_000_000 * 1000 // 14_700_000
        bands = {  # income, customers, part of the premium, insured in city and in county
            "affluent": (300_000, 30, 15, 12, 3), "mass_affluent": (150_000, 60, 13, 20, 6),
            "mass": (50_000, 110, 21, 30, 8), "low": (20_000, 800, 51, 120, 40)}
        customers = {}
        for band, (income, count, percent, in_city, in_county) in bands.items():
            cents, city = premium * percent, count * 3 // 5
            for n in range(count):
                part = cents // count + (n < cents % count)  # the odd cents to the first
                place = n if n < city else n - city
                insured = place < (in_city if n < city else in_county)
                customers[f"{band}{n:03}"] = {
                    "annual_income": income, "area": "city" if n < city else "county",
                    "holds": [("deposit", "1")] + [("insurance", "1")] * insured,
                    "moved": moves(days_ago(n % 300), kind="premium",
                                   amount=f"-{part // 100}.{part % 100:02}")}
        self.rate("insurer_income", customers)

        def by_tier(scheme, metric):
            told = succeed_json("tiers", self.store, "--scheme", scheme, "--measure", metric)[0]
            self.assertEqual(told["measure"], metric)
            return {tier["code"]: tier for tier in told["tiers"]}
        paid = by_tier("income_band", "premium")
        self.assertEqual([tier["customers"] * 100 / 1000 for tier in paid.values()],
                         [3, 6, 11, 80])
        self.assertEqual([tier["sum"] for tier in paid.values()], [
            f"{premium * percent // 100}.{premium * percent % 100:02}"
            for percent in (15, 13, 21, 51)])
        self.assertEqual(paid["affluent"]["average"], "31190.48")  # 935,714.40 ÷ 30
        held = by_tier("income_band", "insured")
        self.assertEqual({code: (tier["sum"], tier["known"], tier["average"])
                          for code, tier in held.items()}, {
            "affluent": ("15", 30, "0.50000000"), "mass_affluent": ("26", 60, "0.43333333"),
            "mass": ("38", 110, "0.34545455"), "low": ("160", 800, "0.20000000")})
        placed = by_tier("band_by_area", "insured")
        self.assertEqual({code: (tier["sum"], tier["customers"])
                          for code, tier in placed.items()}, {
            "affluent_city": ("12", 18), "affluent_county": ("3", 12),
            "mass_affluent_city": ("20", 36), "mass_affluent_county": ("6", 24),
            "mass_city": ("30", 66), "mass_county": ("8", 44),
            "low_city": ("120", 480), "low_county": ("40", 320)})
        self.assertEqual(placed["low_city"]["average"], "0.25000000")
        for lang, words in ("en", ("15.0 %", "51.0 %")), ("zh", ("近 12 个月保费", "占比", "平均")):
            told = succeed("tiers", self.store, "--scheme", "income_band", "--measure", "premium",
                           "--lang", lang)
            for word in words:
                self.assertIn(word, told)
        self.refused("tiers", "--measure", "premiums", "did you mean premium?")
        self.refused("tiers", "--scheme", "area_kind", "--measure", "nothing", "has no metric")

    def refused(self, command, *options_and_words):
        """A command over the store that fails with the words given last."""
        *options, words = options_and_words
        result = support.strata(command, self.store, *options)
        self.assertEqual(result.status, 1)
        self.assertIn(words, result.err)

    def test_c21_life_stage(self):
        def customer(occupation, born):
            return {**deposit("1"), "occupation": occupation, "birth_date": born}
        table = {
            "sixty": (customer("企业主", "1965-06-30"), "owner", "retired"),
            "under_60": (customer("个体工商户", "1965-07-01"), "owner", "middle"),
            "thirty_five": (customer("教师", "1990-06-30"), "employee", "middle"),
            "under_35": (customer("企业高管", "1990-07-01"), "employee", "young"),
            "student": (customer("学生", "2005-01-01"), "student", "young"),
            "early": (customer("退休人员", "1980-01-01"), "other", "retired"),
            "retired_of_no_age": (customer("退休人员", ""), "other", "retired"),
            "free": (customer("自由职业者", ""), "other", "unknown"),
            "nobody": (customer("", ""), "other", "unknown")}
        for work in ("企业职员", "公务员", "医护人员", "工程技术人员", "产业工人", "服务业员工",
                     "律师与会计师", "快递与网约配送员"):
            table[work] = (customer(work, "1990-07-01"), "employee", "young")
        self.check("life_stage", ["occupation_group", "life_stage"], table)
        for scheme in succeed_json("check", policy("life_stage"), "--lang", "en")["schemes"]:
            for tier in scheme["tiers"][:3]:
                self.assertRegex(tier["services"][0], "^Products: ", tier["code"])


class Companies(ByHand):
    """C13, C14, C15: companies and prospects."""

    ATTRIBUTES = {
        "sales_history": "money", "sales_forecast": "money", "margin": "number",
        "strategic": "boolean", "need": "boolean", "budget": "money", "quote": "money",
        "buys_on": "date", "decision_maker": "boolean", "cash_last_year": "money",
        "cash_year_before": "money", "cash_forecast": "money", "cash_margin": "number",
        "trade_last_year": "money", "trade_year_before": "money", "trade_forecast": "money",
        "trade_margin": "number", "agent": "boolean"}

    def test_c13_score(self):
        def company(history, forecast, margin="0.05", strategic="no"):
            return {"kind": "company", "sales_history": history, "sales_forecast": forecast,
                    "margin": margin, "strategic": strategic}
        self.check("corporate_score", ["score"], {
            "worked_example": (company("1500000", "4000000", "0.2", "yes"), "a 84"),
            "history_3m": (company("3000000", "0"), "b 75"),
            "under_3m": (company("2999999.99", "0"), "b 70"),
            "history_1m": (company("1000000", "0"), "b 70"),
            "under_1m": (company("999999.99", "0"), "c 62.5"),
            "history_300k": (company("300000", "0"), "c 62.5"),
            "under_300k": (company("299999.99", "0"), "d 55"),
            "forecast_10m": (company("0", "10000000"), "a 80"),
            "under_10m": (company("0", "9999999.99"), "b 72.5"),
            "forecast_5m": (company("0", "5000000"), "b 72.5"),
            "under_5m": (company("0", "4999999.99"), "c 65"),
            "forecast_2m": (company("0", "2000000"), "c 65"),
            "under_2m": (company("0", "1999999.99"), "d 55"),
            "thin": (company("3000000", "10000000", "0.0499", "yes"), "c 69"),
            "not_thin": (company("3000000", "10000000", "0.05", "yes"), "a 105"),
            "no_history": (company("", "10000000"), "(unrated)")})

    def test_c14_prospect_gate(self):
        def prospect(need="yes", budget="30000", quote="30000", ahead=0, maker="yes"):
            return {"kind": "prospect", "opened": "", "need": need, "budget": budget, "quote": quote,
                    "buys_on": "" if ahead is None else AS_OF + timedelta(days=ahead),
                    "decision_maker": maker}
        self.check("prospect_gate", ["prospect", "opportunity"], {
            "all_four": (prospect(), "medium", "(gated)"),
            "in_365_days": (prospect(ahead=365), "medium", "(gated)"),
            "in_366_days": (prospect(ahead=366), "(gated)", "(gated)"),
            "yesterday": (prospect(ahead=-1), "(gated)", "(gated)"),
            "no_date": (prospect(ahead=None), "(gated)", "(gated)"),
            "too_dear": (prospect(quote="30000.01"), "(gated)", "(gated)"),
            "no_budget": (prospect(budget=""), "(gated)", "(gated)"),
            "no_need": (prospect(need="no"), "(gated)", "(gated)"),
            "need_unknown": (prospect(need=""), "(gated)", "(gated)"),
            "no_maker": (prospect(maker="no"), "(gated)", "(gated)"),
            "maker_unknown": (prospect(maker=""), "(gated)", "(gated)"),
            "large": (prospect(budget="100000"), "large", "(gated)"),
            "under_large": (prospect(budget="99999.99"), "medium", "(gated)"),
            "under_medium": (prospect(budget="29999.99", quote="1"), "small", "(gated)"),
            "customer": (deposit("1"), "(unrated)", "(unrated)")})
        rules = {row["customer_id"]: int(row["rule"])
                 for row in self.export("tiers", "--scheme", "prospect")}
        self.assertEqual(  # need 1, budget 2, schedule 4, decision makers 8
            [rules[name] for name in ("all_four", "no_need", "too_dear", "yesterday", "no_maker")],
            [0, 1, 2, 4, 8])

    def test_c15_product_lines(self):
        def company(last, before, forecast, margin="0.05", line="cash", **columns):
            return {"kind": "company", "agent": "no", f"{line}_last_year": last,
                    f"{line}_year_before": before, f"{line}_forecast": forecast,
                    f"{line}_margin": margin, **columns}
        def trade(*sales, **columns):
            return company(*sales, line="trade", **columns)
        none = "(unrated)"
        self.check("product_lines", ["cash", "trade"], {
            # history 50 points, forecast 50 points: half each is 50
            "history_30k": (company("20000", "10000", "0"), "b 75", none),
            "under_30k": (company("20000", "9999.99", "0"), "c 67.5", none),
            "history_15k": (company("15000", "0", "0"), "c 67.5", none),
            "under_15k": (company("14999.99", "0", "0"), "c 60", none),
            "history_5k": (company("0", "5000", "0"), "c 60", none),
            "under_5k": (company("0", "4999.99", "0"), "d 50", none),
            "forecast_15k": (company("15000", "0", "15000"), "a 92.5", none),
            "under_forecast_15k": (company("15000", "0", "14999.99"), "a 85", none),
            "forecast_8k": (company("15000", "0", "8000"), "a 85", none),
            "under_8k": (company("15000", "0", "7999.99"), "b 77.5", none),
            "forecast_3k": (company("5000", "0", "3000"), "b 70", none),
            "under_3k": (company("5000", "0", "2999.99"), "c 60", none),
            "grows": (company("2999.99", "2000.01", "3000"), "b 73.5", none),
            "does_not_grow": (company("3000", "2000", "3000"), "b 70", none),
            "thin": (company("30000", "0", "30000", "0.0499"), "c 69", none),
            "not_thin": (company("30000", "0", "30000", "0.05"), "a 100", none),
            "margin_unknown": (company("30000", "0", "30000", ""), "a 100", none),
            "no_year_before": (company("30000", "", "30000"), none, none),
            "agent": (company("30000", "0", "30000", agent="yes"), "(gated)", "(gated)"),
            "agent_unknown": (company("30000", "0", "30000", agent=""), "(gated)", "(gated)"),
            "person": (company("30000", "0", "30000", kind="person"), "(gated)", "(gated)"),
            "trade_100k": (trade("100000", "0", "0"), none, "b 75"),
            "trade_under_100k": (trade("99999.99", "0", "0"), none, "c 67.5"),
            "trade_50k": (trade("50000", "0", "0"), none, "c 67.5"),
            "trade_under_50k": (trade("49999.99", "0", "0"), none, "c 60"),
            "trade_15k": (trade("7500", "7500", "0"), none, "c 60"),
            "trade_under_15k": (trade("7500", "7499.99", "0"), none, "d 50"),
            "trade_b": (trade("15000", "0", "8000"), none, "b 70"),
            "trade_forecast_50k": (trade("100000", "0", "50000"), none, "a 100"),
            "trade_forecast_under_50k": (trade("100000", "0", "49999.99"), none, "a 92.5"),
            "trade_forecast_25k": (trade("100000", "0", "25000"), none, "a 92.5"),
            "trade_forecast_under_25k": (trade("100000", "0", "24999.99"), none, "a 85"),
            "trade_forecast_8k": (trade("100000", "0", "8000"), none, "a 85"),
            "trade_forecast_under_8k": (trade("100000", "0", "7999.99"), none, "b 75"),
            "trade_grows": (trade("0", "15000", "8000"), none, "b 73.5"),
            "trade_thin": (trade("100000", "0", "50000", "0.0499"), none, "c 69"),
            "both": ({**company("30000", "0", "30000"), **trade("15000", "0", "0")},
                     "a 100", "c 60")})


    def test_c15_is_updated_monthly_either_way(self):
        def sales(forecast):
            return {"kind": "company", "agent": "no", "cash_last_year": "15000",
                    "cash_year_before": "0", "cash_forecast": forecast, "cash_margin": "0.1"}
        first, second = {"rises": "3000", "falls": "9000", "stays": "9000"}, {
            "rises": "15000", "falls": "2999.99", "stays": "8000"}
        runs = []
        for month, forecasts in ("2025-12-31", first), ("2026-01-31", second):
            bank = SmallBank(attributes=self.ATTRIBUTES)
            for number, forecast in forecasts.items():
                add_customer(bank, number, **{**dict.fromkeys(self.ATTRIBUTES, ""),
                                              **sales(forecast)})
            mapping = bank.write(self.folder / month)
            if not runs:
                succeed("init", self.store)
            succeed("import", self.store, mapping, "--quiet")
            runs.append(succeed_json("run", self.store, policy("product_lines"), "--as-of", month))
            tiers = [self.outcomes("cash", "--as-of", month)[number].partition(" ")[0]
                     for number in forecasts]
            self.assertEqual(tiers, ["b", "a", "a"] if month.startswith("2025") else ["a", "c", "a"])
        moved = next(scheme for scheme in runs[1]["periods"][0]["schemes"]
                     if scheme["scheme"] == "cash")
        self.assertEqual([moved[key] for key in ("up", "down", "same")], [1, 1, 1])


class Strategy(ByHand):
    """C17: value × feasibility."""

    ATTRIBUTES = {"need_score": "integer", "winning_difficulty": "integer",
                  "satisfaction": "integer"}

    def test_c17_segments(self):
        def customer(amount="0", need="", difficulty="", satisfaction=""):
            return {**deposit(amount), "need_score": need, "winning_difficulty": difficulty,
                    "satisfaction": satisfaction}
        # unknown: need 16, ease 24, satisfaction 12 points
        self.check("strategy_matrix", ["segment", "feasibility"], {
            "main_force": (customer("200000", "3"), "main_force", "high 60"),
            "under_200k": (customer("199999.99", "3"), "cultivate", "high 60"),
            "value": (customer("200000"), "value", "low 52"),
            "maintain": (customer("199999.99"), "maintain", "low 52"),
            "need_5": (customer(need="5"), "cultivate", "high 76"),
            "need_4": (customer(need="4"), "cultivate", "high 68"),
            "need_2": (customer(need="2"), "maintain", "low 52"),
            "need_1": (customer(need="1"), "maintain", "low 44"),
            "easy_1": (customer(difficulty="1"), "cultivate", "high 68"),
            "easy_2": (customer(difficulty="2"), "cultivate", "high 60"),
            "easy_3": (customer(difficulty="3"), "maintain", "low 52"),
            "hard_4": (customer(difficulty="4"), "maintain", "low 44"),
            "hard_5": (customer(difficulty="5"), "maintain", "low 36"),
            "satisfied_8": (customer(satisfaction="8"), "cultivate", "high 60"),
            "satisfied_7": (customer(satisfaction="7"), "maintain", "low 52"),
            "satisfied_5": (customer(satisfaction="5"), "maintain", "low 52"),
            "satisfied_4": (customer(satisfaction="4"), "maintain", "low 44")})

    def test_c17_seven_applications(self):
        scheme = succeed_json("check", policy("strategy_matrix"), "--lang", "en")["schemes"][-1]
        self.assertEqual(len(scheme["tiers"]), 4)
        for tier in scheme["tiers"]:
            self.assertEqual([text.partition(":")[0] for text in tier["services"]], [
                "Strategy", "Needs", "Channel", "Service", "Branches", "One view", "Organisation"])


class Files(unittest.TestCase):
    """What the files themselves promise."""

    def test_every_number_is_named_in_its_file(self):
        for number, (file, schemes) in PRESETS.items():
            text = policy(file).read_text(encoding="utf-8")
            self.assertRegex(text, rf"(?m)^# {number} ", f"{number} in {file}")
            for scheme in schemes:
                self.assertRegex(text, rf"(?m)^  {scheme}:", f"{number} in {file}")

    def test_both_languages(self):
        for file in sorted({file for file, _ in PRESETS.values()}):
            told = {lang: succeed_json("check", policy(file), "--lang", lang)["schemes"]
                    for lang in ("en", "zh")}
            for in_en, in_zh in zip(told["en"], told["zh"]):
                for x, y in zip([in_en, *in_en["tiers"]], [in_zh, *in_zh["tiers"]]):
                    self.assertNotRegex(x["title"], "[\u4e00-\u9fff]", f"{file}: {x}")
                    for en, zh in zip(x.get("needs", []) + x.get("services", []),
                                      y.get("needs", []) + y.get("services", [])):
                        self.assertNotRegex(en, "[\u4e00-\u9fff]", f"{file}: {en}")
                        self.assertRegex(zh, "[\u4e00-\u9fff]", f"{file}: {zh}")

    def test_the_tables_in_docs_list_every_preset(self):
        for page in ("docs/presets.md", "docs/presets.zh-CN.md"):
            text = (ROOT / page).read_text(encoding="utf-8")
            for number, (file, schemes) in PRESETS.items():
                row = re.search(rf"(?m)^\| {number} \|.*$", text)
                self.assertIsNotNone(row, f"{number} in {page}")
                for word in (f"{file}.yaml", *schemes):
                    self.assertIn(word, row[0], page)


class DemoBank(support.TestCase):
    """Every customer of a generated bank, as a second implementation rates it."""

    CUSTOMERS = 2000
    DAY = "2025-12-31"

    @classmethod
    def setUpClass(cls):
        cls.home = Path(tempfile.mkdtemp(prefix="strata-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        succeed("demo", cls.home / "bank", "--customers", cls.CUSTOMERS)
        cls.all_presets = cls.home / "bank.duckdb"
        succeed("init", cls.all_presets)
        succeed("import", cls.all_presets, MAPPING, cls.home / "bank", "--quiet")
        done = subprocess.run(
            [sys.executable, str(ORACLE), str(cls.home / "bank"), "--as-of", cls.DAY, "-o",
             str(cls.home / "want.csv")], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        cls.want = {}
        for row in read_csv(cls.home / "want.csv"):
            cls.want.setdefault(row["preset"], {}).setdefault(row["scheme"], {})[
                row["customer_id"]] = (row["status"], row["tier"], row["score"])

    def setUp(self):
        super().setUp()
        self.store = self.all_presets

    def check_preset(self, file):
        """Status, tier and score of every customer in every scheme the oracle knows."""
        succeed("run", self.store, policy(file), "--as-of", self.DAY, "--quiet")
        for scheme, want in self.want[file].items():
            got = {row["customer_id"]: (row["status"], row["tier"], row["score"])
                   for row in self.export("tiers", "--scheme", scheme)}
            self.assertEqual(got.keys(), want.keys(), scheme)
            different = {number: (want[number], got[number])
                         for number in want if got[number] != want[number]}
            self.assertEqual(different, {}, f"{file}, {scheme}: (oracle, strata)")
            tiers = {tier for status, tier, _ in want.values() if status == "rated"}
            if scheme != "abc_own":     # nobody holds 30 % of a bank of thousands
                self.assertGreater(len(tiers), 1, f"{file}, {scheme}: everyone is in {tiers}")

    def test_every_preset(self):
        files = {file for file, _ in PRESETS.values()} - {"corporate_score"}
        self.assertEqual(self.want.keys(), files)
        for file in sorted(files):
            with self.subTest(file):
                self.check_preset(file)


if __name__ == "__main__":
    support.main()
