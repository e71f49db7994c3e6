#!/usr/bin/env python3
"""Draws the pictures of docs/images: what the program prints for the demonstration bank, and its report.

Usage: docs/images/src/shoot.py STRATA DIR     (DIR: a folder that holds demo/bank.duckdb)
Needs chromium, the Noto CJK fonts and pdftoppm.
"""
import csv
import html
import pathlib
import re
import subprocess
import sys
import tempfile

IMAGES = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(IMAGES.parents[1] / "tests/e2e"))
import browser  # noqa: E402
WIDTH, HEIGHT, SCALE = 1600, 806, 1.25

PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 22px; background: #e9edf2; display: flex; gap: 22px; align-items: flex-start }}
.window {{ flex: {flex}; border-radius: 9px; overflow: hidden; box-shadow: 0 5px 20px #1d2a3d55; height: {inner}px;
          background: #1b2330 }}
.window:last-child {{ flex: {flex2} }}
.bar {{ background: #2b3648; color: #aebacb; font: 13px sans-serif; padding: 8px 12px }}
.bar i {{ display: inline-block; width: 11px; height: 11px; border-radius: 6px; margin-right: 6px;
         vertical-align: -1px }}
pre {{ margin: 0; padding: 12px 16px; color: #d5dce6; font: 13px/19px "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace;
      white-space: pre-wrap }}
pre b {{ color: #fff }} .prompt {{ color: #6fc3a0 }} .dim {{ color: #8492a6 }} .bars {{ color: #5b9dd9 }}
.head {{ color: #e6c07b }} .up {{ color: #7fd1ae }}
.w {{ display: inline-block; width: 2ch; overflow: visible }}
</style>{windows}"""

WINDOW = """<div class="window"><div class="bar"><i style="background:#ed6a5e"></i><i
style="background:#f4bf4f"></i><i style="background:#61c554"></i> strata</div><pre>{text}</pre></div>"""


def wide(text):
    """CJK and full-width characters take exactly two columns, as in a terminal."""
    return re.sub(r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uff60，。：；（）]",
                  lambda m: f'<span class="w">{m.group()}</span>', text)


def paint(line):
    text = html.escape(line)
    if line.startswith("$ "):
        return f'<span class="prompt">$</span> <b>{wide(text[2:])}</b>'
    if re.match(r"\S.*  \d{4}-\d\d-\d\d  ", line):
        return f'<span class="head">{wide(text)}</span>'
    if line.startswith(("  tier ", "  层级 ")) or "run 2" in line or "运行 2" in line:
        return f'<span class="dim">{wide(text)}</span>'
    if line.startswith("  · "):
        return f'<span class="up">{wide(text)}</span>'
    text = wide(text)
    return re.sub(r"[▏█]+", lambda m: f'<span class="bars">{m.group()}</span>', text)


def terminal(strata, folder, commands, lang):
    lines = []
    for command in commands:
        out = subprocess.run([strata, *command.split(), "--lang", lang], cwd=folder, check=True,
                             capture_output=True, text=True).stdout
        lines += [f"$ strata {command}", *out.rstrip("\n").split("\n"), ""]
    return WINDOW.format(text="\n".join(paint(line) for line in lines))


def watched_customer(strata, store, folder):
    """Who has failed once, and may yet keep the tier."""
    with tempfile.TemporaryDirectory() as work:
        rows = pathlib.Path(work) / "tiers.csv"
        subprocess.run([strata, "export", store, "tiers", "--scheme", "asset_held", "--quiet", "-o", rows],
                       cwd=folder, check=True)
        return next(row["customer_id"] for row in csv.DictReader(rows.open(encoding="utf-8-sig"))
                    if row["standing"] == "watch" and row["failing"] == "1")


REPORTS = (  # picture, language, dark, what it shows
    ("report.png", "en", False, "header, .tiles, #overview, #scheme-asset"),
    ("report.zh-CN.png", "zh", False, "header, .tiles, #overview, #scheme-asset"),
    ("report-dark.png", "en", True, "#concentration, #scheme-rfm"),
    ("report-dark.zh-CN.png", "zh", True, "#concentration, #scheme-rfm"),
)
ONLY = """for (const part of document.querySelectorAll('main > *'))
    if (!part.matches(%r)) part.style.display = 'none'; document.body.scrollHeight"""
SHEETS = """<!doctype html><meta charset="utf-8"><style>body { margin: 0; padding: 18px; background: #8d949e;
display: grid; gap: 18px; grid-template-columns: repeat(3, 1fr) } img { width: 100%%; background: #fff }</style>%s"""


def report_pictures(strata, folder, store):
    with tempfile.TemporaryDirectory() as work, browser.Browser() as page:
        work = pathlib.Path(work)
        for lang in ("en", "zh"):
            subprocess.run([strata, "report", store, "-o", work / f"{lang}.html", "--lang", lang,
                            "--quiet"], cwd=folder, check=True)
        for name, lang, dark, parts in REPORTS:
            page.emulate(1200, 900, dark)
            page.open((work / f"{lang}.html").as_uri())
            page.evaluate(ONLY % parts)
            page.screenshot(IMAGES / name)
        for name, lang in (("report-print.png", "en"), ("report-print.zh-CN.png", "zh")):
            page.open((work / f"{lang}.html").as_uri())
            page.pdf(work / "paper.pdf")
            subprocess.run(["pdftoppm", "-r", "60", "-l", "3", "-png", "paper.pdf", lang], cwd=work,
                           check=True)
            sheets = "".join(f'<img src="{path.as_uri()}">' for path in sorted(work.glob(f"{lang}-*.png")))
            (work / "sheets.html").write_text(SHEETS % sheets, encoding="utf-8")
            page.emulate(1500, 700)
            page.open((work / "sheets.html").as_uri())
            page.screenshot(IMAGES / name)


def main():
    strata, folder = (pathlib.Path(arg).resolve() for arg in sys.argv[1:3])
    store = "demo/bank.duckdb"
    report_pictures(strata, folder, store)
    left = [f"tiers {store} --scheme {scheme}" for scheme in ("asset_held", "rfm", "strategy")]
    right = [f"explain {store} {watched_customer(strata, store, folder)} --scheme asset_held"]
    for lang, name in (("en", "demo.png"), ("zh", "demo.zh-CN.png")):
        windows = "".join(terminal(strata, folder, commands, lang) for commands in (left, right))
        with tempfile.TemporaryDirectory() as work:
            page = pathlib.Path(work) / "page.html"
            page.write_text(PAGE.format(windows=windows, inner=HEIGHT - 44, flex="1 1 0",
                                        flex2="0.92 1 0"), encoding="utf-8")
            subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu",
                            "--disable-background-networking", f"--user-data-dir={work}/profile",
                            "--hide-scrollbars", f"--force-device-scale-factor={SCALE}",
                            f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={IMAGES / name}",
                            page.as_uri()], check=True, capture_output=True)


main()
