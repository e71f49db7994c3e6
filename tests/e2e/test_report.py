"""The report's data against sums made here from the exported tiers and metrics; the page as a file."""

import json
import os
import re
import stat
import unittest
from bisect import bisect_right
from collections import Counter
from decimal import Decimal
from pathlib import Path

import support
from support import ROOT, strata, succeed, succeed_json

CUSTOMERS = 1500
DAYS = ["2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31"]

POLICY = """strata: 1
name: small
title: {zh: 小银行, en: Small bank}
metrics:
  aum: {title: {zh: 资产, en: Assets}, from: balance, value: closing(amount)}
schemes:
  band:
    title: {zh: 分层 </script><b>, en: Bands </script><b>}
    method: thresholds
    value: aum
    tiers: [{code: high, from: 1000, needs: [a plan], services: [{zh: 专属, en: own}]}, {code: low}]
"""


def demo(folder):
    """A demonstration bank with four runs; made once for the file."""
    bank = folder / "bank"
    store = folder / "bank.duckdb"
    succeed("demo", bank, "--customers", CUSTOMERS, "--months", 12, "--quiet")
    succeed("init", store)
    succeed("import", store, ROOT / "mappings/demo.yaml", bank, "--quiet")
    succeed("run", store, ROOT / "policies/demo.yaml", "--every", "month", "--from", DAYS[0],
            "--as-of", DAYS[-1], "--quiet")
    return store


class Demo(support.TestCase):
    """One bank for all tests of the class."""

    @classmethod
    def setUpClass(cls):
        import tempfile
        cls.kept = tempfile.TemporaryDirectory(prefix="strata-report-")
        folder = Path(cls.kept.name)
        cls.bank = demo(folder)
        cls.data = succeed_json("report", cls.bank)
        cls.rows = {}
        for what in ("tiers", "metrics"):
            succeed("export", cls.bank, what, "-o", folder / f"{what}.csv", "--quiet")
            cls.rows[what] = support.read_csv(folder / f"{what}.csv")
        cls.metrics = {row["customer_id"]: row for row in cls.rows["metrics"]}

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def scheme(self, name):
        """A scheme's part of the data."""
        return next(scheme for scheme in self.data["schemes"] if scheme["name"] == name)

    def rated(self, scheme):
        """Exported rows of a scheme's rated customers."""
        return [row for row in self.rows["tiers"]
                if row["scheme"] == scheme and row["status"] == "rated"]

    def value(self, row, metric="aum"):
        """A customer's exported metric, None where it is missing."""
        text = self.metrics[row["customer_id"]][metric]
        return Decimal(text) if text else None

    def test_headline(self):
        self.assertEqual(self.data["as_of"], DAYS[-1])
        self.assertEqual(self.data["currency"], "CNY")
        self.assertEqual(self.data["customers"], len(self.metrics))
        self.assertEqual(self.data["measure"]["name"], "aum")
        self.assertLessEqual(self.data["newest"], DAYS[-1])
        self.assertEqual(self.data["currencies"][0]["currency"], "CNY")
        names = {row["scheme"] for row in self.rows["tiers"]}
        self.assertEqual({scheme["name"] for scheme in self.data["schemes"]}, names)

    def test_tiers_and_their_assets(self):
        for scheme in self.data["schemes"]:
            rows = self.rated(scheme["name"])
            people = Counter(row["tier"] for row in rows)
            assets = Counter()
            for row in rows:
                assets[row["tier"]] += self.value(row) or 0
            self.assertEqual(scheme["rated"], len(rows))
            for tier in scheme["tiers"]:
                self.assertEqual(tier["customers"], people[tier["code"]], tier)
                self.assertEqual(Decimal(tier["amount"]), assets[tier["code"]], tier)

    def test_path_goes_over_the_last_periods(self):
        path = self.folder / "tiers.csv"
        succeed("export", self.bank, "tiers", "-o", path, "--from", DAYS[0], "--quiet")
        held = {}
        for row in support.read_csv(path):
            if row["status"] == "rated":
                held.setdefault((row["scheme"], row["as_of"]), {})[row["customer_id"]] = row["tier"]
        for scheme in self.data["schemes"]:
            codes = {tier["code"]: rank for rank, tier in enumerate(scheme["tiers"])}
            self.assertEqual(scheme["path"]["days"], DAYS)
            for before, after, step in zip(
                    DAYS[:-1], DAYS[1:], scheme["path"]["steps"], strict=True):
                was, now = held[scheme["name"], before], held[scheme["name"], after]
                want = Counter((codes.get(was.get(number), -1), codes.get(now.get(number), -1))
                               for number in was.keys() | now.keys())
                self.assertEqual({(a, b): n for a, b, n in step}, dict(want), scheme["name"])

    def test_movement_is_that_of_tiers(self):
        told = {scheme["scheme"]: scheme for scheme in succeed_json("tiers", self.bank)}
        for scheme in self.data["schemes"]:
            counts, want = scheme["movement"]["counts"], told[scheme["name"]]
            self.assertEqual([counts[key] for key in ("up", "down", "moved", "left")],
                             [want[key] for key in ("up", "down", "moved", "exited")])
            self.assertEqual(scheme["movement"]["before"], DAYS[-2])
            arrived = Counter()
            for _, to, customers in scheme["movement"]["flow"]:
                arrived[to] += customers
            for i, tier in enumerate(scheme["tiers"]):
                self.assertEqual(arrived[i], tier["customers"])

    def test_trend(self):
        for scheme in self.data["schemes"]:
            self.assertEqual([point["as_of"] for point in scheme["trend"]], DAYS)
            self.assertEqual(scheme["trend"][-1]["customers"],
                             [tier["customers"] for tier in scheme["tiers"]])
            early = succeed_json("tiers", self.bank, "--scheme", scheme["name"], "--as-of", DAYS[0])
            self.assertEqual(scheme["trend"][0]["customers"],
                             [tier["customers"] for tier in early[0]["tiers"]])

    def test_history(self):
        self.assertEqual([day["as_of"] for day in self.data["history"]], DAYS)
        for day in self.data["history"]:
            path = self.folder / "metrics.csv"
            succeed("export", self.bank, "metrics", "-o", path, "--as-of", day["as_of"], "--quiet")
            rated = [row for row in support.read_csv(path) if row["status"] == "rated"]
            self.assertEqual(day["customers"], len(rated))
            self.assertEqual(Decimal(day["amount"]), sum(Decimal(row["aum"] or 0) for row in rated))

    def test_bounds(self):
        self.assertEqual([tier["from"] for tier in self.scheme("asset")["tiers"]],
                         ["6000000.00", "1000000.00", "200000.00", "50000.00", None])
        for scheme in ("pyramid", "abc"):
            rows = self.rated(scheme)
            for tier in self.scheme(scheme)["tiers"][:-1]:
                least = min(self.value(row) for row in rows if row["tier"] == tier["code"])
                self.assertEqual(Decimal(tier["from"]), least)

    def test_distribution(self):
        metric_of = {"asset": "aum", "pyramid": "aum", "abc": "aum", "value": "aum_year"}
        for name, metric in metric_of.items():
            drawn = self.scheme(name)["distribution"]
            codes = [tier["code"] for tier in self.scheme(name)["tiers"]]
            edges = [Decimal(edge) for edge in drawn["edges"]]
            want = [[0] * (len(edges) + 1) for _ in codes]
            values = sorted(self.value(row, metric) for row in self.rated(name))
            for row in self.rated(name):
                bin_ = bisect_right(edges, self.value(row, metric))
                want[codes.index(row["tier"])][bin_] += 1
            self.assertEqual(drawn["customers"], want, name)
            self.assertTrue(drawn["log"], name)
            self.assertEqual(edges, sorted(set(edges)))
            self.assertEqual(drawn["count"], len(values))
            self.assertEqual(Decimal(drawn["sum"]), sum(values))
            for mark in drawn["quantiles"]:
                position = -(-len(values) * mark["per_mille"] // 1000)
                self.assertEqual(Decimal(mark["value"]), values[max(position, 1) - 1])

    def test_distribution_of_a_score(self):
        drawn = self.scheme("potential")["distribution"]
        self.assertFalse(drawn["log"])
        self.assertEqual(sum(map(sum, drawn["customers"])), len(self.rated("potential")))
        scores = [Decimal(row["score"]) for row in self.rated("potential")]
        edges = [Decimal(edge) for edge in drawn["edges"]]
        want = Counter(bisect_right(edges, score) for score in scores)
        self.assertEqual([sum(counts) for counts in zip(*drawn["customers"])],
                         [want[i] for i in range(len(edges) + 1)])

    def test_rfm_cells(self):
        people, money = Counter(), Counter()
        for row in self.rated("rfm"):
            if int(row["rule"]):
                cell = divmod(int(row["rule"]) // 10, 10)
                people[cell] += 1
                money[cell] += self.value(row, "monetary")
        cells = self.scheme("rfm")["rfm"]["cells"]
        self.assertEqual(len(cells), 25)
        for cell in cells:
            at = (cell["r"], cell["f"])
            self.assertEqual(cell["customers"], people[at])
            self.assertEqual(Decimal(cell["monetary"]), money[at])

    def test_matrix_cells(self):
        drawn = self.scheme("strategy")
        tiers = {name: {row["customer_id"]: row["tier"] for row in self.rated(name)}
                 for name in ("value", "potential")}
        people, money = Counter(), Counter()
        for row in self.rated("strategy"):
            cell = (tiers["value"][row["customer_id"]], tiers["potential"][row["customer_id"]])
            people[cell, row["tier"]] += 1
            money[cell] += self.value(row) or 0
        order = [(r["code"], c["code"]) for r in self.scheme("value")["tiers"]
                 for c in self.scheme("potential")["tiers"]]
        for at, cell in zip(order, drawn["matrix"]["cells"], strict=True):
            code = drawn["tiers"][cell["tier"]]["code"]
            self.assertEqual(cell["customers"], people[at, code])
            self.assertEqual(Decimal(cell["amount"]), money[at])
        self.assertEqual(sum(people.values()), len(self.rated("strategy")))

    def test_concentration(self):
        values = sorted(max(Decimal(row["aum"] or 0), 0) for row in self.rows["metrics"]
                        if row["status"] == "rated")
        told = self.data["concentration"]
        self.assertEqual(told["count"], len(values))
        self.assertEqual(Decimal(told["sum"]), sum(values))
        before = [Decimal(0)]
        for value in values:
            before.append(before[-1] + value)
        steps = [*range(0, 900, 10), *range(900, 1001)]
        self.assertEqual([point[0] for point in told["points"]],
                         [step * len(values) // 1000 for step in steps])
        for customers, held in told["points"]:
            self.assertEqual(Decimal(held), before[customers])
        n = len(values)
        gini = sum((2 * i - n - 1) * value for i, value in enumerate(values, 1)) / (n * sum(values))
        self.assertAlmostEqual(float(told["gini"]), float(gini), places=4)

    def test_quality(self):
        sources = {source["source"]: source for source in self.data["quality"]["sources"]}
        for source in sources.values():
            self.assertEqual(source["read"], source["loaded"] + source["unchanged"] +
                             source["skipped"] + source["quarantined"])
        totals = Counter()
        for reason in self.data["quality"]["reasons"]:
            totals[reason["source"]] += reason["open"] + reason["resolved"]
        self.assertEqual(totals, Counter({name: source["quarantined"]
                                          for name, source in sources.items()
                                          if source["quarantined"]}))

    def test_runs(self):
        (run,) = self.data["runs"]
        tiers = succeed_json("tiers", self.bank)[0]
        self.assertEqual([run["run"], run["hash"], run["policy"]],
                         [tiers["run"], tiers["policy"], "demo-bank"])

    def test_signals_are_those_of_the_command(self):
        told = succeed_json("signals", self.bank)["counts"]
        self.assertEqual([(s["name"], s["holding"], s["new"]) for s in self.data["signals"]],
                         [(c["signal"], c["customers"], c["new"]) for c in told])
        self.assertGreater(sum(signal["new"] for signal in self.data["signals"]), 20)

    def test_one_scheme_of_an_earlier_day(self):
        data = succeed_json("report", self.bank, "--scheme", "lifecycle", "--as-of", DAYS[1])
        self.assertEqual([scheme["name"] for scheme in data["schemes"]], ["lifecycle"])
        self.assertEqual(data["as_of"], DAYS[1])
        self.assertEqual([point["as_of"] for point in data["schemes"][0]["trend"]], DAYS[:2])

    def test_another_measure(self):
        data = succeed_json("report", self.bank, "--scheme", "asset", "--measure", "deposit")
        want = sum(self.value(row, "deposit") or 0 for row in self.rated("asset"))
        self.assertEqual(sum(Decimal(tier["amount"]) for tier in data["schemes"][0]["tiers"]), want)

    def test_no_customer_is_named(self):
        text = json.dumps(self.data)
        for customer in self.metrics:
            self.assertNotIn(customer, text)

    def test_the_page(self):
        page = self.folder / "report.html"
        said = succeed_json("report", self.bank, "-o", page, "--title", "Q4 <review>")
        text = page.read_text("utf-8")
        self.assertEqual(said["bytes"], page.stat().st_size)
        self.assertLess(said["bytes"], 3_000_000)
        self.assertIn('<html lang="en">', text)
        # Nothing is fetched: no address in any place a browser would follow.
        head, _, rest = text.partition('<script type="application/json" id="data">')
        block, _, scripts = rest.partition("</script>")
        self.assertEqual(json.loads(block), self.data | {"title": "Q4 <review>"})
        own = scripts[scripts.rindex("<script>"):]
        for part in (head, own):
            self.assertNotRegex(part, r"https?:|//[a-z0-9-]+\.|@import|url\(")
        self.assertNotRegex(head + own, r"""(src|href)\s*=\s*["'](?!data:|#)""")
        self.assertIn("default-src 'none'", head)
        again = self.folder / "again.html"
        succeed("report", self.bank, "-o", again, "--title", "Q4 <review>", "--threads", "1")
        self.assertEqual(again.read_bytes(), page.read_bytes())
        succeed("report", self.bank, "-o", again, "--lang", "zh")
        self.assertIn('<html lang="zh-CN">', again.read_text("utf-8"))
        self.assertEqual(sorted(os.listdir(self.folder)), ["again.html", "report.html"])

    def test_refusals(self):
        page = self.folder / "report.html"
        for options, told in (
                (["--scheme", "assets"], "did you mean asset?"),
                (["--as-of", "2025-12-30"], "its runs reach from 2025-09-30 to 2025-12-31"),
                (["--measure", "aumm"], "did you mean aum?"),
                (["--measure", "first_account_on"], "no amount or number first_account_on"),
                (["--as-of", "yesterday"], "is not a date")):
            with self.subTest(options=options):
                result = strata("report", self.bank, "-o", page, *options)
                self.assertNotEqual(result.status, 0)
                self.assertIn(told, result.err)
                self.assertEqual(result.out, "")
        for path in (self.folder / "none" / "report.html", self.folder):
            result = strata("report", self.bank, "-o", path)
            self.assertEqual(result.status, 1)
            self.assertIn("cannot write", result.err)
        self.assertEqual(strata("report", self.bank).status, 2)
        self.assertEqual(os.listdir(self.folder), [])

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_that_may_not_be_written(self):
        self.folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
        result = strata("report", self.bank, "-o", self.folder / "report.html")
        self.assertEqual(result.status, 1)
        self.assertEqual(os.listdir(self.folder), [])


class Small(support.TestCase):
    """Stores that hold little."""

    def report(self, *options):
        """The data, and a page that could be written."""
        succeed("report", self.store, "-o", self.folder / "report.html", *options)
        return succeed_json("report", self.store, *options)

    def bank(self):
        """Three customers with 0.01, 1,000 and 5,000."""
        bank = support.SmallBank()
        for customer, amount in (("a", "0.01"), ("b", "1000"), ("c", "5000")):
            bank.hold(customer, {"2025-01-10": amount})
        self.load(bank)

    def test_nothing_was_run(self):
        succeed("init", self.store)
        result = strata("report", self.store, "-o", self.folder / "report.html")
        self.assertEqual(result.status, 1)
        self.assertIn("no run has been published", result.err)
        self.assertFalse((self.folder / "report.html").exists())

    def test_one_scheme_one_day(self):
        self.bank()
        self.run_policy(POLICY, "2025-01-31")
        data = self.report()
        (scheme,) = data["schemes"]
        self.assertNotIn("movement", scheme)
        self.assertNotIn("path", scheme)
        self.assertEqual([tier["amount"] for tier in scheme["tiers"]], ["6000.00", "0.01"])
        self.assertEqual(scheme["tiers"][0]["needs"], [{"en": "a plan", "zh": "a plan"}])
        self.assertEqual(scheme["tiers"][0]["services"], [{"en": "own", "zh": "专属"}])
        self.assertEqual(scheme["tiers"][1]["needs"], [])
        text = (self.folder / "report.html").read_text("utf-8")
        self.assertEqual(len(re.findall("</script>", text)), 4)

    def test_the_path_takes_the_last_run_of_a_period(self):
        self.bank()
        for day in ("2025-01-15", "2025-01-31", "2025-02-10", "2025-03-05", "2025-03-06"):
            self.run_policy(POLICY, day)
        (scheme,) = self.report()["schemes"]
        self.assertEqual(scheme["path"]["days"], ["2025-01-31", "2025-02-10", "2025-03-06"])
        self.assertEqual(len(scheme["path"]["steps"]), 2)

    def test_no_money_at_all(self):
        self.bank()
        self.run_policy("strata: 1\nname: p\nmetrics:\n"
                        "  n: {from: account, value: count()}\nschemes:\n"
                        "  s: {method: thresholds, value: n, tiers: [{code: x, from: 2}, "
                        "{code: y}]}\n", "2025-01-31")
        data = self.report()
        self.assertIsNone(data["measure"])
        self.assertNotIn("concentration", data)
        self.assertEqual([tier["amount"] for tier in data["schemes"][0]["tiers"]], [None, None])
        data = self.report("--measure", "n")
        self.assertEqual([tier["amount"] for tier in data["schemes"][0]["tiers"]], ["0", "3"])

    def test_two_policies_on_one_day(self):
        self.bank()
        self.run_policy(POLICY, "2025-01-31")
        self.run_policy(POLICY.replace("name: small", "name: other").replace("  band:", "  stripe:")
                        .replace("aum", "held"), "2025-01-31")
        data = self.report()
        self.assertEqual([run["policy"] for run in data["runs"]], ["small", "other"])
        self.assertEqual([scheme["name"] for scheme in data["schemes"]], ["band", "stripe"])
        self.assertEqual(data["schemes"][1]["tiers"][0]["amount"], None)  # has no metric aum
        self.run_policy(POLICY, "2025-02-28")
        data = self.report()
        self.assertEqual([scheme["name"] for scheme in data["schemes"]], ["band"])
        self.assertEqual(data["others"], [{"scheme": "stripe", "as_of": "2025-01-31"}])


if __name__ == "__main__":
    support.main()
