#!/usr/bin/env python3
"""Oracle: monthly status, balance averages and tiers of the Berka clients.

Reads the original tables and works every definition out day by day, in integers.
Money is in minor units (hellers, 1/100 of a crown). A tier is decided by the
rounded month average, the value that is also printed.

    berka.py DATA_DIR --from 1993-02-28 --as-of 1994-02-28 [-o out.csv] [--facts]

DATA_DIR holds the folder berka/. The CSV goes to -o or standard output, the
facts to standard error.
"""

import argparse
import csv
import sys
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple, TextIO

TABLES = ("account", "card", "client", "disp", "district", "loan", "order", "trans")
FILES = {table: f"{table}.asc" for table in TABLES} | {"trans": "trans_19930101_19940331.asc"}
SIGN = {"PRIJEM": 1, "VYDAJ": -1, "VYBER": -1}
ASSET = (("hnw", 50_000_00), ("mid", 20_000_00))
PYRAMID = (("diamond", 1), ("gold", 5), ("silver", 20))
ABC = (("a", 70), ("b", 90))
HEADER = ("as_of", "customer_id", "status", "aum_minor", "aum_year_minor",
          "asset", "pyramid", "abc")
ONE_DAY = timedelta(days=1)

Row = dict[str, str]


class Day(NamedTuple):
    """The movements of one account on one day, in file order."""

    on: date
    amounts: list[int]
    balances: list[int]


class Close(NamedTuple):
    """A day's close, what the movements lead one to expect, and the day itself."""

    day: Day
    expected: int
    amount: int


class Account(NamedTuple):
    """A deposit account: who owns it, when it was opened, its closes by day."""

    owner: str
    opened: date
    closes: list[Close]


# --- reading -----------------------------------------------------------------


def read_table(data_dir: Path, table: str) -> list[Row]:
    """Rows of one table: ASCII, ';' between fields, quotes around text only."""
    path = data_dir / "berka" / FILES[table]
    with path.open(encoding="ascii", newline="") as file:
        return list(csv.DictReader(file, delimiter=";", strict=True))


def parse_date(text: str) -> date:
    """A date written YYMMDD; every year is 19YY."""
    if len(text) != 6 or not text.isdigit():
        raise ValueError(f"not a YYMMDD date: {text!r}")
    return date(1900 + int(text[:2]), int(text[2:4]), int(text[4:]))


def parse_minor(text: str) -> int:
    """An amount written with exactly two decimals, in minor units."""
    whole, point, cents = text.removeprefix("-").partition(".")
    if point != "." or len(cents) != 2 or not (whole + cents).isdigit():
        raise ValueError(f"not an amount with two decimals: {text!r}")
    minor = int(whole + cents)
    return -minor if text.startswith("-") else minor


def read_owners(data_dir: Path) -> dict[str, str]:
    """Account to the client that holds it: the one OWNER, at 100 %."""
    owners: dict[str, str] = {}
    for row in read_table(data_dir, "disp"):
        if row["type"] == "OWNER":
            if row["account_id"] in owners:
                raise ValueError(f"account {row['account_id']} has two owners")
            owners[row["account_id"]] = row["client_id"]
        elif row["type"] != "DISPONENT":
            raise ValueError(f"unknown disposition {row['type']!r}")
    return owners


def read_days(data_dir: Path) -> dict[str, list[Day]]:
    """Account to its days with movements, by date; amounts are signed."""
    days: dict[str, dict[date, Day]] = {}
    for row in read_table(data_dir, "trans"):
        on = parse_date(row["date"])
        day = days.setdefault(row["account_id"], {}).setdefault(on, Day(on, [], []))
        day.amounts.append(SIGN[row["type"]] * parse_minor(row["amount"]))
        day.balances.append(parse_minor(row["balance"]))
    return {account: sorted(by_date.values()) for account, by_date in days.items()}


def read_accounts(data_dir: Path) -> dict[str, Account]:
    """All accounts with owner, opening date and closes."""
    owners, days = read_owners(data_dir), read_days(data_dir)
    accounts = {
        row["account_id"]: Account(owners[row["account_id"]], parse_date(row["date"]),
                                   day_closes(days.get(row["account_id"], [])))
        for row in read_table(data_dir, "account")}
    unknown = days.keys() - accounts.keys()
    if unknown:
        raise ValueError(f"movements of unknown accounts: {sorted(unknown)[:5]}")
    return accounts


# --- balances ----------------------------------------------------------------


def nearest(balances: list[int], expected: int) -> int:
    """The balance nearest to the expected one; of two equally near, the lower."""
    return min(balances, key=lambda balance: (abs(balance - expected), balance))


def day_closes(days: list[Day]) -> list[Close]:
    """Each day's close: the balance nearest to previous close + signed amounts."""
    closes: list[Close] = []
    previous = 0
    for day in days:
        expected = previous + sum(day.amounts)
        previous = nearest(day.balances, expected)
        closes.append(Close(day, expected, previous))
    return closes


def positive_by_day(closes: list[Close], last: date) -> dict[date, int]:
    """Every calendar day from the first close to last: max(0, close), carried forward."""
    by_day: dict[date, int] = {}
    changes = {close.day.on: close.amount for close in closes}
    day = closes[0].day.on if closes else last + ONE_DAY
    amount = 0
    while day <= last:
        amount = changes.get(day, amount)
        by_day[day] = max(0, amount)
        day += ONE_DAY
    return by_day


def calendar_days(first: date, last: date) -> list[date]:
    """The days of a window, both ends included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def divide_half_away(total: int, divisor: int) -> int:
    """total / divisor rounded to an integer, halves away from zero."""
    magnitude = (2 * abs(total) + divisor) // (2 * divisor)
    return magnitude if total >= 0 else -magnitude


def daily_average(balances: list[dict[date, int]], window: list[date]) -> int:
    """Sum of all accounts' day balances over the window / its calendar days."""
    total = sum(by_day.get(day, 0) for by_day in balances for day in window)
    return divide_half_away(total, len(window))


# --- dates -------------------------------------------------------------------


def month_end(day: date) -> date:
    """The last day of the month that day is in."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_ends(first: date, last: date) -> list[date]:
    """All month ends from first to last, both included."""
    ends: list[date] = []
    end = month_end(first)
    while end <= last:
        ends.append(end)
        end = month_end(end + ONE_DAY)
    return ends


def months_back(day: date, months: int) -> date:
    """The first day of the month that is so many months before day's month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


# --- tiers -------------------------------------------------------------------


def asset_tier(value: int) -> str:
    """hnw from 50,000.00, mid from 20,000.00 (bounds included), else base."""
    return next((tier for tier, bound in ASSET if value >= bound), "base")


def pyramid_tier(value: int, values: list[int]) -> str:
    """In the top p % when count(strictly greater) < p % of all values; else bronze."""
    greater = sum(1 for other in values if other > value)
    return next((tier for tier, percent in PYRAMID
                 if 100 * greater < percent * len(values)), "bronze")


def abc_tier(value: int, values: list[int]) -> str:
    """a while the strictly greater hold < 70 % of the positive sum, b < 90 %, else c."""
    if value <= 0:
        return "c"
    total = sum(other for other in values if other > 0)
    before = sum(other for other in values if other > value)
    return next((tier for tier, percent in ABC if 100 * before < percent * total), "c")


# --- the result --------------------------------------------------------------


def owned_accounts(accounts: dict[str, Account], as_of: date) -> dict[str, list[str]]:
    """Client to its accounts opened on or before as_of; clients in it are normal."""
    owned: dict[str, list[str]] = {}
    for number, account in accounts.items():
        if account.opened <= as_of:
            owned.setdefault(account.owner, []).append(number)
    return owned


def rate_month(clients: list[str], owned: dict[str, list[str]],
               balances: dict[str, dict[date, int]], as_of: date) -> list[tuple]:
    """One row a client: normal with averages and tiers, or gated with nothing."""
    month = calendar_days(as_of.replace(day=1), as_of)
    year = calendar_days(months_back(as_of, 11), as_of)
    averages = {client: tuple(daily_average([balances[n] for n in numbers], window)
                              for window in (month, year))
                for client, numbers in owned.items()}
    values = [aum for aum, _ in averages.values()]
    rows: list[tuple] = []
    for client in clients:
        if client not in averages:
            rows.append((as_of, client, "gated", "", "", "", "", ""))
            continue
        aum, aum_year = averages[client]
        rows.append((as_of, client, "normal", aum, aum_year, asset_tier(aum),
                     pyramid_tier(aum, values), abc_tier(aum, values)))
    return rows


def rate(data_dir: Path, accounts: dict[str, Account], first: date, last: date) -> list[tuple]:
    """All rows, by as_of and then by the bytes of the client number."""
    clients = sorted((row["client_id"] for row in read_table(data_dir, "client")),
                     key=str.encode)
    balances = {number: positive_by_day(account.closes, last)
                for number, account in accounts.items()}
    rows: list[tuple] = []
    for as_of in month_ends(first, last):
        rows += rate_month(clients, owned_accounts(accounts, as_of), balances, as_of)
    return rows


def write_csv(file: TextIO, rows: list[tuple]) -> None:
    """The header and the rows, ',' between fields, LF after each line."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)


# --- facts -------------------------------------------------------------------


def is_tie(close: Close) -> bool:
    """Two different balances of the day are equally near to the expected one."""
    distance = abs(close.amount - close.expected)
    return len({b for b in close.day.balances if abs(b - close.expected) == distance}) > 1


def count_facts(data_dir: Path, accounts: dict[str, Account]) -> list[tuple[str, int]]:
    """Counts over the whole of the files, whatever the months asked for."""
    closes = [close for account in accounts.values() for close in account.closes]
    several = [close for close in closes if len(close.day.balances) > 1]
    facts = [(f"rows {FILES[table]}", len(read_table(data_dir, table))) for table in TABLES]
    return facts + [
        ("accounts with transactions", sum(1 for a in accounts.values() if a.closes)),
        ("account-days with rows", len(closes)),
        ("account-days with more than one row", len(several)),
        ("account-days where nearest had a tie", sum(1 for c in closes if is_tie(c))),
        ("account-days where the last row in file order is not the nearest",
         sum(1 for c in closes if c.day.balances[-1] != c.amount)),
        ("account-days where nearest is not exactly the expected balance",
         sum(1 for c in closes if c.amount != c.expected)),
        ("largest distance of nearest to expected, minor units",
         max(abs(c.amount - c.expected) for c in closes)),
        ("account-days with rows that close below zero",
         sum(1 for c in closes if c.amount < 0)),
        ("transactions before the account's opening date",
         sum(len(c.day.balances) for a in accounts.values() for c in a.closes
             if c.day.on < a.opened))]


def main() -> None:
    """Reads the arguments, writes the CSV and, when asked, the facts."""
    parser = argparse.ArgumentParser(description="Berka: averages and tiers at month ends")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    parser.add_argument("--as-of", dest="last", type=date.fromisoformat, required=True)
    parser.add_argument("-o", dest="output", type=Path)
    parser.add_argument("--facts", action="store_true")
    args = parser.parse_args()
    accounts = read_accounts(args.data_dir)
    rows = rate(args.data_dir, accounts, args.first, args.last)
    if args.output:
        with args.output.open("w", encoding="utf-8", newline="") as file:
            write_csv(file, rows)
    else:
        write_csv(sys.stdout, rows)
    if args.facts:
        for name, count in count_facts(args.data_dir, accounts):
            print(f"{name}: {count}", file=sys.stderr)


if __name__ == "__main__":
    main()
