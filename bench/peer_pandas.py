"""Bare R, F, M of 2025, quintiles and tiers, by pandas from a CSV file; prints how many customers
each segment and each tier has, as count.sql does. Usage: peer_pandas.py FILE"""
import sys

import pandas

LAST_DAY = pandas.Timestamp("2025-12-31")

rows = pandas.read_csv(sys.argv[1], usecols=["customer_id", "on_date", "amount", "kind"],
                       dtype={"customer_id": "int32", "amount": "int64", "kind": "category"},
                       parse_dates=["on_date"])
rows = rows[(rows["on_date"] >= "2025-01-01") & (rows["on_date"] <= LAST_DAY)
            & (rows["kind"] == "purchase")]
rows["amount"] = rows["amount"].abs()
metric = rows.groupby("customer_id").agg(last=("on_date", "max"), f=("on_date", "size"),
                                         m=("amount", "sum"))
metric["r"] = (LAST_DAY - metric["last"]).dt.days


def score(name):
    """One more than the inner cuts a value reaches: 5 × the cuts of type 7 are whole numbers."""
    ordered = metric[name].sort_values().to_numpy()
    last = len(ordered) - 1
    total = 0
    for i in (1, 2, 3, 4):
        at = last * i // 5
        low, high = int(ordered[at]), int(ordered[min(at + 1, last)])
        total = total + (metric[name] * 5 >= low * 5 + last * i % 5 * (high - low)).astype("int32")
    return total + 1


metric["rs"], metric["fs"], metric["ms"] = 6 - score("r"), score("f"), score("m")
metric["tier"] = sum((metric["m"] >= bound).astype("int32")
                     for bound in (100000, 500000, 1000000, 2000000))
for title, keys in (("cell", ["rs", "fs", "ms"]), ("tier", ["tier"])):
    for key, count in metric.groupby(keys).size().items():
        print(title, *(key if isinstance(key, tuple) else (key,)), count)
