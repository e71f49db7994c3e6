#!/usr/bin/env python3
"""Exported files as those who open them see them: spreadsheets, programs, our own import.

Workbooks are read with the standard library alone and compared cell by cell with the plain CSV.
"""

import csv
import io
import re
import resource
import unittest
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import support
from support import ROOT, Engine, SmallBank, strata, succeed

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BOM = "\ufeff"
ROUNDED = Decimal("1e15")  # a spreadsheet keeps 15 digits

# Customer numbers as an attacker, a core system and a careless clerk would choose them.
CUSTOMERS = ["00123", "110101199001011234", "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+8613800138000",
             "-5", "@SUM(A1)", "'quoted", "a,b", "say \"hi\"", "＝全角", "＋８６", "－５", "＠x",
             "张三", "_x0041_", "a_x000d_b", "&<>", "𠮷 \U0001F600", "x=1", "1e5", "2024-01-31"]
GUARDED = {name for name in CUSTOMERS if name[0] in "=+-@＝＋－＠"}
TITLES = {"top": ("=cmd|'/c calc'!A1", "@顶层"), "rest": ("-the rest", "其余")}

POLICY = """
strata: 1
name: odd-names
population: everyone
attributes: {since: date, note: text, exact: number}
metrics:
  aum: {title: {en: "=assets", zh: 资产}, from: balance, value: closing(amount), overdraft: net}
  since_day: {is: since}
  remark: {is: note}
  ratio: {is: exact}
  rich: {is: aum > 1000}
schemes:
  asset:
    method: thresholds
    value: aum
    tiers:
      - {code: top, title: {en: "=cmd|'/c calc'!A1", zh: "@顶层"}, from: 1_000}
      - {code: rest, title: {en: "-the rest", zh: 其余}}
"""


class Workbook:
    """An .xlsx file: sheets in order, each a list of rows of {column: (type, text, format)}."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            self.names = archive.namelist()
            self.dates = {item.date_time for item in archive.infolist()}
            self.formats = self.cell_formats(archive)
            self.core = archive.read("docProps/core.xml").decode()
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            links = {link.get("Id"): link.get("Target") for link in ElementTree.fromstring(
                archive.read("xl/_rels/workbook.xml.rels"))}
            self.sheets, self.xml = {}, {}
            for sheet in book.iter(f"{MAIN}sheet"):
                root = ElementTree.fromstring(archive.read("xl/" + links[sheet.get(LINK)]))
                self.xml[sheet.get("name")] = root
                self.sheets[sheet.get("name")] = self.rows(root)

    @staticmethod
    def cell_formats(archive):
        """The number format of each style, as text."""
        root = ElementTree.fromstring(archive.read("xl/styles.xml"))
        built_in = {"0": "General", "1": "0", "3": "#,##0", "4": "#,##0.00", "49": "@"}
        own = {item.get("numFmtId"): item.get("formatCode") for item in root.iter(f"{MAIN}numFmt")}
        return [{**built_in, **own}[cell.get("numFmtId")]
                for cell in root.find(f"{MAIN}cellXfs")]

    def rows(self, root):
        """Every row that has a cell."""
        found = []
        for row in root.iter(f"{MAIN}row"):
            cells = {}
            for cell in row.iter(f"{MAIN}c"):
                assert cell.find(f"{MAIN}f") is None, "a formula"
                kind = cell.get("t", "n")
                text = "".join(part.text or "" for part in cell.iter(f"{MAIN}t")) \
                    if kind == "inlineStr" else cell.findtext(f"{MAIN}v")
                cells[re.match("[A-Z]+", cell.get("r"))[0]] = (
                    kind, self.unescape(text), self.formats[int(cell.get("s", "0"))])
            found.append(cells)
        return found

    @staticmethod
    def unescape(text):
        """What a spreadsheet shows for the text of a cell."""
        return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text)


def letter(index):
    """A, B, … of the first 26 columns."""
    return chr(ord("A") + index)


def shown(cell, want):
    """A cell's value as the CSV file writes it; `want` has the decimals."""
    kind, text, form = cell
    if kind == "b":
        return "true" if text == "1" else "false"
    if kind == "inlineStr":
        return text
    if form == "yyyy-mm-dd":
        return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
    places = len(want.partition(".")[2])
    return str(round(Decimal(text), places)) if places else text


def plain_rows(path):
    """Header and rows of a plain CSV file."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


class OddNames(support.TestCase):
    """A bank whose texts are traps for spreadsheets."""

    def setUp(self):
        super().setUp()
        bank = SmallBank(attributes={"since": "date", "note": "text", "exact": "number"})
        for number, name in enumerate(CUSTOMERS):
            bank.hold(f"c{number}", {"2024-01-01": f"{number}000.00"})
        bank.hold("rich", {"2024-01-01": "9999999999999.99"})
        bank.hold("richer", {"2024-01-01": "-12345678901234.56"})
        for row in bank.rows["customer"]:
            row.update(since="1899-12-31", note="", exact="0.5")
        bank.rows["customer"][0].update(since="1900-03-01", note="=2+3", exact="-0.12345678")
        bank.rows["customer"][1].update(since="2024-02-29", note="", exact="1000000")
        bank.rows["customer"][2].update(since="", note="-1", exact="")
        mapping = bank.write(self.folder / "files")
        # the odd names replace the plain ones, quoted as CSV wants it
        for path in (self.folder / "files").glob("*.csv"):
            rows = plain_rows(path)
            for row in rows:
                row[:] = [CUSTOMERS[int(cell[1:])] if re.fullmatch(r"c\d+", cell) else cell
                          for cell in row]
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows(rows)
            path.write_text(out.getvalue(), encoding="utf-8")
        report = self.init_and_import(mapping)
        for source, total in support.import_totals(report).items():
            self.assertEqual(total[0], total[1], f"{source}: {report}")
        self.run_policy(POLICY, "2024-01-31")

    def file(self, what, suffix, *options):
        """An export's path."""
        path = self.folder / f"{what}.{suffix}"
        succeed("export", self.store, what, "-o", path, "--quiet", *options)
        return path

    def test_csv_for_people(self):
        """A byte-order mark; texts that would run get an apostrophe, numbers do not."""
        for what, guarded_columns in (
                ("tiers", ("customer_id", "tier_title_en", "tier_title_zh")),
                ("metrics", ("customer_id", "remark"))):
            text = self.file(what, "csv").read_text(encoding="utf-8")
            self.assertTrue(text.startswith(BOM + "as_of,"))
            rows = list(csv.reader(io.StringIO(text[1:]), strict=True))
            plain = self.file(what, "csv", "--plain").read_text(encoding="utf-8")
            self.assertTrue(plain.startswith("as_of,"))
            raw = list(csv.reader(io.StringIO(plain), strict=True))
            self.assertEqual(rows[0], raw[0])
            self.assertEqual(len(rows), len(raw))
            dangerous = 0
            for row, want in zip(rows[1:], raw[1:]):
                for name, cell, value in zip(raw[0], row, want):
                    runs = name in guarded_columns and value[:1] in tuple("=+-@＝＋－＠")
                    self.assertEqual(cell, "'" + value if runs else value, (name, value))
                    dangerous += runs
            self.assertGreaterEqual(dangerous, len(GUARDED) + 1)
            position = raw[0].index("customer_id")
            self.assertEqual({row[position] for row in raw[1:]},
                             {*CUSTOMERS, "rich", "richer"})

    def test_titles_beside_codes(self):
        rows = self.export("tiers", "--plain")
        self.assertEqual({(row["tier"], row["tier_title_en"], row["tier_title_zh"])
                          for row in rows}, {(code, *titles) for code, titles in TITLES.items()})

    def test_workbook_says_what_csv_says(self):
        """Cell by cell: texts as texts, dates as dates, numbers as numbers to the last digit."""
        for what in ("tiers", "metrics"):
            header, *rows = plain_rows(self.file(what, "csv", "--plain"))
            book = Workbook(self.file(what, "xlsx"))
            first, last = book.sheets
            cells = book.sheets[first][1:]
            self.assertEqual(len(cells), len(rows))
            for got, want in zip(cells, rows):
                for index, value in enumerate(want):
                    cell = got.get(letter(index))
                    with self.subTest(what=what, column=header[index], value=value):
                        self.assertEqual(shown(cell, value) if cell else "", value)
                        self.check_kind(header[index], value, cell)
            self.assertEqual(last, "About")

    def check_kind(self, column, value, cell):
        """The type and format a spreadsheet takes a cell for."""
        if value == "":
            self.assertIsNone(cell)
        elif column in ("as_of", "since_day"):
            early = value < "1900-03-01"
            self.assertEqual((cell[0], cell[2]),
                             ("inlineStr", "@") if early else ("n", "yyyy-mm-dd"))
        elif column in ("aum", "ratio", "rule", "score"):
            digits = Decimal(value).normalize().as_tuple().digits
            self.assertEqual(cell[0], "inlineStr" if len(digits) > 15 else "n")
            if cell[0] == "n":
                self.assertEqual(cell[2], {"aum": "#,##0.00", "rule": "0"}.get(column, "General"))
        elif column == "rich":
            self.assertEqual(cell[0], "b")
        else:
            self.assertEqual((cell[0], cell[2]), ("inlineStr", "@"))

    def test_workbook_is_pleasant(self):
        """Heading, filter, widths and the page about the workbook, in the language asked for."""
        wanted = {"en": (["Tiers", "About"], "Customer"), "zh": (["层级", "说明"], "客户号")}
        for lang, (sheets, heading) in wanted.items():
            book = Workbook(self.file("tiers", "xlsx", "--lang", lang))
            self.assertEqual(list(book.sheets), sheets)
            self.assertEqual(book.sheets[sheets[0]][0]["C"][1], heading)
            data = book.xml[sheets[0]]
            pane = next(data.iter(f"{MAIN}pane"))
            self.assertEqual((pane.get("ySplit"), pane.get("state")), ("1", "frozen"))
            self.assertEqual(next(data.iter(f"{MAIN}autoFilter")).get("ref"),
                             f"A1:I{len(CUSTOMERS) + 3}")
            widths = [float(column.get("width")) for column in data.iter(f"{MAIN}col")]
            self.assertEqual(len(widths), 9)
            self.assertGreater(widths[2], 18)  # 110101199001011234
            about = {cell[1] for row in book.sheets[sheets[1]] for cell in row.values()}
            self.assertLessEqual({"odd-names", "asset", "2024-01-31", "1", str(len(CUSTOMERS) + 2),
                                  "customer_id", "Customer", "客户号", "源系统客户号"}, about)
        book = Workbook(self.file("metrics", "xlsx", "--lang", "zh"))
        head = [cell[1] for cell in book.sheets["指标"][0].values()]
        self.assertIn("资产", head)
        about = {cell[1] for row in book.sheets["说明"] for cell in row.values()}
        self.assertLessEqual({"=assets", "资产", "since", "aum > 1000"}, about)

    def test_parquet_is_raw(self):
        """No apostrophe and no mark: the engine alone reads what the plain CSV says."""
        engine = Engine(self.folder / "other.duckdb")
        for what in ("tiers", "metrics"):
            path, back = self.file(what, "parquet"), self.folder / "back.csv"
            engine.run(f"COPY (FROM read_parquet('{path}')) TO '{back}' (FORMAT csv, HEADER)")
            self.assertEqual(plain_rows(back), plain_rows(self.file(what, "csv", "--plain")))
        engine.close()

    def test_same_bytes_again(self):
        for what in ("tiers", "metrics"):
            first = self.file(what, "xlsx", "--threads", "1").read_bytes()
            self.assertEqual(self.file(what, "xlsx", "--threads", "2").read_bytes(), first)
            book = Workbook(self.folder / f"{what}.xlsx")
            self.assertEqual({stamp[0] for stamp in book.dates}, {1980})
            self.assertIn("2024-01-31T12:00:00Z", book.core)

    def test_quarantined_records_stay_raw(self):
        """What is exported to be corrected and loaded again is the record as it stood."""
        path = self.write("files/customers.csv",
                          "id,since,note,exact\n=8,2024-01-01,=1,-1\n=9,soon,=1,-1\n")
        succeed("import", self.store, path.parent / "mapping.yaml", path, "--quiet")
        fix = self.folder / "fix.csv"
        succeed("quarantine", self.store, "--source", "customers", "--export", fix, "--quiet")
        text = fix.read_text(encoding="utf-8")
        self.assertIn(",=9,soon,=1,-1\n", text)
        fix.write_text(BOM + text.replace("soon", "2024-01-01"), encoding="utf-8")
        succeed("import", self.store, path.parent / "mapping.yaml", "--fix", fix, "--source",
                "customers", "--quiet")
        self.run_policy(POLICY, "2024-02-29")
        rows = {row["customer_id"]: row for row in self.export("metrics", "--plain")}
        self.assertEqual((rows["=9"]["remark"], rows["=9"]["since_day"]), ("=1", "2024-01-01"))


class Series(support.TestCase):
    """Several runs in one file, and what happens when the disk is full."""

    def setUp(self):
        super().setUp()
        bank = self.folder / "bank"
        succeed("demo", bank, "--customers", 400, "--months", 4, "--quiet")
        succeed("init", self.store)
        succeed("import", self.store, ROOT / "mappings/demo.yaml", bank, "--quiet")
        succeed("run", self.store, ROOT / "policies/demo.yaml", "--every", "month", "--from",
                "2025-11-30", "--as-of", "2025-12-31", "--quiet")

    def test_runs_stand_by_scheme_and_date(self):
        path = self.folder / "series.xlsx"
        succeed("export", self.store, "tiers", "--from", "2025-11-30", "-o", path, "--quiet")
        rows = self.export("tiers", "--from", "2025-11-30", "--plain")
        keys = [(row["scheme"], row["as_of"], row["customer_id"]) for row in rows]
        self.assertEqual(keys, sorted(keys))
        self.assertEqual(len({key[:2] for key in keys}), 2 * 10)
        book = Workbook(path)
        self.assertEqual(len(book.sheets["Tiers"]), len(rows) + 1)
        noted = [row for row in book.sheets["About"] if row.get("F", ("", ""))[1] == "asset"]
        self.assertEqual([(row["B"][1], row["C"][1]) for row in noted],
                         [(day, str(sum(key[:2] == ("asset", day) for key in keys)))
                          for day in ("2025-11-30", "2025-12-31")])

    def test_full_disk(self):
        """A temporary file that cannot grow is noticed, also where the packed file would fit."""
        path = self.folder / "whole.xlsx"
        command = ("export", self.store, "tiers", "--from", "2025-11-30", "--quiet", "-o", path)
        succeed(*command)
        size = path.stat().st_size
        path.unlink()
        for most in (20, size // 2, size + 10_000, size * 3):
            with self.subTest(most=most):
                result = strata(*command, preexec_fn=lambda limit=most: resource.setrlimit(
                    resource.RLIMIT_FSIZE, (limit, limit)))
                self.assertEqual(result.status, 1, result.err)
                self.assertIn(f"cannot write {path}", result.err)
                self.assertEqual([left.name for left in self.folder.iterdir()
                                  if "xlsx" in left.name], [])


if __name__ == "__main__":
    support.main()
