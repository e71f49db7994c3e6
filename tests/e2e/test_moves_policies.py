#!/usr/bin/env python3
"""Tiers that move: policies of random moves, in three versions each, over random customers, against
a second implementation."""

import copy
import random
from datetime import date, timedelta

import support
from moves_bank import (
    POLICY, SEED, Comer, RandomBank, Seen, Version, as_exported, is_sanitized, last_of_month,
    tier_of, walk, yuan)
from support import ON_SERVER, strata

COHORT_CONDITIONS = ("region = 'north'", "vip > 0", "opened_on >= date '2023-06-01'", "relief > 0")
UNLESS_CONDITIONS = ("relief > 0", "region = 'south'")


def maybe(rng, probability, **choices):
    """Each key with a probability; its value a random one."""
    return {key: rng.choice(values) for key, values in choices.items()
            if rng.random() < probability}


def random_side(rng, lands, probability):
    """Some parameters of up: or down:."""
    side = maybe(rng, probability, after=(1, 1, 2, 2, 3, 4), lands=lands,
                 effective=("now", "next_period"), never=(False,) * 12 + (True,),
                 on=("every_period", "every_period", "quarter", "half_year", "year",
                     ["06-30", "12-31"], ["03-31", "02-28", "09-30"]))
    if "after" in side and rng.random() < 0.35:
        side["within"] = side["after"] + rng.randrange(4)
    return side


def random_exception(rng, probability=0.4):
    """Some parameters of up, down, watch and valid."""
    parts = {
        "up": random_side(rng, ("tier_of_all", "tier_of_last", "one_step"), probability),
        "down": random_side(rng, ("tier_of_last", "tier_of_best_in_window", "one_step"),
                            probability) | maybe(
            rng, probability, recovers=("any_period", "rating_day"), unless=UNLESS_CONDITIONS),
        "watch": maybe(rng, probability, after=(1, 2), effective=("now", "next_period")),
        "valid": {}}
    if rng.random() < probability:
        parts["valid"] = rng.choice((
            {"for": rng.choice((1, 3, 6, 12))},
            {"until": rng.choice(("end_of_year", "end_of_next_year"))})) | maybe(
                rng, 0.5, renews=("at_expiry", "when_reached"), grace=(1, 2, 3))
    return {part: given for part, given in parts.items() if given}


def random_new_customers(rng):
    """Some parameters of new_customers."""
    return maybe(rng, 0.5, starts=("earned", "lowest"), opens_in=("opening",),
                 protected=(1, 2, 3, 6), failing=("forgiven", "counted"))


def random_moves(rng, codes):
    """Every parameter, each with some probability."""
    moves = random_exception(rng, 0.5)
    moves["new_customers"] = random_new_customers(rng)
    if rng.random() < 0.5:
        moves["per_tier"] = {code: random_exception(rng, 0.3)
                             for code in rng.sample(codes, rng.randrange(1, len(codes)))}
    if rng.random() < 0.5:
        moves["cohorts"] = [
            {"code": f"c{n}", "when": when, **random_exception(rng, 0.3),
             "new_customers": random_new_customers(rng),
             "per_tier": {rng.choice(codes): random_exception(rng, 0.3)}}
            for n, when in enumerate(rng.sample(COHORT_CONDITIONS, rng.randrange(1, 3)))]
    return moves


class RandomScheme(Version):
    """A scheme of random tiers and moves, and how its later versions differ."""

    def __init__(self, rng, name, starts):
        codes = [f"t{n}" for n in range(rng.randrange(3, 7), 0, -1)]
        bounds = {code: 10_000 * (len(codes) - n - 1) for n, code in enumerate(codes)}
        super().__init__(name, {**bounds, codes[-1]: None}, random_moves(rng, codes), starts)
        self.rng = rng

    def later(self):
        """A next version: the same, raised bounds, a code more or less, other moves."""
        rng = self.rng
        other = RandomScheme(rng, self.name, self.starts)
        other.bounds, other.moves = dict(self.bounds), copy.deepcopy({
            key: value for key, value in self.moves.items() if key not in ("map", "on_change")})
        kind = rng.randrange(5)
        if kind == 0:
            return self
        if kind == 1:
            other.bounds = {code: bound and bound + 5_000 for code, bound in self.bounds.items()}
        elif kind == 2:
            other.lose(rng.choice(list(self.bounds)[:-1]))
        elif kind == 3:
            top = f"new{len(self.bounds)}{rng.randrange(1000)}"
            place = rng.randrange(len(self.bounds))
            items = list(other.bounds.items())
            bound = (items[place][1] or 0) + 5_000
            other.bounds = dict(items[:place] + [(top, bound)] + items[place:])
        else:
            other.moves = random_moves(rng, list(self.bounds))
        other.moves["on_change"] = rng.choice(("keep", "keep", "reset", "rerate"))
        return other

    def lose(self, code):
        """Without a code: its holders go to another."""
        del self.bounds[code]
        codes = list(self.bounds)
        self.moves["map"] = {code: self.rng.choice(codes)}
        for layer in (self.moves, *self.moves.get("cohorts", ())):
            if "per_tier" in layer:
                layer["per_tier"] = {c: x for c, x in layer["per_tier"].items() if c != code}
                if not layer["per_tier"]:
                    del layer["per_tier"]


class RandomPolicies(RandomBank):
    """Every parameter of moves:, in combinations made at random."""

    ATTRIBUTES = {"opening": "text"}
    CUSTOMERS, COUNT = 300, 30
    PERIODS = {   # the first ends of periods
        "day": lambda count: [date(2023, 6, 10) + timedelta(n) for n in range(count)],
        "month": lambda count: [last_of_month(2023, 1 + n) for n in range(count)],
        "quarter": lambda count: [last_of_month(2023, 3 + 3 * n) for n in range(count)],
        "year": lambda count: [last_of_month(2020 + n, 12) for n in range(count)]}
    STEPS = (0, 11, 21)

    def accepted(self, make, period, starts):
        """The first of what make() makes that the program does not refuse."""
        for _ in range(200):
            scheme = make()
            path = self.write("one.yaml", POLICY.format(period=period, starts=starts)
                              + scheme.text())
            if strata("check", path, "--quiet").status == 0:
                return scheme
        raise AssertionError("no random policy is accepted")

    def people(self, rng, days):
        """People with facts: (period, kind, cents)."""
        people = []
        for n in range(self.CUSTOMERS):
            person = Comer(rng, f"P{n:04}", days, self.STEPS)
            person.region = rng.choice(("north", "south", "east"))
            person.opening = rng.choice(("t1", "t2", "t3", "t9", "", ""))
            person.values, level = [], rng.randrange(1, 6)
            for _ in days:
                if rng.random() < 0.45:
                    level = max(0, min(6, level + rng.choice((-2, -1, -1, 0, 1, 1, 2))))
                person.values.append(None if rng.random() < 0.04 else max(
                    0, 10_000 * level + rng.choice((0, 0, -1, 4_999, 5_000))))
            person.flags = [{flag for flag, often in (("vip", 0.2), ("relief", 0.1))
                             if rng.random() < often} for _ in days]
            people.append(person)
        return people

    def fill(self, bank, people, days):
        """The people's facts, each on its period's last day."""
        for person in people:
            for day, value, flags in zip(days, person.values, person.flags):
                facts = [(flag, 1) for flag in flags] + ([("value", value)]
                                                         if value is not None else [])
                for kind, cents in facts:
                    bank.add("txn", customer=person.number, account="", on_date=day, kind=kind,
                             amount=yuan(cents))

    def seen(self, person, place, step, day, bounds_in_force):
        """What a period shows of a person to the oracle."""
        if not person.is_here(day, step):
            return None
        holds = {f"{flag} > 0" for flag in person.flags[place]} | {f"region = '{person.region}'"}
        opened = person.lives[step][0]
        if opened >= date(2023, 6, 1):
            holds.add("opened_on >= date '2023-06-01'")
        value = person.values[place]
        return Seen(day, None if value is None else tier_of(bounds_in_force, value), opened,
                    frozenset(holds), {"opening": person.opening})

    def check(self, seed, period, starts):
        """One bank under many schemes, in three versions of the policy."""
        schemes = 3 if is_sanitized() or ON_SERVER else 10
        rng = random.Random(f"{SEED} {seed}")
        days = self.PERIODS[period](self.COUNT)
        people = self.people(rng, days)
        versions = [[self.accepted(lambda i=i: RandomScheme(rng, f"s{i}", starts), period, starts)
                     for i in range(schemes)]]
        for _ in self.STEPS[1:]:
            versions.append([self.accepted(scheme.later, period, starts)
                             for scheme in versions[-1]])
        in_force = [sum(place >= first for first in self.STEPS) - 1
                    for place in range(self.COUNT)]
        for step, (first, last) in enumerate(zip(self.STEPS, [*self.STEPS[1:], self.COUNT])):
            self.deliver(people, step,
                         lambda p: {"region": p.region, "opening": p.opening},
                         lambda bank: self.fill(bank, people, days))
            policy = self.write("policy.yaml", POLICY.format(
                period=period, starts=starts) + "".join(s.text() for s in versions[step]))
            self.run_months(policy, days[first:last], period)
        got = self.exported([scheme.name for scheme in versions[0]], days)
        for i in range(schemes):
            self.check_scheme(i, versions, people, days, in_force, got)

    def check_scheme(self, i, versions, people, days, in_force, got):
        """Every customer and period of one scheme."""
        schemes = [versions[step][i].scheme for step in in_force]
        name, want = versions[0][i].name, {}
        for person in people:
            seen = [self.seen(person, place, step, days[place], versions[step][i].bounds)
                    for place, step in enumerate(in_force)]
            for state in walk(schemes, seen):
                if state:
                    want[name, person.number, state.day.isoformat()] = as_exported(state)
        with self.subTest(name):
            self.compare({key: row for key, row in got.items() if key[0] == name}, want,
                         "".join(v[i].text() for v in versions))

    def test_months(self):
        self.check("months", "month", "01-01")

    def test_months_of_a_fiscal_year(self):
        self.check("fiscal", "month", "04-01")

    def test_quarters(self):
        self.check("quarters", "quarter", "01-01")

    def test_days(self):
        self.check("days", "day", "01-01")

    def test_years(self):
        self.check("years", "year", "01-01")

    def test_more_months(self):
        self.check("more", "month", "01-01")


if __name__ == "__main__":
    support.main()
