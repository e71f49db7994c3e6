#!/usr/bin/env python3
"""One bank in every kind of file people have: the same tiers, the same rows in quarantine."""

import gzip
import shutil
from decimal import Decimal

import support
from support import Engine, strata, succeed, succeed_json

AS_OF = "2024-01-31"
CUSTOMERS = 60

POLICY = """\
strata: 1
name: files
metrics:
  aum: {from: balance, value: daily_average(amount), window: 1 month}
  spent: {from: txn, value: sum(abs(amount)), where: amount < 0, window: 1 month}
schemes:
  asset:
    method: thresholds
    value: aum
    tiers: [{code: high, from: 500_000}, {code: mid, from: 50_000}, {code: low}]
  active:
    method: thresholds
    value: spent
    tiers: [{code: much, from: 1_000}, {code: little}]
"""

MAPPING = """\
strata-mapping: 1
name: files
currency: CNY
sources:
  customers:
    file: customers.*
{format}
    load:
      customer: {{id: 客户号, birth_date: 出生日期, region: 地区, kind: 类型}}
  accounts:
    file: accounts.*
{format}
    load:
      account: {{id: 账号, class: 类别, currency: 币种, opened_on: 开户日期, rate: 利率, auto_renew: 自动转存}}
  holders:
    file: holders.*
{format}
    load:
      account_holder: {{account: 账号, customer: 客户号, role: "'owner'", share: "100%"}}
  balances:
    file: balances.*
{format}
    load:
      balance: {{account: 账号, on_date: 日期, amount: "{balance}"}}
  movements:
    file: movements.*
{format}
    load:
      txn: {{id: 流水号, account: 账号, on_date: 日期, amount: 金额, kind: 摘要}}
"""

# The engine's type of each column in the Parquet bank; all others are text.
TYPES = {"出生日期": "DATE", "开户日期": "DATE", "日期": "DATE", "利率": "DOUBLE", "自动转存": "BOOLEAN",
         "余额": "DECIMAL(18, 3)", "金额": "DECIMAL(18, 2)", "流水号": "BIGINT"}

QUARANTINED = [
    ("customers", "duplicate_key", 21),
    ("balances", "missing", 11),
    ("balances", "too_precise", 31),
    ("balances", "unknown_account", 41),
    ("movements", "missing", 16),
]


def rows_of_bank():
    """The bank's tables as a header and rows of plain text, some of them bad."""
    customers, accounts, holders, balances, movements = [], [], [], [], []
    for n in range(1, CUSTOMERS + 1):
        number = f"Ａ{n:04}" if n % 9 == 0 else f"C{n:04}"  # ids keep their characters
        customers.append([number, f"19{50 + n % 49}-{n % 12 + 1:02}-{n % 28 + 1:02}",
                          ("上海，浦东", "北京", "深圳\"南山\"", "", "囎乗村")[n % 5], "person"])
        accounts.append([f"a{n}", "deposit", "CNY", f"2020-{n % 12 + 1:02}-05", f"{n % 40 / 1000}",
                         ("true", "false", "")[n % 3]])
        holders.append([f"a{n}", number])
        for day in (1, 17):
            amount = Decimal(n * n * day * 7919 % 90_000_000) / 100
            balances.append([f"a{n}", f"2024-01-{day:02}", str(amount)])
        for day in (3, 9, 28):
            sign = -1 if (n + day) % 3 else 1
            movements.append([str(len(movements) + 1), f"a{n}", f"2024-01-{day:02}",
                              f"{sign * n * day * 1.01:.2f}", ("工资", "消费", "转账")[day % 3]])
    customers.insert(20, ["C0001", "1990-01-01", "重复", "person"])
    balances.insert(10, ["a3", "", "1.00"])
    balances.insert(30, ["a9", "2024-01-20", "1.005"])
    balances.insert(40, ["a999", "2024-01-20", "1.00"])
    movements.insert(15, ["9001", "a5", "", "5.00", "消费"])
    return {"customers": (["客户号", "出生日期", "地区", "类型"], customers),
            "accounts": (["账号", "类别", "币种", "开户日期", "利率", "自动转存"], accounts),
            "holders": (["账号", "客户号"], holders),
            "balances": (["账号", "日期", "余额"], balances),
            "movements": (["流水号", "账号", "日期", "金额", "摘要"], movements)}


def csv_text(header, rows, newline="\n"):
    """Rows as CSV, in quotes where needed."""
    def field(text):
        return f'"{text.replace(chr(34), chr(34) * 2)}"' if set(text) & set(',"\n') else text
    return newline.join(",".join(map(field, row)) for row in [header, *rows]) + newline


def wide(text):
    """Digits, letters and signs in full width."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def chinese_date(day, n):
    """One of the forms Chinese systems write."""
    if not day:
        return day
    year, month, date = (int(part) for part in day.split("-"))
    return (f"{year}{month:02}{date:02}", f"{year}/{month}/{date}", f"{year}年{month}月{date}日",
            wide(f"{year}-{month}-{date}"), f"{year}{month:02}{date:02}235959",
            f"{year}年{month}月{date}日　{n % 24}:05:09")[n % 6]


def chinese_amount(amount, n):
    """The same amount in one of the forms of ledgers and reports."""
    value = Decimal(amount)
    negative, plain = value < 0, f"{abs(value):,.2f}"
    return (f"{amount}元", f"{'-' if negative else ''}￥{plain}", wide(f"({plain})" if negative else plain),
            f"{value / 10000:f}万元", f"{plain}-" if negative else f" {plain}　")[n % 5]


def chinese_bank(tables):
    """The tables as a Chinese core system might write them: balances count 万元."""
    out = {}
    for name, (header, rows) in tables.items():
        changed = []
        for n, row in enumerate(rows):
            cells = []
            for column, text in zip(header, row):
                if column in ("日期", "出生日期", "开户日期"):
                    text = chinese_date(text, n)
                elif column == "金额":
                    text = chinese_amount(text, n)
                elif column == "余额":
                    text = (f"{Decimal(text) / 10000:f}", wide(f"{Decimal(text) / 10000:f}"),
                            f"{text}元")[n % 3]
                elif column in ("类别", "类型", "币种") and n % 2:
                    text = wide(text)
                elif column == "自动转存":
                    text = {"true": "是", "false": wide("N"), "": ""}[text]
                elif column == "利率":
                    text = wide(f"{Decimal(text) * 100:f}%")
                cells.append(text)
            changed.append(cells)
        out[name] = ([c.replace("余额", "　余额(万元)") for c in header], changed)
    return out


class Files(support.TestCase):
    """Each test writes the bank in some form and compares what comes of it with the UTF-8 bank."""

    @classmethod
    def setUpClass(cls):
        cls.tables = rows_of_bank()

    def mapping(self, folder, balance="余额", options=""):
        """The mapping beside the files."""
        line = f"    format: {{{options}}}" if options else ""
        return self.write(f"{folder}/mapping.yaml", MAPPING.format(balance=balance, format=line))

    def write_text(self, folder, encoding, tables=None, ending="csv", options="", balance="余额"):
        """The bank as text files in an encoding."""
        mapping = self.mapping(folder, balance, options)
        for name, (header, rows) in (tables or self.tables).items():
            data = csv_text(header, rows).encode(encoding)
            path = self.folder / folder / f"{name}.{ending}"
            path.write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
        return mapping

    def write_parquet(self, folder):
        """The bank as Parquet files with typed columns."""
        mapping = self.mapping(folder)
        engine = Engine(":memory:")
        for name, (header, rows) in self.tables.items():
            text = self.write(f"{name}.txt", csv_text(header, rows))
            columns = ", ".join(f"CAST(\"{c}\" AS {TYPES.get(c, 'VARCHAR')}) AS \"{c}\"" for c in header)
            engine.run(f"COPY (SELECT {columns} FROM read_csv('{text}', all_varchar = true)) "
                       f"TO '{self.folder / folder / name}.parquet' (ROW_GROUP_SIZE 2048)")
        engine.close()
        return mapping

    def outcome(self, mapping, first_row=2):
        """Exported tiers and metrics, and what is in quarantine, by the row's number."""
        store = self.folder / f"{mapping.parent.name}.duckdb"
        succeed("init", store)
        report = succeed_json("import", store, mapping)
        policy = self.write("policy.yaml", POLICY)
        succeed("run", store, policy, "--as-of", AS_OF)
        records = succeed_json("quarantine", store)["records"]
        kept = [(r["source"], r["reason"], r["line"] - first_row + 1) for r in records]
        exports = []
        for what in ("tiers", "metrics"):
            path = self.folder / "out.csv"
            succeed("export", store, what, "-o", path)
            exports.append(path.read_bytes())
        return {"exports": exports, "quarantine": kept,
                "rows": support.import_totals(report)}, store

    def test_one_bank_in_every_form(self):
        """UTF-8 with and without a mark, UTF-16, GB18030, GBK in 万元, gzip and Parquet."""
        want, _ = self.outcome(self.write_text("utf8", "utf-8"))
        self.assertCountEqual(want["quarantine"], QUARANTINED)
        self.assertIn(b"high", want["exports"][0])
        self.assertIn("Ａ0009".encode(), want["exports"][0])
        self.assertEqual(want["rows"]["movements"], [181, 180, 0, 0, 1])
        chinese = chinese_bank(self.tables)
        wan = "number(`余额(万元)`, '万元')"
        for what, mapping, first_row in (
                ("byte order mark", self.write_text("mark", "utf-8-sig"), 2),
                ("UTF-16", self.write_text("utf16", "utf-16"), 2),
                ("UTF-16, stated", self.write_text("utf16le", "utf-16-le", options="encoding: utf-16"), 2),
                ("GB18030", self.write_text("gb", "gb18030"), 2),
                ("GB18030, stated", self.write_text("gb2", "gb18030", options="encoding: gb18030"), 2),
                ("gzip", self.write_text("gz", "gb18030", ending="csv.gz"), 2),
                ("forms in UTF-8", self.write_text("forms", "utf-8", chinese, balance=wan), 2),
                ("forms in GBK", self.write_text("gbk", "gbk", chinese, balance=wan,
                                                 options="encoding: gbk"), 2),
                ("forms in GB18030", self.write_text("forms2", "gb18030", chinese, balance=wan), 2),
                ("Parquet", self.write_parquet("parquet"), 1)):
            with self.subTest(what=what):
                got, store = self.outcome(mapping, first_row)
                self.assertEqual(got, want)
                again = succeed_json("import", store, mapping)
                self.assertTrue(all(file["already_loaded"] for file in again["files"]), again)

    def test_a_broken_byte_costs_its_row(self):
        """In GB18030 too: the record is kept, with its other characters readable."""
        mapping = self.write_text("broken", "gb18030", options="encoding: gb18030")
        path = mapping.parent / "customers.csv"
        data = path.read_bytes()
        path.write_bytes(data.replace("北京".encode("gb18030"), "北".encode("gb18030") + b"\xff", 1))
        self.init_and_import(mapping)
        records = succeed_json("quarantine", self.store, "--source", "customers")["records"]
        kept = {r["reason"]: r for r in records}
        self.assertEqual(kept["bad_encoding"]["line"], 2)
        self.assertEqual(kept["bad_encoding"]["raw"], "C0001,1951-02-02,北\ufffd,person")
        self.assertEqual(sorted(kept), ["bad_encoding"])  # so the other row of C0001 is the first

    def test_corrected_rows_come_back(self):
        """Exported as UTF-8, corrected, sent again as it is or as a spreadsheet saves it."""
        text, parquet = self.write_text("gb", "gb18030", options="encoding: gb18030"), \
            self.write_parquet("parquet")
        good = {"a3": "a3,2024/1/20,７７７元", "a9": "a9,2024年1月21日,1.01", "a999": "a9,20240122,￥5"}
        for mapping, encoding in ((text, "utf-8"), (text, "gb18030"), (parquet, "utf-8-sig"),
                                  (parquet, "utf-16")):
            with self.subTest(what=mapping.parent.name, encoding=encoding):
                self.store = self.folder / f"{mapping.parent.name}-{encoding}.duckdb"
                self.init_and_import(mapping)
                fix = self.folder / "fix.csv"
                succeed("quarantine", self.store, "--source", "balances", "--export", fix)
                header, *records = fix.read_text(encoding="utf-8").splitlines()
                self.assertEqual(header, "strata_quarantine_id,账号,日期,余额")
                self.assertIn("a9,2024-01-20,1.005", [r.split(",", 1)[1] for r in records])
                corrected = [f"{r.split(',')[0]},{good[r.split(',')[1]]}" for r in records]
                fix.write_bytes("\r\n".join([header, *corrected, ""]).encode(encoding))
                report = succeed_json("import", self.store, mapping, "--fix", fix,
                                      "--source", "balances")
                self.assertEqual((report["files"][0]["loaded"], report["fixed"]), (3, 3), report)
                left = succeed_json("quarantine", self.store, "--source", "balances")
                self.assertEqual(left["records"], [])

    def test_manifests_count_parquet_rows(self):
        """Rows and sums of typed columns."""
        mapping = self.write_parquet("parquet")
        mapping.write_text(mapping.read_text(encoding="utf-8").replace(
            "currency: CNY", "currency: CNY\nmanifest: required"), encoding="utf-8")
        total = sum(Decimal(row[3]) for row in self.tables["movements"][1])
        succeed("init", self.store)
        for shown, status in ((total + 1, 1), (total, 0)):
            lines = [f"  {name}.parquet: {{rows: {len(rows)}" +
                     (f", sums: {{金额: {shown}}}}}" if name == "movements" else "}")
                     for name, (_, rows) in self.tables.items()]
            self.write("parquet/manifest.yaml", "strata-manifest: 1\nas_of: 2024-01-31\nfiles:\n"
                       + "\n".join(lines) + "\n")
            result = strata("import", self.store, mapping)
            self.assertEqual(result.status, status, result.err)
            self.assertIn("the sum of column 金额" if status else "", result.err)

    def test_types_that_are_not_read(self):
        """Only a column that the mapping uses must be of a type that is read."""
        mapping = self.write_parquet("parquet")
        path = mapping.parent / "holders.parquet"
        shutil.copy(path, self.folder / "holders.copy")
        succeed("init", self.store)
        for columns, en, zh in (
                ("账号, ['x'] AS 客户号", "'客户号'", "VARCHAR[]，无法读取"), ("*, [1, 2] AS other", "", "")):
            Engine(":memory:").run(
                f"COPY (SELECT {columns} FROM read_parquet('{self.folder}/holders.copy')) "
                f"TO '{path}' (FORMAT parquet)").close()
            for lang, words in (("en", en), ("zh", zh)):
                result = strata("import", self.store, mapping, "--lang", lang)
                self.assertEqual(result.status, 1 if words else 0, result.err)
                self.assertIn(words, result.err)
                self.assertIn(str(path) if words else "", result.err)

    def test_parquet_that_is_none(self):
        """Under that name, cut off, or damaged within: one clear error."""
        mapping = self.write_parquet("parquet")
        succeed("init", self.store)
        before = succeed("quality", self.store, "--json")
        path = mapping.parent / "movements.parquet"
        whole = path.read_bytes()
        for what, data, en, zh in (
                ("text", b"a,b\n1,2\n", "is no Parquet file", "不是 Parquet 文件"),
                ("cut off", whole[:-100], "it is cut off", "文件不完整"),
                ("damaged", whole[:4] + b"\0" * 200 + whole[204:], "cannot be read as Parquet",
                 "无法按 Parquet 读取")):
            path.write_bytes(data)
            for lang, words in (("en", en), ("zh", zh)):
                with self.subTest(what=what, lang=lang):
                    result = strata("import", self.store, mapping, "--lang", lang)
                    self.assertEqual(result.status, 1, result.err)
                    self.assertIn(words, result.err)
                    self.assertIn(str(path), result.err)
        self.assertEqual(succeed("quality", self.store, "--json"), before)


if __name__ == "__main__":
    support.main()
