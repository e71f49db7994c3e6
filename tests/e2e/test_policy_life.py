#!/usr/bin/env python3
"""The life of a policy: who may do what, in which order, and which version a run follows."""

import unittest

import support
from support import SmallBank, strata, succeed, succeed_json

POLICY = """strata: 1
name: bank
title: {{zh: 零售, en: Retail}}
metrics:
  value: {{title: {{zh: 余额, en: Balance}}, from: balance, value: closing(amount)}}
schemes:
  size:
    title: {{zh: 规模, en: Size}}
    method: thresholds
    value: value
    tiers:
      - {{code: gold, title: {{zh: 金卡, en: Gold}}, from: {gold}}}
      - {{code: base, title: {{zh: 普卡, en: Base}}}}
"""
CONFLICT, WRONG_USE = 1, 2

# One person's name in other spellings: case, blanks, width, composition, an invisible character.
ONE_PERSON = [
    ("analyst", ["Analyst", "  ANALYST ", "ａｎａｌｙｓｔ", "ana\u200blyst", "\u3000analyst\u3000"]),
    ("策略经理 甲", [" 策略经理  甲", "策略经理\u3000甲"]),
    ("José", ["Jose\u0301", "JOSÉ", "jose\u0301 "]),
]
OTHER_PERSONS = [("analyst", "manager"), ("策略经理甲", "策略经理乙"), ("analyst", "analyst 2"),
                 ("strasse", "straße 2")]


class Life(support.TestCase):
    """A store with two customers, and files of a policy."""

    def setUp(self):
        super().setUp()
        bank = SmallBank()
        bank.hold("rich", {"2024-01-01": 500})
        bank.hold("poor", {"2024-01-01": 50})
        self.load(bank)

    def policy(self, gold=100, name="bank"):
        text = POLICY.format(gold=gold).replace("name: bank", f"name: {name}")
        return self.write(f"{name}-{gold}.yaml", text)

    def act(self, verb, version, by, *options):
        return strata("policy", verb, self.store, version, "--by", by, *options)

    def draft(self, gold=100, by="analyst", name="bank"):
        return succeed_json("policy", "draft", self.store, self.policy(gold, name), "--by", by)

    def approved(self, gold, since, name="bank"):
        """A version drafted, submitted and approved; its number."""
        version = self.draft(gold, name=name)["version"]
        self.must(self.act("submit", version, "analyst", "--policy", name))
        self.must(self.act("approve", version, "manager", "--from", since, "--policy", name))
        return version

    def must(self, result):
        self.assertEqual(result.status, 0, result.err)

    def refused(self, result, status, *words):
        """Refused with a message that has these words."""
        self.assertEqual(result.status, status, result.out + result.err)
        self.assertEqual(result.out, "")
        for word in words:
            self.assertIn(word, result.err)

    def states(self, day="2024-06-30", *options):
        found = succeed_json("policy", "list", self.store, "--as-of", day, *options)
        return {row["version"]: row["state"] for row in found}


class Transitions(Life):
    """Every verb in every state."""

    # verb → the states in which it is allowed
    ALLOWED = {"submit": {"draft"}, "approve": {"submitted", "retiring"},
               "reject": {"submitted", "retiring"}, "retire": {"approved"}}
    STATES = ["draft", "submitted", "rejected", "approved", "retiring", "retired"]

    def bring(self, state):
        """A version in a state; each has a content of its own."""
        version = self.draft(1000 + len(self.states()))["version"]
        steps = {"draft": [], "submitted": ["submit"], "rejected": ["submit", "reject"],
                 "approved": ["submit", "approve"], "retiring": ["submit", "approve", "retire"],
                 "retired": ["submit", "approve", "retire", "end"]}[state]
        # far apart, so that approvals do not end each other
        since = f"{2100 + version}-01-01"
        for step in steps:
            verb = "approve" if step == "end" else step
            options = ["--from", since] if step in ("approve", "retire") else []
            self.must(self.act(verb, version, "analyst" if verb in ("submit", "retire") else
                               "manager", *options))
        return version, since

    def test_order(self):
        for state in self.STATES:
            version, since = self.bring(state)  # what is refused changes nothing: allowed ones last
            verbs = sorted(self.ALLOWED.items(), key=lambda item, now=state: now in item[1])
            for number, (verb, allowed) in enumerate(verbs):
                if number and state in verbs[number - 1][1]:
                    version, since = self.bring(state)
                dated = verb == "retire" or (verb == "approve" and state != "retiring")
                result = self.act(verb, version, "somebody else", *(
                    ["--from", since] if dated else []))
                with self.subTest(state=state, verb=verb):
                    if state in allowed:
                        self.must(result)
                    else:
                        self.refused(result, CONFLICT, "not in a state for this")

    def test_approvals_end_each_other(self):
        first = self.approved(100, "2024-01-01")
        third = self.approved(300, "2024-07-01")
        second = self.approved(200, "2024-04-01")  # between the two
        rows = {row["version"]: (row["from"], row["until"])
                for row in succeed_json("policy", "list", self.store)}
        self.assertEqual(rows, {first: ("2024-01-01", "2024-04-01"),
                                second: ("2024-04-01", "2024-07-01"),
                                third: ("2024-07-01", None)})
        fourth = self.approved(400, "2024-07-01")  # on the same day: the third never holds
        self.assertEqual(self.states("2024-03-31")[first], "in_force")
        self.assertEqual(self.states("2024-04-01")[second], "in_force")
        for day in ("2024-06-30", "2024-07-01", "2025-01-01"):
            self.assertEqual(self.states(day)[third], "retired")
        self.assertEqual(self.states("2024-06-30")[fourth], "approved")
        for day in ("2024-01-01", "2024-05-05", "2024-07-01", "2030-01-01"):
            self.assertEqual(list(self.states(day).values()).count("in_force"), 1, day)

    def test_dates(self):
        version = self.draft()["version"]
        self.must(self.act("submit", version, "analyst"))
        self.refused(self.act("approve", version, "manager"), WRONG_USE, "--from DATE is missing")
        self.must(self.act("approve", version, "manager", "--from", "2024-03-01"))
        self.refused(self.act("retire", version, "manager"), WRONG_USE, "--from DATE is missing")
        self.refused(self.act("retire", version, "manager", "--from", "2024-02-29"), WRONG_USE,
                     "cannot end before")
        self.must(self.act("retire", version, "manager", "--from", "2024-04-01"))
        self.refused(self.act("approve", version, "analyst", "--from", "2024-05-01"), WRONG_USE)
        self.must(self.act("reject", version, "analyst"))  # no retirement
        self.assertEqual(self.states("2025-01-01")[version], "in_force")

    def test_rejected_retirement_can_be_asked_for_again(self):
        version = self.approved(100, "2024-01-01")
        for _ in range(2):
            self.must(self.act("retire", version, "manager", "--from", "2024-04-01"))
            self.must(self.act("reject", version, "analyst"))


class FourEyes(Life):
    """Nobody decides alone, however the name is spelt."""

    def test_same_person(self):
        verbs = (("approve", ["--from", "2024-01-01"]), ("reject", []))
        for gold, (name, spellings) in enumerate(ONE_PERSON):
            version = self.draft(gold + 1, by=name)["version"]
            self.must(self.act("submit", version, "clerk"))
            for other in [name, *spellings, "CLERK"]:  # who drafted, and who submitted
                for verb, options in verbs:
                    with self.subTest(name=name, other=other, verb=verb):
                        self.refused(self.act(verb, version, other, *options), CONFLICT,
                                     "another person must decide")
            self.assertEqual(self.states()[version], "submitted")

    def test_other_persons(self):
        for number, (name, other) in enumerate(OTHER_PERSONS):
            version = self.draft(10 + number, by=name)["version"]
            self.must(self.act("submit", version, name))
            self.must(self.act("approve", version, other, "--from", f"2024-0{number + 1}-01"))

    def test_retirement(self):
        version = self.approved(100, "2024-01-01")
        self.must(self.act("retire", version, "Manager", "--from", "2024-04-01"))
        self.refused(self.act("approve", version, " manager "), CONFLICT, "asked for this retirement")
        self.assertEqual(self.states("2024-05-01")[version], "in_force")
        self.must(self.act("approve", version, "analyst"))
        self.assertEqual(self.states("2024-05-01")[version], "retired")

    def test_names(self):
        path = self.policy()
        for name in ("", "  ", "\u3000", "\u200b", "a\x01b", "x" * 201):
            with self.subTest(name=name):
                self.refused(strata("policy", "draft", self.store, path, "--by", name), WRONG_USE)
        self.refused(strata("policy", "draft", self.store, path), WRONG_USE, "--by NAME is missing")
        self.assertEqual(succeed_json("policy", "list", self.store), [])

    def test_both_languages(self):
        version = self.draft()["version"]
        self.must(self.act("submit", version, "analyst"))
        result = self.act("approve", version, "analyst", "--from", "2024-01-01", "--lang", "zh")
        self.refused(result, CONFLICT, "须由他人决定", "四眼原则")


class Drafts(Life):
    """What may become a version."""

    def test_is_checked(self):
        bad = self.write("bad.yaml", POLICY.format(gold=100).replace("value: value", "value: vaule"))
        result = strata("policy", "draft", self.store, bad, "--by", "analyst")
        self.refused(result, 1, "vaule", "bad.yaml:10:12")
        needs = self.write("attribute.yaml", POLICY.format(gold=100).replace(
            "metrics:", "attributes: {city: text}\nmetrics:"))
        result = strata("policy", "draft", self.store, needs, "--by", "analyst")
        self.refused(result, 1, "never loaded into this store")
        self.assertEqual(succeed_json("policy", "list", self.store), [])

    def test_the_same_twice(self):
        self.draft(100)
        again = self.write("again.yaml", "# another comment\n" + POLICY.format(gold=100))
        self.refused(strata("policy", "draft", self.store, again, "--by", "b"), CONFLICT,
                     "version 1 of bank says the same")
        self.must(self.act("submit", 1, "a"))
        self.must(self.act("reject", 1, "b"))
        self.assertEqual(self.draft(100)["version"], 2)  # rejected: it may be tried again

    def test_finding(self):
        first, second = self.draft(100), self.draft(200)
        for text, version in (("1", 1), ("2", 2), (first["hash"][:8], 1), (second["hash"], 2)):
            shown = succeed_json("policy", "show", self.store, text)
            self.assertEqual(shown["version"], version)
            self.assertEqual(shown["body"], POLICY.format(gold=100 * version))
        self.assertEqual(succeed("policy", "show", self.store, "1"), POLICY.format(gold=100))
        for text in ("3", "0", "-1", "x", first["hash"][:5], "zzzzzzz"):
            self.refused(strata("policy", "show", self.store, "--policy=bank", "--", text), 1,
                         "there is no version")
        self.draft(100, name="other")
        self.refused(strata("policy", "show", self.store, "1"), WRONG_USE, "--policy bank")
        shown = succeed_json("policy", "show", self.store, "1", "--policy", "other")
        self.assertEqual(shown["policy"], "other")


class Running(Life):
    """Which version a run follows."""

    def run_at(self, *options):
        return strata("run", self.store, *options)

    def periods(self, *options):
        report = succeed_json("run", self.store, *options)
        return [(p["as_of"], p["policy"], p["version"]) for p in report["periods"]]

    def test_a_file_until_one_is_approved(self):
        self.assertEqual(self.periods(self.policy(), "--as-of", "2024-01-31"),
                         [("2024-01-31", "bank", None)])
        self.draft(100)
        self.assertEqual(self.periods(self.policy(50), "--as-of", "2024-01-31"),
                         [("2024-01-31", "bank", None)])
        self.refused(self.run_at("--as-of", "2024-01-31"), 1, "no policy of", "was approved")
        self.must(self.act("submit", 1, "analyst"))
        result = self.act("approve", 1, "manager", "--from", "2024-01-01")
        self.assertIn("note: 1 published runs", result.err)
        self.refused(self.run_at(self.policy(50), "--as-of", "2024-01-31"), CONFLICT,
                     "is not the version of policy bank that is in force on 2024-01-31",
                     "version 1")
        self.assertEqual(self.periods(self.policy(100), "--as-of", "2024-01-31"),
                         [("2024-01-31", "bank", 1)])
        self.refused(self.run_at(self.policy(100), "--as-of", "2023-12-31"), 1,
                     "no version of policy bank is in force on 2023-12-31")
        self.assertEqual(self.periods(self.policy(50, "draft"), "--as-of", "2024-02-29"),
                         [("2024-02-29", "draft", None)])

    def test_changes_on_the_way(self):
        self.approved(100, "2024-01-01")
        self.approved(1000, "2024-03-15")
        series = ["--every", "month", "--from", "2024-01-01", "--as-of", "2024-05-31"]
        self.assertEqual(self.periods(*series), [
            ("2024-01-31", "bank", 1), ("2024-02-29", "bank", 1), ("2024-03-31", "bank", 2),
            ("2024-04-30", "bank", 2), ("2024-05-31", "bank", 2)])
        self.assertEqual(self.tiers("size", "--as-of", "2024-02-29")["rich"], "gold")
        self.assertEqual(self.tiers("size", "--as-of", "2024-03-31")["rich"], "base")
        for day, version in (("2024-02-29", 1), ("2024-03-31", 2)):
            self.assertEqual(succeed_json("tiers", self.store, "--as-of", day)[0]["version"],
                             version)
            shown = succeed_json("explain", self.store, "rich", "--as-of", day)[0]
            self.assertEqual(shown["version"], version)
            self.assertIn(f"version {version}",
                          succeed("explain", self.store, "rich", "--as-of", day))
            self.assertIn(f"，版本 {version}",
                          succeed("tiers", self.store, "--as-of", day, "--lang", "zh"))
        self.assertEqual([(run["as_of"][5:7], run["version"]) for run in
                          succeed_json("replay", self.store)],
                         [("01", 1), ("02", 1), ("03", 2), ("04", 2), ("05", 2)])
        self.assertIn(", version 2", succeed("replay", self.store))
        self.refused(self.run_at(self.policy(100), *series), CONFLICT, "2024-03-31", "version 2")
        early = ["--every", "month", "--from", "2023-11-01", "--as-of", "2024-02-29"]
        self.refused(self.run_at(*early), 1, "in force on 2023-11-30")

    def test_a_retired_policy(self):
        version = self.approved(100, "2024-01-01")
        self.must(self.act("retire", version, "analyst", "--from", "2024-03-01"))
        self.must(self.act("approve", version, "manager"))
        self.assertEqual(self.periods("--as-of", "2024-02-29"), [("2024-02-29", "bank", 1)])
        self.refused(self.run_at("--as-of", "2024-03-01"), 1, "in force on 2024-03-01")
        series = ["--every", "month", "--from", "2024-01-01"]
        self.assertEqual(len(self.periods(*series, "--as-of", "2024-03-30")), 2)
        self.refused(self.run_at(*series, "--as-of", "2024-03-31"), 1, "in force on 2024-03-31")
        self.assertEqual(self.approved(100, "2024-05-01"), 2)  # the same again, a new version
        self.assertEqual(self.periods("--as-of", "2024-05-31"), [("2024-05-31", "bank", 2)])

    def test_several_policies(self):
        self.approved(100, "2024-01-01")
        self.approved(200, "2024-01-01", name="other")
        self.assertEqual(self.periods("--as-of", "2024-01-31"),
                         [("2024-01-31", "bank", 1), ("2024-01-31", "other", 1)])
        self.assertEqual(self.periods("--as-of", "2024-01-31", "--policy", "bank"),
                         [("2024-01-31", "bank", 1)])
        self.refused(self.run_at("--as-of", "2024-01-31", "--policy", "nobody"), 1,
                     "no version of policy nobody was approved")

    def test_no_period_ends(self):
        self.approved(100, "2024-01-01")
        self.refused(self.run_at("--every", "month", "--from", "2024-01-02", "--as-of",
                                 "2024-01-30"), WRONG_USE, "no rating period ends")
        self.refused(self.run_at("--every", "month", "--from", "2024-03-02", "--as-of",
                                 "2024-01-31"), WRONG_USE, "is after --as-of")

    def test_report_names_it(self):
        self.approved(100, "2024-01-01")
        self.periods("--as-of", "2024-01-31")
        data = succeed_json("report", self.store)
        self.assertEqual([run["version"] for run in data["runs"]], [1])


class Differences(Life):
    """strata policy diff."""

    def test_sides(self):
        self.approved(100, "2024-01-01")
        self.draft(60000)
        new, old = self.policy(60000), self.policy(100)
        said = "Gold starts at 60,000, was 100"
        for arguments in ((self.store, "1", "2"), (self.store, new), (old, new),
                          (self.store, "2"), (self.store, "1", new)):
            with self.subTest(arguments=arguments):
                text = succeed("policy", "diff", *arguments)
                self.assertIn(said, text)
                found = succeed_json("policy", "diff", *arguments)["differences"]
                self.assertEqual([(d["path"], d["was"], d["is"]) for d in found],
                                 [("schemes.size.tiers.gold.from", "100", "60000")])
        self.assertIn("金卡 起点由 100 调整为 60,000",
                      succeed("policy", "diff", self.store, "1", "2", "--lang", "zh"))
        self.assertIn("they say the same", succeed("policy", "diff", self.store, "1", old))
        self.refused(strata("policy", "diff", self.store, new, "--as-of", "2023-12-31"), 1,
                     "in force on 2023-12-31")


class Commands(Life):
    """Commands with a second word."""

    def test_help(self):
        for command in ("policy", "override"):
            for arguments in ((command,), (command, "--help")):
                self.assertIn(f"strata {command} approve", succeed(*arguments))
        self.assertIn("--from DATE", succeed("policy", "approve", "--help"))
        self.refused(strata("policy", "aprove"), WRONG_USE, "did you mean strata policy approve?")
        self.refused(strata("policy", "approve", self.store), WRONG_USE, "needs more arguments")


if __name__ == "__main__":
    support.main()
