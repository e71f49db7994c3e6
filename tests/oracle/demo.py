#!/usr/bin/env python3
"""Oracle: every metric and every tier of policies/demo.yaml, from the files of `strata demo`.

Of the scheme whose tiers are held (asset_held) it says what the values earn: that is `asset`.

Reads the CSV files, sets the malformed rows aside, and works every definition out
account by account and day by day. Whole numbers and fractions only.

    demo.py DIR --as-of 2025-02-28 [--as-of 2025-12-31] [-o out.csv] [--bad bad.csv]

DIR is the folder that `strata demo` wrote. One row a customer and date goes to -o or
standard output; --bad gets the rows that were set aside.
"""

import argparse
import csv
import re
import sys
from bisect import bisect_right
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, TextIO

ONE_DAY = timedelta(days=1)
WHOLE_SHARE = 100_00
HOME = "CNY"
DEFAULTS = {"currency": HOME, "base": HOME}
DECIMALS = {"CNY": 2, "USD": 2, "HKD": 2, "EUR": 2, "JPY": 0}
HOME_DECIMALS = DECIMALS[HOME]
RATE_DECIMALS = 8
RATE_DAYS_MAX = 10
RECORD_MAX = 1024 * 1024
ID_MAX = 256
# An exact amount is a whole number of these parts of a yuan's cent.
EXACT = 10**RATE_DECIMALS

CLASSES = ("deposit", "loan", "fund", "wealth", "insurance", "bond", "metal", "card", "trust")
ROLES = ("owner", "joint", "authorised")
ASSETS = {"deposit", "fund", "wealth", "insurance", "bond", "metal", "trust"}
STARS = {"deposit": 10, "wealth": 8, "fund": 8, "insurance": 6, "bond": 8, "metal": 4,
         "trust": 8, "loan": 5}
STARS_PER = 10_000

Row = dict[str, Any]
Metrics = dict[str, Any]


# --- the form of the files ---------------------------------------------------


class Malformed(Exception):
    """Why a row is set aside."""


class Number(NamedTuple):
    """A decimal as written: digits, of which so many stand after the point."""

    digits: int
    decimals: int

    def units(self, decimals: int) -> int:
        """The number in units of so many decimals; finer ones are refused."""
        if self.decimals > decimals:
            raise Malformed("too_precise")
        return self.digits * 10 ** (decimals - self.decimals)


NUMBER = re.compile(r"(-?[0-9]+)(?:\.([0-9]*[1-9])?0*)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@lru_cache(maxsize=None)
def read_date(text: str) -> date:
    """A day of the calendar written 2025-12-31."""
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Malformed("bad_date")


def read_number(text: str) -> Number:
    """A decimal; zeros at its end do not count."""
    match = NUMBER.fullmatch(text)
    if not match:
        raise Malformed("bad_number")
    whole, fraction = match.group(1), match.group(2) or ""
    return Number(int(whole + fraction), len(fraction))


def read_units(decimals: int, text: str) -> int:
    """A decimal with at most so many decimals."""
    return read_number(text).units(decimals)


def read_currency(text: str) -> str:
    """The code of a currency that has decimals in DECIMALS."""
    if text not in DECIMALS:
        raise Malformed("unknown_currency")
    return text


def read_choice(allowed: tuple[str, ...], text: str) -> str:
    """One of a few words."""
    if text not in allowed:
        raise Malformed("bad_choice")
    return text


def read_share(text: str) -> int:
    """A share in percent, in basis points."""
    share = read_units(2, text)
    if not 0 <= share <= WHOLE_SHARE:
        raise Malformed("out_of_range")
    return share


def split_fields(record: bytes) -> list[str]:
    """The fields of a line. No good row has a quote, so a line ends where it ends."""
    if len(record) > RECORD_MAX:
        raise Malformed("too_long")
    try:
        text = record.removesuffix(b"\n").decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("bad_utf8") from None
    if "\0" in text:
        raise Malformed("nul_byte")
    fields = text.split(",")
    for field in fields:
        if field.startswith('"'):
            raise Malformed("bad_quote" if '"' in field[1:] else "unclosed_quote")
    return fields


def read_percent(text: str) -> int:
    """A share in percent: the mapping divides by 100, and what cannot be divided has no value."""
    try:
        return read_share(text)
    except Malformed as reason:
        raise Malformed("bad_value" if str(reason) == "bad_number" else str(reason)) from None


def read_id(text: str) -> str:
    """A number that names something: not too long."""
    if len(text) > ID_MAX:
        raise Malformed("text_too_long")
    return text


read_money = partial(read_units, HOME_DECIMALS)
read_rate = partial(read_units, RATE_DECIMALS)
read_whole = partial(read_units, 0)


def read_yes_or_no(text: str) -> bool:
    """A yes or a no in one letter."""
    if text not in ("Y", "N"):
        raise Malformed("bad_boolean")
    return text == "Y"


# What customers.csv says beside the customer's own data, by kind of value.
WHOLE_NUMBERS = ("satisfaction", "influence", "leaving_barrier", "winning_difficulty", "need_score",
                 "habit_relationship", "habit_quality", "habit_price", "habit_credit")
AMOUNTS = ("budget", "quote", "cash_last_year", "cash_year_before", "cash_forecast",
           "trade_last_year", "trade_year_before", "trade_forecast")
ATTRIBUTES = (
    {name: read_whole for name in WHOLE_NUMBERS} | {name: read_money for name in AMOUNTS}
    | {name: read_rate for name in ("cash_margin", "trade_margin")}
    | {name: read_yes_or_no for name in ("need", "decision_maker", "agent")}
    | {"buys_on": read_date})


class Form(NamedTuple):
    """A file: what its fields must be (text, when unnamed), and which must not be empty."""

    required: tuple[str, ...]
    key: tuple[str, ...]
    fields: dict[str, Callable[[str], Any]]
    none_wins: bool = False  # of rows that say different things of one key


FORMS = {
    "branches.csv": Form(("code",), ("code",), {}),
    "products.csv": Form(("code", "class"), ("code",), {
        "class": partial(read_choice, CLASSES),
        "risk": partial(read_choice, ("R1", "R2", "R3", "R4", "R5")), "minimum": read_money,
        "term_days": partial(read_units, 0), "margin": read_rate, "sale_from": read_date,
        "sale_until": read_date}),
    "fx_rates.csv": Form(("currency", "on_date", "rate"), ("currency", "base", "on_date"), {
        "currency": read_currency, "base": read_currency, "on_date": read_date,
        "rate": read_rate}),
    "customers.csv": Form(("customer_no",), ("customer_no",), {
        "kind": partial(read_choice, ("person", "company", "prospect")), "birth_date": read_date,
        "annual_income": read_money,
        "risk_level": partial(read_choice, ("C1", "C2", "C3", "C4", "C5")),
        "risk_assessed_on": read_date, "opened_on": read_date, "closed_on": read_date}
        | ATTRIBUTES),
    "accounts.csv": Form(("account_no", "class"), ("account_no",), {
        "class": partial(read_choice, CLASSES), "currency": read_currency,
        "opened_on": read_date, "matures_on": read_date, "closed_on": read_date,
        "rate": read_rate}),
    "holders.csv": Form(("account_no", "customer_no", "role", "share"),
                        ("account_no", "customer_no"), {
        "role": partial(read_choice, ROLES), "share": read_percent}),
    "balances.csv": Form(("account_no", "on_date", "balance"), ("account_no", "on_date"), {
        "on_date": read_date, "balance": read_number}, none_wins=True),
    "transactions.csv": Form(("customer_no", "on_date", "amount"), ("txn_no",), {
        "txn_no": read_id,
        "on_date": read_date, "amount": read_number, "currency": read_currency}),
}


class Holding(NamedTuple):
    """A holder of an account."""

    customer: str
    role: str
    share: int


class Movement(NamedTuple):
    """A transaction; the amount is exact, in yuan."""

    on: date
    kind: str
    amount: int


class Bank:
    """What the well-formed rows say, and where the others stand."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.bad: dict[tuple[str, int], str] = {}
        for name in ("branches.csv", "products.csv"):
            self.read_all(name, dict)
        self.rates: dict[str, dict[date, int]] = defaultdict(dict)
        for row in self.read_all("fx_rates.csv", dict):
            if row["base"] == HOME:
                self.rates[row["currency"]][row["on_date"]] = row["rate"]
        self.customers = {row["customer_no"]: row for row in self.read_all("customers.csv", dict)}
        self.accounts = {row["account_no"]: row for row in self.read_all("accounts.csv", dict)}
        self.holders = self.read_holders()
        self.balances: dict[str, dict[date, int]] = defaultdict(dict)
        for row in self.read_all("balances.csv", self.check_balance):
            self.balances[row["account_no"]][row["on_date"]] = row["minor"]
        self.movements: dict[str, list[Movement]] = defaultdict(list)
        for row in self.read_all("transactions.csv", self.check_movement):
            exact = self.exact(row["minor"], row["currency"], row["on_date"])
            self.movements[row["customer_no"]].append(
                Movement(row["on_date"], row["kind"], exact))
        self.holdings: dict[str, list[str]] = defaultdict(list)
        for account, holders in self.holders.items():
            for holder in holders:
                if holder.share:
                    self.holdings[holder.customer].append(account)

    # rows

    def read_all(self, name: str, check: Callable[[Row], Row]) -> list[Row]:
        """The rows of a file that are well-formed, pass the check and say nothing twice."""
        form = FORMS[name]
        kept: dict[tuple, Row] = {}
        lines: dict[tuple, int] = {}
        for line, row in self.read_rows(name, form):
            try:
                row = check(row)
                key = tuple(row[column] or line for column in form.key)
                if kept.setdefault(key, row) != row:
                    raise Malformed("balance_conflict" if form.none_wins else "duplicate_key")
                lines.setdefault(key, line)
            except Malformed as reason:
                self.bad[name, line] = str(reason)
                if str(reason) == "balance_conflict":
                    self.bad[name, lines[key]] = str(reason)
        return [row for key, row in kept.items() if (name, lines[key]) not in self.bad]

    def read_rows(self, name: str, form: Form) -> Iterator[tuple[int, Row]]:
        """Line and fields of every row that is well-formed by itself; empty fields are None."""
        with (self.folder / name).open("rb") as file:
            header = split_fields(file.readline())
            for line, record in enumerate(file, start=2):
                try:
                    yield line, self.read_row(header, split_fields(record), form)
                except Malformed as reason:
                    self.bad[name, line] = str(reason)

    @staticmethod
    def read_row(header: list[str], fields: list[str], form: Form) -> Row:
        """One row's fields by name."""
        if len(fields) != len(header):
            raise Malformed("field_count")
        row: Row = {}
        for column, text in zip(header, fields):
            if not text and column in form.required:
                raise Malformed("missing")
            read = form.fields.get(column, str)
            row[column] = read(text) if text else DEFAULTS.get(column)
        return row

    def read_holders(self) -> dict[str, list[Holding]]:
        """Holders by account, owners first; those that do not total 100 % are set aside."""
        holders: dict[str, list[Holding]] = defaultdict(list)
        lines: dict[str, list[int]] = defaultdict(list)
        form = FORMS["holders.csv"]
        for line, row in self.read_rows("holders.csv", form):
            if row["account_no"] not in self.accounts:
                self.bad["holders.csv", line] = "unknown_account"
            elif row["customer_no"] not in self.customers:
                self.bad["holders.csv", line] = "unknown_customer"
            elif row["role"] == "authorised" and row["share"]:
                self.bad["holders.csv", line] = "authorised_share"
            else:
                holders[row["account_no"]].append(
                    Holding(row["customer_no"], row["role"], row["share"]))
                lines[row["account_no"]].append(line)
        for account, shared in list(holders.items()):
            if len({holder.customer for holder in shared}) != len(shared):
                raise ValueError(f"account {account} names a holder twice")
            shared.sort(key=lambda holder: ROLES.index(holder.role))
            if sum(holder.share for holder in shared) != WHOLE_SHARE:
                del holders[account]
                self.bad |= {("holders.csv", line): "shares_total" for line in lines[account]}
        return holders

    def check_balance(self, row: Row) -> Row:
        """A balance of a known account, in its currency's minor units."""
        account = self.accounts.get(row["account_no"])
        if not account:
            raise Malformed("unknown_account")
        if row["account_no"] not in self.holders:
            raise Malformed("no_holder")
        row["minor"] = row["balance"].units(DECIMALS[account["currency"]])
        return row

    def check_movement(self, row: Row) -> Row:
        """A movement of a known customer on a known account, in its currency's minor units."""
        if row["account_no"] and row["account_no"] not in self.accounts:
            raise Malformed("unknown_account")
        if row["customer_no"] not in self.customers:
            raise Malformed("unknown_customer")
        row["minor"] = row["amount"].units(DECIMALS[row["currency"]])
        return row

    # exchange

    def rate(self, currency: str, day: date) -> int:
        """The rate of the day, else the latest before it, at most RATE_DAYS_MAX days old."""
        for age in range(RATE_DAYS_MAX + 1):
            found = self.rates[currency].get(day - age * ONE_DAY)
            if found is not None:
                return found
        raise ValueError(f"no rate of {currency} on {day}")

    def factor(self, currency: str, day: date) -> int:
        """What one minor unit is worth that day, as an exact amount."""
        if currency == HOME:
            return EXACT
        return self.rate(currency, day) * 10 ** (HOME_DECIMALS - DECIMALS[currency])

    def exact(self, minor: int, currency: str, day: date) -> int:
        """An amount in exact yuan."""
        return minor * self.factor(currency, day) if minor else 0


# --- numbers and dates -------------------------------------------------------


def round_half_away(value: Fraction) -> int:
    """The nearest whole number; a half goes away from zero."""
    magnitude = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return magnitude if value >= 0 else -magnitude


def money(exact: int, divisor: int = 1) -> int:
    """Exact yuan divided and rounded once, in cents."""
    return round_half_away(Fraction(exact, EXACT * divisor))


def ratio(numerator: int, denominator: int) -> int | None:
    """A quotient at eight decimals; None when nothing can be divided."""
    if not denominator:
        return None
    return round_half_away(Fraction(numerator * 10**8, denominator))


def month_end(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_back(day: date, months: int) -> date:
    """The same day so many months earlier; a month's last day stays a month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    end = month_end(date(year, month + 1, 1))
    return end if day == month_end(day) else end.replace(day=min(day.day, end.day))


def first_of_months(day: date, months: int) -> date:
    """The first day of a window of calendar months that ends on the day."""
    return months_back(day.replace(day=1), months - 1).replace(day=1)


def months_between(earlier: date, later: date) -> int:
    """Whole months: a month is over on the same day of the next."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (later.day < earlier.day)


def age(birth: date, day: date) -> int:
    """Whole years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


# --- balances ----------------------------------------------------------------


class Sums(NamedTuple):
    """What one customer holds in one class: exact sums over days, and the last day."""

    month: int
    year: int
    earlier_month: int
    closing: int


class Windows:
    """The windows of a date."""

    def __init__(self, as_of: date):
        self.as_of = as_of
        self.earlier = months_back(as_of, 3)
        self.month = first_of_months(as_of, 1)
        self.year = first_of_months(as_of, 12)
        self.earlier_month = first_of_months(self.earlier, 1)
        self.days = [self.year + n * ONE_DAY for n in range((as_of - self.year).days + 1)]

    def sums(self, amounts: list[int]) -> Sums:
        """Sums of the amounts of each of the year's days."""
        month = (self.month - self.year).days
        start, end = (self.earlier_month - self.year).days, (self.earlier - self.year).days
        return Sums(sum(amounts[month:]), sum(amounts), sum(amounts[start:end + 1]), amounts[-1])


def split(amount: int, holders: list[Holding]) -> list[int]:
    """Each holder's part: its share cut toward zero, and the rest to the first."""
    parts = [abs(amount) * holder.share // WHOLE_SHARE for holder in holders]
    parts = [part if amount >= 0 else -part for part in parts]
    parts[0] = amount - sum(parts[1:])
    return parts


def closes(bank: Bank, number: str, days: list[date]) -> Iterator[int]:
    """The account's balance at the end of every day; nothing before it opened or once closed."""
    account, rows = bank.accounts[number], bank.balances[number]
    before = [day for day in rows if day < days[0]]
    amount = rows[max(before)] if before else 0
    opened, closed = account["opened_on"], account["closed_on"]
    for day in days:
        amount = rows.get(day, amount)
        held = (not opened or opened <= day) and (not closed or day < closed)
        yield amount if held else 0


def sum_balances(bank: Bank, windows: Windows) -> dict[str, dict[str, Sums]]:
    """Customer to class to sums; a part below zero counts nothing."""
    found: dict[str, dict[str, Sums]] = defaultdict(dict)
    for number, all_holders in bank.holders.items():
        account, holders = bank.accounts[number], [h for h in all_holders if h.share]
        ends = list(closes(bank, number, windows.days))
        if not any(ends):
            continue
        factors = [bank.factor(account["currency"], day) if amount else 0
                   for day, amount in zip(windows.days, ends)]
        parts = zip(*(split(amount, holders) for amount in ends)) if len(holders) > 1 else [ends]
        for holder, amounts in zip(holders, parts):
            own = found[holder.customer]
            sums = windows.sums([max(0, part) * factor for part, factor in zip(amounts, factors)])
            had = own.get(account["class"], Sums(0, 0, 0, 0))
            own[account["class"]] = Sums(*(a + b for a, b in zip(sums, had)))
    return found


# --- metrics -----------------------------------------------------------------


def balance_metrics(held: dict[str, Sums], windows: Windows) -> Metrics:
    """What balances say: averages over calendar days, stars, loans."""
    def average(field: str, classes: Iterable[str], days: int) -> int:
        return money(sum(getattr(held[name], field) for name in held if name in classes), days)

    month_days = (windows.as_of - windows.month).days + 1
    earlier_days = (windows.earlier - windows.earlier_month).days + 1
    aum = average("month", ASSETS, month_days)
    earlier = average("earlier_month", ASSETS, earlier_days)
    growth = ratio(aum, earlier)
    deposit = average("month", {"deposit"}, month_days)
    stars = sum(held[name].month * STARS.get(name, 0) for name in held)
    return {"aum": aum, "aum_year": average("year", ASSETS, len(windows.days)),
            "deposit": deposit, "loan": average("closing", {"loan"}, 1),
            "stars": money(stars, month_days * STARS_PER),
            "aum_growth": None if growth is None else growth - 10**8,
            "deposit_share": ratio(deposit, aum)}


def movement_metrics(movements: list[Movement], windows: Windows) -> Metrics:
    """What transactions say."""
    as_of = windows.as_of
    past = [m for m in movements if m.on <= as_of]
    year = [m for m in past if m.on >= windows.year]
    spent = [abs(m.amount) for m in year if m.kind == "purchase"]
    own_days = [m.on for m in past if m.kind != "interest"]
    recent = [m.amount for m in past if m.on > as_of - 30 * ONE_DAY]
    fees = [-m.amount for m in past if m.kind == "fee" and m.on >= date(as_of.year, 1, 1)]
    return {"frequency": len(spent), "monetary": money(sum(spent)),
            "recency": (as_of - max(own_days)).days if own_days else None,
            "active_months": len({(m.on.year, m.on.month) for m in year if m.kind != "interest"}),
            "largest_out": money(min(recent)) if recent else None,
            "average_purchase": money(sum(spent), len(spent)) if spent else None,
            "fees": money(sum(fees))}


def account_metrics(accounts: list[Row], as_of: date) -> Metrics:
    """What the accounts with a share say that were opened by then."""
    opened = [a for a in accounts if not a["opened_on"] or a["opened_on"] <= as_of]
    still_open = [a for a in opened if not a["closed_on"] or a["closed_on"] > as_of]
    first = min((a["opened_on"] for a in opened if a["opened_on"]), default=None)
    return {"gated": not opened, "products_held": len({a["class"] for a in still_open}),
            "first_account_on": first, "tenure": months_between(first, as_of) if first else None}


def is_present(customer: Row, as_of: date) -> bool:
    """Has come and has not left."""
    opened, closed = customer["opened_on"], customer["closed_on"]
    return (not opened or opened <= as_of) and (not closed or closed > as_of)


def all_metrics(bank: Bank, as_of: date) -> dict[str, Metrics]:
    """Metrics of every customer present, by the bytes of its number."""
    windows = Windows(as_of)
    held = sum_balances(bank, windows)
    found: dict[str, Metrics] = {}
    for number in sorted(bank.customers, key=str.encode):
        customer = bank.customers[number]
        if not is_present(customer, as_of):
            continue
        birth = customer["birth_date"]
        found[number] = (
            balance_metrics(held.get(number, {}), windows)
            | movement_metrics(bank.movements.get(number, []), windows)
            | account_metrics([bank.accounts[a] for a in bank.holdings.get(number, [])], as_of)
            | {"income": customer["annual_income"] or 0,
               "years": age(birth, as_of) if birth else None, "birth_date": birth})
    return found


# --- methods -----------------------------------------------------------------


class Outcome(NamedTuple):
    """A tier, the number of what decided (0: a missing value), and a score at eight decimals."""

    tier: str
    rule: int
    score: int | None = None


Outcomes = dict[str, Outcome]
YUAN = 100


def band(value: int, bounds: Iterable[tuple[str, int]], rest: str) -> Outcome:
    """The first tier whose bound is reached."""
    place = 0
    for place, (tier, bound) in enumerate(bounds, start=1):
        if value >= bound:
            return Outcome(tier, place)
    return Outcome(rest, place + 1)


def rate_asset(values: Metrics) -> Outcome:
    """Bands of the month's average."""
    return band(values["aum"], (("private", 6_000_000 * YUAN), ("diamond", 1_000_000 * YUAN),
                                ("affluent", 200_000 * YUAN), ("gold", 50_000 * YUAN)), "mass")


def rate_value(values: Metrics) -> Outcome:
    """Bands of the year's average."""
    return band(values["aum_year"], (("high", 200_000 * YUAN),), "low")


class Ranking:
    """Values in order, to ask how many and how much is strictly greater than one of them."""

    def __init__(self, values: Iterable[int]):
        self.ordered = sorted(values)
        self.sums = list(accumulate(self.ordered, initial=0))

    def greater(self, value: int) -> tuple[int, int]:
        """How many values are strictly greater, and their sum."""
        place = bisect_right(self.ordered, value)
        return len(self.ordered) - place, self.sums[-1] - self.sums[place]

    def quantile(self, i: int, k: int) -> Fraction:
        """Cut i of k, type 7: interpolated between two neighbours."""
        whole, rest = divmod((len(self.ordered) - 1) * i, k)
        low = self.ordered[whole]
        return low + Fraction(rest, k) * (self.ordered[whole + 1] - low if rest else 0)


def rate_pyramid(rated: dict[str, Metrics]) -> Outcomes:
    """In the top p when fewer than p of all are strictly greater."""
    ranking = Ranking(m["aum"] for m in rated.values())
    tiers = (("top", 1), ("upper", 5), ("middle", 20), ("base", 101))
    found: Outcomes = {}
    for number, values in rated.items():
        count, _ = ranking.greater(values["aum"])
        found[number] = next(Outcome(tier, place) for place, (tier, percent)
                             in enumerate(tiers, start=1) if 100 * count < percent * len(rated))
    return found


def rate_abc(rated: dict[str, Metrics]) -> Outcomes:
    """In a class while the strictly greater hold less than its share of the positive sum."""
    ranking = Ranking(m["aum"] for m in rated.values())
    _, total = ranking.greater(0)
    found: Outcomes = {}
    for number, values in rated.items():
        _, before = ranking.greater(values["aum"])
        place = sum(100 * before >= until * total for until in (70, 90))
        place = place if values["aum"] > 0 else 2
        found[number] = Outcome("abc"[place], place + 1)
    return found


SEGMENTS = {  # is R, is F, is M among 4 and 5
    (True, True, True): "champions", (False, True, True): "keep", (True, False, True): "develop",
    (False, False, True): "rescue", (True, True, False): "loyal", (True, False, False): "recent",
    (False, True, False): "regular", (False, False, False): "inactive"}
BINS = 5


def rate_rfm(rated: dict[str, Metrics]) -> Outcomes:
    """Scores by quantiles of the values that are there, then segments."""
    axes = ("recency", "frequency", "monetary")
    cuts: dict[str, list[Fraction]] = {}
    for axis in axes:
        values = [m[axis] for m in rated.values() if m[axis] is not None]
        ranking = Ranking(values)
        cuts[axis] = [ranking.quantile(i, BINS) for i in range(1, BINS)] if values else []
    found: Outcomes = {}
    for number, metrics in rated.items():
        if any(metrics[axis] is None for axis in axes):
            found[number] = Outcome("inactive", 0)
            continue
        r, f, m = (1 + sum(cut <= metrics[axis] for cut in cuts[axis]) for axis in axes)
        r = BINS + 1 - r
        found[number] = Outcome(SEGMENTS[r >= 4, f >= 4, m >= 4], 100 * r + 10 * f + m,
                                ratio(r + f + m, 3))
    return found


STAGES = ("introduction", "growth", "maturity", "decline", "dormant", "lost")


def rate_lifecycle(values: Metrics) -> Outcome:
    """Lost, dormant, introduction; then what the growth says."""
    inactive, tenure, growth = values["recency"], values["tenure"], values["aum_growth"]
    tenth = 10**7

    def stage(name: str) -> Outcome:
        return Outcome(name, STAGES.index(name) + 1)

    if inactive is not None and inactive >= 180:
        return stage("lost" if inactive >= 365 else "dormant")
    if tenure is not None and tenure < 6:
        return stage("introduction")
    if tenure is None or inactive is None:
        return Outcome("maturity", 0)
    if growth is None:
        return Outcome("maturity", len(STAGES) + 1)
    if growth >= tenth:
        return stage("growth")
    return stage("decline" if growth <= -tenth else "maturity")


def points(value: int, bands: tuple[tuple[int, int], ...], rest: int) -> int:
    """The points of the first bound reached."""
    return next((score for bound, score in bands if value >= bound), rest)


def rate_potential(values: Metrics) -> Outcome:
    """Weighted points, the bonus for growth, then bands."""
    income = points(values["income"], ((500_000 * YUAN, 100), (200_000 * YUAN, 80),
                                       (100_000 * YUAN, 60)), 30)
    products = points(values["products_held"], ((5, 100), (3, 80), (2, 60)), 40)
    activity = points(values["active_months"], ((10, 100), (6, 70)), 30)
    exact = Fraction(income * 40 + products * 30 + activity * 30, 100)
    if values["aum_growth"] is not None and values["aum_growth"] >= 10**7:
        exact *= Fraction(105, 100)
    score = round_half_away(exact * 10**8)
    tier, rule, _ = band(score, (("high", 80 * 10**8), ("medium", 55 * 10**8)), "low")
    return Outcome(tier, rule, score)


def rate_preference(values: Metrics) -> Outcome:
    """What holds strictly more than half of the positive parts."""
    parts = {"deposit": values["deposit"], "loan": values["loan"],
             "investment": values["aum"] - values["deposit"]}
    total = sum(part for part in parts.values() if part > 0)
    if not total:
        return Outcome("balanced", 0)
    for place, (tier, part) in enumerate(parts.items(), start=1):
        if 2 * part > total:
            return Outcome(tier, place)
    return Outcome("balanced", len(parts) + 1)


STRATEGY = {  # value, potential; cells are numbered row by row
    ("high", "high"): ("main", 1), ("high", "medium"): ("worth", 2), ("high", "low"): ("worth", 3),
    ("low", "high"): ("cultivate", 4), ("low", "medium"): ("maintain", 5),
    ("low", "low"): ("maintain", 6)}


def each(rate: Callable[[Metrics], Outcome], rated: dict[str, Metrics]) -> Outcomes:
    """A method that looks at one customer at a time."""
    return {number: rate(values) for number, values in rated.items()}


def all_tiers(rated: dict[str, Metrics]) -> dict[str, Outcomes]:
    """Scheme to customer to outcome."""
    found = {"asset": each(rate_asset, rated), "pyramid": rate_pyramid(rated),
             "rfm": rate_rfm(rated), "lifecycle": each(rate_lifecycle, rated),
             "abc": rate_abc(rated), "potential": each(rate_potential, rated),
             "preference": each(rate_preference, rated), "value": each(rate_value, rated)}
    found["strategy"] = {
        number: Outcome(*STRATEGY[found["value"][number].tier, found["potential"][number].tier])
        for number in rated}
    return found


# --- the result --------------------------------------------------------------


METRIC_DECIMALS = {
    "aum": 2, "aum_year": 2, "deposit": 2, "loan": 2, "stars": 2, "frequency": 0, "monetary": 2,
    "recency": 0, "active_months": 0, "largest_out": 2, "average_purchase": 2, "fees": 2,
    "products_held": 0, "first_account_on": 0, "tenure": 0, "aum_growth": 8, "deposit_share": 8,
    "income": 2, "years": 0, "birth_date": 0}
SCHEMES = ("asset", "pyramid", "rfm", "lifecycle", "abc", "potential", "preference", "value",
           "strategy")
HEADER = ("as_of", "customer_id", "status", *METRIC_DECIMALS,
          *(scheme + part for scheme in SCHEMES for part in ("", "_rule", "_score")))


def text(value: Any, decimals: int = 0) -> str:
    """A whole number of units as a decimal; nothing for None."""
    if value is None:
        return ""
    if not decimals:
        return str(value)
    whole, fraction = divmod(abs(value), 10**decimals)
    return f"{'-' if value < 0 else ''}{whole}.{fraction:0{decimals}d}"


def rows_of(bank: Bank, as_of: date) -> Iterator[tuple[str, ...]]:
    """One row a customer present."""
    metrics = all_metrics(bank, as_of)
    rated = {number: values for number, values in metrics.items() if not values["gated"]}
    tiers = all_tiers(rated)
    for number, values in metrics.items():
        row = [str(as_of), number, "gated" if values["gated"] else "rated"]
        row += [text(values[name], decimals) for name, decimals in METRIC_DECIMALS.items()]
        for scheme in SCHEMES:
            tier, rule, score = tiers[scheme].get(number, ("", "", None))
            row += [tier, str(rule), text(score, 8)]
        yield tuple(row)


def write_csv(file: TextIO, header: tuple[str, ...], rows: Iterable[tuple]) -> None:
    """The header and the rows, ',' between fields, LF after each line."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def main() -> None:
    """Reads the arguments, writes the CSV and, when asked, the rows set aside."""
    parser = argparse.ArgumentParser(description="demonstration bank: metrics and tiers")
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--as-of", dest="dates", type=date.fromisoformat, action="append",
                        required=True)
    parser.add_argument("-o", dest="output", type=Path)
    parser.add_argument("--bad", type=Path)
    args = parser.parse_args()
    bank = Bank(args.folder)
    rows = (row for as_of in args.dates for row in rows_of(bank, as_of))
    if args.output:
        with args.output.open("w", encoding="utf-8", newline="") as file:
            write_csv(file, HEADER, rows)
    else:
        write_csv(sys.stdout, HEADER, rows)
    if args.bad:
        bad = sorted((name, line, reason) for (name, line), reason in bank.bad.items())
        with args.bad.open("w", encoding="utf-8", newline="") as file:
            write_csv(file, ("file", "line", "reason"), bad)
    print(f"{len(bank.bad)} rows set aside: {dict(Counter(name for name, _ in bank.bad))}",
          file=sys.stderr)


if __name__ == "__main__":
    main()
