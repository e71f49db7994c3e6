#!/usr/bin/env python3
"""Wrong input of every kind: one message in two languages, a non-zero exit, nothing half-written."""

import filecmp
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Callable, NamedTuple

import support
from support import (ON_SERVER, STRATA, Engine, SmallBank, copy_store, environment, file_store, located,
                     move_store, remove_store, store_digest, strata, succeed)

AS_OF = "2024-01-31"
FAILED, USAGE = 1, 2

POLICY = """\
strata: 1
name: small
metrics:
  aum: {from: balance, value: daily_average(amount), window: 1 month}
schemes:
  asset:
    method: thresholds
    value: aum
    tiers: [{code: high, from: 500}, {code: low}]
"""


class Bad(NamedTuple):
    """One kind of wrong input. Texts may hold {f}, the folder the command runs on."""

    what: str
    make: Callable  # folder → arguments of the command
    status: int
    where: str  # in the first line of the message, in both languages
    en: str
    zh: str
    advice: bool = True  # a value, what is allowed, or a hint follows
    store: str = "rated"  # rated, loaded, empty or none: what stands at {f}/bank.duckdb
    options: dict = {}  # of the process


def bank():
    """The bank that every store here holds."""
    small = SmallBank(attributes={"points": "integer"})
    for customer, amount in (("c1", "100.00"), ("c2", "1000.00"), ("c3", "")):
        small.add("customer", id=customer, points="7")
        if amount:
            small.hold(customer, {"2024-01-01": amount})
    return small


# --- makers of arguments ---


def command(*arguments):
    """A command whose arguments hold {f}."""
    return lambda f: [str(argument).format(f=f) for argument in arguments]


def on_store(name, *arguments):
    """A command on the store."""
    return command(name, "{f}/bank.duckdb", *arguments)


def policy_of(old, new, *more, check=False):
    """A run or check of the good policy with a part replaced."""
    def make(f):
        text = POLICY
        for before, after in ((old, new), *more):
            assert before in text, before
            text = text.replace(before, after)
        (f / "changed.yaml").write_text(text, encoding="utf-8")
        if check:
            return ["check", f"{f}/changed.yaml"]
        return ["run", f"{f}/bank.duckdb", f"{f}/changed.yaml", "--as-of", AS_OF]
    return make


def import_of(change, *arguments):
    """An import of new files after `change` has spoilt something in their folder."""
    def make(f):
        files = f / "new"
        small = SmallBank()
        for customer in ("n1", "n2", "n3", "n4"):
            small.hold(customer, {"2024-01-01": "1.00"})
        small.write(files)
        change(files)
        return ["import", f"{f}/bank.duckdb", f"{files}/mapping.yaml", *map(str, arguments)]
    return make


def bytes_of(name, data):
    """Import with a file made of these bytes."""
    return import_of(lambda files: (files / name).write_bytes(data))


def mapping_with(old, new):
    """Import with the mapping changed."""
    return import_of(lambda files: replace(files / "mapping.yaml", old, new))


def replace(path, old, new):
    """A text file with a part replaced."""
    text = path.read_text(encoding="utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def manifest(text):
    """Import with a manifest."""
    def change(files):
        replace(files / "mapping.yaml", "currency:", "manifest: required\ncurrency:")
        if text:
            (files / "manifest.yaml").write_text(text, encoding="utf-8")
    return import_of(change)


COMPLETE = {"customers.csv": 4, "accounts.csv": 4, "holders.csv": 4, "balances.csv": 4}


def manifest_of(**changes):
    """The right manifest of import_of's files, but for some of its rows."""
    rows = {**COMPLETE, **{name.replace("_", "."): count for name, count in changes.items()}}
    lines = "".join(f"  {name}: {{rows: {count}}}\n" for name, count in rows.items() if count)
    return f"strata-manifest: 1\nas_of: 2024-01-31\nfiles:\n{lines}"


def after(change, *arguments):
    """A command once `change` was done to the store's file."""
    def make(f):
        change(f / "bank.duckdb")
        return [argument.format(f=f) for argument in arguments]
    return make


def truncate(path):
    """Half of the file."""
    os.truncate(path, path.stat().st_size // 2)


def scratch(path):
    """A block of zeros over each of the headers' checksums and the first data blocks."""
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(bytes(8192))


def only_log(path):
    """A log whose store is gone."""
    path.with_name("bank.duckdb.wal").write_bytes(b"log")


def foreign_database(path):
    """A DuckDB file with somebody else's table."""
    Engine(path).run("CREATE TABLE other (x INTEGER)").close()


def newer_version(path):
    """A store as a later program would leave it."""
    Engine(path).run(
        "UPDATE strata_meta SET value = '9000' WHERE name = 'schema_version'").close()


TIERS = ("tiers", "{f}/bank.duckdb")
RUN = ("run", "{f}/bank.duckdb", "{f}/policy.yaml")

COMMAND_LINE = [
    Bad("unknown command", command("frobnicate"), USAGE, "frobnicate", "there is no command",
        "没有命令"),
    Bad("misspelt command", command("imprt"), USAGE, "imprt", "did you mean strata import?",
        "是否想写 strata import？"),
    Bad("unknown option", on_store("tiers", "--shceme", "asset"), USAGE, "--shceme",
        "did you mean --scheme?", "是否想写 --scheme？"),
    Bad("missing arguments", on_store("import"), USAGE, "strata import", "needs more arguments",
        "缺少参数"),
    Bad("too many arguments", on_store("quality", "extra"), USAGE, "strata quality", "extra",
        "参数过多"),
    Bad("option without its value", on_store("tiers", "--scheme"), USAGE, "--scheme",
        "needs a value", "需要一个值"),
    Bad("short option without its value", on_store("export", "tiers", "-o"), USAGE,
        "--output", "needs a value", "需要一个值"),
    Bad("unknown short option", on_store("tiers", "-x"), USAGE, "-x", "has no option", "没有选项"),
    Bad("option that takes no value", on_store("tiers", "--json=1"), USAGE, "--json",
        "takes no value", "不带值"),
    Bad("--as-of that is no day", command(*RUN, "--as-of", "2024-02-30"), USAGE, "--as-of",
        "2024-02-30", "不是日期"),
    Bad("--as-of that is no date", command(*RUN, "--as-of", "yesterday"), USAGE, "--as-of",
        "2025-12-31", "不是日期"),
    Bad("run without --as-of", command(*RUN), USAGE, "--as-of", "needs --as-of", "需要 --as-of"),
    Bad("--from after --as-of", command(*RUN, "--from", "2024-03-31", "--as-of", AS_OF,
                                        "--every", "month"),
        USAGE, "--from 2024-03-31", "is after", "晚于"),
    Bad("--from without --every", command(*RUN, "--from", "2023-12-31", "--as-of", AS_OF), USAGE,
        "--from", "needs --every", "须与 --every 同用"),
    Bad("--every that is not the policy's", command(*RUN, "--every", "year", "--as-of", AS_OF),
        USAGE, "--every", "month, or period", "month 或 period"),
    Bad("no period between the dates", command(*RUN, "--every", "month", "--from", "2024-02-01",
                                               "--as-of", "2024-02-28"),
        USAGE, "2024-02-28", "no rating period ends", "没有评定周期结束"),
    Bad("no threads", command(*TIERS, "--threads", "0"), USAGE, "--threads", "1 to 256", "1 至 256"),
    Bad("threads in words", command(*TIERS, "--threads", "two"), USAGE, "--threads", "two", "无效"),
    Bad("memory without a unit", command(*TIERS, "--memory", "2"), USAGE, "--memory", "2GB",
        "不是容量"),
    Bad("unknown language", command(*TIERS, "--lang", "fr"), USAGE, "--lang", "en, zh", "en、zh"),
    Bad("unknown export", on_store("export", "customers", "-o", "{f}/x.csv"), USAGE, "customers",
        "tiers, metrics", "tiers、metrics"),
    Bad("export without a file", on_store("export", "tiers"), USAGE, "export", "-o FILE",
        "需要 -o 文件"),
    Bad("unknown export format", on_store("export", "tiers", "-o", "{f}/x", "--format", "ods"),
        USAGE, "--format", "csv, parquet, xlsx", "csv、parquet、xlsx"),
    Bad("--plain of a workbook", on_store("export", "tiers", "-o", "{f}/x.xlsx", "--plain"), USAGE,
        "--plain", "is for csv", "仅用于 csv"),
    Bad("unknown dialect", command("check", "{f}/policy.yaml", "--sql", "mysql"), USAGE, "--sql",
        "duckdb, postgresql", "duckdb、postgresql"),
    Bad("--fix without --source", on_store("import", "{f}/files/mapping.yaml", "--fix", "x.csv"),
        USAGE, "--fix", "go together", "须同时使用"),
    Bad("quarantine --limit 0", on_store("quarantine", "--limit", "0"), USAGE, "--limit",
        "1 to 1000000", "1 至 1000000"),
    Bad("quarantine --export without --source", on_store("quarantine", "--export", "{f}/x.csv"),
        USAGE, "--export", "needs --source", "需要 --source"),
    Bad("demo of nobody", command("demo", "{f}/d", "--customers", "0"), USAGE, "--customers",
        "1 to 90000000", "1 至 90000000"),
]

STORES = [
    Bad("no store", command(*TIERS), FAILED, "{f}/bank.duckdb", "strata init", "没有存储",
        store="none"),
    Bad("import into nothing", on_store("import", "{f}/files/mapping.yaml"), FAILED,
        "{f}/bank.duckdb", "there is no store", "没有存储", store="none"),
    Bad("no folder for the store", command("init", "{f}/no/bank.duckdb"), FAILED,
        "{f}/no/bank.duckdb", "mkdir -p", "无法使用"),
    Bad("store that is a folder", command("tiers", "{f}/files"), USAGE, "{f}/files",
        "is a directory", "是目录"),
    Bad("store inside a file", command("init", "{f}/policy.yaml/bank.duckdb"), USAGE,
        "{f}/policy.yaml", "is no directory", "不是目录"),
    Bad("store that is no database", command("tiers", "{f}/policy.yaml"), FAILED,
        "{f}/policy.yaml", "not a DuckDB file", "不是 DuckDB 文件"),
    Bad("empty file as a store", after(lambda path: path.write_bytes(b""), *TIERS), FAILED,
        "{f}/bank.duckdb", "empty file", "空文件", store="none"),
    Bad("database of another program", after(foreign_database, *TIERS), FAILED,
        "{f}/bank.duckdb", "not a strata store", "不是 strata 存储", store="none"),
    Bad("store of a newer program", after(newer_version, *TIERS), FAILED, "{f}/bank.duckdb",
        "newer strata", "更新版本"),
    Bad("store cut in half", after(truncate, *TIERS), FAILED, "{f}/bank.duckdb", "is damaged",
        "已损坏"),
    Bad("store with zeros written over it", after(scratch, *TIERS), FAILED, "{f}/bank.duckdb",
        "is damaged", "已损坏"),
    Bad("log without its store", after(only_log, "init", "{f}/bank.duckdb"), FAILED,
        "{f}/bank.duckdb", "its log", "日志", store="none"),
    Bad("init over a store", command("init", "{f}/bank.duckdb"), FAILED, "{f}/bank.duckdb",
        "already exists", "已经存在"),
    Bad("init over a file", command("init", "{f}/policy.yaml"), FAILED, "{f}/policy.yaml",
        "already exists", "已经存在"),
    Bad("server that is not there", command("tiers", "postgresql://localhost:1/bank"), FAILED,
        "postgresql://localhost:1/bank", "cannot connect", "无法连接"),
    Bad("run before import", command(*RUN, "--as-of", AS_OF), FAILED, "{f}/bank.duckdb",
        "strata import", "尚未导入", store="empty"),
    Bad("tiers before run", command(*TIERS), FAILED, "{f}/bank.duckdb", "strata run",
        "尚无已发布的运行", store="loaded"),
    Bad("explain before run", on_store("explain", "c1"), FAILED, "{f}/bank.duckdb", "strata run",
        "尚无已发布的运行", store="loaded"),
    Bad("export of tiers before run", on_store("export", "tiers", "-o", "{f}/x.csv"), FAILED,
        "", "strata run", "没有已发布的运行", store="loaded"),
    Bad("export of metrics before run", on_store("export", "metrics", "-o", "{f}/x.csv"), FAILED,
        "", "strata run", "没有已发布的运行", store="loaded"),
    Bad("unknown scheme", command(*TIERS, "--scheme", "aset"), FAILED, "aset",
        "did you mean asset?", "是否想写 asset？"),
    Bad("export of an unknown scheme", on_store("export", "tiers", "--scheme", "rfm", "-o",
                                                "{f}/x.csv"),
        FAILED, "rfm", "asset", "没有运行过方案"),
    Bad("unknown customer", on_store("explain", "c9"), FAILED, "c9", "there is no customer",
        "没有客户"),
    Bad("unknown date", command(*TIERS, "--as-of", "2023-12-31"), FAILED, "2023-12-31",
        "from 2024-01-31 to 2024-01-31", "没有 2023-12-31 的运行"),
    Bad("customer on an unknown date", on_store("explain", "c1", "--as-of", "2024-02-29"), FAILED,
        "2024-02-29", "from 2024-01-31", "没有 2024-02-29 的运行"),
    Bad("export of an unknown date", on_store("export", "tiers", "--as-of", "2023-12-31", "-o",
                                              "{f}/x.csv"),
        FAILED, "", "nothing has been published", "没有已发布的运行"),
    Bad("too little memory", command(*TIERS, "--memory", "1KB"), FAILED, "{f}/bank.duckdb",
        "--memory", "内存"),
]

OUTPUTS = [
    Bad("export into no folder", on_store("export", "tiers", "-o", "{f}/no/x.csv"), FAILED,
        "{f}/no/x.csv", "check the folder", "请检查目录"),
    Bad("parquet into no folder", on_store("export", "tiers", "-o", "{f}/no/x.parquet"), FAILED,
        "{f}/no/x.parquet", "check the folder", "请检查目录"),
    Bad("workbook into no folder", on_store("export", "tiers", "-o", "{f}/no/x.xlsx"), FAILED,
        "{f}/no/x.xlsx", "check the folder", "请检查目录"),
    Bad("workbook over a folder", on_store("export", "metrics", "-o", "{f}/files", "--format",
                                           "xlsx"),
        FAILED, "{f}/files", "cannot write", "无法写入"),
    Bad("workbook before run", on_store("export", "tiers", "-o", "{f}/x.xlsx"), FAILED,
        "", "strata run", "没有已发布的运行", store="loaded"),
    Bad("export over a folder", on_store("export", "metrics", "-o", "{f}/files", "--format",
                                         "csv"),
        FAILED, "{f}/files", "cannot write", "无法写入"),
    Bad("export whose name says no format", on_store("export", "tiers", "-o", "{f}/x.xls"), USAGE,
        "", "csv, parquet, xlsx", "csv、parquet、xlsx"),
    Bad("parquet over a folder", on_store("export", "metrics", "-o", "{f}/files", "--format",
                                          "parquet"),
        FAILED, "{f}/files", "cannot write", "无法写入"),
    Bad("quarantine of a source that has none", on_store("quarantine", "--source", "customers",
                                                         "--export", "{f}/x.csv"),
        FAILED, "customers", "no quarantined records", "没有待处理的隔离记录"),
    Bad("demo into a file", command("demo", "{f}/policy.yaml", "--customers", "10"), FAILED,
        "{f}/policy.yaml", "cannot write", "无法写入"),
    Bad("demo into no folder", command("demo", "{f}/policy.yaml/x", "--customers", "10"), FAILED,
        "{f}/policy.yaml/x", "cannot write", "无法写入"),
]

POLICIES = [
    Bad("no policy file", command(*RUN[:2], "{f}/none.yaml", "--as-of", AS_OF), FAILED,
        "{f}/none.yaml", "cannot read", "无法读取"),
    Bad("check of no file", command("check", "{f}/none.yaml"), FAILED, "{f}/none.yaml",
        "cannot read", "无法读取"),
    Bad("policy that is a folder", command("check", "{f}/files"), FAILED, "{f}/files",
        "cannot read", "无法读取"),
    Bad("mapping as a policy", command("check", "{f}/files/mapping.yaml"), FAILED,
        "{f}/files/mapping.yaml:1", "strata", "strata"),
    Bad("metric that does not exist", policy_of("value: aum\n", "value: aumm\n"), FAILED,
        "{f}/changed.yaml:8:12", "did you mean aum?", "aumm"),
    Bad("misspelt key", policy_of("tiers:", "teirs:", check=True), FAILED, "{f}/changed.yaml:9",
        "did you mean", "tiers"),
    Bad("unknown method", policy_of("thresholds", "treshold", check=True), FAILED,
        "{f}/changed.yaml:7", "did you mean thresholds?", "没有分层方法"),
    Bad("two tiers of one code", policy_of("code: low", "code: high", check=True), FAILED,
        "{f}/changed.yaml:9", "high", "high"),
    Bad("bounds that rise", policy_of("{code: high, from: 500}",
                                      "{code: a, from: 1}, {code: b, from: 2}", check=True),
        FAILED, "{f}/changed.yaml:9:49", "overlap", "区间重叠"),
    Bad("no rest", policy_of(", {code: low}", "", check=True), FAILED, "{f}/changed.yaml:9:32",
        "the last one must be the rest", "最后一层必须是其余客户"),
    Bad("unfinished expression", policy_of("daily_average(amount)", "daily_average(amount",
                                           check=True),
        FAILED, "{f}/changed.yaml:4:51", "was expected", "此处应为", advice=False),
    Bad("unfinished YAML", policy_of("{code: low}]", "{code: low}", check=True), FAILED,
        "{f}/changed.yaml:10:1", "was expected", "此处应为"),
    Bad("empty policy", policy_of(POLICY, "", check=True), FAILED, "{f}/changed.yaml:1:1",
        "is empty", "为空"),
    Bad("policy of zero bytes inside", policy_of("small", "sm\0all", check=True), FAILED,
        "{f}/changed.yaml:2:9", "U+0000", "U+0000"),
    Bad("attribute never loaded", policy_of("metrics:", "attributes: {wealth: money}\nmetrics:"),
        FAILED, "{f}/changed.yaml:3", "never loaded", "从未导入属性"),
    Bad("attribute of another type", policy_of("metrics:", "attributes: {points: money}\nmetrics:"),
        FAILED, "{f}/changed.yaml:3", "another type", "类型与此不同"),
    Bad("metric with a reserved name", policy_of("aum:", "status:", ("value: aum\n",
                                                                     "value: status\n"),
                                                 check=True),
        FAILED, "{f}/changed.yaml:4", "status", "status"),
]

FILES = [
    Bad("no mapping", on_store("import", "{f}/none.yaml"), FAILED, "{f}/none.yaml", "cannot read",
        "无法读取"),
    Bad("policy as a mapping", on_store("import", "{f}/policy.yaml"), FAILED,
        "{f}/policy.yaml:1", "strata-mapping", "strata-mapping"),
    Bad("no folder of files", on_store("import", "{f}/files/mapping.yaml", "{f}/none"), FAILED,
        "{f}/none", "cannot open", "无法打开"),
    Bad("not a folder", on_store("import", "{f}/files/mapping.yaml", "{f}/policy.yaml/files"),
        FAILED, "{f}/policy.yaml/files", "cannot open", "无法打开"),
    Bad("file that no source reads", on_store("import", "{f}/files/mapping.yaml",
                                              "{f}/policy.yaml"),
        FAILED, "{f}/policy.yaml", "customers.csv", "没有来源读取"),
    Bad("folder without any of the files",
        import_of(lambda files: [path.unlink() for path in files.glob("*.csv")]), FAILED, "{f}/new",
        "customers.csv", "没有来源读取"),
    Bad("column the file does not have", mapping_with("id: id", "id: number"), FAILED,
        "{f}/new/mapping.yaml", "number", "number"),
    Bad("table that does not exist", mapping_with("customer:", "custommer:"), FAILED,
        "{f}/new/mapping.yaml", "did you mean 'customer'?", "没有可导入的表"),
    Bad("column that does not exist", mapping_with("        id: id", "        idd: id"), FAILED,
        "{f}/new/mapping.yaml", "did you mean 'id'?", "idd"),
    Bad("currency that does not exist", mapping_with("currency: CNY", "currency: CNX"), FAILED,
        "{f}/new/mapping.yaml:3", "CNX", "不是已知的币种"),
    Bad("encoding that is not read", mapping_with("file: customers.csv",
                                                  "file: customers.csv\n    format: {encoding: x}"),
        FAILED, "{f}/new/mapping.yaml", "utf-8", "utf-8"),
    Bad("encoding that the file is not in", import_of(lambda files: (
        (files / "customers.csv").write_bytes("id\n客户一号\n客户二号\n客户三号\n".encode("gb18030")),
        replace(files / "mapping.yaml", "file: customers.csv",
                "file: customers.csv\n    format: {encoding: utf-8}"))),
        FAILED, "{f}/new/customers.csv", "not UTF-8", "不是映射所说的 UTF-8"),
    Bad("Latin-1 file", bytes_of("customers.csv", "id\nMüller\nJosé\nÅsa\n".encode("latin-1")), FAILED,
        "{f}/new/customers.csv", "neither UTF-8 nor GB18030", "既不是 UTF-8 也不是 GB18030"),
    Bad("UTF-16 without a mark", bytes_of("customers.csv", "id\nn1\nn2\n".encode("utf-16-le")), FAILED,
        "{f}/new/customers.csv", "encoding: utf-16", "encoding: utf-16"),
    Bad("binary file", bytes_of("customers.csv", bytes(range(256)) * 64), FAILED,
        "{f}/new/customers.csv", "neither UTF-8", "既不是 UTF-8"),
    Bad("zero bytes throughout", bytes_of("customers.csv", b"id\n" + b"\0\n" * 50), FAILED,
        "{f}/new/customers.csv", "nul_byte", "nul_byte"),
    Bad("file of nothing", bytes_of("customers.csv", b""), FAILED, "{f}/new/customers.csv",
        "no header", "没有表头"),
    Bad("one name twice in the header", bytes_of("customers.csv", b"id,id\n1,2\n"), FAILED,
        "{f}/new/customers.csv", "two columns", "两列"),
    Bad("damaged gzip", import_of(lambda files: (
        (files / "customers.csv").unlink(),
        (files / "customers.csv.gz").write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\3broken"),
        replace(files / "mapping.yaml", "customers.csv", "customers.csv.gz"))), FAILED,
        "{f}/new/customers.csv.gz", "gzip", "gzip"),
    Bad("too many rows quarantined", bytes_of(
        "balances.csv", b"account,on_date,amount\n" + b"nobody,2024-01-01,1\n" * 4), FAILED,
        "{f}/new/balances.csv", "4 of its 4 rows", "4"),
    Bad("one unending line", bytes_of("customers.csv", b"id\n" + b"x" * 3_000_000), FAILED,
        "{f}/new/customers.csv", "too_long", "too_long"),
    Bad("half a row and nothing else", bytes_of("customers.csv", b'id\n"half'), FAILED,
        "{f}/new/customers.csv", "unclosed_quote", "unclosed_quote"),
    Bad("currency with other decimals", mapping_with("sources:", "currencies: {CNY: 3}\nsources:"),
        FAILED, "CNY", "2 decimals", "小数"),
    Bad("attribute with another type", mapping_with(
        "id: id", "id: id\n        attributes: {points: {type: text, value: id}}"), FAILED,
        "{f}/new/mapping.yaml", "points", "points"),
]

MANIFESTS = [
    Bad("no manifest where one is required", manifest(""), FAILED, "{f}/new/mapping.yaml",
        "manifest", "清单"),
    Bad("file shorter than its manifest", manifest(manifest_of(customers_csv=5)), FAILED,
        "{f}/new/customers.csv", "is short", "4"),
    Bad("file longer than its manifest", manifest(manifest_of(customers_csv=3)), FAILED,
        "{f}/new/customers.csv", "is long", "4"),
    Bad("sum that differs", manifest(manifest_of(balances_csv="4, sums: {amount: 4.01}")), FAILED,
        "{f}/new/balances.csv", "4.01", "4.01"),
    Bad("sum over no column", manifest(manifest_of(balances_csv="4, sums: {total: 4}")), FAILED,
        "", "total", "total"),
    Bad("sum of words", manifest(manifest_of(balances_csv="4, sums: {amount: much}")), FAILED,
        "{f}/new/manifest.yaml:7", "much", "much"),
    Bad("file that the manifest does not list", manifest(manifest_of(accounts_csv=0)), FAILED,
        "{f}/new/accounts.csv", "not listed", "清单"),
    Bad("listed file that is missing", manifest(manifest_of(other_csv=1)), FAILED,
        "{f}/new/manifest.yaml", "other.csv", "other.csv"),
    Bad("manifest without a date", manifest(manifest_of().replace("as_of: 2024-01-31\n", "")),
        FAILED, "{f}/new/manifest.yaml", "as_of", "as_of"),
    Bad("manifest with a day that is none",
        manifest(manifest_of().replace("2024-01-31", "2024-02-31")), FAILED,
        "{f}/new/manifest.yaml:2", "2024-02-31", "2024-02-31"),
    Bad("manifest that is not there", on_store("import", "{f}/files/mapping.yaml", "--manifest",
                                               "{f}/none.yaml"),
        FAILED, "{f}/none.yaml", "cannot read", "无法读取"),
]


class BadInput(unittest.TestCase):
    """Every row above, in English and in Chinese. On a server, those about what is in a store, once:
    the same words come from the same place, and a store there is a second's work to compare."""

    @classmethod
    def setUpClass(cls):
        cls.base = Path(tempfile.mkdtemp(prefix="strata-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        (cls.base / "policy.yaml").write_text(POLICY, encoding="utf-8")
        mapping = bank().write(cls.base / "files")
        stages = (("empty", None), ("loaded", ["import", mapping]),
                  ("rated", ["run", cls.base / "policy.yaml", "--as-of", AS_OF]))
        store = cls.base / "bank.duckdb"
        succeed("init", store)
        cls.stores = {}
        for name, arguments in stages:
            if arguments:
                succeed(arguments[0], store, *arguments[1:], "--quiet")
            cls.stores[name] = cls.base / f"{name}.duckdb"
            copy_store(store, cls.stores[name])
            assert not store.with_name("bank.duckdb.wal").exists()
        cls.digests = {name: store_digest(path) for name, path in cls.stores.items()}
        remove_store(store)

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="strata-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        os.chmod(self.folder, 0o755)

    def prepare(self, bad):
        """A folder with the store, the files and the policy; the command's arguments."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.base / "files", folder / "files")
        shutil.copy(self.base / "policy.yaml", folder)
        if bad.store != "none" and ON_SERVER:
            move_store(self.stores[bad.store], folder / "bank.duckdb")
        elif bad.store != "none":
            shutil.copy(self.stores[bad.store], folder / "bank.duckdb")
        return folder, bad.make(folder)

    def check_message(self, bad, folder, lang, result):
        """One message that says what and where, and what to do."""
        text = result.err
        self.assertEqual(result.status, bad.status, text)
        self.assertEqual(result.out, "", "results and messages do not mix")
        label = "error: " if lang == "en" else "错误: "
        self.assertEqual(text.count(label), 1, text)
        first, *rest = text.splitlines()
        self.assertIn(label, first, text)
        where = bad.where.format(f=folder)
        if ON_SERVER and where.endswith(".duckdb"):
            where = located(where)
        self.assertIn(where, first, text)
        self.assertIn(bad.en if lang == "en" else bad.zh, text)
        if lang == "zh":
            self.assertTrue(re.search("[\u4e00-\u9fff]", first.split(label, 1)[1]), text)
        else:
            self.assertFalse(re.search("[\u4e00-\u9fff]", text.replace("客", "")), text)
        if bad.advice:
            labels = ("hint", "allowed", "value") if lang == "en" else ("提示", "允许", "值")
            self.assertTrue([line for line in rest if line.lstrip().startswith(labels)], text)

    def check_untouched(self, folder, before):
        """Nothing made, nothing left behind, the store as it was."""
        self.assertEqual(sorted(path.relative_to(folder) for path in folder.rglob("*")),
                         sorted(before), "files came or went")
        for path, copy in before.items():
            if copy and not filecmp.cmp(folder / path, copy, shallow=False):
                self.assertEqual(str(path), "bank.duckdb", "only the store may be rewritten")
                self.assertEqual(content(folder / path), content(copy))

    def run_row(self, bad, lang):
        if ON_SERVER and bad.store == "none":
            return
        folder, arguments = self.prepare(bad)
        if ON_SERVER and f"{folder}/bank.duckdb" not in arguments:
            move_store(folder / "bank.duckdb", self.stores[bad.store])
            return
        kept = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(folder, kept, dirs_exist_ok=True)
        before = {path.relative_to(folder): kept / path.relative_to(folder)
                  if path.is_file() else None for path in folder.rglob("*")}
        try:
            result = strata(*arguments, env=environment(STRATA_LANG=lang), **bad.options)
        finally:
            if ON_SERVER:
                move_store(folder / "bank.duckdb", self.stores[bad.store])
        if os.environ.get("STRATA_SHOW_MESSAGES"):
            print(f"\n## {bad.what} [{result.status}]\n{result.out}{result.err}", file=sys.stderr)
        self.check_message(bad, folder, lang, result)
        self.check_untouched(folder, before)
        if ON_SERVER:
            self.assertEqual(store_digest(self.stores[bad.store]), self.digests[bad.store])

    def run_rows(self, rows):
        for bad in rows:
            for lang in ("en",) if ON_SERVER else ("en", "zh"):
                with self.subTest(what=bad.what, lang=lang):
                    self.run_row(bad, lang)

    def test_command_line(self):
        self.run_rows(COMMAND_LINE)

    @file_store
    def test_stores(self):
        self.run_rows(STORES)

    def test_outputs(self):
        self.run_rows(OUTPUTS)

    def test_policies(self):
        self.run_rows(POLICIES)

    def test_files(self):
        self.run_rows(FILES)

    def test_manifests(self):
        self.run_rows(MANIFESTS)

    @file_store
    def test_store_in_use(self):
        """Another process has the store open."""
        for arguments in (TIERS, (*RUN, "--as-of", AS_OF),
                          ("import", "{f}/bank.duckdb", "{f}/files/mapping.yaml")):
            def hold(f, arguments=arguments):
                self.addCleanup(Engine(f / "bank.duckdb").close)
                return [argument.format(f=f) for argument in arguments]
            bad = Bad("store in use", hold, FAILED, "{f}/bank.duckdb", f"by process {os.getpid()}",
                      "正被进程")
            for lang in ("en", "zh"):
                with self.subTest(command=arguments[0], lang=lang):
                    folder, command_line = self.prepare(bad)
                    result = strata(*command_line, env=environment(STRATA_LANG=lang))
                    self.check_message(bad, folder, lang, result)

    @file_store
    def test_output_that_takes_nothing(self):
        """Results that cannot be printed are a failure."""
        for arguments in (TIERS, ("check", "{f}/policy.yaml"), ("quality", "{f}/bank.duckdb"),
                          ("--help",), ("--version",)):
            with self.subTest(command=arguments[0]), open("/dev/full", "wb") as full:
                folder, command_line = self.prepare(
                    Bad("", command(*arguments), FAILED, "", "", ""))
                del folder
                result = strata(*command_line, stdout=full)
                self.assertEqual(result.status, 1)
                self.assertEqual(result.err.count("error: "), 1, result.err)
                self.assertIn("cannot write the output", result.err)

    @file_store
    def test_folder_that_may_not_be_written(self):
        """As an ordinary user: root may write everywhere."""
        options = {}
        if os.geteuid() == 0:
            options = {"user": 65534, "group": 65534, "extra_groups": []}
            try: # a checkout below /root is closed to other users
                subprocess.run([STRATA, "--version"], capture_output=True, check=True, **options)
            except (OSError, subprocess.CalledProcessError):
                self.skipTest("the program cannot be run by another user")
        cases = [
            Bad("init", command("init", "{f}/new.duckdb"), FAILED, "{f}", "cannot be written",
                "不可写"),
            Bad("tiers", command(*TIERS), FAILED, "{f}/bank.duckdb", "read and write", "读写"),
            Bad("demo", command("demo", "{f}/d", "--customers", "10"), FAILED, "{f}/d",
                "cannot write", "无法写入"),
            Bad("unreadable policy", lambda f: ["check", str(f / "secret.yaml")], FAILED,
                "{f}/secret.yaml", "cannot read", "无法读取")]
        for bad in cases:
            for lang in ("en", "zh"):
                with self.subTest(what=bad.what, lang=lang):
                    folder, arguments = self.prepare(bad)
                    (folder / "secret.yaml").write_text(POLICY, encoding="utf-8")
                    os.chmod(folder / "secret.yaml", 0)
                    os.chmod(folder, 0o555)
                    names = sorted(folder.rglob("*"))
                    result = strata(*arguments, env=environment(STRATA_LANG=lang), **options)
                    self.check_message(bad, folder, lang, result)
                    self.assertEqual(sorted(folder.rglob("*")), names)

    def limited(self, arguments, store, most):
        """Runs with a limit on the size of files; the folder and the result."""
        bad = Bad("", arguments, FAILED, "", "", "", store=store)
        folder, command_line = self.prepare(bad)
        limit = (most, most)
        result = strata(*command_line,
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
        return folder, result

    @file_store
    def test_files_that_may_not_grow(self):
        """The limit of file sizes stands for a full disk anywhere."""
        def large_import(f):
            small = SmallBank()
            for number in range(20_000):
                small.add("customer", id=f"large-{number}-{'x' * 40}")
            return ["import", f"{f}/bank.duckdb", str(small.write(f / "new"))]
        cases = (
            ("init", command("init", "{f}/new.duckdb"), "empty", 8_000),
            ("import", large_import, "rated", 300_000),
            ("export", on_store("export", "tiers", "-o", "{f}/x.csv"), "rated", 20),
            ("demo", command("demo", "{f}/d", "--customers", "500"), "rated", 10_000))
        for name, arguments, store, most in cases:
            with self.subTest(command=name):
                folder, result = self.limited(arguments, store, most)
                self.assertEqual(result.status, 1, result.err)
                self.assertEqual(result.err.count("error: "), 1, result.err)
                self.assertRegex(result.err, "too large|full|cannot grow|cannot write")
                for left in ("new.duckdb", "x.csv", "d/manifest.yaml"):
                    self.assertFalse((folder / left).exists(), left)
                self.assertEqual([path for path in folder.rglob("*")
                                  if ".part" in path.name or ".init-" in path.name], [])
                if store == "rated":
                    self.assertEqual(content(folder / "bank.duckdb"),
                                     content(self.stores["rated"]))

    @file_store
    def test_full_disk(self):
        """A small file system that fills up during an import."""
        disk = self.folder / "disk"
        disk.mkdir()
        size = self.stores["rated"].stat().st_size + 2_000_000
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("no small file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", str(disk)], check=False)
        store = disk / "bank.duckdb"
        small = SmallBank()
        for number in range(40_000):
            small.add("customer", id=f"full-{number:06}-{os.urandom(100).hex()}")
        mapping = small.write(self.folder / "new")
        for lang, text in (("en", "disk"), ("zh", "磁盘")):
            shutil.copy(self.stores["rated"], store)
            result = strata("import", store, mapping, env=environment(STRATA_LANG=lang))
            self.assertEqual(result.status, 1, result.err)
            self.assertIn(text, result.err)
            self.assertIn(str(store), result.err.splitlines()[0])
            self.assertEqual(content(store), content(self.stores["rated"]))
            for path in disk.iterdir():
                path.unlink()

    @file_store
    def test_messages_for_programs(self):
        """--json gives the parts of the message on standard output."""
        folder, arguments = self.prepare(
            Bad("", policy_of("value: aum\n", "value: aumm\n", check=True), FAILED, "", "", ""))
        result = strata(*arguments, "--json")
        self.assertEqual(result.status, 1)
        error = json.loads(result.out)["error"]
        self.assertEqual((error["code"], error["source"], error["line"], error["column"]),
                         ("policy", f"{folder}/changed.yaml", 8, 12))
        self.assertIn("aumm", error["message"] + error.get("value", ""))
        self.assertIn("aum", error["hint"])


def content(store):
    """What a store says through the program: its rows, its quarantine, its tiers and metrics."""
    with tempfile.TemporaryDirectory(prefix="strata-e2e-") as folder:
        copy = store if ON_SERVER else Path(folder) / "bank.duckdb"
        log = Path(f"{store}.wal")
        if not ON_SERVER:
            shutil.copy(store, copy)
        if log.exists():
            shutil.copy(log, f"{copy}.wal")
        parts = [succeed(name, copy, "--json") for name in ("quality", "quarantine")]
        parts.append(strata("tiers", copy, "--json").out)
        for what in ("tiers", "metrics"):
            path = Path(folder) / f"{what}.csv"
            if strata("export", copy, what, "--from", "1900-01-01", "-o", path).status == 0:
                parts.append(path.read_text(encoding="utf-8-sig"))
        return parts


class Quarantine(support.TestCase):
    """One bad row among good ones: it is kept apart with its place and reason, the rest loads."""

    ROWS = [
        # what, file, the row, reason, column, value
        ("text in money", "balances", "q1,2024-01-02,much", "bad_number", "amount", "much"),
        ("money with too many decimals", "balances", "q1,2024-01-02,1.005", "too_precise",
         "amount", "1.005"),
        ("money out of range", "balances", "q1,2024-01-02,92233720368547758.08", "out_of_range",
         "amount", "92233720368547758.08"),
        ("no such day", "balances", "q1,2023-02-29,1", "bad_date", "on_date", "2023-02-29"),
        ("not a date", "balances", "q1,soon,1", "bad_date", "on_date", "soon"),
        ("missing amount", "balances", "q1,2024-01-02,", "missing", "amount", None),
        ("unknown account", "balances", "q9,2024-01-02,1", "unknown_account", None, None),
        ("two balances of a day", "balances", "q1,2024-01-01,2", "balance_conflict", None, None),
        ("too few fields", "balances", "q1,2024-01-02", "field_count", None, None),
        ("too many fields", "balances", "q1,2024-01-02,1,1", "field_count", None, None),
        ("text after a quote", "balances", 'q1,2024-01-02,"1"1', "bad_quote", None, None),
        ("half a row at the end", "balances", 'q1,2024-01-02,"1', "unclosed_quote", None, None),
        ("zero byte", "balances", "q1,2024-01-02,1\0", "nul_byte", None, None),
        ("not UTF-8", "balances", b"q1,2024-01-02,\xff\xe3", "bad_utf8", None, None),
        ("row above the cap", "balances", "q1,2024-01-02," + "1" * 1_100_000, "too_long", None,
         None),
        ("second row of a key", "customers", "q1,company", "duplicate_key", None, None),
        ("no such choice", "customers", "q8,robot", "bad_choice", "kind", "robot"),
        ("key that is too long", "customers", "q" * 257 + ",person", "text_too_long", "id", None),
        ("no key", "customers", ",person", "missing", "id", None),
        ("shares below the whole", "holders", "q3,c1,joint,50%", "shares_total", None, None),
        ("holder unknown", "holders", "q3,c9,owner,100%", "unknown_customer", None, None),
    ]

    def test_bad_rows(self):
        for what, file, row, reason, column, value in self.ROWS:
            with self.subTest(what=what):
                self.check(file, row, reason, column, value)

    def check(self, file, row, reason, column, value):
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        small = SmallBank()
        for number in range(1, 7):
            small.add("customer", id=f"c{number}", kind="person")
            small.add("account", id=f"q{number}", **{"class": "deposit"})
        for number in (1, 2, 4, 5, 6):  # account q3 has no holder
            small.add("account_holder", account=f"q{number}", customer=f"c{number}", role="owner",
                      share="100%")
            small.add("balance", account=f"q{number}", on_date="2024-01-01", amount="1")
        small.add("customer", id="q1", kind="person")
        mapping = small.write(folder)
        with open(folder / f"{file}.csv", "ab") as spoilt:
            spoilt.write(row if isinstance(row, bytes) else row.encode("utf-8"))
        store = folder / "bank.duckdb"
        succeed("init", store)
        report = support.succeed_json("import", store, mapping)
        totals = support.import_totals(report)
        self.assertGreaterEqual(totals[file][4], 1, report)
        kept = json.loads(succeed("quarantine", store, "--json"))
        found = [record for record in kept["records"]
                 if record["source"] == file and record["reason"] == reason]
        self.assertTrue(found, kept)
        if column:
            self.assertEqual(found[-1]["column"], column)
        if value:
            self.assertEqual(found[-1]["value"], value)
        self.assertTrue(found[-1]["message"] and found[-1]["line"] > 1, found)


class NotBadAtAll(support.TestCase):
    """What looks odd and is fine."""

    def test_header_only_and_odd_line_ends(self):
        files = {
            "header only": b"id\n", "no line end": b"id\nx1", "CRLF": b"id\r\nx2\r\n",
            "byte order mark": b"\xef\xbb\xbfid\nx3\n", "empty lines": b"id,kind\n\n\nx4,person\n",
            "other columns": b"noise,id\n1,x5\n", "quoted": b'id\n"x6"\n'}
        succeed("init", self.store)
        for number, (what, data) in enumerate(files.items()):
            with self.subTest(what=what):
                small = SmallBank().add("customer", id="x")
                mapping = small.write(self.folder / f"f{number}")
                (self.folder / f"f{number}/customers.csv").write_bytes(data)
                report = support.succeed_json("import", self.store, mapping)
                rows = 0 if what == "header only" else 1
                self.assertEqual(support.import_totals(report)["customers"], [rows, rows, 0, 0, 0])
        quality = support.succeed_json("quality", self.store)
        self.assertEqual(quality["customers"], 6)

    def test_required_feed_that_is_late(self):
        """A feed that must come with a manifest and does not reach the day: the run refuses."""
        small = SmallBank()
        small.hold("c1", {"2024-01-01": "1000.00"})
        mapping = small.write(self.folder / "files")
        replace(mapping, "currency:", "manifest: required\ncurrency:")
        files = "".join(f"  {name}.csv: {{rows: 1}}\n"
                        for name in ("customers", "accounts", "holders", "balances"))
        self.write("files/manifest.yaml",
                   f"strata-manifest: 1\nas_of: 2024-01-31\nfiles:\n{files}")
        self.init_and_import(mapping)
        policy = self.write("policy.yaml", POLICY)
        succeed("run", self.store, policy, "--as-of", "2024-01-31", "--quiet")
        before = content(self.store)
        for lang, text in (("en", "does not reach 2024-02-29"), ("zh", "未达到 2024-02-29")):
            late = strata("run", self.store, policy, "--as-of", "2024-02-29", "--lang", lang)
            self.assertEqual(late.status, 1)
            self.assertIn(text, late.err)
            self.assertIn("2024-01-31", late.err)
        self.assertEqual(content(self.store), before)


if __name__ == "__main__":
    support.main()
