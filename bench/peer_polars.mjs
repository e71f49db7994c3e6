// Bare R, F, M of 2025, quintiles and tiers, by Polars from a Parquet file; prints how many
// customers each segment and each tier has, as count.sql does. Usage: node peer_polars.mjs FILE DEPS
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [file, deps] = process.argv.slice(2);
const pl = createRequire(`${resolve(deps)}/`)("nodejs-polars");
const epochDay = (text) => Date.parse(text) / 86400000;
const lastDay = epochDay("2025-12-31");

// on_day is the day's number since 1970, so that no time zone has a say
const metric = await pl
  .scanParquet(file)
  .filter(pl.col("on_day").gtEq(epochDay("2025-01-01")).and(pl.col("on_day").ltEq(lastDay))
    .and(pl.col("kind").eq(pl.lit("purchase"))))
  .groupBy("customer_id")
  .agg(pl.col("on_day").max().alias("last"), pl.col("on_day").count().alias("f"),
    pl.col("amount").abs().sum().alias("m"))
  .withColumns(pl.lit(lastDay).sub(pl.col("last")).alias("r"))
  .collect();

// 5 × the cuts of type 7, from two order statistics: whole numbers
function cuts(name) {
  const sorted = metric.getColumn(name).cast(pl.Float64).sort();
  const last = sorted.length - 1;
  return [1, 2, 3, 4].map((i) => {
    const at = Math.floor((last * i) / 5);
    const low = sorted.getIndex(at);
    const high = sorted.getIndex(Math.min(at + 1, last));
    return low * 5 + ((last * i) % 5) * (high - low);
  });
}
const reaches = (name, cut) => pl.col(name).cast(pl.Float64).mul(pl.lit(5)).gtEq(pl.lit(cut))
  .cast(pl.Int32);
const score = (name) => cuts(name).map((cut) => reaches(name, cut)).reduce((a, b) => a.add(b));

const scored = metric.withColumns(
  pl.lit(5).sub(score("r")).alias("rs"), score("f").add(1).alias("fs"),
  score("m").add(1).alias("ms"),
  [500000, 1000000, 2000000, 100000]
    .map((bound) => pl.col("m").gtEq(pl.lit(bound)).cast(pl.Int32))
    .reduce((a, b) => a.add(b)).alias("tier"));
for (const [title, keys] of [["cell", ["rs", "fs", "ms"]], ["tier", ["tier"]]])
  for (const row of scored.groupBy(...keys).agg(pl.col("customer_id").count().alias("n"))
    .sort(keys).rows())
    console.log([title, ...row.map(Number)].join(" "));
