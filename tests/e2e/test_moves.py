#!/usr/bin/env python3
"""Tiers that move: customers worked out by hand, month by month, under every published rule and
every parameter of moves:. The second implementation must agree with the hand as well."""

from datetime import date
from fractions import Fraction
from typing import NamedTuple, Optional

import support
from moves_bank import (
    ANNUAL_TIERS, BOHAI, CASH, CCB, CITI, COMPARED, ICBC, INDUSTRIAL, POLICY, REVIEW, YEARLY, Held,
    Moves, Scheme, Seen, Version, add_months, as_exported, month_ends, tier_of, walk)
from support import ROOT, SmallBank, succeed

STANDINGS = {"w": "watch", "p": "protected", "v": "valid", "g": "grace"}


def expected(tokens):
    """What a month's word says: (tier, standing); None for no tier (?), nothing for no row (-).

    gold/w is gold on watch, /p protected, /v valid, /g in grace; = repeats the month before."""
    said = []
    for token in tokens.split():
        if token == "=":
            said.append(said[-1])
        elif token in "-?":
            said.append(token)
        else:
            tier, _, standing = token.partition("/")
            said.append((tier, STANDINGS[standing] if standing else "normal"))
    return said


class ByHand(Moves):
    """Customers month by month; the second implementation must agree with the hand as well."""

    FIRST = date(2024, 1, 1)
    ATTRIBUTES = {}

    @staticmethod
    def told(scheme, customer, days, states, got):
        """What the program and the oracle say of the months: - for no row, None for no tier."""
        return (("strata", [got.get((scheme, customer, day.isoformat()), "-") for day in days]),
                ("oracle", [as_exported(state) if state else "-" for state in states]))

    def check_rows(self, scheme, days, rows, got):
        """rows: customer to (words of the months, states of the oracle)."""
        for customer, (tokens, states) in rows.items():
            want = expected(tokens)
            self.assertEqual(len(want), len(days), customer)
            for source, told in self.told(scheme, customer, days, states, got):
                told = [row if row == "-" else (row[0], row[2]) if row else "?" for row in told]
                with self.subTest(customer, scheme=scheme, source=source):
                    self.assertEqual(told, want)

    def check_until(self, name, days, want, states, got):
        """want: the months' valid_until, - for none."""
        place = COMPARED.index("valid_until")
        for source, told in self.told(name, name, days, states, got):
            with self.subTest(name, source=source, what="valid_until"):
                days_said = [row[place] or "-" if row and row != "-" else "-" for row in told]
                self.assertEqual(days_said, want.split())


class Person(NamedTuple):
    """A hand-worked customer: balances by month, the months' words, and how he came."""

    balances: str
    expects: str
    opened: date = date(2020, 1, 1)
    classes: tuple = ()         # further products held, empty
    loan: str = ""
    opening: str = ""


class PublishedRules(ByHand):
    """Each rule of the presets."""

    ATTRIBUTES = {"opening_tier": "text"}

    def check(self, rule, people):
        """A bank of these people, its preset, every month."""
        count = len(expected(next(iter(people.values())).expects))
        days = month_ends(self.FIRST, count)
        bank = SmallBank("USD" if rule is CITI else "CNY", attributes=self.ATTRIBUTES)
        for number, person in people.items():
            bank.add("customer", id=number, opened_on=person.opened, opening_tier=person.opening)
            months = [f"{day:%Y-%m}-01" for day in days]
            bank.hold(number, dict(zip(months, person.balances.split(), strict=True)))
            for kind in person.classes:
                bank.hold(number, {}, **{"class": kind})
            if person.loan:
                bank.hold(number, {months[0]: person.loan}, **{"class": "loan"})
        self.load(bank)
        policy = ROOT / "policies" / f"{rule.file}.yaml"
        self.run_months(policy, days)
        scheme = Scheme(tuple(rule.tiers), rule.moves)
        self.check_rows(rule.scheme, days, {
            number: (person.expects, walk([scheme] * count, self.seen(rule, person, days)))
            for number, person in people.items()}, self.exported([rule.scheme], days))

    @staticmethod
    def seen(rule, person, days):
        """What the months show of a person."""
        shown = []
        for day, balance in zip(days, person.balances.split()):
            cents = round(Fraction(balance) * 100)
            facts = Held(cents, len({"deposit", *person.classes}) + bool(person.loan),
                         round(Fraction(person.loan or 0) * 100))
            shown.append(None if person.opened > day else Seen(
                day, rule.candidate(facts, day), person.opened,
                texts={"opening_tier": person.opening}))
        return shown

    def test_bohai(self):
        self.check(BOHAI, {
            "on_the_bound": Person("50000 50000.00 50000 50000 50000 50000 50000 50000",
                                   "gold = = = = = = ="),
            "three_months": Person("50000 49999.99 49999.99 49999.99 0 0 0 0",
                                   "gold gold/w gold/w gold/w base = = ="),
            "recovers_in_the_last": Person("50000 0 0 50000 0 0 0 0",
                                           "gold gold/w gold/w gold gold/w gold/w gold/w base"),
            "two_tiers": Person("500000 60000 50000 49999.99 0 0 0 0",
                                "platinum platinum/w = = base = = ="),
            "one_tier_by_the_third": Person("500000 0 0 50000 50000 50000 50000 50000",
                                            "platinum platinum/w = = gold = = ="),
            "next_month": Person("0 500000 500000 0 500000 500000 500000 500000",
                                 "base base platinum platinum/w platinum = = ="),
            "two_up": Person("49999.99 2000000 600000 2000000 2000000 2000000 2000000 2000000",
                             "base base diamond/w diamond = = = ="),
            "up_for_one_month": Person("0 500000 0 0 0 0 0 0",
                                       "base base platinum/w = = base = ="),
            "six_months": Person("6000000 5999999.99 0 0 0 0 2000000 2000000",
                                 "private private/w = = = = = diamond"),
            "recovers_in_the_sixth": Person("6000000 0 0 0 0 0 6000000 0",
                                            "private private/w = = = = private private/w"),
            "top_to_ordinary": Person("30000000 6000000 0 0 0 0 50000 50000",
                                      "private_top private_top/w = = = = = gold"),
            "new": Person("0 0 6000000 6000000 0 0 0 0",
                          "- - base private private/w = = =", date(2024, 3, 1)),
            "new_and_poor": Person("0 0 1 1 50000 0 0 0", "- - base = = gold/w = =",
                                   date(2024, 3, 31))})

    def test_ccb(self):
        # 50,000 over 30 days: 48,387.10 in a month of 31 days, 51,724.14 in February 2024
        gold, less, least = "48387.10", "48387.09", "51724.14"
        self.check(CCB, {
            "on_the_bound": Person(f"{gold} {least} {gold} 50000 {gold} 50000 {gold} {gold} 50000",
                                   "gold = = = = = = = ="),
            "a_cent_below": Person(f"{gold} 51724.13 {less} 49999.99 {less} 49999.99 {less} 0 0",
                                   "gold = = = gold/w gold/w gold/w base ="),
            "lifted": Person(f"{gold} 0 0 0 0 50000 0 0 0", "gold = = = gold/w gold = = ="),
            "recovers_in_the_last": Person(f"{gold} 0 0 0 0 0 50000 0 0",
                                           "gold = = = gold/w gold/w gold = ="),
            "best_of_six": Person("6000000 0 0 60000 600000 300000 0 0 0",
                                  "private = = = private/w = = wealth ="),
            "best_is_the_first": Person("6000000 540000 0 0 0 0 0 0 0",
                                        "private = = = private/w = = wealth ="),
            "cleared": Person("600000 0 0 0 0 0 300000 0 0",
                              "wealth = = = wealth/w = = preferred ="),
            "at_once": Person("0 600000 0 0 0 6000000 0 0 0",
                              "base wealth = = = private = = ="),
            "new_at_once": Person("0 0 60000 600000 0 0 0 0 0",
                                  "- - gold wealth = = = wealth/w =", date(2024, 3, 1))})

    def test_icbc(self):
        self.check(ICBC, {   # a deposit of 1,000 is a point
            "bounds": Person("0 10 50000 500000 2000000 10000000 80000000 0 0 0 0 0",
                             "none quasi three four five six seven = = = = ="),
            "points_are_kept_to_two_digits": Person(
                "0 4.99 5.00 49994.99 49995.00 499995 1999995 9999995 79999995 0 0 0",
                "none none quasi quasi three four five six seven = = ="),
            "one_date_of_grace": Person("2000000 0 0 0 0 0 0 0 0 0 0 500000",
                                        "five = = = = = = = = = = four"),
            "back_in_between": Person("2000000 0 0 0 0 0 2000000 0 0 0 0 0",
                                      "five = = = = = = = = = = ="),
            "back_on_the_date": Person("2000000 0 0 0 0 0 0 0 0 0 0 2000000",
                                       "five = = = = = = = = = = ="),
            "between_the_dates": Person("2000000 0 0 0 0 2000000 0 0 0 0 0 2000000",
                                        "five = = = = = = = = = = ="),
            "up_any_month": Person("0 0 50000 50000 10000000 0 0 0 0 0 0 0",
                                   "none none three three six = = = = = = none"),
            "new": Person("0 0 0 500000 0 0 0 0 0 0 0 0",
                          "- - - four = = = = = = = none", date(2024, 4, 1))})

    def test_industrial(self):
        self.check(INDUSTRIAL, {
            "on_the_bound": Person("100000 99999.99 100000 99999.99 100000 99999.99 0 0",
                                   "valued valued/w = = = = basic ="),
            "three_of_four": Person("100000 0 0 100000 0 0 0 0",
                                    "valued valued/w = = basic = = ="),
            "core_by_both": Person("300000 300000 299999.99 299999.99 299999.99 0 0 0",
                                   "core core core/w core/w valued valued/w = basic",
                                   classes=("fund", "bond")),
            "not_loyal": Person("300000 300000 300000 300000 300000 300000 300000 300000",
                                "valued = = = = = = =", classes=("fund",)),
            "net_assets": Person("6000000 6000000 6000000 6000000 6000000 6000000 6000000 6000000",
                                 "private = = = = = = ="),
            "less_a_loan": Person("6000000 6000000 6000000.01 6000000.01 0 0 0 0",
                                  "valued = = private private/w private/w basic =",
                                  loan="0.01"),
            "two_of_three": Person("0 100000 0 100000 0 0 0 100000",
                                   "basic basic basic valued valued/w valued/w basic ="),
            "one_is_not_enough": Person("0 100000 0 0 6000000 0 0 0",
                                        "basic = = = = = = ="),
            "what_each_reached": Person("0 6000000 100000 0 0 0 0 0",
                                        "basic basic valued valued/w valued/w basic = =")})

    def test_citi(self):
        self.check(CITI, {
            "on_the_bound": Person("30000 30000.00 29999.99 29999.99 29999.99 0 0",
                                   "priority = = = = everyday ="),
            "recovers_in_the_last": Person("30000 0 0 30000 0 0 0",
                                           "priority = = = = = ="),
            "two_tiers": Person("1000000 200000 200000 30000 0 0 0",
                                "private_client = = = priority = ="),
            "after_the_month": Person("0 200000 0 1000000 0 0 0",
                                      "everyday everyday gold gold private_client = ="),
            # protected to 15 May: what is decided in April takes effect on 1 May, in May on 1 June
            "opens_in_gold": Person("0 0 0 0 0 0 0", "- gold/p = = gold everyday =",
                                    date(2024, 2, 15), opening="gold"),
            "opens_and_reaches": Person("0 0 0 200000 0 0 0", "- gold/p = gold = = =",
                                        date(2024, 2, 15), opening="gold"),
            "on_the_first": Person("0 0 0 0 0 0 0", "- gold/p = = gold everyday =",
                                   date(2024, 2, 1), opening="gold"),
            "opens_in_none": Person("0 30000 30000 0 0 0 0",
                                    "- everyday priority priority/p priority = everyday",
                                    date(2024, 2, 15)),
            "opens_too_low": Person("0 1000000 0 0 0 0 0",
                                    "- priority private_client/p private_client/p "
                                    "private_client everyday =",
                                    date(2024, 2, 15), opening="priority"),
            "no_such_tier": Person("0 30000 0 0 0 0 0", "- everyday priority/p priority/p priority "
                                   "everyday =", date(2024, 2, 15), opening="platinum")})

    def test_review(self):
        self.check(REVIEW, {
            "on_the_bound": Person("5000000 4999999.99 5000000 0 0 4999999.99 0 0 0 0",
                                   "high = = = = mid = = low ="),
            "one_step": Person("5000000 0 0 0 0 0 0 0 0 0",
                               "high = mid = = low = = = ="),
            "at_once": Person("0 5000000 0 500000 5000000 500000 500000 0 0 0",
                              "low high mid mid high mid = = low ="),
            "back_for_the_review": Person("500000 0 500000 0 0 500000 0 0 500000 0",
                                          "mid = = = = = = = = ="),
            "new": Person("0 0 0 5000000 0 0 0 0 0 0",
                          "- - - high high mid mid mid low =", date(2024, 4, 1))})


class AnnualGrade(ByHand):
    """Rule 7: the year's grade, and the grade updated each month."""

    ATTRIBUTES = {"agent": "boolean"}

    def test_annual(self):
        """Sales of a month by hand; sales and deals of twelve months make the score."""
        days = month_ends(date(2024, 10, 1), 5)
        # sales ≥ 30,000: 100, ≥ 5,000: 70, else 50, × 60 %; fewer than 3 deals: 40, 3: 60, × 40 %
        rows = {  # deals of the months, kind, agent; monthly words, yearly words
            "up_in_december": ({"2024-12-05": "30000"}, "company", "no",
                               "d d b b b", "d d d b b"),
            "up_in_january": ({"2025-01-05": "30000"}, "company", "no",
                              "d d d b b", "d d d d d"),
            "down_in_december": ({"2024-01-05": "30000"}, "company", "no",
                                 "b b b d d", "b b b b b"),
            "down_before": ({"2023-12-31": "30000"}, "company", "no", "b b d d d", "b b b d d"),
            "back_in_december": ({"2023-12-31": "30000", "2024-12-31": "29999.99",
                                  "2024-12-30": "0.01"}, "company", "no",
                                 "b b b b b", "b b b b b"),
            "agent": ({"2024-01-05": "30000"}, "company", "yes", "? ? ? ? ?", "? ? ? ? ?"),
            "person": ({"2024-01-05": "30000"}, "person", "no", "? ? ? ? ?", "? ? ? ? ?")}
        bank = SmallBank(attributes=self.ATTRIBUTES)
        for number, (deals, kind, agent, _, _) in rows.items():
            bank.add("customer", id=number, opened_on="2020-01-01", kind=kind, agent=agent)
            for day, amount in deals.items():
                bank.add("txn", customer=number, account="", on_date=day, amount=amount,
                         product="cash")
        self.load(bank)
        self.run_months(ROOT / "policies/moves_annual.yaml", days)
        for column, scheme, moves in (3, "cash", {}), (4, "cash_year", YEARLY):
            version = Scheme(tuple(ANNUAL_TIERS), moves)
            self.check_rows(scheme, days, {
                number: (row[column], walk([version] * 5, [
                    self.seen(day, *row[:3]) for day in days]))
                for number, row in rows.items()}, self.exported([scheme], days))

    @staticmethod
    def seen(day, deals, kind, agent):
        """The candidate of a month."""
        rated = kind == "company" and agent == "no"
        first = add_months(day.replace(day=1), -11)
        amounts = [round(Fraction(amount) * 100) for on, amount in deals.items()
                   if first <= date.fromisoformat(on) <= day]
        return Seen(day, tier_of(ANNUAL_TIERS, CASH.score(sum(amounts), len(amounts)))
                    if rated else None, date(2020, 1, 1))


# --- every parameter ------------------------------------------------------------------


class Case(NamedTuple):
    """A customer under moves of his own: values by month (- where it is missing) and the words."""

    moves: dict
    values: str
    expects: str
    then: Optional[dict] = None         # from July on: {"moves": …, "bounds": …}
    opened: date = date(2020, 1, 1)
    closed: Optional[date] = None       # as known until June; after that he is back
    relief: tuple = ()                  # months, from 1, in which relief > 0
    region: str = ""
    opening: str = ""
    until: str = ""                     # the months' valid_until; nothing: not looked at


FOUR = {"a": 30_000, "b": 20_000, "c": 10_000, "d": None}
NO_A = {"b": 20_000, "c": 10_000, "d": None}
MONTHLY_CASES = {
    # validity, renewal, grace
    "valid": Case({"valid": {"for": 3}}, "300 0 0 0 0", "a a/v a/v a/v d"),
    "valid_from_the_last_day": Case({"valid": {"for": 1}}, "- 300 0 0", "- a a/v d",
                                    opened=date(2024, 2, 1)),
    "valid_to_the_end_of_year": Case(
        {"valid": {"until": "end_of_year"}, "down": {"effective": "next_period"}},
        "300" + " 0" * 12, "a a/v = = = = = = = = = a d"),
    "valid_to_the_next": Case({"valid": {"until": "end_of_next_year"}},
                              "300" + " 0" * 13, "a a/v = = = = = = = = = = = ="),
    "entered_next_year": Case(
        {"valid": {"until": "end_of_year"}, "up": {"effective": "next_period"}},
        "0 0 0 0 0 0 0 0 0 0 0 300 0 0", "d = = = = = = = = = = = a/v a/v"),
    "valid_by_the_day_of_the_rise": Case(
        {"valid": {"until": "end_of_year"},
         "per_tier": {"a": {"up": {"effective": "next_period"}}}},
        "0 0 0 0 0 0 0 0 0 0 0 300 0", "d = = = = = = = = = = a d"),
    "valid_shown_when_decided": Case(
        {"valid": {"for": 3}, "up": {"effective": "next_period"}}, "0 300 300", "d d a",
        until="2024-04-30 2024-05-31 2024-05-31"),
    "grace": Case({"valid": {"for": 2, "grace": 2}}, "300 0 0 0 0 0", "a a/v a/v a/g a/g d"),
    "failing_counts_while_valid": Case({"valid": {"for": 2}, "down": {"after": 3}},
                                       "300 0 0 0", "a a/v a/v d"),
    "renewed_when_it_runs_out": Case({"valid": {"for": 2}}, "300 0 300 300 0 0 0",
                                     "a a/v a a a/v a/v d"),
    "renewed_when_reached": Case({"valid": {"for": 2, "renews": "when_reached"}},
                                 "300 0 300 0 0 0", "a a/v a a/v a/v d"),
    "renewed_before_a_fall_is_effective": Case(
        {"valid": {"for": 2}, "down": {"effective": "next_period"}}, "300 300 300 300 300",
        "a a a a a", until="2024-03-31 2024-03-31 2024-05-31 2024-05-31 2024-07-31"),
    "renewed_after_a_fall_is_effective": Case(
        {"valid": {"for": 2}}, "300 300 300 300 300", "a a a a a",
        until="2024-03-31 2024-03-31 2024-03-31 2024-06-30 2024-06-30"),
    "not_renewed_when_starting": Case(
        {"valid": {"until": "end_of_year", "renews": "when_reached"},
         "down": {"effective": "next_period"}}, "- - - - - - - - - - - 300 300",
        "- - - - - - - - - - - a a", opened=date(2024, 12, 1),
        until="- - - - - - - - - - - 2024-12-31 2025-12-31"),
    # no validity at first; in April the one from before does not shield
    "valid_by_the_rule_of_the_day": Case(
        {"cohorts": [{"code": "relieved", "when": "relief > 0", "valid": {"for": 3}}]},
        "300 300 0 0", "a a a/v d", relief=(2, 3), until="- 2024-05-31 2024-05-31 -"),
    "valid_anew_after_a_fall": Case({"valid": {"for": 2}}, "300 300 300 200 0 0 0",
                                    "a a a b b/v b/v d"),
    "valid_for_one_tier": Case({"per_tier": {"a": {"valid": {"for": 3}}}}, "300 200 200 200 200 0",
                               "a a/v a/v a/v b d"),
    # new customers
    "protected_to_the_last_of_february": Case(
        {"new_customers": {"protected": 1}}, "300 0 0", "a a/p d", opened=date(2024, 1, 31)),
    "forgiven": Case({"new_customers": {"protected": 2}, "down": {"after": 2}},
                     "- 300 0 0 0", "- a a/p a d", opened=date(2024, 2, 1)),
    "counted": Case({"new_customers": {"protected": 2, "failing": "counted"},
                     "down": {"after": 2}},
                    "- 300 0 0 0", "- a a/p d d", opened=date(2024, 2, 1)),
    # the month that is forgiven takes February's place
    "forgiven_within": Case(
        {"down": {"after": 2, "within": 2}, "cohorts": [
            {"code": "relieved", "when": "relief > 0", "new_customers": {"protected": 12}}]},
        "300 0 0 0 0", "a a a/p a d", opened=date(2024, 1, 1), relief=(3,)),
    "first_run_rates_by_what_is_earned": Case(
        {"new_customers": {"starts": "lowest", "opens_in": "opening"}, "down": {"after": 2}},
        "200 200", "b b", opening="a"),
    "opens_in": Case(
        {"new_customers": {"starts": "lowest", "opens_in": "opening"}, "down": {"after": 2}},
        "- 200 200 200", "- a b b", opened=date(2024, 2, 1), opening="a"),
    "starts_lowest": Case({"new_customers": {"starts": "lowest"}, "up": {"after": 2}},
                          "- 300 300 300", "- d a a", opened=date(2024, 2, 1)),
    # rising
    "what_all_reached": Case({"up": {"after": 3}}, "0 300 200 300", "d d d b"),
    "what_the_last_earns": Case({"up": {"after": 3, "lands": "tier_of_last"}}, "0 200 200 300",
                                "d d d a"),
    "must_follow_each_other": Case({"up": {"after": 2}}, "0 300 0 300 0 300 300",
                                   "d d d d d d a"),
    "up_on_quarters": Case({"up": {"on": "quarter"}}, "0 300 0 300 300 300", "d d d d d a"),
    "up_one_step": Case({"up": {"lands": "one_step"}, "down": {"lands": "one_step"}},
                        "0 300 300 300 300 0 0 0", "d c b a a b c d"),
    "no_way_up": Case({"up": {"never": True}}, "200 300 300 0", "b b b d"),
    "nothing_counted_up": Case({"up": {"never": True, "after": 3}},
                               "0 300 300 300 300 300 300 300 300", "d d d d d d d d a",
                               {"moves": {"up": {"after": 3}}}),
    # falling
    "no_way_down": Case({"down": {"never": True}}, "200 0 0 300 0", "b b b a a"),
    "nothing_counted_down": Case({"down": {"never": True}, "watch": {"after": 1}}, "200 0 0 0",
                                 "b b b b"),
    "no_way_down_from_a": Case({"per_tier": {"a": {"down": {"never": True}}}}, "200 0 0 300 0",
                               "b d d a a"),
    "unless": Case({"down": {"after": 2, "unless": "relief > 0"}}, "300 0 0 0 0",
                   "a a a a d", relief=(3,)),
    "recovers_any_period": Case({"down": {"on": "quarter", "after": 2}},
                                "300 300 0 300 300 0 0 0 0", "a a a a a a a a d"),
    "recovers_on_rating_days": Case(
        {"down": {"on": "quarter", "after": 2, "recovers": "rating_day"}},
        "300 300 0 300 300 0", "a a a a a d"),
    "best_of_the_window": Case({"down": {"after": 3, "lands": "tier_of_best_in_window"}},
                               "300 100 200 0", "a a a b"),
    "half_years": Case({"down": {"on": "half_year", "after": 2}},
                       "300 0 0 0 0 0 0 0 0 0 0 100", "a = = = = = = = = = = c"),
    "end_of_february": Case({"down": {"on": ["02-28"]}}, "300 0 0", "a d d"),
    "watch_next_period": Case({"watch": {"after": 1, "effective": "next_period"},
                               "down": {"after": 3}}, "300 0 0 0", "a a a/w d"),
    "watch_next_rating_day": Case(
        {"watch": {"after": 1, "effective": "next_period"},
         "down": {"on": "half_year", "after": 3}},
        "300 0 0 0 0 0 0 0 0 0 0 0", "a = = = = = = = = = = a/w"),
    "watch_lifted": Case({"watch": {"after": 1}, "down": {"after": 3}}, "300 0 0 300 0",
                         "a a/w a/w a a/w"),
    "watched_until_the_fall": Case(
        {"watch": {"after": 2}, "down": {"after": 2, "effective": "next_period"}},
        "300 0 0 0", "a a a/w d"),
    "not_watched_when_about_to_rise": Case(
        {"watch": {"after": 1}, "up": {"effective": "next_period"},
         "down": {"on": "quarter", "after": 2, "recovers": "rating_day"}},
        "200 200 0 300 300", "b b b/w b a"),
    # exceptions
    "cohort": Case({"cohorts": [{"code": "north", "when": "region = 'north'",
                                 "down": {"after": 2}}]}, "300 0 0", "a a d", region="north"),
    "no_cohort": Case({"cohorts": [{"code": "north", "when": "region = 'north'",
                                    "down": {"after": 2}}]}, "300 0 0", "a d d"),
    "cohort_before_tier": Case(
        {"per_tier": {"a": {"down": {"after": 4}}},
         "cohorts": [{"code": "north", "when": "region = 'north'", "down": {"after": 2}}]},
        "300 0 0", "a a d", region="north"),
    "tier_of_cohort_before_all": Case(
        {"per_tier": {"a": {"down": {"after": 4}}},
         "cohorts": [{"code": "north", "when": "region = 'north'", "down": {"after": 2},
                      "per_tier": {"a": {"down": {"after": 3}}}}]},
        "300 0 0 0", "a a a d", region="north"),
    # values that are missing, leaving, coming back
    "missing": Case({"down": {"after": 2}}, "300 0 - 0", "a a ? d"),
    "missing_when_it_takes_effect": Case({"down": {"effective": "next_period"}}, "300 0 - 0",
                                         "a a ? d"),
    "carried_over_in_another_cohort": Case(
        {"down": {"after": 4}, "cohorts": [{"code": "relieved", "when": "relief > 0",
                                            "down": {"after": 2, "within": 2}}]},
        "300 0 0 0 - 0", "a a a a ? d", relief=(5,)),
    "missing_at_first": Case({"new_customers": {"starts": "lowest"}, "up": {"after": 2}},
                             "- - 300 300", "? ? d a"),
    "comes_back": Case({"up": {"effective": "next_period"}, "down": {"after": 9},
                        "new_customers": {"starts": "lowest"}},
                       "300 300 0 0 0 0 300 300", "a a - - - - d a", closed=date(2024, 3, 15)),
    # a new version from July on
    "raised_bound": Case({"down": {"after": 2}}, "300 300 300 300 300 300 300 300 300",
                         "a a a a a a a b b", {"bounds": {**FOUR, "a": 40_000}}),
    "lowered_bound": Case({}, "200 200 200 200 200 200 200", "b b b b b b a",
                          {"bounds": {**FOUR, "a": 20_000, "b": 15_000}}),
    "code_removed": Case({}, "300 300 300 300 300 300 300 0", "a a a a a a b d",
                         {"bounds": NO_A, "moves": {"map": {"a": "b"}}}),
    "pending_code_removed": Case(
        {"up": {"effective": "next_period"}}, "200 200 200 200 200 300 200 200",
        "b b b b b b c b", {"bounds": NO_A, "moves": {
            "up": {"effective": "next_period"}, "map": {"a": "c"}}}),
    "counts_kept": Case({"down": {"after": 3}}, "300 300 300 300 0 0 0", "a a a a a a d",
                        {"bounds": NO_A, "moves": {"map": {"a": "b"}, "down": {"after": 3}}}),
    "kept_into_a_window": Case(
        {"down": {"after": 3}}, "300 300 300 300 0 0 0", "a a a a a a d",
        {"moves": {"down": {"after": 3, "within": 4}}}),
    "best_code_removed": Case(
        {"down": {"after": 3, "lands": "tier_of_best_in_window"}}, "300 300 300 300 200 0 0",
        "a a a a a a c", {"bounds": {"a": 30_000, "c": 25_000, "d": None}, "moves": {
            "down": {"after": 3, "lands": "tier_of_best_in_window"}, "map": {"b": "c"}}}),
    "worst_code_removed": Case(
        {"up": {"after": 3}}, "0 0 0 0 200 300 300", "d d d d d d c",
        {"bounds": {"a": 20_000, "c": 10_000, "d": None},
         "moves": {"up": {"after": 3}, "map": {"b": "c"}}}),
    "counts_reset": Case({"down": {"after": 3}}, "300 300 300 300 0 0 0 0 0",
                         "a a a a a a b b d",
                         {"bounds": NO_A, "moves": {"map": {"a": "b"}, "down": {"after": 3},
                                                    "on_change": "reset"}}),
    "rated_afresh": Case({"down": {"after": 9}}, "300 300 300 300 0 0 100", "a a a a a a c",
                         {"moves": {"down": {"after": 9}, "on_change": "rerate"}}),
    "same_version": Case({"down": {"after": 3}, "on_change": "rerate"},
                         "300 300 300 300 0 0 0", "a a a a a a d")}


class EveryParameter(ByHand):
    """One customer and scheme for every sentence of docs/moves.md."""

    ATTRIBUTES = {"opening": "text"}
    CHANGE = 6

    def check_cases(self, cases):
        """All cases in one bank and policy, the later version from July on."""
        months = max(len(case.values.split()) for case in cases.values())
        days = month_ends(self.FIRST, months)
        first = {name: Version(name, FOUR, case.moves) for name, case in cases.items()}
        second = {name: first[name] if case.then is None else Version(
            name, case.then.get("bounds", FOUR), case.then.get("moves", case.moves))
            for name, case in cases.items()}
        self.load(self.bank(cases, days))
        self.run_months(self.policy(first), days[:self.CHANGE])
        if months > self.CHANGE:
            back = SmallBank()
            for name, case in cases.items():
                if case.closed:
                    back.add("customer", id=name, opened_on=case.opened, closed_on="")
            if back.rows["customer"]:
                folder = self.folder / "back"
                succeed("import", self.store, back.write(folder), folder, "--quiet")
            self.run_months(self.policy(second), days[self.CHANGE:])
        got = self.exported(cases, days)
        for name, case in cases.items():
            count = len(case.values.split())
            versions = [(first if n < self.CHANGE else second)[name] for n in range(count)]
            seen = [self.seen(case, n, day, versions[n]) for n, day in enumerate(days[:count])]
            states = walk([version.scheme for version in versions], seen)
            self.check_rows(name, days[:count], {name: (case.expects, states)}, got)
            if case.until:
                self.check_until(name, days[:count], case.until, states, got)

    def policy(self, versions):
        """A policy of every case's scheme."""
        return self.write("policy.yaml", POLICY.format(period="month", starts="01-01") + "".join(
            version.text() for version in versions.values()))

    def bank(self, cases, days):
        """Everybody's values."""
        bank = SmallBank(attributes=self.ATTRIBUTES)
        for name, case in cases.items():
            bank.add("customer", id=name, opened_on=case.opened, closed_on=case.closed or "",
                     region=case.region, opening=case.opening)
            bank.hold(name, {})
            for n, (day, value) in enumerate(zip(days, case.values.split()), start=1):
                facts = ([("value", value)] if value != "-" else []) + [("relief", 1)] * (
                    n in case.relief)
                for kind, amount in facts:
                    bank.add("txn", customer=name, account="", on_date=day, kind=kind,
                             amount=amount)
        bank.add("txn", customer=name, account="", on_date=days[0], kind="vip", amount=1)
        return bank

    def seen(self, case, place, day, version):
        """What a month shows to the oracle."""
        if case.opened > day or case.closed and place < self.CHANGE and case.closed <= day:
            return None
        value = case.values.split()[place]
        holds = {f"region = '{case.region}'"}
        if place + 1 in case.relief:
            holds.add("relief > 0")
        return Seen(day, None if value == "-" else tier_of(
            version.bounds, round(Fraction(value) * 100)), case.opened, frozenset(holds),
                    {"opening": case.opening})

    def test_short_cases(self):
        self.check_cases({name: case for name, case in MONTHLY_CASES.items()
                          if len(case.values.split()) < 10})

    def test_long_cases(self):
        self.check_cases({name: case for name, case in MONTHLY_CASES.items()
                          if len(case.values.split()) >= 10})


if __name__ == "__main__":
    support.main()
