#!/usr/bin/env python3
"""The golden policies of tests/policy, byte by byte: plans of the valid, messages of the invalid."""

import re
import unittest

import support
from support import ROOT, strata

CASES = ROOT / "tests/policy"
PLANS = {"plan.sql": "duckdb", "plan.pg.sql": "postgresql"}
UPDATE = "if the change is meant: tools/update_golden.sh, and review the difference"

# What one of the stores rejects or answers differently, as far as a plan's text shows it.
FORBIDDEN = {
    "a leading WITH repartitions: INSERT INTO t (…) WITH … SELECT": r"(?im)^WITH\b[^;]*?\bINSERT\b",
    "a CTE used twice is materialised": r"\bAS MATERIALIZED\b|\bAS \(\n",
    "NOT IN and EXCEPT go through the coordinator": r"(?i)\bNOT IN \(\s*SELECT|\bEXCEPT\b",
    "grouping sets are not pushed down": r"(?i)\b(ROLLUP|CUBE|GROUPING SETS)\b",
    "a recursive CTE does not distribute": r"(?i)\bRECURSIVE\b",
    "ranks over all customers go through the coordinator": r"(?i)\b(ntile|rank|dense_rank)\s*\(",
    "doubles must not decide": r"(?i)\b(float|float4|float8|double|real)\b|\bavg\(",
    "numeric without a precision is another type in DuckDB": r"(?i)\b(numeric|decimal)\b(?!\()",
    "formats differ": r"(?i)\b(to_char|to_date|strftime|strptime|width_bucket)\s*\(",
    "JSON functions differ": r"(?i)\bjsonb?_\w+\s*\(",
    "patterns differ": r"(?i)\bI?LIKE\b|~\*|\bSIMILAR\b|\bregexp_\w+\s*\(",
    "only as_of is a clock": r"(?i)\b(now|current_date|current_timestamp|random)\b",
    "every name is qualified": r"(?<![.\w\"])\"\w[^\"]*\"(?=\s*(?:[=<>+*/]|IS\b|AND\b|OR\b))|\w\(\"",
    "every column and table has its AS": r"(?m)^\s+(?:SELECT )?\w+\.\"[^\"]+\",?$",
    "a date that is not cast": r"(?i)(?<!CAST\()\bdate_trunc\s*\(",
    "a division that could be by zero": r"(?<!/)//? (?!NULLIF\(|\(2 \* NULLIF\()",
}


def without_texts(sql):
    """The plan without comments and without what its literals say."""
    return re.sub(r"'(?:[^']|'')*'", "''", re.sub(r"(?m)^--.*$", "", sql))


def statements(sql):
    """The statements of a plan."""
    return [part.strip() for part in without_texts(sql).split(";\n") if part.strip()]


def ungrouped_customer(statement):
    """An aggregate of an INSERT that is not by customer, or None."""
    if not statement.startswith("INSERT"):
        return None
    for group in re.findall(r"GROUP BY ([^\n]*)", statement):
        if '"customer_id"' not in group:
            return group
    return None


def scattered_window(statement):
    """A window of an INSERT that many customers share, or None: households and currencies may."""
    if not statement.startswith("INSERT"):
        return None
    for window in re.findall(r"OVER \(([^)]*)\)", statement):
        if not re.match(r'PARTITION BY a\."(customer_id|household|currency)"', window):
            return window
    return None


class Case(support.TestCase):
    """What the cases of both kinds share."""

    maxDiff = 4000

    def assert_golden(self, path, found):
        """The file holds exactly what the program says."""
        wanted = path.read_text(encoding="utf-8") if path.exists() else ""
        self.assertEqual(wanted, found, f"{path.relative_to(ROOT)}: {UPDATE}")


class Valid(Case):
    """A policy in order gives the plan it gave before, in the shapes that every store takes."""

    def check_plan(self, case, name):
        """Compares one plan; refuses forbidden shapes."""
        policy = (case / "policy.yaml").relative_to(ROOT)
        result = strata("check", "--sql", PLANS[name], policy, cwd=ROOT)
        self.assertEqual((0, ""), (result.status, result.err), policy)
        self.assert_golden(case / name, result.out)
        shape = without_texts(result.out)
        # Both compute once what is read twice; inlined where a dialect says so.
        shape = shape.replace("AS MATERIALIZED", "AS NOT MATERIALIZED")
        if name == "plan.pg.sql": # where a number of 64 bits becomes wide
            shape = shape.replace(" AS numeric)", " AS numeric(38,0))")
        for why, pattern in FORBIDDEN.items():
            found = re.search(pattern, shape)
            self.assertIsNone(found, f"{policy}, {name}: {why}: {found and found[0]!r}")
        for statement in statements(shape):
            self.assertIsNone(ungrouped_customer(statement), f"{policy}, {name}: GROUP BY")
            self.assertIsNone(scattered_window(statement), f"{policy}, {name}: OVER")
        if name == "plan.sql": # of integers, DuckDB's / is a double and its // is not
            self.assertNotRegex(shape, r"(?<!/)/(?!/)")


class Invalid(Case):
    """A policy with one mistake is refused in both languages, at its place."""

    def check_error(self, case):
        """Compares what both languages say; the sentence may not be the same in both."""
        policy = (case / "policy.yaml").relative_to(ROOT)
        said = []
        for language in ("en", "zh"):
            result = strata("check", "--lang", language, policy, cwd=ROOT)
            self.assertEqual((1, ""), (result.status, result.out), policy)
            self.assertTrue(result.err.startswith(f"{policy}:"), result.err)
            said.append(result.err)
        self.assert_golden(case / "error", "".join(said))
        english = said[0].splitlines()[0]
        self.assertNotRegex(said[1].splitlines()[0], re.escape(english.split(": error: ")[1]))


class Shapes(unittest.TestCase):
    """The patterns find what they are for."""

    def test_patterns_find_what_they_forbid(self):
        """One example each."""
        wrong = {
            "a leading WITH": "WITH a AS NOT MATERIALIZED (\nSELECT 1)\nINSERT INTO t SELECT 1;",
            "a CTE used twice": "INSERT INTO t\nWITH r1 AS (\n    SELECT",
            "NOT IN": "WHERE a.\"x\" NOT IN (SELECT b.\"x\"",
            "grouping sets": "GROUP BY ROLLUP (a.\"x\")",
            "a recursive": "WITH RECURSIVE a",
            "ranks over": "ntile (5) OVER ()",
            "doubles": "CAST(a.\"x\" AS double)",
            "numeric without": "CAST(a.\"x\" AS numeric)",
            "formats": "to_char(a.\"x\")",
            "JSON": "jsonb_build_object()",
            "patterns": "a.\"x\" ILIKE b",
            "only as_of": "a.\"x\" < current_date",
            "every name is": "sum(\"amount\")",
            "every column and": "\n        a.\"x\",\n",
            "a date that": "= date_trunc('month', a.\"x\")",
            "a division": "a.\"x\" / b.\"y\"",
        }
        for start, sql in wrong.items():
            why = next(key for key in FORBIDDEN if key.startswith(start))
            self.assertRegex(sql, FORBIDDEN[why], why)
        self.assertEqual(len(FORBIDDEN), len(wrong))
        self.assertEqual('ORDER BY a."x"', scattered_window('INSERT INTO t\nSELECT lead(1) OVER '
                                                            '(ORDER BY a."x")'))
        self.assertEqual('a."day"', ungrouped_customer('INSERT INTO t\nSELECT 1 GROUP BY a."day"'))


def add_tests():
    """One test per case and file, so that each failure has its name."""
    for case in sorted((CASES / "valid").iterdir()):
        for name in PLANS:
            label = f"test_{case.name}_{PLANS[name]}"
            setattr(Valid, label, lambda self, c=case, n=name: self.check_plan(c, n))
    for case in sorted((CASES / "invalid").iterdir()):
        setattr(Invalid, f"test_{case.name}", lambda self, c=case: self.check_error(c))


add_tests()

if __name__ == "__main__":
    support.main()
