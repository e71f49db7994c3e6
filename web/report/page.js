/* What every page has: words and numbers in two languages, the document, charts and tables, drawing.
 * Plain functions, no state but `view`; every change of language, theme or medium draws the whole
 * page again. The page's own script ends by calling start(). */
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const view = {
  lang: root.lang.startsWith("zh") ? "zh" : "en",
  theme: "auto", // auto, light, dark
  print: false,
};
const charts = [];

/* --- words and numbers --- */

const t = (zh, en) => (view.lang === "zh" ? zh : en);
const title = (x) => (x ? x[view.lang] : "");
const locale = () => t("zh-CN", "en-GB");
const count = (n) => Number(n).toLocaleString(locale());
const plain = (n, digits = 2) => Number(n).toLocaleString(locale(), { maximumFractionDigits: digits });

function percent(part, whole, digits) {
  if (!whole) return "–";
  const p = (100 * part) / whole;
  const d = p === 0 ? 0 : digits ?? (p !== 0 && Math.abs(p) < 0.01 ? 4 : Math.abs(p) < 0.1 ? 2 : 1);
  return `${p.toLocaleString(locale(), { minimumFractionDigits: d, maximumFractionDigits: d })}%`;
}

/* 12.3万 or 12.3 k: three digits that count, then the unit. */
function short(n) {
  const units = t([[1e8, "亿"], [1e4, "万"]], [[1e9, "\u00a0bn"], [1e6, "\u00a0m"], [1e3, "\u00a0k"]]);
  const size = Math.abs(n);
  const [by, unit] = units.find(([limit]) => size >= limit * 0.9995) || [1, ""];
  const x = n / by;
  const digits = by === 1 && Number.isInteger(n) ? 0 : Math.abs(x) < 10 ? 2 : Math.abs(x) < 100 ? 1 : 0;
  return plain(x, digits) + unit;
}

function money(n) {
  if (view.lang === "en") return `${data.currency}\u00a0${short(n)}`;
  return data.currency === "CNY" ? `${short(n)}元` : `${short(n)}\u00a0${data.currency}`;
}
const amount = (n, kind) => (n === null ? "–" : kind === "money" ? money(Number(n)) : short(Number(n)));
const measured = (n) => amount(n, data.measure && data.measure.kind);
/* In a table the heading names the currency, once. */
const bare = (n, kind) => amount(n, kind).replace(`${data.currency}\u00a0`, "").replace(`\u00a0${data.currency}`, "");
const inTable = (n) => bare(n, data.measure.kind);
const unit = (kind) => (kind === "money" && !(view.lang === "zh" && data.currency === "CNY") ? ` (${data.currency})` : "");
const signed = (n) => (n > 0 ? `+${count(n)}` : n < 0 ? `−${count(-n)}` : "0");
const sum = (list, pick) => list.reduce((total, item) => total + Number(pick(item) ?? 0), 0);
const list = (items) => items.join(t("、", ", "));
const quote = (text) => t(`“${text}”`, `“${text}”`);

/* --- the document --- */

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
const isDark = () => !view.print && (view.theme === "dark" || (view.theme === "auto" && system.matches));

function mix(a, b, x) {
  const part = (c, i) => parseInt(c.slice(1 + 2 * i, 3 + 2 * i), 16);
  const at = (i) => Math.round(part(a, i) + (part(b, i) - part(a, i)) * x).toString(16).padStart(2, "0");
  return `#${at(0)}${at(1)}${at(2)}`;
}

/* Ranked tiers: gold, then ever paler blue. Others: colours that are merely different. */
function colours(scheme) {
  const n = scheme.tiers.length;
  if (!scheme.ranked) {
    const different = isDark()
      ? ["#5aa2e0", "#e0b04f", "#5fc79a", "#e58a70", "#a98be0", "#4fc3cf", "#d97fb0", "#9aa7b5", "#b5c862", "#7f8fd9", "#c99a7a", "#6fa89a"]
      : ["#2f6ea8", "#c8963e", "#3c9a70", "#c4664c", "#7d64b8", "#2f95a3", "#b05a8b", "#8794a3", "#8c9b3a", "#4d5fae", "#96694a", "#4d7f74"];
    return scheme.tiers.map((_, i) => different[i % different.length]);
  }
  const [gold, deep, pale] = isDark() ? ["#e0b04f", "#63ade9", "#4a6178"] : ["#c8963e", "#1f5288", "#bccbd9"];
  return scheme.tiers.map((_, i) => (i === 0 ? gold : mix(deep, pale, n > 2 ? (i - 1) / (n - 2) : 0.5)));
}

const onPaper = 0.6; // of its height on the screen, a chart has on paper

/* A figure whose chart is drawn once it stands in the page and has a width. */
function chart(heading, option, { small, height, wide, note } = {}) {
  const box = h("div", { class: "chart", role: "img", "aria-label": heading });
  if (height) box.style.height = `${view.print ? Math.round(height * onPaper) : height}px`;
  charts.push({ box, option });
  return h("figure", { class: wide ? "wide" : null },
    h("figcaption", null, h("h3", null, heading), small ? h("small", null, small) : null),
    box, note ? h("p", { class: "note" }, note) : null);
}

function base() {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: css("--soft") },
    tooltip: {
      confine: true, backgroundColor: css("--card"), borderColor: css("--line"),
      textStyle: { color: css("--ink"), fontSize: 13 },
    },
  };
}
const fontSize = () => (view.print ? 10 : 12);
const label = () => ({ color: css("--soft"), fontSize: fontSize() });
const axisLine = () => ({ lineStyle: { color: css("--line") } });
const escape = (text) => echarts.format.encodeHTML(String(text));
const narrow = (width) => width < 420;

/* Room for words in a chart: how wide the widest is, how many rows a legend takes. */
const ruler = h("span", { "aria-hidden": "true", style: { position: "absolute", visibility: "hidden", whiteSpace: "nowrap" } });
document.body.append(ruler);
function textWidth(text) {
  ruler.style.fontSize = `${fontSize()}px`;
  ruler.textContent = text;
  return ruler.getBoundingClientRect().width;
}
const widest = (s) => Math.max(...s.tiers.map((x) => textWidth(title(x.title))));
function legend(names, width) {
  let rows = 1, used = 0;
  for (const name of names) {
    const item = 10 + 5 + textWidth(name) + 12;
    if (used && used + item > width - 12) { rows++; used = 0; }
    used += item;
  }
  return { option: { top: 0, left: 0, itemWidth: 10, itemHeight: 10, itemGap: 12, textStyle: label(), icon: "roundRect", data: names },
    height: 10 + rows * (fontSize() + 10) };
}

function table(caption, columns, rows, foot) {
  const cell = (tag, column, content) =>
    h(tag, { class: column.text ? "text" : null, scope: tag === "th" ? "col" : null }, content);
  return h("div", { class: "scroll" }, h("table", null,
    caption ? h("caption", null, caption) : null,
    h("thead", null, h("tr", null, columns.map((c) => cell("th", c, c.title)))),
    h("tbody", null, rows.map((row) => h("tr", null, row.map((content, i) =>
      i === 0 ? h("th", { scope: "row" }, content) : cell("td", columns[i], content))))),
    foot ? h("tfoot", null, h("tr", null, foot.map((content, i) =>
      i === 0 ? h("th", { scope: "row" }, content) : cell("td", columns[i], content)))) : null));
}

function bar(part, whole, colour) {
  const width = whole ? `${Math.max(0, Math.min(100, (100 * part) / whole))}%` : "0";
  return h("span", { class: "bar", "aria-hidden": "true" }, h("i", { style: { width, background: colour || "" } }));
}

/* --- sections --- */

const measureName = () => t(title(data.measure.title), title(data.measure.title).replace(/^[A-Z](?=[a-z-])/, (c) => c.toLowerCase()));
const net = (n) => h("span", { class: n > 0 ? "up" : n < 0 ? "down" : null }, signed(n));

function section(id, heading, tag, lead, ...content) {
  return h("section", { class: id === "quality" ? "card long" : "card", id, "aria-labelledby": `${id}-title` },
    h("div", { class: "head" }, h("h2", { id: `${id}-title` }, heading), tag ? h("span", { class: "tag" }, tag) : null),
    lead ? h("p", { class: "insight" }, lead) : null, ...content);
}

/* --- the page --- */

let page = null;

function header() {
  const themes = [["auto", t("跟随系统", "System")], ["light", t("浅色", "Light")], ["dark", t("深色", "Dark")]];
  const choose = (group, name, chosen, text, act) => h("button", { type: "button", "aria-pressed": String(chosen), onclick: act }, text);
  return h("header", null,
    h("div", null, h("h1", null, page.heading()), h("p", null, `${page.subject()} · ${t("截至", "as of")} ${data.as_of}`)),
    h("div", { class: "controls" },
      h("span", { class: "switch", role: "group", "aria-label": t("语言", "language") },
        choose("lang", "zh", view.lang === "zh", "中文", () => { view.lang = "zh"; draw(); }),
        choose("lang", "en", view.lang === "en", "English", () => { view.lang = "en"; draw(); })),
      h("span", { class: "switch", role: "group", "aria-label": t("明暗", "theme") },
        themes.map(([key, text]) => choose("theme", key, view.theme === key, text, () => { view.theme = key; draw(); }))),
      h("button", { type: "button", onclick: () => print() }, t("打印", "Print"))));
}

function draw() {
  const top = scrollY;
  for (const { instance } of charts.splice(0)) if (instance) instance.dispose();
  root.lang = t("zh-CN", "en");
  root.dataset.theme = isDark() ? "dark" : "light";
  root.classList.toggle("print", view.print);
  document.title = `${page.heading()} ${data.as_of}`;
  const sections = page.sections().filter(Boolean);
  const links = sections.map((s) => h("a", { href: `#${s.id}` }, s.querySelector("h2").textContent));
  document.getElementById("page").replaceChildren(h("main", null, header(), h("nav", { "aria-label": t("目录", "contents") }, links), page.tiles(), sections,
    h("footer", null, h("p", null, t(
      `由 Strata ${data.strata} 生成，只含汇总数据，不含任何客户。图表：Apache ECharts（Apache-2.0）。`,
      `Written by Strata ${data.strata}: aggregates only, no customer. Charts: Apache ECharts (Apache-2.0).`)))));
  for (const c of charts) {
    c.instance = echarts.init(c.box, null, { renderer: "svg" });
    c.width = c.box.clientWidth;
    c.instance.setOption(c.option(c.width));
    c.instance.getZr().refreshImmediately(); // not on the next frame: paper has none
  }
  scrollTo(0, top);
}

/* Draws the page: {heading, subject, tiles, sections}, functions that are asked at every drawing. */
function start(what) {
  page = what;
  system.addEventListener("change", draw);
  addEventListener("beforeprint", () => { view.print = true; draw(); });
  addEventListener("afterprint", () => { view.print = false; draw(); });
  draw();
}

let waiting = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => {
    if (view.print) return;
    for (const c of charts)
      if (c.box.clientWidth !== c.width) {
        c.width = c.box.clientWidth;
        c.instance.resize();
        c.instance.setOption(c.option(c.width), true);
        c.instance.getZr().refreshImmediately();
      }
  });
});
