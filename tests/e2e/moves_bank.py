"""What the tests of moves share: the second implementation, the published rules as it reads them,
schemes of any moves, comparing with the export, and banks of random customers."""

import json
import os
import sys
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from typing import Callable, NamedTuple, Optional

import support
from support import ROOT, STRATA, SmallBank, succeed

sys.path.insert(0, str(ROOT / "tests/oracle"))
from moves import Scheme, Seen, add_months, last_of_month, walk  # noqa: E402,F401

SEED = int(os.environ.get("STRATA_MOVES_SEED", "20240131"))
COMPARED = ("tier", "candidate", "standing", "failing", "pending", "since", "valid_until")


def is_sanitized():
    """Whether the program checks itself, and so is slow."""
    with open(STRATA, "rb") as file:
        return b"__asan_init" in file.read()


def scale():
    """How many random customers a rule is given."""
    return int(os.environ.get("STRATA_MOVES_CUSTOMERS", "600" if is_sanitized() else "10000"))


def month_ends(first, count):
    """So many months' last days."""
    return [last_of_month(first.year, first.month + n) for n in range(count)]


def half_up(amount):
    """A non-negative fraction of cents in whole ones, as an average is rounded."""
    return int(amount + Fraction(1, 2))


def yuan(cents):
    """Cents as the bank's files have them."""
    return f"{cents // 100}.{cents % 100:02}"


def as_exported(state):
    """A state in the words of the export."""
    if state.candidate is None:
        return None
    return (state.tier, state.candidate, state.standing, str(state.failing), state.pending or "",
            state.since.isoformat(), state.valid_until.isoformat() if state.valid_until else "")


# --- the published rules, as the oracle reads them ----------------------------

YUAN = 100  # cents


class Held(NamedTuple):
    """What a customer holds all month, in cents: deposits, and what else a rule looks at."""

    deposit: int
    products: int = 1
    loan: int = 0
    fund: int = 0


class Rule(NamedTuple):
    """A preset: its file and scheme, tiers with lower bounds in cents, moves."""

    file: str
    scheme: str
    tiers: dict
    moves: dict
    earns: Optional[Callable] = None    # of what is held, in a month of so many days: the tier

    def candidate(self, held, day):
        """The tier that a month earns."""
        return self.earns(held, day.day) if self.earns else tier_of(self.tiers, held.deposit)


def bounds(**yuans):
    """Tiers from the highest with their bounds in cents; the last has none."""
    return {code: None if bound is None else bound * YUAN for code, bound in yuans.items()}


def thirty_days(held, days):
    """Σ balance × days ÷ 30."""
    return tier_of(CCB.tiers, half_up(Fraction(held.deposit * days, 30)))


def star_points(held, days):
    """Σ business × coefficient, to two digits."""
    return tier_of(ICBC.tiers, half_up(Fraction(held.deposit * 10 + held.fund * 8, 10_000)))


def by_contribution(held, days):
    """The top by net assets; core by contribution and loyalty."""
    contribution = half_up(held.deposit + held.fund * Fraction(8, 10) + held.loan * Fraction(3, 10))
    if held.deposit + held.fund - held.loan >= 6_000_000 * YUAN:
        return "private"
    if contribution >= 300_000 * YUAN and held.products >= 3:
        return "core"
    return "valued" if contribution >= 100_000 * YUAN else "basic"


BOHAI = Rule(
    "moves_bohai", "asset",
    bounds(private_top=30_000_000, private=6_000_000, diamond=2_000_000, platinum=500_000,
           gold=50_000, base=None),
    {"up": {"effective": "next_period"}, "watch": {"after": 1},
     "down": {"after": 3, "effective": "next_period"},
     "per_tier": {"private_top": {"down": {"after": 6}}, "private": {"down": {"after": 6}}},
     "new_customers": {"starts": "lowest"}})
CCB = Rule(
    "moves_ccb", "asset",
    bounds(private=6_000_000, wealth=500_000, preferred=200_000, gold=50_000, base=None),
    {"watch": {"after": 3, "effective": "next_period"},
     "down": {"after": 6, "effective": "next_period", "lands": "tier_of_best_in_window"}},
    thirty_days)
ICBC = Rule(
    "moves_icbc", "stars",
    {**bounds(seven=80_000, six=10_000, five=2_000, four=500, three=50), "quasi": 1, "none": None},
    {"down": {"on": ["06-30", "12-31"], "after": 2}}, star_points)
INDUSTRIAL = Rule(
    "moves_industrial", "contribution_tier",
    dict.fromkeys(("private", "core", "valued", "basic")),
    {"up": {"after": 2, "within": 3}, "watch": {"after": 1},
     "down": {"after": 3, "within": 4, "lands": "tier_of_best_in_window"}}, by_contribution)
CITI = Rule(
    "moves_citi", "relationship",
    bounds(private_client=1_000_000, gold=200_000, priority=30_000, everyday=None),
    {"up": {"effective": "next_period"}, "down": {"after": 3, "effective": "next_period"},
     "new_customers": {"opens_in": "opening_tier", "starts": "lowest", "protected": 3,
                       "failing": "counted"}})
REVIEW = Rule(
    "moves_review", "asset_table", bounds(high=5_000_000, mid=500_000, low=None),
    {"down": {"on": "quarter", "lands": "one_step"}})
YEARLY = {"up": {"on": "year", "effective": "next_period"},
          "down": {"on": "year", "effective": "next_period"}}
ANNUAL_TIERS = {"a": 85, "b": 70, "c": 60, "d": None}


class Line(NamedTuple):
    """A product line of the annual grade: sales bands in cents."""

    product: str
    sales: tuple

    def score(self, cents, deals):
        """Points of sales and deals of twelve months, weighted."""
        bands = zip(self.sales, (100, 85, 70))
        sales = next((points for bound, points in bands if cents >= bound), 50)
        often = next((points for bound, points in ((10, 100), (6, 80), (3, 60)) if deals >= bound),
                     40)
        return (60 * sales + 40 * often) / 100


CASH = Line("cash", (30_000 * YUAN, 15_000 * YUAN, 5_000 * YUAN))
TRADE = Line("trade", (100_000 * YUAN, 50_000 * YUAN, 15_000 * YUAN))


def tier_of(tiers, value):
    """The highest tier whose bound is reached."""
    return next(code for code, bound in tiers.items() if bound is None or value >= bound)


# --- comparing ------------------------------------------------------------------


class Moves(support.TestCase):
    """Runs months and compares them with what was expected."""

    def run_months(self, policy, days, every="month"):
        """All periods of one command."""
        succeed("run", self.store, policy, "--every", every, "--from", days[0], "--as-of",
                days[-1], "--quiet")

    def exported(self, schemes, days):
        """(scheme, customer, day) to what the export says, None for who has no tier."""
        found = {}
        for row in self.export("tiers", "--plain", "--from", days[0], "--as-of", days[-1],
                               "--quiet"):
            if row["scheme"] in schemes:
                found[row["scheme"], row["customer_id"], row["as_of"]] = tuple(
                    row[name] for name in COMPARED) if row["status"] == "rated" else None
        return found

    def compare(self, got, want, policy=""):
        """No difference; the first ones with the customer's whole path."""
        wrong = [key for key in sorted(got.keys() | want.keys())
                 if key not in got or key not in want or got[key] != want[key]]
        if wrong:
            self.fail(f"{len(wrong)} of {len(want)} differ\n" + "\n".join(
                self.told(key, got, want) for key in self.first_of_each(wrong)) + "\n" + policy)

    @staticmethod
    def first_of_each(wrong, most=4):
        """The first difference of the first customers."""
        firsts = {}
        for key in wrong:
            firsts.setdefault(key[:2], key)
        return list(firsts.values())[:most]

    @staticmethod
    def told(key, got, want):
        """A customer's path up to a difference."""
        lines = [f"{key}: {COMPARED}"]
        for day in sorted(k[2] for k in want if k[:2] == key[:2] and k[2] <= key[2]):
            at = (*key[:2], day)
            mark = "" if got.get(at, "no row") == want[at] else f"   GOT {got.get(at, 'no row')}"
            lines.append(f"  {day} {want[at]}{mark}")
        return "\n".join(lines)


# --- schemes of any moves ---------------------------------------------------------


def as_policy(value):
    """Moves as a policy has them: lengths of time are words, nothing stands empty."""
    if not isinstance(value, dict):
        return [as_policy(item) if isinstance(item, dict) else item for item in value] \
            if isinstance(value, list) else value
    months = {"for", "grace", "protected"}
    return {key: f"{item} months" if key in months else as_policy(item)
            for key, item in value.items() if item != {}}


POLICY = """strata: 1
name: random
calendar: {{period: {period}, fiscal_year_starts: {starts}}}
attributes: {{opening: text}}
metrics:
  v: {{from: txn, value: max(amount), where: kind = 'value', window: 1 {period}}}
  vip: {{from: txn, value: count(), where: kind = 'vip', window: 1 {period}}}
  relief: {{from: txn, value: count(), where: kind = 'relief', window: 1 {period}}}
schemes:
"""


class Version:
    """A version of a scheme under POLICY: a name, tiers with bounds in cents, moves."""

    def __init__(self, name, bounds_in_cents, moves, starts="01-01"):
        self.name, self.bounds, self.moves, self.starts = name, bounds_in_cents, moves, starts

    def text(self):
        """Its lines in a policy."""
        tiers = [{"code": code} | ({} if bound is None else {"from": bound / 100})
                 for code, bound in self.bounds.items()]
        body = {"method": "thresholds", "value": "v", "nulls": "unrated", "tiers": tiers,
                "moves": as_policy(self.moves)}
        return f"  {self.name}: {json.dumps(body)}\n"

    @cached_property
    def scheme(self):
        """For the oracle."""
        return Scheme(tuple(self.bounds), self.moves, self.starts)


# --- banks of random customers ------------------------------------------------------


class Comer:
    """A customer who comes, and may leave and come back between deliveries of the bank."""

    def __init__(self, rng, number, days, steps):
        self.number = number
        self.rng = rng
        early = rng.random() < 0.6
        span = (days[-1] - days[0]).days
        opened = days[0] + timedelta(rng.randrange(-400, -31) if early
                                     else rng.randrange(-31, span * 2 // 3))
        if rng.random() < 0.2:
            opened = last_of_month(opened.year, opened.month)
        self.first_opened = opened
        self.lives = [self.next_life(opened, None, days, steps, 0)]
        for step in range(1, len(steps)):
            self.lives.append(self.next_life(*self.lives[-1], days, steps, step))

    def next_life(self, opened, closed, days, steps, step):
        """Opening and closing day as a delivery gives them."""
        first, last = days[steps[step]], days[steps[step + 1] - 1 if step + 1 < len(steps) else -1]
        if closed and closed <= first and self.rng.random() < 0.7:
            return (first if self.rng.random() < 0.5 else opened), None
        if not closed and self.rng.random() < 0.06:
            day = first + timedelta(self.rng.randrange((last - first).days))
            return opened, (day if day > opened else None)
        return opened, closed

    def is_here(self, day, step):
        """Has come and has not left, as known in a step."""
        opened, closed = self.lives[step]
        return opened <= day and (closed is None or closed > day)

    def row(self, step):
        """Of the bank's file of customers."""
        opened, closed = self.lives[step]
        return {"id": self.number, "opened_on": opened, "closed_on": closed or ""}


class RandomBank(Moves):
    """A bank of random people, delivered and rated in steps."""

    ATTRIBUTES = {}
    currency = "CNY"

    def deliver(self, people, step, columns, fill=lambda bank: None):
        """The first delivery with everything, later ones with the customers that changed."""
        bank = SmallBank(self.currency, self.ATTRIBUTES)
        for person in people:
            if step == 0 or person.lives[step] != person.lives[step - 1]:
                bank.add("customer", **person.row(step), **columns(person))
            if step == 0:
                bank.add("account", id=f"A{person.number}", **{"class": "deposit"},
                         opened_on="2020-01-01")
                bank.add("account_holder", account=f"A{person.number}", customer=person.number,
                         role="owner", share="100%")
        if step == 0:
            fill(bank)
            succeed("init", self.store, "--quiet")
        if bank.rows["customer"]:
            folder = self.folder / f"delivery{step}"
            succeed("import", self.store, bank.write(folder), folder, "--quiet")
