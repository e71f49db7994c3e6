#!/usr/bin/env python3
"""Tiers that move: thousands of random customers under every published rule, month by month,
against a second implementation. They hover about the bounds, come, go and come back."""

import random
from datetime import date

import support
from moves_bank import (
    ANNUAL_TIERS, BOHAI, CASH, CCB, CITI, ICBC, INDUSTRIAL, REVIEW, SEED, TRADE, YEARLY, YUAN,
    Comer, Held, RandomBank, Scheme, Seen, as_exported, month_ends, scale, tier_of, walk, yuan)
from support import ROOT


class RandomPaths(RandomBank):
    """Balances about the bounds of every published rule; customers come, go and come back."""

    ATTRIBUTES = {"opening_tier": "text"}
    MONTHS = 36
    STEPS = (0, 13, 25)

    def people(self, rng, days):
        """Customers of a random bank."""
        return [Comer(rng, f"P{n:05}", days, self.STEPS) for n in range(scale())]

    @staticmethod
    def step_of(place):
        """The delivery that a month's run sees."""
        return sum(place >= first for first in RandomPaths.STEPS) - 1

    @staticmethod
    def path(rng, near, months):
        """Cents month by month: one of the amounts of a level, which often stays for a while."""
        level, cents, path = rng.randrange(len(near)), 0, []
        for _ in range(months):
            if not path or rng.random() < 0.5:
                if rng.random() < 0.5:
                    level = max(0, min(len(near) - 1, level + rng.choice((-2, -1, -1, 1, 1, 2))))
                cents = rng.choice(near[level])
            path.append(cents)
        return path

    @staticmethod
    def about(amounts):
        """Levels of amounts: a bound and what is a cent or more off it."""
        return [(0, 1), *((bound, bound, bound - 1, bound + 1, bound * 3 // 2)
                          for bound in sorted(amounts))]

    def rate(self, policy, people, days, columns, fill):
        """Delivers and runs in steps."""
        for step, (first, last) in enumerate(zip(self.STEPS, [*self.STEPS[1:], self.MONTHS])):
            self.deliver(people, step, columns, fill)
            self.run_months(policy, days[first:last])

    def check_paths(self, name, scheme, people, days, candidates, got, texts=lambda person: {}):
        """Every customer and month of one scheme."""
        want = {}
        for person in people:
            seen = [Seen(day, candidate, person.lives[self.step_of(place)][0],
                         texts=texts(person)) if person.is_here(day, self.step_of(place)) else None
                    for place, (day, candidate) in enumerate(zip(days, candidates(person)))]
            for state in walk([scheme] * len(days), seen):
                if state:
                    want[name, person.number, state.day.isoformat()] = as_exported(state)
        moved = {row[0] for row in want.values() if row}
        self.assertEqual(moved, set(scheme.tiers), "some tier is never held")
        self.compare({key: row for key, row in got.items() if key[0] == name}, want)

    @staticmethod
    def balances(bank, account, days, path):
        """Rows where the balance changes, on the first of the month."""
        before = None
        for day, cents in zip(days, path):
            if cents != before:
                bank.add("balance", account=account, on_date=day.replace(day=1), amount=yuan(cents))
            before = cents

    def check(self, rule, near, others=(), currency="CNY"):
        """One rule: deposits near these amounts, and other accounts."""
        rng = random.Random(f"{SEED} {rule.file}")
        days = month_ends(date(2023, 1, 1), self.MONTHS)
        people = self.people(rng, days)
        for person in people:
            person.path = self.path(rng, near, self.MONTHS)
            person.opening = rng.choice([*rule.tiers, "", "", "nonsense"])
            person.others = {kind: (self.path(rng, amounts, self.MONTHS), *sorted(
                rng.sample(range(self.MONTHS + 12), 2))) for kind, amounts in dict(others).items()}

        def fill(bank):
            for person in people:
                self.balances(bank, f"A{person.number}", days, person.path)
                for kind, (path, opens, closes) in person.others.items():
                    self.add_other(bank, person, kind, path, opens, closes, days)

        self.currency = currency
        policy = ROOT / "policies" / f"{rule.file}.yaml"
        self.rate(policy, people, days, lambda p: {"opening_tier": p.opening}, fill)
        self.check_paths(rule.scheme, Scheme(tuple(rule.tiers), rule.moves), people, days,
                         lambda person: [rule.candidate(self.held(person, n), day)
                                         for n, day in enumerate(days)],
                         self.exported([rule.scheme], days),
                         lambda person: {"opening_tier": person.opening})

    @staticmethod
    def add_other(bank, person, kind, path, opens, closes, days):
        """Another account, open from a month's first day to a later one's."""
        if opens >= len(days):
            return
        account = f"{kind}{person.number}"
        bank.add("account", id=account, **{"class": kind}, opened_on=days[opens].replace(day=1),
                 closed_on=days[closes].replace(day=1) if closes < len(days) else "")
        bank.add("account_holder", account=account, customer=person.number, role="owner",
                 share="100%")
        RandomPaths.balances(bank, account, days[opens:closes], path[opens:closes])

    @staticmethod
    def held(person, place):
        """What a customer holds in a month."""
        now = {kind: path[place] for kind, (path, opens, closes) in person.others.items()
               if opens <= place < closes}
        return Held(person.path[place], 1 + len(now), now.get("loan", 0), now.get("fund", 0))

    def test_bohai(self):
        self.check(BOHAI, self.about(filter(None, BOHAI.tiers.values())))

    def test_ccb(self):
        amounts = [-(-bound * 30 // days) for bound in CCB.tiers.values() if bound
                   for days in (28, 29, 30, 31)]
        self.check(CCB, self.about(amounts))

    def test_icbc(self):
        self.check(ICBC, self.about([500, *(bound * 1000 for bound in ICBC.tiers.values()
                                            if bound and bound > 1)]),
                   {"fund": [(0, 0, 1, 600, 1_000_000)]})

    def test_industrial(self):
        amounts = [bound * YUAN for bound in (100_000, 300_000, 6_000_000)]
        self.check(INDUSTRIAL, self.about(amounts), {
            "fund": [(0, 1, 1_000_000)], "loan": [(0, 0, 1, 1_000_000)]})

    def test_citi(self):
        self.check(CITI, self.about(filter(None, CITI.tiers.values())), currency="USD")

    def test_review(self):
        self.check(REVIEW, self.about(filter(None, REVIEW.tiers.values())))


class RandomDeals(RandomPaths):
    """The annual grade: two product lines of companies with deals in some months."""

    ATTRIBUTES = {"agent": "boolean"}

    def people(self, rng, days):
        """Half as many: every one has two lines."""
        people = super().people(rng, days)[::2]
        for person in people:
            person.kind = "person" if rng.random() < 0.03 else "company"
            person.agent = rng.random() < 0.03
            person.deals = {line: self.deals(rng, line) for line in (CASH, TRADE)}
        return people

    def deals(self, rng, line):
        """Cents by month, 0 where there is none."""
        often, amounts = rng.choice((0.1, 0.3, 0.6, 0.9)), sorted(line.sales)
        some = [amount // part + off for amount in amounts for part in (1, 2, 3, 12)
                for off in (0, 0, -1)]
        return [rng.choice(some) if rng.random() < often else 0 for _ in range(self.MONTHS)]

    def candidates(self, person, line):
        """The grade that each month's year of deals earns."""
        rated = person.kind == "company" and not person.agent
        years = [person.deals[line][max(0, n - 11):n + 1] for n in range(self.MONTHS)]
        return [tier_of(ANNUAL_TIERS, line.score(sum(year), sum(cents > 0 for cents in year)))
                if rated else None for year in years]

    def fill(self, bank, people, days):
        """Deals in the middle of their months."""
        for person in people:
            for line, deals in person.deals.items():
                for day, cents in zip(days, deals):
                    if cents:
                        bank.add("txn", customer=person.number, account="",
                                 on_date=day.replace(day=15), amount=yuan(cents),
                                 product=line.product)

    def test_annual(self):
        rng = random.Random(f"{SEED} annual")
        days = month_ends(date(2023, 1, 1), self.MONTHS)
        people = self.people(rng, days)
        self.rate(ROOT / "policies/moves_annual.yaml", people, days,
                  lambda p: {"kind": p.kind, "agent": "yes" if p.agent else "no"},
                  lambda bank: self.fill(bank, people, days))
        got = self.exported(["cash", "cash_year", "trade", "trade_year"], days)
        for line in (CASH, TRADE):
            for name, moves in (line.product, {}), (f"{line.product}_year", YEARLY):
                self.check_paths(name, Scheme(tuple(ANNUAL_TIERS), moves), people, days,
                                 lambda person, line=line: self.candidates(person, line), got)


for name in [name for name in dir(RandomPaths) if name.startswith("test_")]:
    setattr(RandomDeals, name, None)    # those of the other rules are run once


if __name__ == "__main__":
    support.main()
