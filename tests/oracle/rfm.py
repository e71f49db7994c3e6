#!/usr/bin/env python3
"""Oracle: recency, frequency, monetary scores and segments of the rfm orders.

Works out the 995 customers of the order file at 2006-12-31, compares them with
the output of the R package rfm, and exits 1 if anything differs. Whole numbers and
fractions only.

The package adds 1 to every type-7 quantile before it cuts, so its score is
1 + number of (cut + 1) <= v. The plain definition, 1 + number of cuts <= v, is
the last column of the CSV; it gives different scores.

    rfm.py DATA_DIR [-o out.csv]

DATA_DIR holds the folder rfm/.
"""

import argparse
import csv
import sys
from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import NamedTuple

ANALYSIS_DATE = date(2006, 12, 31)
BINS = 5
HEADER = ("customer_id", "recency_days", "transaction_count", "amount", "recency_score",
          "frequency_score", "monetary_score", "rfm_score", "segment_test", "segment_vignette",
          "rfm_score_plain")
PLAIN_SHIFT, PACKAGE_SHIFT = 0, 1
MEASURES = ("recency", "frequency", "monetary")
READINGS: dict[str, Callable[[Fraction, int], bool]] = {
    "cut <= v": lambda cut, value: cut <= value,
    "cut < v": lambda cut, value: cut < value,
    "cut + 1 <= v": lambda cut, value: cut + 1 <= value,
}


class Rule(NamedTuple):
    """A segment and its inclusive score ranges."""

    segment: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    monetary: tuple[int, int]


# The first rule that matches wins; no match is "Others".
TEST_RULES = (
    #     segment               R       F       M
    Rule("Champions",          (4, 5), (4, 5), (4, 5)),
    Rule("Loyal Customers",    (2, 5), (3, 5), (3, 5)),
    Rule("Potential Loyalist", (3, 5), (1, 3), (1, 3)),
    Rule("New Customers",      (4, 5), (1, 1), (1, 1)),
    Rule("Promising",          (3, 4), (1, 1), (1, 1)),
    Rule("Need Attention",     (2, 3), (2, 3), (2, 3)),
    Rule("About To Sleep",     (2, 3), (1, 2), (1, 2)),
    Rule("At Risk",            (1, 2), (2, 5), (2, 5)),
    Rule("Can't Lose Them",    (1, 1), (4, 5), (4, 5)),
    Rule("Lost",               (1, 2), (1, 2), (1, 2)),
)
VIGNETTE_RULES = (
    #     segment               R       F       M
    Rule("Champions",          (5, 5), (5, 5), (5, 5)),
    Rule("Potential Loyalist", (3, 5), (3, 5), (2, 5)),
    Rule("Loyal Customers",    (2, 4), (2, 4), (2, 4)),
    Rule("Promising",          (3, 4), (1, 3), (3, 5)),
    Rule("New Customers",      (4, 5), (1, 3), (1, 5)),
    Rule("Can't Lose Them",    (1, 2), (3, 4), (4, 5)),
    Rule("At Risk",            (1, 2), (2, 5), (4, 5)),
    Rule("Need Attention",     (1, 3), (3, 5), (3, 5)),
    Rule("About To Sleep",     (2, 3), (1, 3), (1, 4)),
    Rule("Lost",               (1, 1), (1, 5), (1, 5)),
)
RULE_SETS = {"test": TEST_RULES, "vignette": VIGNETTE_RULES}


class Values(NamedTuple):
    """What one customer did up to the analysis date."""

    recency_days: int
    transaction_count: int
    amount: int


class Scores(NamedTuple):
    """The three scores, 1 (worst) to 5 (best)."""

    recency: int
    frequency: int
    monetary: int


Row = dict[str, str]


def read_csv(data_dir: Path, name: str) -> list[Row]:
    """Rows of one file of the folder rfm/."""
    with (data_dir / "rfm" / name).open(encoding="ascii", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def customer_values(orders: list[Row]) -> dict[str, Values]:
    """Per customer: days since the last order, orders, revenue summed."""
    by_customer: dict[str, list[Row]] = {}
    for order in orders:
        by_customer.setdefault(order["customer_id"], []).append(order)
    return {
        customer: Values(
            (ANALYSIS_DATE - max(date.fromisoformat(o["order_date"]) for o in own)).days,
            len(own),
            sum(int(o["revenue"]) for o in own))
        for customer, own in by_customer.items()}


def quantile(ordered: list[int], p: Fraction) -> Fraction:
    """Type 7: the value at (n - 1) p, counted from 0, interpolated between neighbours."""
    position = (len(ordered) - 1) * p
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (position - low) * (ordered[high] - ordered[low])


def inner_cuts(values: list[int]) -> list[Fraction]:
    """The cuts between the five bins: quantiles 1/5, 2/5, 3/5 and 4/5."""
    ordered = sorted(values)
    return [quantile(ordered, Fraction(k, BINS)) for k in range(1, BINS)]


def scores(values: dict[str, Values], shift: int) -> dict[str, Scores]:
    """1 + number of shifted inner cuts <= v; recency inverted: 6 less that."""
    cuts = [[cut + shift for cut in inner_cuts(list(column))]
            for column in zip(*values.values())]
    return {customer: Scores(BINS - bisect_right(cuts[0], v.recency_days),
                             1 + bisect_right(cuts[1], v.transaction_count),
                             1 + bisect_right(cuts[2], v.amount))
            for customer, v in values.items()}


def rfm_score(score: Scores) -> str:
    """The three digits side by side."""
    return f"{score.recency}{score.frequency}{score.monetary}"


def matches(rule: Rule, score: Scores) -> bool:
    """Every score lies in its range, both ends included."""
    return all(low <= s <= high for (low, high), s in zip(rule[1:], score))


def segment(rules: tuple[Rule, ...], score: Scores) -> str:
    """The first segment that matches, else Others."""
    return next((rule.segment for rule in rules if matches(rule, score)), "Others")


# --- comparison --------------------------------------------------------------


def report(what: str, good: int, total: int) -> bool:
    """Prints 'what: good/total' and says whether all agree."""
    print(f"{what}: {good}/{total}")
    return good == total


def check_values(expected: list[Row], values: dict[str, Values],
                 score: dict[str, Scores]) -> bool:
    """The three values and four scores of every customer."""
    good = sum(1 for row in expected if list(row.values())[1:] == [
        str(field) for field in (*values[row["customer_id"]], *score[row["customer_id"]],
                                 rfm_score(score[row["customer_id"]]))])
    return report("values and scores", good, len(values))


def check_cuts(expected: list[Row], values: dict[str, Values]) -> bool:
    """Inner cuts + 1 against the lower bounds of the package's bins 2 to 5."""
    good = 0
    for name, column in zip(MEASURES, zip(*values.values())):
        cuts = inner_cuts(list(column))
        good += [cut + PACKAGE_SHIFT for cut in cuts] == [
            Fraction(Decimal(row[f"{name}_lower"])) for row in expected[1:]]
        print(f"  {name} type-7 cuts:",
              ", ".join(str(Decimal(cut.numerator) / cut.denominator) for cut in cuts))
    return report("cuts", good, len(MEASURES))


def readings(expected: list[Row], values: dict[str, Values]) -> None:
    """How many published scores each reading of 'reached the cut' reproduces."""
    for index, name in enumerate(MEASURES):
        cuts = inner_cuts([v[index] for v in values.values()])
        on_cut = sum(1 for v in values.values() if v[index] in cuts)
        counts = ", ".join(
            f"'{text}' {reading_hits(expected, values, index, cuts, reached)}/{len(values)}"
            for text, reached in READINGS.items())
        print(f"  {name}: {on_cut} customers on a cut; {counts}")


def reading_hits(expected: list[Row], values: dict[str, Values], index: int,
                 cuts: list[Fraction], reached: Callable[[Fraction, int], bool]) -> int:
    """Published scores of one measure equal to those by this reading."""
    hits = 0
    for row in expected:
        value = values[row["customer_id"]][index]
        count = sum(1 for cut in cuts if reached(cut, value))
        hits += int(row[f"{MEASURES[index]}_score"]) == (BINS - count if index == 0 else 1 + count)
    return hits


def check_segments(expected: list[Row], rules: tuple[Rule, ...],
                   score: dict[str, Scores], name: str) -> bool:
    """The segment of every customer."""
    good = sum(1 for row in expected
               if row["segment"] == segment(rules, score[row["customer_id"]]))
    return report(f"segments by the {name} rules", good, len(score))


def check_summary(expected: list[Row], rules: tuple[Rule, ...], values: dict[str, Values],
                  score: dict[str, Scores], name: str) -> bool:
    """Customers, orders and revenue of every segment that has customers."""
    totals: dict[str, list[int]] = {}
    for customer, value in values.items():
        sums = totals.setdefault(segment(rules, score[customer]), [0, 0, 0])
        sums[:] = sums[0] + 1, sums[1] + value.transaction_count, sums[2] + value.amount
    published = {row["segment"]: [int(row[c]) for c in ("customers", "orders", "revenue")]
                 for row in expected}
    good = sum(1 for key in totals if totals[key] == published.get(key))
    return report(f"segment totals of the {name} rules", good, len(totals | published))


def describe(rules: tuple[Rule, ...]) -> None:
    """Of the 125 score cells: those each rule matches, and those it is first to match."""
    cells = [Scores(*cell) for cell in product(range(1, BINS + 1), repeat=3)]
    for rule in rules:
        matched = [cell for cell in cells if matches(rule, cell)]
        won = sum(1 for cell in matched if segment(rules, cell) == rule.segment)
        print(f"  {rule.segment}: matches {len(matched)} cells, first in {won}")
    print("  Others:", sum(1 for cell in cells if segment(rules, cell) == "Others"), "cells")


def check_all(data_dir: Path, values: dict[str, Values], score: dict[str, Scores]) -> bool:
    """Every comparison; false if any customer differs."""
    expected = read_csv(data_dir, "expected_rfm_orders_995.csv")
    good = [check_values(expected, values, score),
            check_cuts(read_csv(data_dir, "expected_rfm_orders_thresholds.csv"), values)]
    readings(expected, values)
    for name, rules in RULE_SETS.items():
        segments = read_csv(data_dir, f"expected_segments_{name}_rules.csv")
        good.append(check_segments(segments, rules, score, name))
        summary = read_csv(data_dir, f"expected_segment_summary_{name}_rules.csv")
        good.append(check_summary(summary, rules, values, score, name))
        describe(rules)
    return all(good)


def write_csv(path: Path, values: dict[str, Values], score: dict[str, Scores]) -> None:
    """One row a customer, by the bytes of the customer id, LF after each line."""
    plain = scores(values, PLAIN_SHIFT)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for customer in sorted(values, key=str.encode):
            writer.writerow((customer, *values[customer], *score[customer],
                             rfm_score(score[customer]),
                             *(segment(rules, score[customer]) for rules in RULE_SETS.values()),
                             rfm_score(plain[customer])))


def main() -> None:
    """Reads the arguments, compares, and writes the CSV when asked."""
    parser = argparse.ArgumentParser(description="rfm: scores and segments of 995 customers")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("-o", dest="output", type=Path)
    args = parser.parse_args()
    values = customer_values(read_csv(args.data_dir, "rfm_data_orders.csv"))
    score = scores(values, PACKAGE_SHIFT)
    if args.output:
        write_csv(args.output, values, score)
    sys.exit(0 if check_all(args.data_dir, values, score) else 1)


if __name__ == "__main__":
    main()
