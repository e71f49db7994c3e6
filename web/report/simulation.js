/* A what-if, drawn from the data in #data with what page.js has: a section for every scheme in which
 * somebody moves, then what stays, then where the numbers come from. */
"use strict";
(() => {
const codes = { from: (s, i) => (i < 0 ? t("未评级", "not rated") : title(s.tiers[i].title)) };
const moved = (m) => m.up + m.down + m.moved + m.entered + m.left;
const rest = (s, m) => (s.ranked ? [[t("升级", "up"), m.up], [t("降级", "down"), m.down]] : [[t("变动", "moved"), m.moved]])
  .concat([[t("新参评", "newly rated"), m.entered], [t("不再参评", "no longer rated"), m.left]]);
const hasCosts = (s) => s.before.cost !== null;
const measures = data.measure !== null;
const exact = (n) => Math.round(n * 100) / 100; // sums of decimals
/* More is good, of costs it is not. */
function change(sum, say, cost) {
  const n = exact(sum), good = cost ? n < 0 : n > 0;
  return h("span", { class: n ? (good ? "up" : "down") : null }, n > 0 ? "+" : n < 0 ? "−" : "", n ? say(Math.abs(n)) : "0");
}
const yearly = (n) => bare(n, "money");
const changedSchemes = () => data.schemes.filter((s) => moved(s.moves) || s.state === "added" || s.state === "removed");
const costOf = (s) => Number(s.after.cost) - Number(s.before.cost);
const stateNames = { added: ["新增方案", "new scheme"], removed: ["方案取消", "removed"], changed: ["规则有变", "changed"], unchanged: ["不变", "unchanged"] };

/* --- figures of a scheme --- */

/* More to the right, less to the left, a row for each tier. */
function difference(s, heading, value, say, cost) {
  const values = s.tiers.map((x) => exact(value(x.after) - value(x.before)));
  const largest = Math.max(...values.map(Math.abs), 1e-9);
  const said = (n) => (n ? `${n > 0 ? "+" : "−"}${say(Math.abs(n))}` : "0");
  const option = (width) => {
    const words = Math.min(width * 0.34, widest(s) + 14), half = (width - words - 14) / 2;
    const text = Math.max(...values.map((n) => textWidth(said(n)))) + 8, most = largest * half / Math.max(half - text, half / 4);
    return {
      ...base(),
      grid: { left: words, right: 14, top: 6, bottom: 6 },
      tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "none" },
        formatter: ([at]) => {
          const tier = s.tiers[at.dataIndex];
          return `<b>${escape(title(tier.title))}</b><br>${escape(say(value(tier.before)))} → ${escape(say(value(tier.after)))}`;
        } },
      xAxis: { type: "value", show: false, min: -most, max: most },
      yAxis: { type: "category", inverse: true, data: s.tiers.map((x) => title(x.title)), axisTick: { show: false },
        axisLine: { show: true, onZero: true, ...axisLine() }, offset: 0, position: "left",
        axisLabel: { show: false } },
      series: [{
        type: "bar", barMaxWidth: 20,
        data: values.map((n) => ({ value: n, itemStyle: { color: cost ? css("--gold") : css(n < 0 ? "--bad" : "--good"), borderRadius: n < 0 ? [3, 0, 0, 3] : [0, 3, 3, 0] },
          label: { position: n < 0 ? "left" : "right" } })),
        label: { show: true, ...label(), color: css("--ink"), formatter: ({ value: n }) => said(n) },
      }],
      graphic: s.tiers.map((x, i) => ({
        type: "text", left: 0, top: 6 + ((i + 0.5) * (rowHeight() * s.tiers.length)) / s.tiers.length - fontSize() / 2 - 1,
        style: { text: title(x.title), fill: css("--ink"), fontSize: fontSize(), width: words - 12, overflow: "truncate",
          fontFamily: getComputedStyle(document.body).fontFamily }, silent: true,
      })),
    };
  };
  return chart(heading, option, { height: 12 + rowHeight(false) * s.tiers.length });
}
const rowHeight = (scaled = true) => (view.print && scaled ? 38 * onPaper : 38);

/* Movers alone: who stays would drown them. */
function streams(s, wide) {
  const paint = colours(s), grey = css("--faint");
  const of = (i) => (i < 0 ? grey : paint[i]);
  const links = s.flow.filter(([from, to]) => from !== to);
  const sides = [["a", 0, t("现行", "in force")], ["b", 1, t("新策略", "new")]];
  const nodes = sides.flatMap(([key, side, name]) => [...new Set(links.map((x) => x[side]))].sort((x, y) => (x < 0) - (y < 0) || x - y).map((i) => ({
    name: `${key}${i}`, depth: side, tier: i, side: name, itemStyle: { color: of(i), borderWidth: 0 },
    label: { position: side ? "left" : "right", ...label(), color: css("--ink"),
      formatter: () => `${codes.from(s, i)}  ${count(sum(links.filter((x) => x[side] === i), (x) => x[2]))}` },
  })));
  const option = () => ({
    ...base(),
    tooltip: { ...base().tooltip, formatter: ({ dataType, data: x }) => (dataType === "edge"
      ? `${escape(codes.from(s, x.from))} → ${escape(codes.from(s, x.to))}<br><b>${count(x.value)}</b> ${t("户", "customers")}${measures ? `<br>${escape(measured(x.amount))}` : ""}`
      : `${escape(x.side)}：${escape(codes.from(s, x.tier))}`) },
    series: [{
      type: "sankey", left: 2, right: 2, top: 6, bottom: 6, nodeWidth: 12, nodeGap: 10, draggable: false, layoutIterations: 0, data: nodes,
      links: links.map(([from, to, n, held]) => ({ source: `a${from}`, target: `b${to}`, value: n, from, to, amount: held,
        lineStyle: { color: from < 0 ? of(to) : of(from), opacity: isDark() ? 0.42 : 0.34, curveness: 0.5 } })),
    }],
  });
  const rows = Math.max(...[0, 1].map((side) => nodes.filter((x) => x.depth === side).length));
  return chart(t("谁在移动：现行 → 新策略", "Who moves: in force → new policy"), option,
    { height: Math.max(12 + 38 * s.tiers.length, wide ? 60 + 44 * rows : 0, 150), wide, small: t(`共 ${count(moved(s.moves))} 户`, `${count(moved(s.moves))} customers`) });
}

function tierTable(s) {
  const paint = colours(s), cost = hasCosts(s);
  const of = (side, key) => (x) => Number(x[side][key] ?? 0);
  const total = (side, key) => sum(s.tiers, of(side, key));
  const pair = (key, say, heading, currency, priced) => [
    { title: `${heading}${currency}`, value: (x) => say(x.before[key]), foot: say(total("before", key)) },
    { title: t("新策略", "New policy"), value: (x) => say(x.after[key]), foot: say(total("after", key)) },
    { title: t("变化", "Change"), value: (x) => change(of("after", key)(x) - of("before", key)(x), say, priced),
      foot: change(total("after", key) - total("before", key), say, priced) },
  ];
  const columns = [
    { title: t("层级", "Tier"), text: true, foot: t("合计", "Total"), value: (x, i) => [h("span", { class: "swatch", style: { background: paint[i] } }), title(x.title),
      x.in_force ? null : h("span", { class: "tag" }, t(" 新增", " new")), x.in_new ? null : h("span", { class: "tag" }, t(" 取消", " removed"))] },
    ...pair("customers", (n) => count(n), t("客户数", "Customers"), ""),
    ...(measures ? pair("amount", (n) => inTable(n), title(data.measure.title), unit(data.measure.kind)) : []),
    ...(cost ? [{ title: t("每户年成本", "Cost each") + unit("money"), foot: "", value: (x) => (x.unit_cost_after ?? x.unit_cost_before) === null ? "–"
      : x.unit_cost_before !== null && x.unit_cost_after !== null && Number(x.unit_cost_before) !== Number(x.unit_cost_after)
        ? `${plain(x.unit_cost_before)} → ${plain(x.unit_cost_after)}` : plain(x.unit_cost_after ?? x.unit_cost_before) },
      ...pair("cost", yearly, t("年服务成本", "Service cost a year"), unit("money"), true)] : []),
  ];
  return table(t("各层前后对比", "Tiers before and after"), columns, s.tiers.map((x, i) => columns.map((c) => c.value(x, i))), columns.map((c) => c.foot));
}

function whyTable(s) {
  const rows = [...s.why].sort((a, b) => b.customers - a.customers), most = rows.length ? rows[0].customers : 0;
  if (!rows.length) return null;
  const shown = rows.slice(0, 20);
  return h("div", null, table(t("为何移动", "Why they move"), [
    { title: t("从", "From"), text: true }, { title: t("到", "To"), text: true }, { title: t("原因", "Why"), text: true }, { title: t("客户数", "Customers") },
    ...(measures ? [{ title: title(data.measure.title) + unit(data.measure.kind) }] : [])],
    shown.map((x) => [codes.from(s, x.from), codes.from(s, x.to), title(x.title), h("span", null, count(x.customers), bar(x.customers, most)),
      ...(measures ? [inTable(x.amount)] : [])])),
    rows.length > shown.length ? h("p", { class: "note" }, t(`另有 ${rows.length - shown.length} 种。`, `${rows.length - shown.length} more kinds.`)) : null);
}

/* --- breakdowns --- */

const valueNames = { gender: { F: ["女", "female"], M: ["男", "male"], f: ["女", "female"], m: ["男", "male"], female: ["女", "female"], male: ["男", "male"] } };
const valueName = (by, v) => v.value === null ? t("（未知）", "(unknown)") : (valueNames[by.name] || {})[v.value] ? t(...valueNames[by.name][v.value]) : v.value;
const byNames = { branch: ["机构", "Branch"], manager: ["客户经理", "Manager"], age: ["年龄", "Age"], gender: ["性别", "Gender"], region: ["地区", "Region"] };
const byName = (by) => (byNames[by.name] ? t(...byNames[by.name]) : title(by.title).replace(/^[a-z]/, (c) => c.toUpperCase()));
const ROWS = 10;

/* Who rises to the right, who falls to the left; the values with most movers. */
function byChart(s, by, values) {
  const sides = s.ranked
    ? [[t("升级", "up"), (m) => m.up, 1, css("--good")], [t("新参评", "newly rated"), (m) => m.entered, 1, css("--accent")],
      [t("降级", "down"), (m) => m.down, -1, css("--bad")], [t("不再参评", "no longer rated"), (m) => m.left, -1, css("--faint")]]
    : [[t("变动", "moved"), (m) => m.moved, 1, css("--accent")], [t("新参评", "newly rated"), (m) => m.entered, 1, css("--good")],
      [t("不再参评", "no longer rated"), (m) => m.left, -1, css("--faint")]];
  const series = sides.filter(([, pick]) => values.some((v) => pick(v.moves)));
  const names = values.map((v) => valueName(by, v));
  const option = (width) => {
    const room = Math.min(width * 0.3, Math.max(...names.map(textWidth)) + 14), words = legend(series.map((x) => x[0]), width);
    return {
      ...base(), color: series.map((x) => x[3]), legend: words.option,
      grid: { left: room, right: 14, top: words.height, bottom: 22 },
      tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "none" }, valueFormatter: (n) => count(Math.abs(n)) },
      xAxis: { type: "value", splitNumber: 4, axisLabel: { ...label(), hideOverlap: true, formatter: (n) => short(Math.abs(n)) }, splitLine: { lineStyle: { color: css("--line") } } },
      yAxis: { type: "category", inverse: true, data: names, axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { ...label(), color: css("--ink"), interval: 0, width: room - 10, overflow: "truncate" } },
      series: series.map(([name, pick, sign]) => ({ name, type: "bar", stack: "all", barMaxWidth: 18, data: values.map((v) => sign * pick(v.moves)) })),
    };
  };
  return chart(t(`按${byName(by)}`, `By ${byName(by).toLowerCase()}`), option, { height: Math.max(150, 70 + 26 * values.length) });
}

function byTable(s, by, values) {
  const cost = hasCosts(s), kinds = rest(s, s.moves).map(([, n], i) => (n ? i : -1)).filter((i) => i >= 0);
  const told = (m) => kinds.map((i) => rest(s, m)[i]);
  return table(null, [
    { title: byName(by), text: true }, { title: t("参评", "Rated") },
    ...told(s.moves).map(([name]) => ({ title: name.replace(/^[a-z]/, (c) => c.toUpperCase()) })),
    { title: t("变动占比", "Share that moves") },
    ...(cost ? [{ title: t("成本变化", "Cost change") + unit("money") }] : [])],
    values.map((v) => [valueName(by, v), count(v.before.customers), ...told(v.moves).map(([, n]) => count(n)),
      percent(moved(v.moves), v.before.customers + v.moves.entered),
      ...(cost ? [change(Number(v.after.cost) - Number(v.before.cost), yearly, true)] : [])]));
}

function breakdown(s, by) {
  if (!by.values.length || (by.values.length === 1 && by.values[0].value === null)) return null;
  const natural = by.name === "age" || by.values.length <= ROWS;
  const values = natural ? by.values : [...by.values].sort((a, b) => moved(b.moves) - moved(a.moves));
  const shown = values.slice(0, ROWS), more = values.slice(ROWS);
  return h("div", null, byChart(s, by, shown), byTable(s, by, shown),
    more.length ? h("details", null, h("summary", null, t(`其余 ${more.length} 项`, `${more.length} more`)), byTable(s, by, more)) : null);
}

/* --- sections --- */

function insight(s) {
  const n = moved(s.moves), rated = Math.max(s.before.customers, s.after.customers), sentences = [];
  if (s.state === "added") sentences.push(t(`新方案：${count(s.after.customers)} 户参评。`, `A new scheme: ${count(s.after.customers)} customers are rated.`));
  else if (s.state === "removed") sentences.push(t(`方案取消：${count(s.before.customers)} 户不再有层级。`, `The scheme is gone: ${count(s.before.customers)} customers have no tier any more.`));
  else sentences.push(t(`${count(n)} 户移动，占参评客户的 ${percent(n, rated)}：`, `${count(n)} customers move, ${percent(n, rated)} of those rated: `) +
    rest(s, s.moves).filter(([, x]) => x).map(([name, x]) => t(`${name} ${count(x)}`, `${count(x)} ${name}`)).join(t("，", ", ")) + t("。", "."));
  if (hasCosts(s) && costOf(s))
    sentences.push(t(`年服务成本${costOf(s) > 0 ? "增加" : "减少"} ${money(Math.abs(costOf(s)))}（${percent(Math.abs(costOf(s)), Number(s.before.cost))}）。`,
      `Service cost ${costOf(s) > 0 ? "grows" : "falls"} by ${money(Math.abs(costOf(s)))} a year (${percent(Math.abs(costOf(s)), Number(s.before.cost))}).`));
  return sentences.join(t("", " "));
}

function schemeSection(s) {
  const figures = [difference(s, t("各层客户数的变化", "Change in customers by tier"), (x) => x.customers, (n) => count(n))];
  if (measures && (Number(s.before.amount) || Number(s.after.amount)))
    figures.push(difference(s, t(`各层${measureName()}的变化`, `Change in ${measureName()} by tier`), (x) => Number(x.amount ?? 0), (n) => measured(n)));
  if (hasCosts(s))
    figures.push(difference(s, t("各层年服务成本的变化", "Change in service cost a year"), (x) => Number(x.cost ?? 0), (n) => money(n), true));
  if (s.state === "changed" && moved(s.moves)) figures.unshift(streams(s, figures.length % 2 === 0));
  else if (figures.length % 2) figures[figures.length - 1].classList.add("wide");
  const by = s.state === "removed" ? [] : s.by.map((x) => breakdown(s, x)).filter(Boolean);
  const part = section(`scheme-${s.name}`, title(s.title), t(...stateNames[s.state]), insight(s),
    h("div", { class: "panels" }, figures), tierTable(s), whyTable(s),
    by.length ? h("div", { class: "panels" }, by) : null);
  part.classList.add("long");
  return part;
}

function unchanged() {
  const same = data.schemes.filter((s) => !changedSchemes().includes(s));
  if (!same.length) return null;
  return section("unchanged", t("没有客户移动的方案", "Schemes in which nobody moves"), null, null,
    table(null, [{ title: t("方案", "Scheme"), text: true }, { title: t("参评", "Rated") }, { title: t("规则", "Rules"), text: true }],
      same.map((s) => [title(s.title), count(s.after.customers), s.state === "unchanged" ? t("与现行相同", "the same") : t("有变，但无人移动", "changed, but nobody moves")])));
}

function provenance() {
  const policy = (p) => h("span", null, title(p.title), h("br"), h("span", { class: "mono" }, p.name), p.version ? t(` 第 ${p.version} 版`, ` version ${p.version}`) : null);
  const overdue = (p) => p.version_due && p.version_due !== p.version;
  const compared = data.schemes.filter((s) => s.in_force);
  const runs = [...new Set(compared.map((s) => s.run))].map((run) => compared.filter((s) => s.run === run));
  const computed = [...new Set(data.schemes.flatMap((s) => s.computed))];
  return section("sources", t("依据", "Where the numbers come from"), null, null,
    table(null, [{ title: t("现行策略", "Policy in force"), text: true }, { title: t("方案", "Schemes"), text: true }, { title: t("策略哈希", "Policy hash"), text: true }, { title: t("运行编号", "Run") }],
      runs.map(([first, ...more]) => [policy(first.in_force), list([first, ...more].map((s) => title(s.title))), h("span", { class: "mono" }, first.in_force.hash), String(first.run)])),
    runs.filter(([first]) => overdue(first.in_force)).map(([first]) => h("p", { class: "note" }, t(
      `当日生效的是 ${first.in_force.name} 第 ${first.in_force.version_due} 版，尚未运行：对比的是运行 ${first.run} 的结果。`,
      `Version ${first.in_force.version_due} of ${first.in_force.name} is in force on that day and has not been run: the comparison is with run ${first.run}.`))),
    h("p", { class: "note" }, t("新策略：", "New policy: "), title(data.policy.title), " ", h("span", { class: "mono" }, `${data.policy.name} ${data.policy.hash}`)),
    h("p", { class: "note" }, t(
      "试算使用已发布运行所见的同一批数据、同一上期状态；未写入任何数据。",
      "The new policy was evaluated over the data that the published runs saw, from the same states of the period before. Nothing was written.")),
    measures ? h("p", { class: "note" }, t(`前后合计使用同一指标数值：${title(data.measure.title)}（${data.measure.name}）。`,
      `Both sides add up the same values of ${title(data.measure.title)} (${data.measure.name}).`)) : null,
    computed.length ? h("p", { class: "note" }, t(`重新计算的指标：${list(computed)}。`, `Metrics computed anew: ${list(computed)}.`)) : null);
}

function tiles() {
  const tile = (name, value, ...more) => h("div", { class: "tile" }, h("dt", null, name), h("dd", null, value, more.filter(Boolean).map((x) => h("small", null, x))));
  const schemes = changedSchemes(), most = schemes.length ? schemes.reduce((a, b) => (moved(b.moves) > moved(a.moves) ? b : a)) : null;
  const priced = data.schemes.filter(hasCosts), cost = sum(priced, costOf);
  return h("dl", { class: "tiles" },
    tile(t("受影响的方案", "Schemes with movers"), `${schemes.length} / ${data.schemes.length}`, schemes.length ? list(schemes.slice(0, 3).map((s) => title(s.title))) + (schemes.length > 3 ? " …" : "") : null),
    most ? tile(t("移动客户最多", "Most movers"), count(moved(most.moves)), title(most.title)) : tile(t("移动客户", "Movers"), "0"),
    most ? tile(t("占参评客户", "Share of those rated"), percent(moved(most.moves), Math.max(most.before.customers, most.after.customers)),
      rest(most, most.moves).filter(([, n]) => n).map(([name, n]) => `${name} ${count(n)}`).join(t("，", ", "))) : null,
    priced.length ? tile(t("年服务成本", "Service cost a year"), h("span", { class: cost > 0 ? "down" : cost < 0 ? "up" : null }, cost > 0 ? "+" : cost < 0 ? "−" : "", money(Math.abs(cost))),
      t(`现行 ${money(sum(priced, (s) => s.before.cost))}`, `${money(sum(priced, (s) => s.before.cost))} in force`)) : null);
}

start({
  heading: () => t("策略试算报告", "What a new policy would change"),
  subject: () => title(data.policy.title),
  tiles,
  sections: () => [...changedSchemes().map(schemeSection), unchanged(), provenance()],
});
})();
