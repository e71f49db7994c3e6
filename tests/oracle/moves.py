#!/usr/bin/env python3
"""Oracle: which tier a customer holds, period by period, by docs/moves.md and nothing else.

    walk(schemes, seen)     every period of one customer

Counts are not carried: each step reads the customer's whole past again. A scheme's `moves` are the
same words as in a policy, as dictionaries; conditions and texts are looked up in what was seen.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple, Optional

Moves = dict[str, Any]

DEFAULTS: Moves = {
    "up": {"on": "every_period", "after": 1, "within": None, "lands": "tier_of_all",
           "effective": "now", "never": False},
    "down": {"on": "every_period", "after": 1, "within": None, "lands": "tier_of_last",
             "effective": "now", "recovers": "any_period", "unless": None, "never": False},
    "watch": {"after": None, "effective": "now"},
    "valid": {"for": None, "until": None, "renews": "at_expiry", "grace": 0},
    "new_customers": {"starts": "earned", "opens_in": None, "protected": None,
                      "failing": "forgiven"}}
EXCEPTIONS = ("up", "down", "watch", "valid", "new_customers")


@dataclass(frozen=True, eq=False)
class Scheme:
    """One version of a scheme: its tiers from the highest, its moves, when its fiscal year starts.

    Another object is another version."""

    tiers: tuple[str, ...]
    moves: Moves = field(default_factory=dict)
    fiscal_year_starts: str = "01-01"


@dataclass(frozen=True)
class Seen:
    """What one period shows of a customer who is there."""

    day: date
    candidate: Optional[str]                        # None: a value is missing, or a prospect
    opened: Optional[date] = None
    holds: frozenset = frozenset()                  # conditions that hold: as written
    texts: dict = field(default_factory=dict)       # expressions of text: as written, to value


class Mark(NamedTuple):
    """What one day says of rising or falling, by the rule of that day."""

    rates: bool                 # a rating day
    counts: bool                # … that adds to the count
    breaks: bool                # what follows each other ends here
    candidate: str
    within: Optional[int]


@dataclass(frozen=True)
class State:
    """What one period leaves."""

    day: date
    candidate: Optional[str]
    tier: Optional[str] = None          # held
    since: Optional[date] = None
    valid_until: Optional[date] = None
    pending: Optional[str] = None       # held from the next period on
    standing: str = "normal"
    failing: int = 0
    starts: bool = False                # was without a state before
    up: Optional[Mark] = None           # the day on the way up
    down: Optional[Mark] = None         # … and on the way down
    cleared_before: bool = False        # counts returned to 0 before this day's …
    cleared_after: bool = False         # … or after


# --- days --------------------------------------------------------------------


def last_of_month(year: int, month: int) -> date:
    """The last day of a month; months beyond 12 are those of later years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the month's last where it has no such day."""
    last = last_of_month(day.year, day.month + months)
    return last.replace(day=min(day.day, last.day))


def add_months_end_to_end(day: date, months: int) -> date:
    """As add_months, but from a month's last day to a month's last day."""
    if day == last_of_month(day.year, day.month):
        return last_of_month(day.year, day.month + months)
    return add_months(day, months)


def fiscal_year_end(day: date, starts: str) -> date:
    """The last day of the fiscal year that a day lies in."""
    month, of_month = map(int, starts.split("-"))
    start = date(day.year, month, of_month)
    if start <= day:
        start = date(day.year + 1, month, of_month)
    return start - timedelta(days=1)


def is_rating_day(side: Moves, day: date, starts: str) -> bool:
    """Whether a period's end is one of the days of `on:`; none is where there is no way."""
    on = side["on"]
    if side["never"]:
        return False
    if on == "every_period":
        return True
    if isinstance(on, str):
        months = {"quarter": 3, "half_year": 6, "year": 12}[on]
        year_end = fiscal_year_end(day, starts)
        return any(day + timedelta(days=1) == add_months(year_end + timedelta(days=1), -back)
                   for back in range(0, 12, months))
    ends_february = day == last_of_month(day.year, 2)
    return ("02-28" if ends_february else day.strftime("%m-%d")) in on


# --- the rule of a customer --------------------------------------------------


def cohort_of(moves: Moves, seen: Seen) -> int:
    """The first cohort whose condition holds; after the last where none does."""
    cohorts = moves.get("cohorts", ())
    return next((n for n, c in enumerate(cohorts) if c["when"] in seen.holds), len(cohorts))


@cache
def rule_in_cohort(scheme: Scheme, cohort: int, held: Optional[str]) -> Moves:
    """Every parameter: exceptions replace single ones."""
    own = [*scheme.moves.get("cohorts", ()), {}][cohort]
    rule = {part: dict(DEFAULTS[part]) for part in EXCEPTIONS}
    for layer in (scheme.moves, scheme.moves.get("per_tier", {}).get(held, {}), own,
                  own.get("per_tier", {}).get(held, {})):
        for part in EXCEPTIONS:
            given = layer.get(part, {})
            if "for" in given:
                rule[part]["until"] = None
            if "until" in given:
                rule[part]["for"] = None
            rule[part].update(given)
    return rule


def rule_of(scheme: Scheme, seen: Seen, held: Optional[str]) -> Moves:
    """The rule of a customer who holds a tier."""
    return rule_in_cohort(scheme, cohort_of(scheme.moves, seen), held)


def validity(valid: Moves, decided: date, effective: date, starts: str) -> Optional[date]:
    """To which day a tier is kept that is entered or renewed."""
    if valid["for"]:
        return add_months_end_to_end(decided, valid["for"])
    if valid["until"]:
        end = fiscal_year_end(effective, starts)
        return end if valid["until"] == "end_of_year" else fiscal_year_end(
            end + timedelta(days=1), starts)
    return None


# --- counting ----------------------------------------------------------------


def days_that_count(past: list[Optional[State]], this: State) -> list[State]:
    """The days, this one the last, since counts were last returned to 0."""
    days: list[State] = []
    for state in [this, *reversed(past)]:
        if state is None or (state is not this and state.cleared_after):
            break
        days.insert(0, state)
        if state.cleared_before:
            break
    return days


def count(days: list[Mark]) -> tuple[int, list[str]]:
    """How many days count in the end, and what those earned that did since the count left 0."""
    number, earned, rated = 0, [], []
    for day in days:
        if day.rates:
            rated.append(day.counts)
        if day.within:
            number = sum(rated[-day.within:])
        elif day.counts:
            number += 1
        elif day.breaks:
            number = 0
        if number == 0:
            earned = []
        elif day.counts:
            earned.append(day.candidate)
    return number, earned


# --- one period --------------------------------------------------------------


def start(scheme: Scheme, changed: bool, past: list[Optional[State]], seen: Seen) -> State:
    """What the customer holds before this period is decided, its counts as they were."""
    before = past[-1] if past else None
    changes = scheme.moves.get("on_change", "keep") if changed else "keep"
    state = State(seen.day, seen.candidate, cleared_before=changes != "keep")
    if before and before.tier and changes != "rerate":
        if before.pending:
            return replace(state, tier=before.pending, since=before.day + timedelta(days=1),
                           valid_until=before.valid_until)
        return replace(state, tier=before.tier, since=before.since,
                       valid_until=before.valid_until)
    if seen.candidate is None:
        return state
    new = rule_of(scheme, seen, None)["new_customers"]
    opens_in = seen.texts.get(new["opens_in"])
    if not past or changes == "rerate":
        tier = seen.candidate
    elif opens_in in scheme.tiers:
        tier = opens_in
    else:
        tier = seen.candidate if new["starts"] == "earned" else scheme.tiers[-1]
    return entered(scheme, seen, replace(state, cleared_before=True, starts=True), tier,
                   seen.day, seen.day)


def entered(scheme: Scheme, seen: Seen, state: State, tier: str, decided: date,
            effective: date) -> State:
    """The state with a tier entered."""
    valid = rule_of(scheme, seen, tier)["valid"]
    return replace(state, tier=tier, since=effective, valid_until=validity(
        valid, decided, effective, scheme.fiscal_year_starts))


def move(scheme: Scheme, seen: Seen, state: State, tier: str, effective: str) -> State:
    """A customer rises or falls, now or for the next period; both counts return to 0."""
    state = replace(state, cleared_after=True, failing=0)
    if effective == "next_period":
        next_tier = entered(scheme, seen, state, tier, seen.day, seen.day + timedelta(days=1))
        return replace(state, pending=tier, valid_until=next_tier.valid_until)
    return entered(scheme, seen, replace(state, standing="normal"), tier, seen.day, seen.day)


def rise(scheme: Scheme, past: list[Optional[State]], state: State, seen: Seen,
         up: Moves) -> Optional[str]:
    """The tier that the customer rises to."""
    rank = scheme.tiers.index
    number, earned = count([day.up for day in days_that_count(past, state) if day.up])
    if not state.up.counts or number < up["after"]:
        return None
    above = rank(state.tier) - 1
    lands = {"tier_of_all": max(map(rank, earned)),
             "tier_of_last": rank(seen.candidate), "one_step": above}[up["lands"]]
    return scheme.tiers[min(lands, above)]


def day_of_effect(side: Moves, seen: Seen) -> date:
    """The day on which a decision of this period takes effect."""
    return seen.day + timedelta(days=side["effective"] == "next_period")


def renewed(scheme: Scheme, rule: Moves, state: State, seen: Seen) -> Optional[date]:
    """To which day the tier is kept, for a customer who earns it again."""
    effective = day_of_effect(rule["down"], seen)
    due = not state.valid_until or state.valid_until < effective
    if state.starts or not due and rule["valid"]["renews"] == "at_expiry":
        return state.valid_until
    until = validity(rule["valid"], seen.day, effective, scheme.fiscal_year_starts)
    return until or state.valid_until


def shield(rule: Moves, state: State, seen: Seen) -> Optional[str]:
    """What keeps a customer from falling."""
    effective = day_of_effect(rule["down"], seen)
    months = rule["new_customers"]["protected"]
    if months and seen.opened and effective <= add_months(seen.opened, months):
        return "protected"
    if not (rule["valid"]["for"] or rule["valid"]["until"]):
        return None
    if state.valid_until and effective <= state.valid_until:
        return "valid"
    if state.valid_until and effective <= add_months_end_to_end(
            state.valid_until, rule["valid"]["grace"]):
        return "grace"
    return None


def step(scheme: Scheme, changed: bool, past: list[Optional[State]], seen: Seen) -> State:
    """One period, after the customer's past ones (None where it was not there)."""
    state = start(scheme, changed, past, seen)
    if seen.candidate is None or state.tier is None:
        return state
    rank = scheme.tiers.index
    rule = rule_of(scheme, seen, state.tier)
    up, down, watch = rule["up"], rule["down"], rule["watch"]
    fails = rank(seen.candidate) > rank(state.tier) and down["unless"] not in seen.holds
    reaches = rank(seen.candidate) < rank(state.tier)
    shielded = shield(rule, state, seen)
    forgiven = fails and shielded == "protected" and rule["new_customers"]["failing"] == "forgiven"

    rates_up = is_rating_day(up, seen.day, scheme.fiscal_year_starts)
    rates_down = is_rating_day(down, seen.day, scheme.fiscal_year_starts)
    recovers = not fails and (rates_down or down["recovers"] == "any_period")
    counts = fails and rates_down and not forgiven
    state = replace(
        state, up=Mark(rates_up, rates_up and reaches, rates_up, seen.candidate, up["within"]),
        down=Mark(rates_down, counts, recovers, seen.candidate, down["within"]))
    number, earned = count([day.down for day in days_that_count(past, state) if day.down])

    watched = watch["after"] and number >= watch["after"] + (watch["effective"] == "next_period")
    standing = fails and shielded or ("watch" if watched else "normal")
    state = replace(state, failing=number, standing=standing)

    if rank(seen.candidate) <= rank(state.tier):
        state = replace(state, valid_until=renewed(scheme, rule, state, seen))

    risen = rise(scheme, past, state, seen, up)
    if risen:
        return move(scheme, seen, replace(state, standing="normal"), risen, up["effective"])
    if counts and number >= down["after"] and not shielded:
        below = rank(state.tier) + 1
        lands = {"tier_of_last": rank(seen.candidate), "one_step": below,
                 "tier_of_best_in_window": min(map(rank, earned))}[down["lands"]]
        return move(scheme, seen, state, scheme.tiers[max(lands, below)], down["effective"])
    return state


def in_new_codes(past: list[Optional[State]], old: Scheme, new: Scheme) -> list[Optional[State]]:
    """The past as a new version knows it: the worst and the best of the counted days, as the old
    version ranked them, and what is held go by the new one's codes."""
    names = new.moves.get("map", {})
    if not past or past[-1] is None:
        return past
    days = days_that_count(past[:-1], past[-1])
    worst = max(count([day.up for day in days if day.up])[1], key=old.tiers.index, default=None)
    best = min(count([day.down for day in days if day.down])[1], key=old.tiers.index, default=None)

    def of_mark(mark: Optional[Mark], code: Optional[str]) -> Optional[Mark]:
        return mark and mark._replace(candidate=names.get(code, code))

    return [state and replace(
        state, tier=names.get(state.tier, state.tier),
        pending=names.get(state.pending, state.pending),
        up=of_mark(state.up, worst), down=of_mark(state.down, best)) for state in past]


def walk(schemes: list[Scheme], seen: list[Optional[Seen]]) -> list[Optional[State]]:
    """Every period of one customer; `schemes` are the versions in force, period by period."""
    past: list[Optional[State]] = []
    states: list[Optional[State]] = []
    for place, (scheme, shown) in enumerate(zip(schemes, seen, strict=True)):
        changed = place > 0 and schemes[place - 1] is not scheme
        if changed:
            past = in_new_codes(past, schemes[place - 1], scheme)
        states.append(step(scheme, changed, past, shown) if shown else None)
        past.append(states[-1])
    return states
