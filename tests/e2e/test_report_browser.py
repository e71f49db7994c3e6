"""The report opened in Chromium: both languages, light and dark, a phone, paper; nothing may complain
and nothing may be asked for."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import browser
import support
from support import ROOT, succeed

SEEN = "document.querySelector('main').innerText"
OVERFLOW = """[...document.querySelectorAll('main *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > innerWidth + 1 && !e.closest('.scroll, svg');
}).map(e => e.outerHTML.slice(0, 200))"""
CLIPPED = """[...document.querySelectorAll('.chart')].flatMap(chart => {
    const frame = chart.getBoundingClientRect();
    return [...chart.querySelectorAll('svg text')].map(text => [text.textContent, text.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.left < frame.left - 3 || box.right > frame.right + 3))
        .map(([words]) => chart.getAttribute('aria-label') + ': ' + words);
})"""


# Words of a chart of flows that stand on each other.
OVERLAPS = """[...document.querySelectorAll('.chart')].filter(chart => /^(各期之间|From tier)/.test(chart.getAttribute('aria-label')))
    .flatMap(chart => {
        const words = [...chart.querySelectorAll('svg text')].map(text => [text.textContent, text.getBoundingClientRect()])
            .filter(([, box]) => box.width);
        return words.flatMap(([a, x], i) => words.slice(i + 1)
            .filter(([, y]) => x.left < y.right - 1 && y.left < x.right - 1 && x.top < y.bottom - 3 && y.top < x.bottom - 3)
            .map(([b]) => a + ' | ' + b));
    })"""
FLOWS = """document.querySelectorAll('.chart[aria-label^="From tier"], .chart[aria-label^="各期之间"]').length"""


@unittest.skipUnless(browser.program(), "no chromium")
class Page(support.TestCase):
    """The demonstration bank's report and those of small stores."""

    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory(prefix="strata-browser-test-")
        folder = cls.made = Path(cls.kept.name)
        store = folder / "bank.duckdb"
        succeed("demo", folder / "bank", "--customers", 1000, "--months", 12, "--quiet")
        succeed("init", store)
        succeed("import", store, ROOT / "mappings/demo.yaml", folder / "bank", "--quiet")
        succeed("run", store, ROOT / "policies/demo.yaml", "--every", "month", "--from",
                "2025-09-30", "--as-of", "2025-12-31", "--quiet")
        for lang in ("en", "zh"):
            succeed("report", store, "-o", folder / f"{lang}.html", "--lang", lang)

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def setUp(self):
        super().setUp()
        self.browser = browser.Browser()
        self.addCleanup(self.browser.close)

    def open(self, path):
        """Opens a report and checks what every report must hold to."""
        self.browser.open(path.as_uri())
        self.check(path)

    def check(self, path):
        """No complaint, no request but the file itself, every chart drawn, nothing too wide."""
        b = self.browser
        self.assertEqual(b.complaints(), [])
        self.assertEqual([url for url in b.requests() if not url.startswith("data:")],
                         [path.as_uri()])
        charts = b.evaluate("document.querySelectorAll('.chart').length")
        drawn = b.evaluate("document.querySelectorAll('.chart svg path, .chart svg rect').length")
        self.assertGreater(charts, 0)
        self.assertGreater(drawn, charts)
        self.assertEqual(b.evaluate(OVERFLOW), [])
        self.assertEqual(b.evaluate(CLIPPED), [])
        self.assertEqual(b.evaluate(OVERLAPS), [])
        self.assertEqual(b.evaluate(FLOWS), b.evaluate(
            "JSON.parse(document.getElementById('data').textContent).schemes.length"))
        self.assertNotRegex(b.evaluate(SEEN), r"\bNaN\b|undefined|\[object|Infinity|\bnull\b")

    def test_languages_and_themes_at_every_width(self):
        words = {"en": "Concentration", "zh": "集中度"}
        for lang, dark, width in (("en", False, 1440), ("en", True, 1440), ("zh", False, 1440),
                                  ("zh", True, 1440), ("en", False, 820), ("en", True, 390),
                                  ("zh", False, 390)):
            with self.subTest(lang=lang, dark=dark, width=width):
                self.browser.emulate(width, 900, dark)
                self.open(self.made / f"{lang}.html")
                self.assertIn(words[lang], self.browser.evaluate(SEEN))
                ground = self.browser.evaluate("getComputedStyle(document.body).backgroundColor")
                channels = list(map(int, re.findall(r"\d+", ground)))[:3]
                self.assertEqual(max(channels) < 64, dark, ground)

    def test_every_switch(self):
        b, path = self.browser, self.made / "en.html"
        b.emulate(1280, 900)
        self.open(path)
        buttons = b.evaluate("[...document.querySelectorAll('.switch button')].map(x => x.textContent)")
        self.assertEqual(len(buttons), 8)
        for name in (*buttons, "中文", "English"):
            b.evaluate(f"[...document.querySelectorAll('.switch button')].find(x => "
                       f"x.textContent === {json.dumps(name)})?.click()")
            self.check(path)
        b.evaluate("[...document.querySelectorAll('.switch button')].find(x => x.textContent === "
                   "'Dark').click()")
        self.assertEqual(b.evaluate("document.documentElement.dataset.theme"), "dark")
        self.assertIn("Concentration", b.evaluate(SEEN))

    def test_a_text_that_looks_like_a_script(self):
        bank = support.SmallBank()
        for customer, amount in (("a", "0.01"), ("b", "1000"), ("c", "5000")):
            bank.hold(customer, {"2025-01-10": amount})
        self.load(bank)
        evil = "</script><script>document.title='pwned'</script><img src=x onerror=alert(1)>"
        self.run_policy(json.dumps({
            "strata": 1, "name": "p", "title": evil,
            "metrics": {"aum": {"title": evil, "from": "balance", "value": "closing(amount)"}},
            "schemes": {"s": {"title": evil, "method": "thresholds", "value": "aum", "tiers": [
                {"code": "a", "title": evil, "from": 1000}, {"code": "b", "title": evil}]}}}),
            "2025-01-31")
        path = self.folder / "evil.html"
        succeed("report", self.store, "-o", path, "--title", evil)
        self.browser.emulate(1280, 900)
        self.browser.open(path.as_uri())
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual([u for u in self.browser.requests() if not u.startswith("data:")],
                         [path.as_uri()])
        self.assertEqual(self.browser.evaluate("document.images.length"), 0)
        self.assertIn(evil, self.browser.evaluate(SEEN))

    @unittest.skipUnless(shutil.which("pdftotext"), "no pdftotext")
    def test_paper(self):
        for lang, dark, words in (("en", True, "What was run"), ("zh", False, "运行与依据")):
            with self.subTest(lang=lang, dark=dark):
                self.browser.emulate(1440, 900, dark)
                self.open(self.made / f"{lang}.html")
                paper = self.folder / "report.pdf"
                self.browser.pdf(paper)
                self.assertEqual(self.browser.complaints(), [])
                text = subprocess.run(["pdftotext", "-layout", paper, "-"], check=True,
                                      capture_output=True, text=True).stdout
                self.assertIn(words, text)
                self.assertNotIn("打印", text)
                self.assertLess(text.count("\f"), 15)
                info = subprocess.run(["pdfinfo", paper], check=True, capture_output=True,
                                      text=True).stdout
                self.assertRegex(info, r"Page size:\s+59[45].*A4")
                images = subprocess.run(["pdfimages", "-list", paper], check=True,
                                        capture_output=True, text=True).stdout
                self.assertEqual(len(images.splitlines()), 2, "charts on paper are not pictures")
                self.check(self.made / f"{lang}.html")  # the screen is as it was
                os.unlink(paper)


if __name__ == "__main__":
    support.main()
