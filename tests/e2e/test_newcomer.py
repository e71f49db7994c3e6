#!/usr/bin/env python3
"""The first ten minutes: the tutorial prints what it says, and its commands alone bring files the
program has never seen from CSV to tiers, which are worked out again here from the files.

    python3 tests/e2e/test_newcomer.py --rewrite     writes today's output into the tutorial
"""

import csv
import gzip
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import support
from support import (ROOT, STRATA, environment, import_totals, located, read_csv, require_data, store_digest,
                     strata, succeed, succeed_json)

PAGES = {"en": ROOT / "docs/tutorial/README.md", "zh": ROOT / "docs/tutorial/README.zh-CN.md"}
DAY = "2025-11-30"


# --- the tutorial as data ---

def read_steps(text):
    """Commands of the console blocks with what is shown after each: [(command, shown)]."""
    steps = []
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        for piece in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, shown = piece.partition("\n")
            if command.endswith("<<'END'"):
                program, _, shown = shown.partition("END\n")
                command = f"{command}\n{program}END"
            steps.append((command, shown))
    return steps


def sections(text):
    """Heading → its text, for the second level."""
    parts = re.split(r"^## (.*)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def settled(shown):
    """Times differ from run to run; blanks at the ends of lines are no part of a page."""
    return re.sub(r"[ \t]+$", "", re.sub(r"\d+\.\d\d (s|秒)", r"T \1", shown), flags=re.M)


def shell(command, folder, language):
    """Runs one command of the tutorial as a reader would; everything it prints."""
    path = Path(STRATA).parent
    env = environment(STRATA_LANG=language, PATH=f"{path}:{os.environ['PATH']}")
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
    return done.stdout.decode("utf-8").replace("\ufeff", "")


def rewrite():
    """Puts today's output into both pages."""
    for language, page in PAGES.items():
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            def block(match):
                lines = []
                for command, _ in read_steps(match[0]):
                    shown = re.sub(r"[ \t]+$", "", shell(command, folder, language), flags=re.M)
                    lines.append(f"$ {command}\n{shown}")
                return "```console\n" + "".join(lines) + "```"
            page.write_text(re.sub(r"```console\n.*?```", block, text, flags=re.S), encoding="utf-8")


# --- the pages ---

@support.file_store
class Tutorial(support.TestCase):
    """Each page prints what it shows, and both have the same commands."""

    def compare(self, language):
        for command, shown in read_steps(PAGES[language].read_text(encoding="utf-8")):
            with self.subTest(command=command.splitlines()[0]):
                self.assertEqual(settled(shell(command, self.folder, language)), settled(shown))

    def test_english(self):
        self.compare("en")

    def test_chinese(self):
        self.compare("zh")

    def test_same_commands(self):
        commands = [[command for command, _ in read_steps(page.read_text(encoding="utf-8"))]
                    for page in PAGES.values()]
        self.assertEqual(commands[0], commands[1])


# --- files the program has never seen ---

class Walk(support.TestCase):
    """The commands of one part of the tutorial on another file."""

    def walk(self, part, example, path, as_of=DAY, keep=()):
        """Runs the part's strata commands with the file and day replaced; the file stands beside
        the store as a reader's would. Commands on one customer take the one in `keep`."""
        shutil.copy(path, self.folder)
        text = list(sections(PAGES["en"].read_text(encoding="utf-8")).values())[part]
        name = Path(path).name
        ran = []
        for command, _ in read_steps(text):
            if not command.startswith("strata "):
                continue
            words = [word.replace(example, name) for word in shlex.split(command)]
            words = [located(self.folder / word) if word.endswith(".duckdb") else word for word in words]
            words = [as_of if re.fullmatch(r"2025-11-\d\d", word) else word for word in words]
            words = [keep[0] if re.fullmatch(r"C\d{4}", word) else word for word in words]
            done = subprocess.run([STRATA, *words[1:]], cwd=self.folder, env=environment(),
                                  capture_output=True, timeout=300, check=False)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            self.assertEqual(done.stderr, b"", command)
            ran.append(words[1])
        for needed in ("init", "import", "run", "tiers", "report"):
            self.assertIn(needed, ran)
        report = next(self.folder.glob("**/report.html")).read_text(encoding="utf-8")
        for title in re.findall(r"title: \{zh: ([^,]+), en: ([^}]+)\}\n    method:", self.policy()):
            self.assertTrue(set(title) & set(re.findall("|".join(map(re.escape, title)), report)), title)
        self.store = self.folder / re.search(r"\S+\.duckdb", text)[0]
        return self.policy()

    def policy(self):
        """The drafted policy."""
        return next(self.folder.glob("**/policy.yaml")).read_text(encoding="utf-8")

    def bounds(self, policy, scheme):
        """Tier codes with the bounds that the draft gives them, highest first."""
        block = re.search(rf"^  {scheme}:\n(.*?)(?=^  \w|\Z)", policy, re.S | re.M)[1]
        tiers = re.findall(r"code: (\w+),.*?\}(?:, from: ([\d_.]+))?\}", block)
        return [(code, Decimal(bound.replace("_", "")) if bound else None) for code, bound in tiers]

    def check_bounds(self, policy, scheme, values):
        """1, 2 or 5 × 10^n, falling, near quantiles, and every customer in the right tier."""
        bounds = self.bounds(policy, scheme)
        numbers = [bound for _, bound in bounds if bound is not None]
        self.assertGreaterEqual(len(numbers), 2)
        self.assertEqual(numbers, sorted(numbers, reverse=True))
        ordered = sorted(values.values())
        for bound in numbers:
            self.assertIn(str(bound.normalize().as_tuple().digits), ("(1,)", "(2,)", "(5,)"))
            near = [ordered[len(ordered) * p // 1000] for p in (990, 950, 800, 500)]
            self.assertTrue(any(q / 2 < bound < q * 2 for q in near if q > 0), (bound, near))
        want = {customer: next(code for code, bound in bounds if bound is None or value >= bound)
                for customer, value in values.items()}
        self.assertEqual(self.tiers(scheme), want)
        self.assertGreaterEqual(len(set(want.values())), 3, "the tiers separate nobody")

    def check_pyramid(self, scheme, values):
        """In the top p when strictly fewer than p × N have more."""
        tops = [("diamond", 1), ("gold", 5), ("silver", 20)]
        above, want = {}, {}
        for index, value in enumerate(sorted(values.values(), reverse=True)):
            above.setdefault(value, index)
        for customer, value in values.items():
            want[customer] = next((code for code, percent in tops
                                   if above[value] * 100 < percent * len(values)), "bronze")
        self.assertEqual(self.tiers(scheme), want)


class Bank(Walk):
    """bank.csv of UCI: semicolons, no customer number, negative balances."""

    def test_from_file_to_tiers(self):
        path = require_data("bank_marketing") / "bank.csv"
        policy = self.walk(1, "sample.csv", path)
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        self.assertEqual(len(rows), 4521)
        values = {str(line): Decimal(row["balance"]) for line, row in enumerate(rows, 2)}
        self.check_bounds(policy, "asset", values)
        self.check_pyramid("pyramid", values)
        ages = {str(line): int(row["age"]) for line, row in enumerate(rows, 2)}
        self.assertEqual(self.tiers("life_stage"), {
            line: "senior" if age >= 60 else "middle" if age >= 35 else "young"
            for line, age in ages.items()})


class Churn(Walk):
    """Churn_Modelling.csv: surnames, codes, balances with decimals."""

    def test_from_file_to_tiers(self):
        path = require_data("churn") / "Churn_Modelling.csv"
        policy = self.walk(0, "customers.csv", path, keep=["15634602"])
        rows = read_csv(path)
        self.assertEqual(len(rows), 10000)
        values = {row["CustomerId"]: Decimal(row["Balance"]) for row in rows}
        self.check_bounds(policy, "asset", values)
        self.check_pyramid("pyramid", values)
        self.assertEqual({c: Decimal(v) for c, v in self.metric("assets").items()}, values)
        mapping = (self.folder / "mapping.yaml").read_text(encoding="utf-8")
        self.assertNotRegex(mapping, r"(?m)^[^#]*Surname", "a name is not loaded")
        self.later_delivery(path, rows)

    def later_delivery(self, path, rows):
        """The next month's file by the same mapping: a second day, not a correction of the first."""
        for row in rows[:100]:
            row["Balance"] = "250000"
        later = self.folder / "later" / Path(path).name
        later.parent.mkdir()
        with open(later, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        mapping = self.folder / "mapping.yaml"
        refused = strata("import", self.store, mapping, later)
        self.assertEqual(refused.status, 2)
        self.assertIn("--as-of", refused.err)
        report = succeed_json("import", self.store, mapping, later, "--as-of", "2025-12-31")
        self.assertEqual(list(import_totals(report).values())[0][:2], [10000, 10000])
        again = succeed_json("import", self.store, mapping, later, "--as-of", "2025-12-31")
        self.assertTrue(again["files"][0]["already_loaded"])
        run = succeed_json("run", self.store, self.folder / "policy.yaml", "--as-of", "2025-12-31")
        asset = next(s for s in run["periods"][0]["schemes"] if s["scheme"] == "asset")
        self.assertEqual(asset["rated"], 10000)
        first = self.tiers("asset", "--as-of", DAY)
        second = self.tiers("asset")
        moved = {row["CustomerId"] for row in rows[:100]}
        self.assertEqual({c for c in first if first[c] != second[c]},
                         {c for c in moved if first[c] != "high"})


class Retail(Walk):
    """Online Retail: invoice lines with returns, lines without customer, three decimals."""

    def test_from_file_to_tiers(self):
        path = require_data("retail") / "online_retail.csv.gz"
        self.walk(2, "orders.csv", path, as_of="2011-12-09")
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["CustomerID"]]
        last, invoices, spent = {}, defaultdict(set), defaultdict(Decimal)
        for row in rows:
            amount = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
            customer = row["CustomerID"]
            spent[customer] += max(amount, 0)
            if amount > 0:
                last[customer] = max(last.get(customer, ""), row["InvoiceDate"][:10])
                invoices[customer].add(row["InvoiceNo"])
        self.assertEqual((len(rows), len(spent), len(last)), (406829, 4372, 4338))
        metrics = {row["customer_id"]: row for row in self.export("metrics")}
        self.assertEqual(set(metrics), set(spent))
        for customer, row in metrics.items():
            self.assertEqual(Decimal(row["monetary"]), spent[customer])
            self.assertEqual(int(row["frequency"]), len(invoices[customer]))
        recency = {customer: (date(2011, 12, 9) - date.fromisoformat(day)).days
                   for customer, day in last.items()}
        self.assertEqual({c: int(row["recency"]) for c, row in metrics.items() if row["recency"]}, recency)
        self.check_rfm(recency, invoices, spent)
        self.check_pyramid("pyramid", spent)

    @staticmethod
    def fifths(values, inverted=False):
        """Score 1 to 5: one more than the inner cuts at or below; type 7, in exact fifths."""
        ordered = sorted(values.values())
        cuts = []
        for i in range(1, 5):
            whole, part = divmod((len(ordered) - 1) * i, 5)
            high = ordered[min(whole + 1, len(ordered) - 1)]
            cuts.append(5 * ordered[whole] + part * (high - ordered[whole]))
        scores = {c: 1 + sum(cut <= 5 * value for cut in cuts) for c, value in values.items()}
        return {c: 6 - score for c, score in scores.items()} if inverted else scores

    def check_rfm(self, recency, invoices, spent):
        segments = {(1, 1, 1): "champions", (0, 1, 1): "keep", (1, 0, 1): "develop",
                    (0, 0, 1): "rescue", (1, 1, 0): "loyal", (1, 0, 0): "recent",
                    (0, 1, 0): "regular", (0, 0, 0): "inactive"}
        # Recency is cut on days, then turned round: 1 + cuts at or below counts from the recent end.
        r = self.fifths(recency, inverted=True)
        # Who bought nothing has no recency, but a frequency and an amount of 0 that count.
        f = self.fifths({c: len(invoices[c]) for c in spent})
        m = self.fifths(spent)
        want = {c: segments[r[c] > 3, f[c] > 3, m[c] > 3] for c in recency}
        got = self.tiers("rfm")
        self.assertEqual({c: t for c, t in got.items() if t != "(unrated)"}, want)
        self.assertEqual(sum(t == "(unrated)" for t in got.values()), 34)
        self.assertGreaterEqual(len(set(want.values())), 6)


# --- what stands in the way ---

class Drafts(support.TestCase):
    """Nothing is overwritten, nothing is half written, other shapes are read or refused clearly."""

    ROWS = "cust_id,balance\n" + "".join(f"{i},{i * 100}\n" for i in range(1, 60))

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_never_overwrites(self):
        file = self.write("bank.csv", self.ROWS)
        succeed("init", self.store, file, cwd=self.folder)
        mapping = self.folder / "mapping.yaml"
        mapping.write_text("mine", encoding="utf-8")
        again = strata("init", self.store, file, cwd=self.folder)
        self.assertEqual(again.status, 1)
        self.assertIn("--force", again.err)
        self.assertEqual(mapping.read_text(encoding="utf-8"), "mine")
        before = store_digest(self.store)
        succeed("init", self.store, file, "--force", cwd=self.folder)
        self.assertIn("strata-mapping", mapping.read_text(encoding="utf-8"))
        self.assertEqual(store_digest(self.store), before, "the store is left alone")

    def test_same_bytes_again(self):
        file = self.write("bank.csv", self.ROWS)
        texts = set()
        for name in "ab":
            (self.folder / name).mkdir()
            succeed("init", self.store, file, "-o", self.folder / name, "--as-of", DAY)
            texts.add((self.folder / name / "mapping.yaml").read_text(encoding="utf-8")
                      + (self.folder / name / "policy.yaml").read_text(encoding="utf-8"))
        self.assertEqual(len(texts), 1)

    def test_refusals_leave_nothing(self):
        wide = ",".join(f"c{i}" for i in range(300))
        cases = [("empty.csv", "", "is empty"), ("head.csv", "a,b\n", "no rows"),
                 ("words.csv", "id,a\n1,x\n2,y\n", "no number to rate"),
                 ("whose.csv", "date,amount\n2024-01-01,5\n2024-01-02,6\n", "whose they are"),
                 ("wide.csv", wide + "\n" + ",".join(["x"] * 300) + "\n", "no number to rate")]
        for name, text, said in cases:
            with self.subTest(name):
                file = self.write(name, text)
                kept = self.names()
                for language, hint in (("en", "hint:"), ("zh", "提示")):
                    result = strata("init", self.store, file, "--lang", language, cwd=self.folder)
                    self.assertEqual(result.status, 1)
                    self.assertIn(said if language == "en" else name, result.err)
                    self.assertIn(hint, result.err)
                self.assertEqual(self.names(), kept)

    def test_parquet(self):
        file = self.write("bank.csv", self.ROWS)
        succeed("init", self.store, file, "--as-of", DAY, cwd=self.folder)
        succeed("import", self.store, self.folder / "mapping.yaml", file, "--as-of", DAY)
        succeed("run", self.store, self.folder / "policy.yaml", "--as-of", DAY)
        parquet = self.folder / "metrics.parquet"
        succeed("export", self.store, "metrics", "-o", parquet)
        report = succeed_json("init", self.folder / "two.duckdb", parquet, "-o", self.folder / "two")
        self.assertEqual((report["loaded"], report["quarantined"]), (59, 0))
        becomes = {column["name"]: column["becomes"] for column in report["files"][0]["columns"]}
        self.assertEqual((becomes["customer_id"], becomes["assets"]), ("customer.id", "balance.amount"))

    def test_other_shapes_load_whole(self):
        wide = ["id", "balance"] + [f"列{i}" for i in range(298)]
        cases = {
            "zh.csv": "客户号;姓名;余额(元)\n" + "".join(f"K{i};张{i};{i}00.50\n" for i in range(1, 60)),
            "one.csv": "客户号,余额\n1,5\n",
            "bare.csv": "".join(f"{i % 9},2024-0{1 + i % 9}-05,{i}.25\n" for i in range(1, 60)),
            "twice.csv": "id,balance,balance\n" + "".join(f"{i},{i},{i * 7}\n" for i in range(1, 60)),
            "title.csv": "某银行\n\n客户号,余额\n" + "".join(f"{i},{i}\n" for i in range(1, 60)),
            "wide.csv": ",".join(wide) + "\n" + "".join(
                ",".join(str((row * column) % 9) if column else str(row) for column in range(300)) + "\n"
                for row in range(1, 40)),
            "gaps.csv": "id|balance|when\n1|5|NA\n2|NA|2024-01-02\n3|6|2024-01-03\n"}
        for name, text in cases.items():
            with self.subTest(name):
                folder = self.folder / name.replace(".", "_")
                folder.mkdir()
                file = self.write(f"{folder.name}/{name}", text)
                store = folder / "s.duckdb"
                report = succeed_json("init", store, file, "--as-of", DAY, cwd=folder)
                drafts = [folder / report[name] for name in ("mapping", "policy")]
                self.assertTrue(report["tried"])
                self.assertEqual((report["quarantined"], report["skipped"]), (0, 0))
                done = succeed_json("import", store, drafts[0], file, "--as-of", DAY)
                self.assertEqual(import_totals(done)[report["files"][0]["source"]][0], report["loaded"])
                succeed("check", drafts[1])
                run = succeed_json("run", store, drafts[1], "--as-of", DAY)
                self.assertEqual({s["scheme"]: s["rated"] for s in run["periods"][0]["schemes"]},
                                 {s["scheme"]: s["rated"] for s in report["schemes"]})


if __name__ == "__main__":
    if "--rewrite" in sys.argv:
        rewrite()
    else:
        support.main()
