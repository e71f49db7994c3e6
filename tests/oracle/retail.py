#!/usr/bin/env python3
"""Oracle: recency, frequency and monetary value of the Online Retail customers.

Partitions the invoice lines, works out the 4,338 customers at 2011-12-10, compares
them with a reference result, and exits 1 if anything differs. Money is in thousandths
of a pound, since four prices have three decimals.

Recency counts whole 24-hour days up to 2011-12-10 00:00. As no line is stamped
midnight, that equals calendar days between the last line's date and 2011-12-09.

    retail.py DATA_DIR [-o out.csv]

DATA_DIR holds the folder retail/.
"""

import argparse
import csv
import gzip
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

SNAPSHOT = datetime(2011, 12, 10)
HEADER = ("customer_id", "recency_days", "frequency", "monetary_thousandths")
PARTS = ("no customer", "cancelled", "price <= 0", "kept")

Row = dict[str, str]


class Values(NamedTuple):
    """What one customer did: monetary in thousandths of a pound."""

    recency_days: int
    frequency: int
    monetary: int


def read_csv(data_dir: Path, name: str) -> Iterator[Row]:
    """Rows of one gzipped UTF-8 file of the folder retail/."""
    with gzip.open(data_dir / "retail" / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, strict=True)


def decimals(text: str) -> int:
    """Digits after the decimal point."""
    return len(text.partition(".")[2])


def parse_thousandths(text: str) -> int:
    """A price with at most three decimals, in thousandths."""
    if decimals(text) > 3:
        raise ValueError(f"more than three decimals: {text!r}")
    whole, _, fraction = text.removeprefix("-").partition(".")
    thousandths = int(whole + fraction.ljust(3, "0"))
    return -thousandths if text.startswith("-") else thousandths


def part_of(row: Row) -> str:
    """The first that holds: no customer, cancelled (invoice C...), price <= 0, else kept."""
    if row["CustomerID"] == "":
        return "no customer"
    if row["InvoiceNo"].startswith("C"):
        return "cancelled"
    if parse_thousandths(row["UnitPrice"]) <= 0:
        return "price <= 0"
    return "kept"


def customer_values(kept: list[Row]) -> dict[str, Values]:
    """Whole 24-hour days from the last line to the snapshot, invoices, quantity x price."""
    by_customer: dict[str, list[Row]] = {}
    for row in kept:
        by_customer.setdefault(row["CustomerID"], []).append(row)
    return {
        customer: Values(
            (SNAPSHOT - max(datetime.fromisoformat(r["InvoiceDate"]) for r in own)).days,
            len({r["InvoiceNo"] for r in own}),
            sum(int(r["Quantity"]) * parse_thousandths(r["UnitPrice"]) for r in own))
        for customer, own in by_customer.items()}


def agrees(expected: Row, value: Values | None) -> bool:
    """Equal days and invoices; money equal once the reference's float noise is rounded off."""
    if value is None:
        return False
    monetary = Decimal(expected["monetary"]).quantize(Decimal("0.001"))
    return (int(expected["recency"]), int(expected["frequency"]),
            int(monetary.scaleb(3))) == tuple(value)


def check(data_dir: Path, values: dict[str, Values]) -> bool:
    """Every customer of the reference, whose ids are written as 12346.0, and no other."""
    expected = {row["CustomerID"].removesuffix(".0"): row for row in
                read_csv(data_dir, "expected_rfm_snapshot_2011-12-10.csv.gz")}
    good = sum(1 for customer, row in expected.items() if agrees(row, values.get(customer)))
    total = len(expected | values)
    print(f"customers that agree: {good}/{total}")
    return good == total


def print_counts(rows: int, parts: Counter[str], places: Counter[int],
                 values: dict[str, Values]) -> None:
    """The reconciliation: the parts are disjoint and add up to the rows."""
    print(f"rows: {rows}")
    for part in PARTS:
        print(f"  {part}: {parts[part]}")
    print("decimals of prices:", ", ".join(f"{n}: {places[n]}" for n in sorted(places)))
    total = sum(value.monetary for value in values.values())
    print(f"customers: {len(values)}")
    print("monetary total:", Decimal(total).scaleb(-3))
    print("customers whose total is not whole pence:",
          sum(1 for value in values.values() if value.monetary % 10))


def write_csv(path: Path, values: dict[str, Values]) -> None:
    """One row a customer, by the bytes of the customer id, LF after each line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((customer, *values[customer])
                         for customer in sorted(values, key=str.encode))


def main() -> None:
    """Reads the arguments, reconciles, compares, and writes the CSV when asked."""
    parser = argparse.ArgumentParser(description="Online Retail: recency, frequency, monetary")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("-o", dest="output", type=Path)
    args = parser.parse_args()
    rows = list(read_csv(args.data_dir, "online_retail.csv.gz"))
    values = customer_values([row for row in rows if part_of(row) == "kept"])
    print_counts(len(rows), Counter(part_of(row) for row in rows),
                 Counter(decimals(row["UnitPrice"]) for row in rows), values)
    if args.output:
        write_csv(args.output, values)
    sys.exit(0 if check(args.data_dir, values) else 1)


if __name__ == "__main__":
    main()
