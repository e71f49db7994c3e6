#!/usr/bin/env python3
"""Oracle: what the presets in policies/ make of every customer of the bank that `strata demo` writes.

    presets.py DIR --as-of 2025-12-31 [-o out.csv]

Reads the files as demo.py does and rates each customer rule by rule, in whole numbers and fractions.
One row a preset, scheme and customer: status, tier, score.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import demo
from demo import ASSETS, YUAN, Bank, Ranking, Windows

Values = dict[str, Any]


class Outcome(NamedTuple):
    """Of one customer in one scheme."""

    status: str
    tier: str = ""
    score: str = ""


GATED, UNRATED = Outcome("gated"), Outcome("unrated")


def rated(tier: str, score: Fraction | None = None) -> Outcome:
    """A tier, and its score at eight decimals."""
    if score is None:
        return Outcome("rated", tier)
    return Outcome("rated", tier, demo.text(demo.round_half_away(score * 10**8), 8))


# --- values ------------------------------------------------------------------


def average(held: dict, classes: set[str], field: str, days: int) -> int:
    """Daily average of the classes, in cents."""
    return demo.money(sum(getattr(held[name], field) for name in held if name in classes), days)


def movement_values(movements: list, windows: Windows) -> Values:
    """What transactions say."""
    past = [m for m in movements if m.on <= windows.as_of]
    year = [m for m in past if m.on >= windows.year]
    own = [m for m in past if m.kind not in (None, "interest")]
    purchases = [m for m in past if m.kind == "purchase"]
    spent = [abs(m.amount) for m in year if m.kind == "purchase"]
    own_of_year = [m for m in own if m.on >= windows.year]
    return {
        "moves": len(own_of_year),
        "active_months": len({(m.on.year, m.on.month) for m in own_of_year}),
        "idle": (windows.as_of - max(m.on for m in own)).days if own else None,
        "bought": len(spent), "spent": demo.money(sum(spent)),
        "last_bought": (windows.as_of - max(m.on for m in purchases)).days if purchases else None,
        "fees": demo.money(-sum(m.amount for m in year if m.kind == "fee"))}


def values_of(bank: Bank, as_of: date) -> dict[str, Values]:
    """Everything the presets look at, by customer present."""
    windows = Windows(as_of)
    held_by = demo.sum_balances(bank, windows)
    month_days, year_days = (as_of - windows.month).days + 1, len(windows.days)
    earlier_days = (windows.earlier - windows.earlier_month).days + 1
    found: dict[str, Values] = {}
    for number in sorted(bank.customers, key=str.encode):
        row = bank.customers[number]
        if not demo.is_present(row, as_of):
            continue
        held = held_by.get(number, {})
        accounts = [bank.accounts[a] for a in bank.holdings.get(number, [])]
        opened, born = row["opened_on"], row["birth_date"]
        aum = average(held, ASSETS, "month", month_days)
        earlier = average(held, ASSETS, "earlier_month", earlier_days)
        found[number] = row | movement_values(bank.movements.get(number, []), windows) | {
            "holder": not demo.account_metrics(accounts, as_of)["gated"],
            "products": demo.account_metrics(accounts, as_of)["products_held"],
            "aum": aum, "growth": Fraction(aum - earlier, earlier) if earlier else None,
            "aum_year": average(held, ASSETS, "year", year_days),
            "deposit": average(held, {"deposit"}, "month", month_days),
            "loan": average(held, {"loan"}, "month", month_days),
            "business": average(held, ASSETS | {"loan"}, "month", month_days),
            "deposit_year": average(held, {"deposit"}, "year", year_days),
            "loan_year": average(held, {"loan"}, "year", year_days),
            "agency_year": average(held, ASSETS - {"deposit"}, "year", year_days),
            "months": demo.months_between(opened, as_of) if opened else None,
            "years": demo.age(opened, as_of) if opened else None,
            "age": demo.age(born, as_of) if born else None,
            "ahead": (row["buys_on"] - as_of).days if row["buys_on"] else None}
    return found


def at_least(value: Any, bound: Any) -> bool:
    """A comparison that a missing value does not pass."""
    return value is not None and value >= bound


def points(value: Any, *bands: tuple[Any, int], rest: int) -> int:
    """The points of the first bound reached."""
    return next((score for bound, score in bands if value >= bound), rest)


def first(*choices: tuple[bool, str], rest: str) -> Outcome:
    """The first tier whose condition holds."""
    return rated(next((tier for holds, tier in choices if holds), rest))


def graded(score: Fraction, *bounds: tuple[int, str], rest: str) -> Outcome:
    """A score and its tier."""
    return rated(next((tier for bound, tier in bounds if score >= bound), rest), score)


# --- one customer at a time --------------------------------------------------


def asset_table(v: Values) -> Outcome:
    """C1."""
    return first((v["aum"] >= 5_000_000 * YUAN, "high"), (v["aum"] >= 500_000 * YUAN, "mid"),
                 rest="low")


def value(v: Values) -> Outcome:
    """C2, several criteria."""
    aum, income = v["aum"], v["annual_income"]
    leads = v["occupation"] in ("企业主", "企业高管") and aum >= 200_000 * YUAN
    high = aum >= 1_000_000 * YUAN or at_least(income, 500_000 * YUAN) or leads
    busy = v["moves"] >= 60 and aum >= 10_000 * YUAN
    mid = aum >= 100_000 * YUAN or at_least(income, 150_000 * YUAN) or busy
    return first((high, "high"), (mid, "mid"), rest="low")


def wealth(v: Values) -> Outcome:
    """C2, layers of wealth."""
    upper = v["aum"] >= 300_000 * YUAN or at_least(v["annual_income"], 300_000 * YUAN)
    return first((v["aum"] >= 6_000_000 * YUAN, "high_net_worth"), (upper, "upper_mid"),
                 rest="mass")


def lifecycle(v: Values) -> Outcome:
    """C5."""
    idle, months, growth = v["idle"], v["months"], v["growth"]
    if at_least(idle, 180):
        return rated("lost" if idle >= 365 else "dormant")
    if months is not None and months < 6:
        return rated("introduction")
    if months is None or idle is None or growth is None:
        return rated("maturity")
    # growth is kept at eight decimals
    kept = demo.round_half_away((growth + 1) * 10**8) - 10**8
    return first((kept >= 10**7, "growth"), (kept <= -10**7, "decline"), rest="maturity")


def grade(v: Values) -> Outcome:
    """C6."""
    if v["years"] is None:
        return rated("potential")
    assets = points(v["aum"], (1_000_000 * YUAN, 100), (200_000 * YUAN, 80), (50_000 * YUAN, 60),
                    (10_000 * YUAN, 40), rest=10)
    moves = points(v["moves"], (60, 100), (24, 70), (6, 40), rest=10)
    products = points(v["products"], (5, 100), (3, 70), (2, 40), rest=10)
    years = points(v["years"], (10, 100), (5, 70), (2, 40), rest=10)
    score = Fraction(40 * assets + 20 * (moves + products + years), 100)
    return graded(score, (75, "vip"), (50, "important"), (25, "ordinary"), rest="potential")


def branch_deposit(v: Values) -> Outcome:
    """C7."""
    kept = v["deposit"]
    return first((kept > 100_000 * YUAN, "platinum"), (kept >= 50_000 * YUAN, "gold"),
                 (kept >= 20_000 * YUAN, "silver"), rest="standard")


def abc_satisfaction(v: Values) -> Outcome:
    """C8, by satisfaction."""
    if v["satisfaction"] is None:
        return UNRATED
    return first((v["satisfaction"] >= 8, "a"), (v["satisfaction"] >= 5, "b"), rest="c")


def value_layer(v: Values) -> Outcome:
    """C9, value."""
    return first((v["aum"] >= 500_000 * YUAN, "high"), (v["aum"] >= 50_000 * YUAN, "mid"),
                 rest="low")


def behaviour_layer(v: Values) -> Outcome:
    """C9, behaviour."""
    return first((v["active_months"] >= 9, "active"), (v["active_months"] >= 3, "regular"),
                 rest="quiet")


def geography_layer(v: Values) -> Outcome:
    """C9, geography."""
    if v["area"] == "city":
        return rated("first_tier" if v["region"] in ("北京", "上海", "广州", "深圳") else "city")
    return rated("county" if v["area"] == "county" else "unknown")


def four_bases(v: Values) -> Outcome:
    """C10."""
    vip = v["aum"] >= 500_000 * YUAN and v["active_months"] >= 6
    loyal = v["active_months"] >= 9 and at_least(v["months"], 36)
    potential = at_least(v["need_score"], 4) or at_least(v["annual_income"], 200_000 * YUAN)
    return first((vip, "vip"), (loyal, "loyal"), (potential, "potential"), rest="ordinary")


def known(given: int | None, otherwise: int) -> int:
    """A value, or what stands for it."""
    return otherwise if given is None else given


def four_principles(v: Values) -> Outcome:
    """C11."""
    assets = points(v["aum"], (500_000 * YUAN, 100), (100_000 * YUAN, 80), (10_000 * YUAN, 50),
                    rest=20)
    satisfied = points(known(v["satisfaction"], 6), (9, 100), (7, 80), (5, 50), rest=20)
    barrier = 20 * known(v["leaving_barrier"], 3)
    ease = 20 * (6 - known(v["winning_difficulty"], 3))
    score = Fraction(40 * assets + 20 * (satisfied + barrier + ease), 100)
    return graded(score, (70, "invest"), (55, "develop"), (40, "maintain"), rest="limit")


def shopper(v: Values) -> Outcome:
    """C12, how they buy."""
    last = v["last_bought"]
    if last is None:
        return rated("prospect")
    return first((v["bought"] >= 12 and last <= 90, "frequent"), (last <= 180, "ordinary"),
                 rest="lost")


def shopper_value(v: Values) -> Outcome:
    """C12, what they spend."""
    return first((v["spent"] >= 20_000 * YUAN, "value"), (v["spent"] >= 2_000 * YUAN, "ordinary"),
                 rest="low")


def interests(v: Values) -> Outcome:
    """C12, interests."""
    words = ("travel", "children", "health", "investment", "dining")
    return rated(v["interest"] if v["interest"] in words else "other")


def opportunity(v: Values) -> Outcome:
    """C14, the rating of who passes."""
    if v["budget"] is None:
        return UNRATED
    return first((v["budget"] >= 100_000 * YUAN, "large"), (v["budget"] >= 30_000 * YUAN, "medium"),
                 rest="small")


def prospect(v: Values) -> Outcome:
    """C14; existing customers need not pass."""
    fits = v["quote"] is not None and at_least(v["budget"], v["quote"])
    soon = v["ahead"] is not None and 0 <= v["ahead"] <= 365
    passes = v["need"] is True and fits and soon and v["decision_maker"] is True
    return opportunity(v) if v["holder"] or passes else GATED


class Line(NamedTuple):
    """A product line's bands."""

    name: str
    history: tuple[int, int, int]
    forecast: tuple[int, int, int]


CASH = Line("cash", (30_000, 15_000, 5_000), (15_000, 8_000, 3_000))
TRADE = Line("trade", (100_000, 50_000, 15_000), (50_000, 25_000, 8_000))


def line_score(line: Line) -> Callable[[Values], Outcome]:
    """C15, the score."""
    def bands(bounds: tuple[int, int, int]) -> list[tuple[int, int]]:
        return [(bound * YUAN, score) for bound, score in zip(bounds, (100, 85, 70))]

    def rate(v: Values) -> Outcome:
        last, before, forecast, margin = (
            v[f"{line.name}_{part}"] for part in ("last_year", "year_before", "forecast", "margin"))
        if None in (last, before, forecast):
            return UNRATED
        score = Fraction(points(last + before, *bands(line.history), rest=50)
                         + points(forecast, *bands(line.forecast), rest=50), 2)
        if forecast > last:
            score *= Fraction(105, 100)
        if margin is not None and margin < 5 * 10**6:
            score = min(score, Fraction(69))
        return graded(score, (85, "a"), (70, "b"), (60, "c"), rest="d")
    return rate


def line_rating(line: Line) -> Callable[[Values], Outcome]:
    """C15: end customers among companies."""
    score = line_score(line)
    return lambda v: score(v) if v["kind"] == "company" and v["agent"] is False else GATED


def income_band(v: Values) -> Outcome:
    """C16."""
    income = v["annual_income"]
    if income is None:
        return UNRATED
    return first((income > 200_000 * YUAN, "affluent"), (income >= 100_000 * YUAN, "mass_affluent"),
                 (income >= 35_000 * YUAN, "mass"), rest="low")


def band_by_area(v: Values) -> Outcome:
    """C16, band and place."""
    band = income_band(v)
    if band is UNRATED or v["area"] not in ("city", "county"):
        return UNRATED
    return rated(f"{band.tier}_{v['area']}")


def feasibility(v: Values) -> Outcome:
    """C17, the score."""
    satisfied = points(known(v["satisfaction"], 6), (8, 100), (5, 60), rest=20)
    score = Fraction(40 * 20 * known(v["need_score"], 2)
                     + 40 * 20 * (6 - known(v["winning_difficulty"], 3)) + 20 * satisfied, 100)
    return graded(score, (60, "high"), rest="low")


def segment(v: Values) -> Outcome:
    """C17."""
    of_value, feasible = v["aum_year"] >= 200_000 * YUAN, feasibility(v).tier == "high"
    return rated({(True, True): "main_force", (False, True): "cultivate", (True, False): "value",
                  (False, False): "maintain"}[of_value, feasible])


def preference(v: Values) -> Outcome:
    """C18: contributions are kept in cents."""
    parts = {
        "deposit": demo.round_half_away(Fraction(v["deposit_year"] * 18, 1000)),
        "loan": demo.round_half_away(Fraction(v["loan_year"] * 16, 1000)),
        "fee": demo.round_half_away(v["fees"] + Fraction(v["agency_year"] * 6, 1000))}
    total = sum(part for part in parts.values() if part > 0)
    if not total:
        return UNRATED
    return rated(next((name for name, part in parts.items() if 2 * part > total), "balanced"))


def habit(v: Values) -> Outcome:
    """C19: the first of the greatest."""
    names = ("relationship", "quality", "price", "credit")
    best = max(names, key=lambda name: v[f"habit_{name}"] or 0)
    return rated(best if v[f"habit_{best}"] else "unknown")


def maintenance(v: Values) -> Outcome:
    """C20."""
    key = v["aum"] >= 200_000 * YUAN or v["loan"] >= 500_000 * YUAN
    ordinary = v["aum"] >= 1_000 * YUAN or v["loan"] > 0 or v["active_months"] >= 3
    return first((key, "key"), (ordinary, "ordinary"), rest="exit")


EMPLOYED = {"企业职员", "公务员", "教师", "医护人员", "工程技术人员", "产业工人", "服务业员工", "企业高管",
            "律师与会计师", "快递与网约配送员"}


def occupation_group(v: Values) -> Outcome:
    """C21, occupation."""
    work = v["occupation"]
    return first((work in ("企业主", "个体工商户"), "owner"), (work in EMPLOYED, "employee"),
                 (work == "学生", "student"), rest="other")


def life_stage(v: Values) -> Outcome:
    """C21, stage of life."""
    retired = v["occupation"] == "退休人员" or at_least(v["age"], 60)
    return first((retired, "retired"), (at_least(v["age"], 35), "middle"),
                 (at_least(v["age"], 0), "young"), rest="unknown")


# --- all customers together --------------------------------------------------

Rated = dict[str, Values]


def pyramid(people: Rated) -> dict[str, Outcome]:
    """C3."""
    ranking = Ranking(v["aum"] for v in people.values())
    def tier(v: Values) -> str:
        above, _ = ranking.greater(v["aum"])
        return next(name for name, percent in (("top", 1), ("upper", 5), ("middle", 20),
                                               ("base", 101)) if 100 * above < percent * len(people))
    return {number: rated(tier(v)) for number, v in people.items()}


def rfm(people: Rated) -> dict[str, Outcome]:
    """C4."""
    scores = demo.rate_rfm({number: {"recency": v["last_bought"], "frequency": v["bought"],
                                     "monetary": v["spent"]} for number, v in people.items()})
    return {number: Outcome("rated", found.tier, demo.text(found.score, 8))
            for number, found in scores.items()}


def pareto(*until: int) -> Callable[[Rated], dict[str, Outcome]]:
    """C8, by the share before."""
    def rate(people: Rated) -> dict[str, Outcome]:
        ranking = Ranking(v["business"] for v in people.values())
        _, total = ranking.greater(0)
        found = {}
        for number, v in people.items():
            _, before = ranking.greater(v["business"])
            place = sum(100 * before >= bound * total for bound in until)
            found[number] = rated("abcd"[place if v["business"] > 0 else len(until)])
        return found
    return rate


def abc_own(people: Rated) -> dict[str, Outcome]:
    """C8, by the own share."""
    total = sum(max(0, v["business"]) for v in people.values())
    return {number: first((10 * v["business"] > 7 * total, "a"),
                          (v["business"] > 0 and 10 * v["business"] >= 3 * total, "b"), rest="c")
            for number, v in people.items()}


def abc(people: Rated) -> dict[str, Outcome]:
    """C8, B by influence too."""
    found = pareto(70, 90)(people)
    return {number: rated("b") if of_sales.tier == "c" and at_least(people[number]["influence"], 4)
            else of_sales for number, of_sales in found.items()}


def each(rate: Callable[[Values], Outcome]) -> Callable[[Rated], dict[str, Outcome]]:
    """A scheme that looks at one customer at a time."""
    return lambda people: {number: rate(v) for number, v in people.items()}


HOLDERS: dict[str, dict[str, Callable[[Rated], dict[str, Outcome]]]] = {
    "asset_table": {"asset_table": each(asset_table)},
    "value_tiers": {"value": each(value), "wealth": each(wealth)},
    "asset_pyramid": {"pyramid": pyramid},
    "spending_rfm": {"rfm": rfm},
    "lifecycle": {"lifecycle": each(lifecycle)},
    "customer_grade": {"grade": each(grade)},
    "branch_deposit": {"branch_deposit": each(branch_deposit)},
    "customer_abc": {"abc_sales": pareto(70, 90), "abc_own": abc_own, "abc": abc,
                     "abcd": pareto(70, 90, 99), "abc_satisfaction": each(abc_satisfaction)},
    "customer_layers": {"value_layer": each(value_layer), "behaviour_layer": each(behaviour_layer),
                        "geography_layer": each(geography_layer)},
    "customer_types": {"four_bases": each(four_bases), "four_principles": each(four_principles)},
    "strategy_matrix": {"feasibility": each(feasibility), "segment": each(segment)},
    "preference_habit": {"preference": each(preference), "habit": each(habit)},
    "maintenance_grade": {"maintenance": each(maintenance)},
    "life_stage": {"occupation_group": each(occupation_group), "life_stage": each(life_stage)},
}
EVERYONE = {
    "shopper_types": {"shopper": each(shopper), "shopper_value": each(shopper_value),
                      "interests": each(interests)},
    "product_lines": {"cash_score": each(line_score(CASH)), "trade_score": each(line_score(TRADE))},
    "insurer_income": {"income_band": each(income_band), "band_by_area": each(band_by_area)},
}
PROSPECTS_TOO = {
    "prospect_gate": {"prospect": each(prospect)},
    "product_lines": {"cash": each(line_rating(CASH)), "trade": each(line_rating(TRADE))},
}


def rows_of(bank: Bank, as_of: date) -> Iterator[tuple[str, ...]]:
    """Preset, scheme, customer, status, tier, score."""
    people = values_of(bank, as_of)
    for presets, belongs in ((HOLDERS, lambda v: v["holder"]),
                             (EVERYONE, lambda v: v["kind"] != "prospect"),
                             (PROSPECTS_TOO, lambda v: True)):
        concerned = {number: v for number, v in people.items() if belongs(v)}
        for preset, schemes in presets.items():
            for scheme, rate in schemes.items():
                found = rate(concerned)
                for number in people:
                    yield preset, scheme, number, *found.get(number, GATED)


def main() -> None:
    """Reads the arguments and writes the CSV."""
    parser = argparse.ArgumentParser(description="demonstration bank: the presets")
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--as-of", dest="as_of", type=date.fromisoformat, required=True)
    parser.add_argument("-o", dest="output", type=Path)
    args = parser.parse_args()
    header = ("preset", "scheme", "customer_id", "status", "tier", "score")
    rows = rows_of(Bank(args.folder), args.as_of)
    if args.output:
        with args.output.open("w", encoding="utf-8", newline="") as file:
            demo.write_csv(file, header, rows)
    else:
        demo.write_csv(sys.stdout, header, rows)


if __name__ == "__main__":
    main()
