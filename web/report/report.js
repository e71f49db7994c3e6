/* The report, drawn from the data in #data with what page.js has. A new part of a scheme's section is a
 * row of `parts`. */
"use strict";
(() => {
view.heat = "customers"; // what rfm's map shows

/* --- parts of a scheme --- */

const hasAmounts = (s) => data.measure && s.tiers.some((tier) => Number(tier.amount) > 0);

/* Customers to the left, the measure to the right, the highest tier on top. */
function composition(s) {
  const paint = colours(s);
  const sides = [{ name: t("客户", "Customers"), value: (x) => x.customers, say: (x) => count(x.customers) }];
  if (hasAmounts(s))
    sides.push({ name: title(data.measure.title), value: (x) => Number(x.amount ?? 0), say: (x) => measured(x.amount) });
  const option = (width) => {
    const gap = Math.min(width * 0.36, Math.max(64, widest(s) + 20)), edge = 8;
    const half = (width - gap) / 2 - edge, text = 56;
    const across = { top: 26, bottom: 6 }, room = (size) => size / Math.max(size - text, size / 3); // for the labels
    const grids = sides.length === 2
      ? [{ ...across, left: edge, width: half, room: room(half) }, { ...across, right: edge, width: half, room: room(half) }]
      : [{ ...across, left: gap + edge, right: edge, room: room(2 * half) }];
    const totals = sides.map((side) => sum(s.tiers, side.value));
    return {
      ...base(),
      title: sides.map((side, i) => ({
        text: side.name, top: 0, padding: 0, textStyle: { ...label(), fontWeight: 400, width: half, overflow: "truncate" },
        ...(sides.length === 1 ? { left: gap + edge } : i === 0 ? { left: edge + half, textAlign: "right" } : { left: edge + half + gap }),
      })),
      tooltip: {
        ...base().tooltip, trigger: "axis", axisPointer: { type: "none" },
        formatter: ([at]) => {
          const tier = s.tiers[at.dataIndex];
          return `<b>${escape(title(tier.title))}</b><br>` + sides.map((side, i) =>
            `${escape(side.name)} ${percent(side.value(tier), totals[i])}（${escape(side.say(tier))}）`).join("<br>");
        },
      },
      grid: grids,
      xAxis: sides.map((side, i) => ({
        gridIndex: i, type: "value", show: false, inverse: sides.length === 2 && i === 0, min: 0,
        max: Math.max(...s.tiers.map((x) => side.value(x) / (totals[i] || 1)), 0.01) * grids[i].room,
      })),
      yAxis: sides.map((side, i) => ({
        gridIndex: i, type: "category", inverse: true, data: s.tiers.map((x) => title(x.title)),
        position: sides.length === 2 && i === 0 ? "right" : "left",
        axisTick: { show: false }, axisLine: { show: false },
        axisLabel: i === sides.length - 1
          ? { ...label(), color: css("--ink"), interval: 0, margin: gap / 2, align: "center", width: gap - 12, overflow: "break", lineHeight: fontSize() + 2 }
          : { show: false },
      })),
      series: sides.map((side, i) => ({
        type: "bar", xAxisIndex: i, yAxisIndex: i, barMaxWidth: 34, barCategoryGap: "28%",
        data: s.tiers.map((x, k) => ({
          value: Math.max(0, side.value(x) / (totals[i] || 1)),
          itemStyle: { color: paint[k], borderRadius: 3 },
        })),
        label: {
          show: true, position: sides.length === 2 && i === 0 ? "left" : "right", ...label(),
          color: css("--ink"), formatter: ({ dataIndex }) => percent(side.value(s.tiers[dataIndex]), totals[i]),
        },
      })),
    };
  };
  const heading = sides.length === 2
    ? (s.ranked ? t("客户金字塔与", "Pyramid of customers and share of ") : t("客户构成与", "Customers and share of ")) + measureName() + t("占比", "")
    : s.ranked ? t("客户金字塔", "Pyramid of customers") : t("客户构成", "Customers");
  return chart(heading, option, { height: Math.max(300, 60 + 34 * s.tiers.length) });
}

/* A histogram whose bars are as wide as their bins, stacked by tier, with the bounds drawn in. */
function distribution(s) {
  const d = s.distribution, paint = colours(s), edges = d.edges.map(Number);
  const say = (n) => amount(n, d.kind);
  const bounds = s.tiers.filter((x) => x.from !== null).map((x) => ({ at: Number(x.from), title: title(x.title) }))
    .filter((b) => b.at > edges[0] && b.at < edges[edges.length - 1]).sort((a, b) => a.at - b.at);
  const bars = [];
  let most = 0;
  for (let bin = 1; bin < edges.length; bin++) {
    let from = 0;
    for (let tier = s.tiers.length - 1; tier >= 0; tier--) {
      const n = d.customers[tier][bin];
      if (n) bars.push([edges[bin - 1], edges[bin], from, from + n, tier]);
      from += n;
    }
    most = Math.max(most, from);
  }
  const option = (width) => ({
    ...base(),
    grid: { left: 6, right: 18, top: 44, bottom: 22, containLabel: true },
    tooltip: {
      ...base().tooltip,
      formatter: ({ value: [low, high, from, to, tier] }) =>
        `${escape(say(low))} – ${escape(say(high))}<br><b>${escape(title(s.tiers[tier].title))}</b> ${count(to - from)} ${t("户", "customers")}`,
    },
    xAxis: {
      type: d.log ? "log" : "value", min: edges[0], max: edges[edges.length - 1], axisLine: axisLine(), splitLine: { show: false },
      axisTick: { lineStyle: { color: css("--line") } }, minorTick: { show: false },
      axisLabel: { ...label(), hideOverlap: true, formatter: (n) => short(n) },
      splitNumber: narrow(width) ? 4 : 7,
    },
    yAxis: {
      type: "value", max: most, axisLabel: { ...label(), showMaxLabel: false, formatter: (n) => short(n) }, splitNumber: 4,
      splitLine: { lineStyle: { color: css("--line") } },
    },
    series: [{
      type: "custom", data: bars, encode: { x: [0, 1], y: [2, 3] },
      renderItem: (_, api) => {
        const [x0, y0] = api.coord([api.value(0), api.value(2)]);
        const [x1, y1] = api.coord([api.value(1), api.value(3)]);
        return {
          type: "rect", shape: { x: x0 + 0.5, y: y1, width: Math.max(1, x1 - x0 - 1), height: y0 - y1 },
          style: { fill: paint[api.value(4)] },
        };
      },
    }, {
      type: "line", data: [], silent: true,
      markLine: {
        symbol: "none", silent: true, lineStyle: { color: css("--ink"), type: "dashed", width: 1, opacity: 0.65 },
        data: bounds.map((b, i) => ({
          xAxis: b.at,
          label: { ...label(), formatter: short(b.at), distance: i % 2 ? 17 : 3, color: css("--ink") },
        })),
      },
    }],
  });
  const inside = sum(d.customers, (counts) => counts.slice(1, -1).reduce((a, b) => a + b, 0));
  const notes = [];
  const median = d.quantiles.find((q) => q.per_mille === 500);
  notes.push(t(`中位数 ${say(median.value)}`, `Median ${say(median.value)}`));
  if (d.count > inside)
    notes.push(t(`另有 ${count(d.count - inside)} 户（${percent(d.count - inside, d.count)}）在图示范围之外`,
      `${count(d.count - inside)} customers (${percent(d.count - inside, d.count)}) lie outside the range drawn`));
  if (d.log) notes.push(t("横轴为对数刻度", "logarithmic axis"));
  return chart(
    t("数值分布与分层界限", "Distribution and the bounds of the tiers"), option,
    { small: d.title ? title(d.title) : t("得分", "score"), note: notes.join(t("；", "; ")) + t("。", ".") });
}

/* Ink on a heat cell: whichever can be read. */
function heatCell(share) {
  const strength = Math.sqrt(Math.max(0, share));
  const light = isDark() ? strength > 0.62 : strength < 0.55;
  return { background: `rgba(${css("--heat")}, ${(0.05 + 0.95 * strength).toFixed(3)})`,
    color: isDark() ? (light ? "#0e141b" : css("--ink")) : light ? css("--ink") : "#ffffff" };
}

function rfm(s) {
  const { bins, cells, kind } = s.rfm;
  const readings = {
    customers: { name: t("客户数", "Customers"), value: (c) => c.customers, say: (c) => count(c.customers) },
    monetary: { name: t("金额合计", "Amount"), value: (c) => Number(c.monetary), say: (c) => bare(c.monetary, kind) },
    mean: { name: t("户均金额", "Per customer"), value: (c) => (c.customers ? c.monetary / c.customers : 0),
      say: (c) => (c.customers ? bare(c.monetary / c.customers, kind) : "–") },
  };
  const reading = readings[view.heat];
  const most = Math.max(...cells.map(reading.value), 1e-9);
  const scores = Array.from({ length: bins }, (_, i) => i + 1);
  const at = (r, f) => cells.find((c) => c.r === r && c.f === f);
  return h("figure", null,
    h("figcaption", null, h("h3", null, t("RFM 热力图", "RFM heat map"), view.print ? `${t("：", ": ")}${reading.name}` : null),
      h("span", { class: "switch", role: "group", "aria-label": t("热力图内容", "what the map shows") },
        Object.entries(readings).map(([key, r]) => h("button", {
          type: "button", "aria-pressed": String(key === view.heat), onclick: () => { view.heat = key; draw(); },
        }, r.name)))),
    h("table", { class: "grid" },
      h("thead", null, h("tr", null, h("th", null, ""), scores.map((f) => h("th", { scope: "col" }, `F ${f}`)))),
      h("tbody", null, [...scores].reverse().map((r) => h("tr", null,
        h("th", { scope: "row" }, `R ${r}`),
        scores.map((f) => {
          const cell = at(r, f);
          return h("td", { style: heatCell(reading.value(cell) / most) }, reading.say(cell));
        }))))),
    h("p", { class: "axis" }, t("频度得分（F）→ 越右越频繁；近度得分（R）↑ 越上越近", "frequency score F → more often; recency score R ↑ more recent")));
}

function matrix(s) {
  const m = s.matrix, paint = colours(s), total = sum(m.cells, (c) => c.customers);
  const amounts = sum(m.cells, (c) => c.amount);
  return h("figure", null,
    h("figcaption", null, h("h3", null, `${title(m.rows.title)} × ${title(m.columns.title)}`)),
    h("table", { class: "grid" },
      h("thead", null, h("tr", null, h("th", null, ""), m.columns.tiers.map((x) => h("th", { scope: "col" }, title(x))))),
      h("tbody", null, m.rows.tiers.map((row, r) => h("tr", null,
        h("th", { scope: "row" }, title(row)),
        m.columns.tiers.map((_, c) => {
          const cell = m.cells[r * m.columns.tiers.length + c];
          const colour = cell.tier < 0 ? css("--line") : paint[cell.tier];
          return h("td", { style: { background: mix(css("--card"), colour, 0.28), borderTop: `4px solid ${colour}` } },
            h("b", null, cell.tier < 0 ? t("未评级", "unrated") : title(s.tiers[cell.tier].title)),
            h("small", null, `${count(cell.customers)} · ${percent(cell.customers, total)}`),
            amounts ? h("small", null, measured(cell.amount)) : null);
        }))))),
    h("p", { class: "axis" }, amounts ? t("每格：客户数 · 占比，", "each cell: customers · share, ") + title(data.measure.title) : t("每格：客户数 · 占比", "each cell: customers · share")));
}

/* Who came and who went, tier by tier. */
function flows(s) {
  const zero = () => s.tiers.map(() => 0);
  const f = { inUp: zero(), inDown: zero(), entered: zero(), outUp: zero(), outDown: zero(), left: zero() };
  for (const [from, to, n] of s.movement.flow) {
    if (from === to) continue;
    if (from < 0) f.entered[to] += n;
    else if (to < 0) f.left[from] += n;
    else if (to < from) { f.inUp[to] += n; f.outUp[from] += n; }
    else { f.inDown[to] += n; f.outDown[from] += n; }
  }
  return f;
}

function movement(s) {
  const f = flows(s);
  const [up, down, neutral] = [css("--good"), css("--bad"), css("--faint")];
  const series = s.ranked
    ? [[t("升入", "up into"), f.inUp, 1, up], [t("降入", "down into"), f.inDown, 1, down], [t("新增", "new"), f.entered, 1, css("--accent")],
       [t("升出", "up out of"), f.outUp, -1, mix(up, css("--card"), 0.35)], [t("降出", "down out of"), f.outDown, -1, mix(down, css("--card"), 0.35)],
       [t("退出", "left"), f.left, -1, neutral]]
    : [[t("转入", "moved in"), f.inUp.map((n, i) => n + f.inDown[i]), 1, up], [t("新增", "new"), f.entered, 1, css("--accent")],
       [t("转出", "moved out"), f.outUp.map((n, i) => n + f.outDown[i]), -1, down], [t("退出", "left"), f.left, -1, neutral]];
  const option = (width, words = legend(series.map((x) => x[0]), width)) => ({
    ...base(),
    color: series.map((x) => x[3]),
    legend: words.option,
    grid: { left: Math.min(width * 0.34, widest(s) + 14), right: 12, top: words.height, bottom: 24 },
    tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "none" }, valueFormatter: (n) => count(Math.abs(n)) },
    xAxis: { type: "value", axisLabel: { ...label(), hideOverlap: true, formatter: (n) => short(Math.abs(n)) }, splitNumber: 4,
      splitLine: { lineStyle: { color: css("--line") } } },
    yAxis: { type: "category", inverse: true, data: s.tiers.map((x) => title(x.title)), axisTick: { show: false }, axisLine: { show: false },
      axisLabel: { ...label(), color: css("--ink"), interval: 0, width: Math.min(width * 0.34, widest(s) + 14) - 10, overflow: "break" } },
    series: series.map(([name, values, sign]) => ({
      name, type: "bar", stack: "all", barMaxWidth: 22, data: values.map((n) => sign * n),
    })),
  });
  const m = s.movement.counts, stayed = percent(m.same, m.same + m.up + m.down + m.moved);
  return chart(t(`较 ${s.movement.before} 的变动`, `Movement since ${s.movement.before}`), option,
    { note: t(`${stayed} 的客户层级不变。`, `${stayed} of the customers kept their tier.`), height: Math.max(300, 70 + 28 * s.tiers.length) });
}

/* The ends of the last periods side by side, a lane for every tier; who moves crosses from lane to
 * lane. Movers are to scale. Those who stay are ten or a hundred times as many: their lanes only hint at
 * how many they are, so that movers can be seen. */
function path(s) {
  const paint = colours(s), across = Math.max(fontSize() + 2, 12);
  const names = { new: t("新增", "new"), left: t("退出", "left") };
  const option = (width) => {
    const shown = narrow(width) ? 2 : s.path.days.length; // the last ones
    const days = s.path.days.slice(-shown), steps = s.path.steps.slice(-shown + 1);
    const most = Math.max(...steps.map((step) => sum(step.filter(([from, to]) => from !== to), (x) => x[2])), 1);
    const everybody = Math.max(...steps.map((step) => sum(step, (x) => x[2])), 1);
    const lane = (n) => most * (0.06 + 0.4 * Math.sqrt(n / everybody));
    const size = s.tiers.map((_, tier) => days.map((_, k) => k < steps.length
      ? sum(steps[k].filter(([from]) => from === tier), (x) => x[2])
      : sum(steps[k - 1].filter(([, to]) => to === tier), (x) => x[2])));
    const links = steps.flatMap((step, k) => step.map(([from, to, n]) => {
      const stays = from === to, rises = s.ranked && from >= 0 && to >= 0 && to < from;
      const colour = stays ? paint[from] : from < 0 ? css("--accent") : to < 0 ? css("--faint")
        : !s.ranked ? "gradient" : rises ? css("--good") : css("--bad");
      return { source: from < 0 ? `new ${k}` : `${from} ${k}`, target: to < 0 ? `left ${k + 1}` : `${to} ${k + 1}`,
        value: stays ? lane(n) : n, from, to, customers: n, of: from < 0 ? 0 : size[from][k],
        lineStyle: { color: colour, opacity: stays ? (isDark() ? 0.2 : 0.26) : 0.62 } };
    }));
    const used = new Set(links.flatMap((link) => [link.source, link.target]));
    const words = (kind, k) => (kind in names ? names[kind] : `${title(s.tiers[kind].title)}\u00a0\u00a0${count(size[kind][k])}`);
    const edge = Math.min(0.32 * width, Math.max(...days.flatMap((_, k) => s.tiers.map((_, tier) => textWidth(words(tier, k))))) + 14);
    const nodes = days.flatMap((_, k) => [...s.tiers.keys(), "new", "left"].filter((kind) => used.has(`${kind} ${k}`)).map((kind) => ({
      name: `${kind} ${k}`, depth: k, kind, k,
      itemStyle: { color: kind === "new" ? css("--accent") : kind === "left" ? css("--faint") : paint[kind] },
      label: { show: k === 0 || k === days.length - 1, position: k === 0 ? "left" : "right",
        formatter: kind in names || textWidth(words(kind, k)) < edge - 10 ? words(kind, k) : title(s.tiers[kind].title),
        ...label(), color: css(kind in names ? "--soft" : "--ink"), width: edge - 10, overflow: "truncate" },
    })));
    const column = (k) => edge + (k * (width - 2 * edge - across)) / (days.length - 1) + across / 2;
    return {
      ...base(),
      title: days.map((day, k) => ({ text: day, top: 0, padding: 0, left: column(k), textAlign: "center", textStyle: { ...label(), fontWeight: 400 } })),
      tooltip: {
        ...base().tooltip,
        formatter: ({ dataType, data: x }) => {
          const name = (tier, absent) => escape(tier < 0 ? absent : title(s.tiers[tier].title));
          if (dataType === "node")
            return x.kind in names ? names[x.kind] : `<b>${name(x.kind)}</b><br>${days[x.k]} ${count(size[x.kind][x.k])} ${t("户", "customers")}`;
          const share = x.of ? t(`（占 ${percent(x.customers, x.of)}）`, ` (${percent(x.customers, x.of)})`) : "";
          return `${x.from === x.to ? `${name(x.from)} ${t("保持", "kept")}` : `${name(x.from, names.new)} → ${name(x.to, names.left)}`}<br>` +
            `<b>${count(x.customers)}</b> ${t("户", "customers")}${share}`;
        },
      },
      series: [{
        type: "sankey", left: edge, right: edge, top: view.print ? 20 : 28, bottom: 6, nodeWidth: across, nodeGap: view.print ? 11 : 15, nodeAlign: "left",
        layoutIterations: 0, draggable: false, emphasis: { focus: "adjacency" }, lineStyle: { curveness: 0.5 },
        data: nodes, links,
      }],
    };
  };
  const heading = t("各期之间的层级流动", "From tier to tier, period by period");
  return chart(heading, option, { wide: true, height: view.print ? 135 + 20 * s.tiers.length : Math.max(320, 90 + 46 * s.tiers.length),
    note: (s.ranked ? t("绿色升级，红色降级，蓝色新增，灰色退出。", "Green rises, red falls, blue is new, grey leaves. ") : t("蓝色新增，灰色退出。", "Blue is new, grey leaves. ")) +
      t("变动按人数成比例，保持不变者的宽带仅示意其多少。", "Movers are to scale, the bands of those who stay only hint at how many they are.") });
}

/* Ranked: growth of each tier since the first day; others: shares. */
function trend(s) {
  const paint = colours(s), days = s.trend.map((p) => p.as_of);
  const totals = s.trend.map((p) => p.customers.reduce((a, b) => a + b, 0));
  const option = (width, words = legend(s.tiers.map((x) => title(x.title)), width)) => ({
    ...base(),
    color: paint,
    legend: words.option,
    grid: { left: 10, right: 16, top: words.height, bottom: 4, containLabel: true },
    tooltip: { ...base().tooltip, trigger: "axis", valueFormatter: (n) => (n === null || n === undefined ? "–" : plain(n, 1) + "%") },
    xAxis: { type: "category", data: days.map((d) => d.slice(0, 7)), boundaryGap: false, axisLine: axisLine(), axisTick: { show: false },
      axisLabel: { ...label(), hideOverlap: true, alignMaxLabel: "right" } },
    yAxis: { type: "value", max: s.ranked ? null : 100, min: s.ranked ? null : 0, splitNumber: 4, splitLine: { lineStyle: { color: css("--line") } },
      axisLabel: { ...label(), formatter: (n) => `${n > 0 && s.ranked ? "+" : ""}${n}${"%"}` } },
    series: s.tiers.map((tier, i) => {
      const first = s.trend.find((p) => p.customers[i] > 0);
      return {
        name: title(tier.title), type: "line", showSymbol: false, lineStyle: { width: s.ranked ? 2 : 0.5 },
        stack: s.ranked ? null : "all", areaStyle: s.ranked ? null : { opacity: 0.85 },
        data: s.trend.map((p, k) => !s.ranked ? (totals[k] ? (100 * p.customers[i]) / totals[k] : 0)
          : first ? 100 * (p.customers[i] / first.customers[i] - 1) : null),
      };
    }),
  });
  return s.ranked
    ? chart(t(`各层客户数的增减（以 ${days[0]} 为基准）`, `Growth of each tier since ${days[0]}`), option)
    : chart(t("各类客户占比的变化", "Shares over time"), option);
}

const parts = [
  { when: () => true, draw: composition },
  { when: (s) => s.distribution, draw: distribution },
  { when: (s) => s.rfm && sum(s.rfm.cells, (c) => c.customers), draw: rfm },
  { when: (s) => s.matrix && sum(s.matrix.cells, (c) => c.customers), draw: matrix },
  { when: (s) => s.movement, draw: movement },
  { when: (s) => s.trend.length > 2, draw: trend },
  { when: (s) => s.path && s.path.steps.some((step) => step.length), draw: path },
];

/* --- a scheme --- */

const methodNames = {
  thresholds: ["阈值分层", "Thresholds"], pyramid: ["金字塔分层", "Pyramid"], rfm: ["RFM 分层", "RFM"], lifecycle: ["生命周期", "Lifecycle"],
  pareto: ["帕累托（ABC）", "Pareto (ABC)"], scorecard: ["综合评分", "Scorecard"], preference: ["偏好", "Preference"],
  matrix: ["矩阵", "Matrix"], gate: ["准入", "Gate"],
};

/* One sentence that a reader takes away. */
function insight(s) {
  const customers = sum(s.tiers, (x) => x.customers), total = sum(s.tiers, (x) => x.amount);
  const held = s.tiers.filter((x) => x.customers);
  if (!held.length) return t("本期没有参评客户。", "Nobody was rated.");
  const sentences = [];
  if (s.ranked && hasAmounts(s) && held.length > 1) {
    const top = held.slice(0, held.length > 3 ? 2 : 1), names = list(top.map((x) => title(x.title)));
    const people = percent(sum(top, (x) => x.customers), customers), share = percent(sum(top, (x) => x.amount), total);
    sentences.push(t(`${names}：客户数占 ${people}，${measureName()}占 ${share}。`,
      `${names}: ${people} of the customers, ${share} of ${measureName()}.`));
  } else {
    const largest = held.reduce((a, b) => (b.customers > a.customers ? b : a));
    sentences.push(t(`人数最多的是${title(largest.title)}，${count(largest.customers)} 户，占 ${percent(largest.customers, customers)}。`,
      `The largest group is ${title(largest.title)}: ${count(largest.customers)} customers, ${percent(largest.customers, customers)}.`));
  }
  const m = s.movement && s.movement.counts;
  if (m && s.ranked)
    sentences.push(t(`较 ${s.movement.before}：升级 ${count(m.up)}，降级 ${count(m.down)}，新增 ${count(m.entered)}，退出 ${count(m.left)}。`,
      `Since ${s.movement.before}: ${count(m.up)} up, ${count(m.down)} down, ${count(m.entered)} new, ${count(m.left)} left.`));
  else if (m)
    sentences.push(t(`较 ${s.movement.before}：变动 ${count(m.moved)}，新增 ${count(m.entered)}，退出 ${count(m.left)}。`,
      `Since ${s.movement.before}: ${count(m.moved)} moved, ${count(m.entered)} new, ${count(m.left)} left.`));
  return sentences.join(t("", " "));
}

function tierTable(s) {
  const paint = colours(s), customers = sum(s.tiers, (x) => x.customers), total = sum(s.tiers, (x) => x.amount);
  const amounts = hasAmounts(s), bounds = s.tiers.some((x) => x.from !== null), f = s.movement ? flows(s) : null;
  const kind = s.distribution ? s.distribution.kind : "number";
  const columns = [
    { title: t("层级", "Tier"), text: true, value: (x, i) => [h("span", { class: "swatch", style: { background: paint[i] } }), title(x.title)], foot: t("合计", "Total") },
    bounds && { title: t("下限", "From") + unit(kind), value: (x) => (x.from === null ? "" : bare(x.from, kind)), foot: "" },
    { title: t("客户数", "Customers"), value: (x) => count(x.customers), foot: count(customers) },
    { title: t("占比", "Share"), value: (x) => percent(x.customers, customers), foot: percent(customers, customers) },
    amounts && { title: title(data.measure.title) + unit(data.measure.kind), value: (x) => inTable(x.amount), foot: inTable(total) },
    amounts && { title: t("占比", "Share"), value: (x) => percent(Number(x.amount), total), foot: percent(total, total) },
    amounts && { title: t("户均", "Average"), value: (x) => (x.customers ? inTable(x.amount / x.customers) : "–"), foot: customers ? inTable(total / customers) : "–" },
    f && { title: t("转入", "In"), value: (x) => count(x.joined), foot: count(sum(s.tiers, (x) => x.joined)) },
    f && { title: t("转出", "Out"), value: (x) => count(x.left), foot: count(sum(s.tiers, (x) => x.left)) },
    f && { title: t("新增", "New"), value: (x) => count(x.entered), foot: count(sum(s.tiers, (x) => x.entered)) },
    f && { title: t("退出", "Left"), value: (_, i) => count(f.left[i]), foot: count(sum(f.left, (n) => n)) },
    f && { title: t("净变动", "Net"), value: (x, i) => net(x.joined + x.entered - x.left - f.left[i]), foot: net(sum(s.tiers, (x) => x.entered) - sum(f.left, (n) => n)) },
  ].filter(Boolean);
  return table(null, columns, s.tiers.map((x, i) => columns.map((c) => c.value(x, i))), columns.map((c) => c.foot));
}
/* What the policy says of its tiers' customers. */
function needsTable(s) {
  if (!s.tiers.some((x) => x.needs.length || x.services.length)) return null;
  const words = (texts) => texts.map(title).join(t("；", "; "));
  return table(t("客户需求与服务", "What they need and what they get"), [
    { title: t("层级", "Tier"), text: true }, { title: t("需求", "Needs"), text: true }, { title: t("服务", "Services"), text: true }],
    s.tiers.map((x) => [title(x.title), words(x.needs), words(x.services)]));
}
function schemeSection(s) {
  const rated = [t(`参评 ${count(s.rated)} 户`, `${count(s.rated)} rated`)];
  if (s.gated) rated.push(t(`未准入 ${count(s.gated)}`, `${count(s.gated)} gated`));
  if (s.unrated) rated.push(t(`未评级 ${count(s.unrated)}`, `${count(s.unrated)} unrated`));
  const drawn = parts.filter((part) => part.when(s));
  const figures = drawn.map((part) => part.draw(s));
  const halves = figures.filter((figure) => !figure.classList.contains("wide"));
  if (halves.length % 2) halves[halves.length - 1].classList.add("wide");
  return section(`scheme-${s.name}`, title(s.title), `${t(...(methodNames[s.method] || [s.method, s.method]))} · ${rated.join(t("，", ", "))}`,
    insight(s), h("div", { class: "panels" }, figures), tierTable(s), needsTable(s));
}

/* --- the other sections --- */

/* Share that the highest `share` of customers hold: the nearest step from above. */
function heldByTop(share) {
  const c = data.concentration, total = Number(c.sum);
  const below = c.points.filter(([customers]) => customers <= c.count * (1 - share) + 1e-6).pop();
  return { customers: c.count - below[0], amount: total - Number(below[1]) };
}

function concentration() {
  const c = data.concentration, total = Number(c.sum), name = title(data.measure.title);
  const tops = [0.001, 0.01, 0.05, 0.1, 0.2, 0.5].map((share) => ({ share, ...heldByTop(share) })).filter((x) => x.customers > 0);
  const curve = c.points.map(([customers, held]) => [100 * (1 - customers / c.count), 100 * (1 - held / total)]).reverse();
  const marked = []; // far enough apart for their words
  for (const x of tops)
    if (x.share < 0.5 && x.amount > 0.07 * total && (!marked.length || x.amount - marked[marked.length - 1].amount > 0.09 * total)) marked.push(x);
  const option = (width) => ({
    ...base(),
    grid: { left: 8, right: 20, top: 16, bottom: 26, containLabel: true },
    tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "line" },
      formatter: ([{ value: [x, y] }]) => t(`前 ${plain(x, 1)}% 的客户占 ${plain(y, 1)}%`, `the top ${plain(x, 1)}% make ${plain(y, 1)}%`) },
    xAxis: { type: "value", min: 0, max: 100, name: t("客户累计占比（从高到低）", "share of customers, highest first"), nameLocation: "middle", nameGap: 26,
      nameTextStyle: label(), axisLabel: { ...label(), formatter: "{value}%" }, axisLine: axisLine(), splitLine: { show: false } },
    yAxis: { type: "value", min: 0, max: 100, axisLabel: { ...label(), formatter: "{value}%" }, splitLine: { lineStyle: { color: css("--line") } } },
    series: [
      { type: "line", data: curve, showSymbol: false, lineStyle: { color: css("--accent"), width: 2.5 }, areaStyle: { color: css("--accent"), opacity: 0.1 }, z: 3,
        markPoint: { symbol: "circle", symbolSize: 8, itemStyle: { color: css("--accent") }, silent: true,
          data: marked.map((x) => ({ coord: [100 * x.customers / c.count, 100 * x.amount / total],
            label: { show: true, position: [12, 4], align: "left", ...label(), color: css("--ink"),
              formatter: t(`前 ${plain(100 * x.share)}% 占 ${percent(x.amount, total)}`, `top ${plain(100 * x.share)}%: ${percent(x.amount, total)}`) } })) } },
      { type: "line", data: [[0, 0], [100, 100]], showSymbol: false, silent: true, lineStyle: { color: css("--faint"), type: "dashed", width: 1 }, tooltip: { show: false } },
    ],
  });
  const ten = tops.find((x) => x.share === 0.1) || tops[tops.length - 1];
  return section("concentration", t("集中度", "Concentration"), name,
    t(`前 ${percent(ten.customers, c.count, 0)} 的客户占${name}的 ${percent(ten.amount, total)}；基尼系数 ${plain(c.gini, 3)}。`,
      `The top ${percent(ten.customers, c.count, 0)} of the customers make ${percent(ten.amount, total)} of ${measureName()}; the Gini coefficient is ${plain(c.gini, 3)}.`),
    h("div", { class: "panels" },
      chart(t("集中度（洛伦兹）曲线", "Concentration (Lorenz) curve"), option, { height: 320,
        note: t("虚线：人人相等。不为正的金额按零计。", "Dashed: everybody has the same. Amounts that are not positive count as nothing.") }),
      h("div", null, table(t("头部客户", "The top customers"),
        [{ title: t("客户", "Customers"), text: true }, { title: t("人数", "How many") }, { title: name + unit(data.measure.kind) }, { title: t("占比", "Share") }],
        tops.map((x) => [t(`前 ${plain(100 * x.share)}%`, `top ${plain(100 * x.share)}%`), count(x.customers), inTable(x.amount), percent(x.amount, total)]),
        [t("全部", "all"), count(c.count), inTable(total), percent(1, 1)]))));
}

const tableNames = {
  customer: ["客户", "customer"], account: ["账户", "account"], account_holder: ["账户持有人", "account holder"], balance: ["余额", "balance"],
  txn: ["交易", "movement"], product: ["产品", "product"], branch: ["机构", "branch"], standing_order: ["定期指令", "standing order"], fx_rate: ["汇率", "rate"],
};
const columnNames = {
  kind: ["类型", "kind"], birth_date: ["出生日期", "birth date"], gender: ["性别", "gender"], region: ["地区", "region"], branch: ["机构", "branch"],
  occupation: ["职业", "occupation"], industry: ["行业", "industry"], annual_income: ["年收入", "annual income"], risk_level: ["风险等级", "risk level"],
  risk_assessed_on: ["风险测评日", "risk assessed on"], opened_on: ["开户日", "opened on"], closed_on: ["销户日", "closed on"], household: ["家庭", "household"],
  product: ["产品", "product"], class: ["大类", "class"], currency: ["币种", "currency"], matures_on: ["到期日", "matures on"], auto_renew: ["自动转存", "auto-renew"],
  rate: ["利率", "rate"], role: ["角色", "role"], share: ["份额", "share"], position: ["次序", "position"], amount: ["金额", "amount"], account_id: ["账户", "account"],
  channel: ["渠道", "channel"], reference: ["单据号", "reference"], source_id: ["来源编号", "source id"], title: ["名称", "title"], risk: ["风险", "risk"],
  minimum: ["起点金额", "minimum"], term_days: ["期限", "term"], margin: ["利差", "margin"], sale_from: ["起售日", "sale from"], sale_until: ["止售日", "sale until"], parent: ["上级", "parent"],
};
/* Columns where nothing is an answer: an account without an end, a movement without a document. */
const mayBeEmpty = new Set(["customer.closed_on", "customer.household", "account.closed_on", "account.matures_on", "account.auto_renew",
  "account.rate", "txn.reference", "txn.product", "txn.account_id", "txn.channel", "product.term_days", "product.sale_from",
  "product.sale_until", "branch.parent"]);
const named = (names, key) => (names[key] ? t(...names[key]) : key);

/* What the runs told staff, by priority. */
function signals() {
  const all = [...data.signals].sort((a, b) => a.priority - b.priority);
  const told = sum(all, (s) => s.new), held = sum(all, (s) => s.holding), most = Math.max(...all.map((s) => s.holding));
  return section("signals", t("信号", "Signals"), null,
    t(`当日成立的信号 ${count(held)} 条，其中新提示 ${count(told)} 条。`, `${count(held)} signals hold on the day, ${count(told)} of them told anew.`),
    table(null, [
      { title: t("信号", "Signal"), text: true }, { title: t("类型", "Kind"), text: true }, { title: t("优先级", "Priority") },
      { title: t("成立", "Holding") }, { title: t("新", "New") }],
      all.map((s) => [title(s.title), title(s.kind_title), String(s.priority),
        h("span", null, count(s.holding), bar(s.holding, most, css("--accent"))), count(s.new)])));
}

function quality() {
  const q = data.quality, read = sum(q.sources, (s) => s.read), bad = sum(q.sources, (s) => s.quarantined), open = sum(q.sources, (s) => s.open);
  const reasons = new Map();
  for (const r of q.reasons) {
    const known = reasons.get(r.reason) || { title: r.title, open: 0, resolved: 0, sources: [] };
    known.open += r.open;
    known.resolved += r.resolved;
    known.sources.push(r.source);
    reasons.set(r.reason, known);
  }
  const worst = [...reasons.values()].sort((a, b) => b.open + b.resolved - a.open - a.resolved).slice(0, 12);
  const most = Math.max(...worst.map((r) => r.open + r.resolved), 1);
  const empty = q.columns.filter((c) => c.missing === c.rows && !mayBeEmpty.has(`${c.table}.${c.column}`));
  const gaps = q.columns.filter((c) => c.missing && c.missing < c.rows && !mayBeEmpty.has(`${c.table}.${c.column}`)).sort((a, b) => b.missing / b.rows - a.missing / a.rows).slice(0, 12);
  const facts = [
    [t("客户无账户", "customers without an account"), q.customers_without_account, q.customers],
    [t("账户无余额", "accounts without a balance"), q.accounts_without_balance, q.accounts],
    [t("账户无持有人", "accounts without a holder"), q.accounts_without_holder, q.accounts],
  ].filter(([, n, of]) => n && (of !== q.customers || q.accounts));
  const lead = bad
    ? t(`共读入 ${count(read)} 行，${count(bad)} 行（${percent(bad, read, 3)}）进入隔离区，其中 ${count(open)} 行尚待处理。`,
      `${count(read)} rows were read; ${count(bad)} (${percent(bad, read, 3)}) went to quarantine, ${count(open)} of them still wait there.`)
    : t(`共读入 ${count(read)} 行，全部通过检查。`, `${count(read)} rows were read; all of them passed.`);
  return section("quality", t("数据质量", "Data quality"), t("库中现有数据", "the store as it is now"), lead,
    table(t("各数据源的行数", "Rows by source"), [
      { title: t("数据源", "Source"), text: true }, { title: t("批次", "Loads") }, { title: t("读入", "Read") }, { title: t("载入", "Loaded") },
      { title: t("未变", "Unchanged") }, { title: t("略过", "Left out") }, { title: t("隔离", "Quarantined") }, { title: t("隔离率", "Rate") }, { title: t("数据日期", "As of") }],
      q.sources.map((s) => [s.source, count(s.loads), count(s.read), count(s.loaded), count(s.unchanged), count(s.skipped), count(s.quarantined),
        percent(s.quarantined, s.read, 3), s.as_of || "–"])),
    h("div", { class: "panels" },
      worst.length ? h("div", null, table(t("隔离原因", "Why rows were quarantined"),
        [{ title: t("原因", "Reason"), text: true }, { title: t("行数", "Rows") }],
        worst.map((r) => [title(r.title), h("span", null, count(r.open + r.resolved), bar(r.open + r.resolved, most, css("--bad")))]))) : null,
      gaps.length || facts.length ? h("div", null, table(t("缺失的信息", "What is missing"),
        [{ title: t("字段", "Field"), text: true }, { title: t("缺失", "Missing") }, { title: t("占比", "Share") }],
        [...gaps.map((c) => [`${named(tableNames, c.table)} · ${named(columnNames, c.column)}`, count(c.missing), h("span", null, percent(c.missing, c.rows), bar(c.missing, c.rows))]),
          ...facts.map(([what, n, of]) => [what, count(n), h("span", null, percent(n, of), bar(n, of))])])) : null),
    empty.length ? h("p", { class: "note" }, t("从未导入：", "Never loaded: "),
      list(empty.map((c) => `${named(tableNames, c.table)}${t("", " ")}${named(columnNames, c.column)}`)), t("。", ".")) : null);
}

const moment = (text) => (text ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : "–");

function provenance() {
  const rows = data.runs.map((r) => [
    h("span", null, title(r.title), h("br"), h("span", { class: "mono" }, r.policy), r.version ? t(`，版本 ${r.version}`, `, version ${r.version}`) : ""), h("span", { class: "mono" }, r.hash),
    String(r.run), data.as_of, t(`第 ${count(r.watermark)} 批`, `load ${count(r.watermark)}`), count(r.customers), moment(r.finished_at)]);
  const others = data.others.map((o) => `${o.scheme} (${o.as_of})`);
  return section("runs", t("运行与依据", "What was run"), null, null,
    table(null, [
      { title: t("策略", "Policy"), text: true }, { title: t("策略哈希", "Policy hash"), text: true }, { title: t("运行编号", "Run") }, { title: t("截止日", "As of") },
      { title: t("数据水位", "Watermark") }, { title: t("客户数", "Customers") }, { title: t("完成时间", "Finished") }], rows),
    h("p", { class: "note" }, t(
      "每个数字均来自上述已发布的运行；策略以哈希为版本，数据水位为该次运行所见的最后一批导入，二者可重现同一结果。",
      "Every number comes from the published runs above. The hash names the version of the policy, the watermark the last load that the run saw: together they give the same result again.")),
    data.measure ? h("p", { class: "note" }, t(`占比与集中度依据的指标：${title(data.measure.title)}（${data.measure.name}）。`,
      `Shares and concentration are of ${title(data.measure.title)} (${data.measure.name}).`)) : null,
    others.length ? h("p", { class: "note" }, t(`当日没有运行的方案：${list(others)}。`, `Schemes without a run on this day: ${list(others)}.`)) : null);
}

/* "+1.2% since 2025-11-30" */
function since(pick) {
  const [before, now] = data.history.slice(-2);
  if (!now || now.as_of !== data.as_of || !Number(pick(before))) return null;
  const change = Number(pick(now)) / Number(pick(before)) - 1;
  return h("span", { class: change > 0 ? "up" : change < 0 ? "down" : null },
    t(`较 ${before.as_of} `, ""), change < 0 ? "−" : "+", percent(Math.abs(change), 1), t("", ` since ${before.as_of}`));
}

function tiles() {
  const c = data.concentration, last = data.history[data.history.length - 1];
  const accounts = sum(data.currencies, (x) => x.accounts);
  const tile = (name, value, ...more) => h("div", { class: "tile" }, h("dt", null, name), h("dd", null, value, more.filter(Boolean).map((x) => h("small", null, x))));
  return h("dl", { class: "tiles" },
    tile(t("客户", "Customers"), count(data.customers), last ? t(`参评 ${count(last.customers)}`, `${count(last.customers)} rated`) : null, since((x) => x.customers)),
    c ? tile(title(data.measure.title), measured(c.sum), t(`户均 ${measured(c.sum / c.count)}`, `${measured(c.sum / c.count)} each`), since((x) => x.amount)) : null,
    tile(t("截止日", "As of"), data.as_of, data.newest ? t(`数据截至 ${data.newest}`, `data up to ${data.newest}`) : null),
    data.currencies.length ? tile(t("账户与币种", "Accounts and currencies"), count(accounts),
      data.currencies.slice(0, 4).map((x) => `${x.currency}\u00a0${percent(x.accounts, accounts)}`).join(t("，", ", ")) +
        (data.currencies.length > 4 ? t(` 等 ${data.currencies.length} 种`, ` and ${data.currencies.length - 4} more`) : "")) : null);
}

/* One series over the days: bars from nothing, so that heights compare; the last one strong. */
function course(heading, values, say, colour) {
  const option = () => ({
    ...base(),
    grid: { left: 8, right: 16, top: 14, bottom: 4, containLabel: true },
    tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "none" }, valueFormatter: say },
    xAxis: { type: "category", data: data.history.map((x) => x.as_of.slice(0, 7)), axisLine: axisLine(), axisTick: { show: false }, axisLabel: { ...label(), hideOverlap: true } },
    yAxis: { type: "value", splitNumber: 3, splitLine: { lineStyle: { color: css("--line") } }, axisLabel: { ...label(), formatter: (n) => short(n) } },
    series: [{
      name: heading, type: "bar", barCategoryGap: "25%",
      data: values.map((n, i) => ({ value: n, itemStyle: { color: mix(css("--card"), colour, i === values.length - 1 ? 1 : 0.55), borderRadius: [2, 2, 0, 0] } })),
    }],
  });
  return chart(heading, option, { height: 200 });
}

function overview() {
  if (data.history.length < 3) return null;
  const first = data.history[0], last = data.history[data.history.length - 1], name = data.measure ? title(data.measure.title) : "";
  const grown = (pick) => `${pick(last) < pick(first) ? "−" : "+"}${percent(Math.abs(pick(last) / pick(first) - 1), 1)}`;
  const amounts = data.measure && Number(first.amount) > 0;
  const lead = t(`自 ${first.as_of} 以来，参评客户 ${grown((x) => x.customers)}${amounts ? `，${name} ${grown((x) => Number(x.amount))}` : ""}。`,
    `Since ${first.as_of}: rated customers ${grown((x) => x.customers)}${amounts ? `, ${measureName()} ${grown((x) => Number(x.amount))}` : ""}.`);
  const figures = [course(t("参评客户数", "Rated customers"), data.history.map((x) => x.customers), (n) => count(n), css("--accent"))];
  if (amounts) figures.unshift(course(name, data.history.map((x) => Number(x.amount ?? 0)), (n) => measured(n), css("--gold")));
  else figures[0].classList.add("wide");
  return section("overview", t("总览", "Overview"), null, lead, h("div", { class: "panels" }, figures));
}

start({
  heading: () => data.title || t("客户分层报告", "Customer tier report"),
  subject: () => list([...new Set(data.runs.map((r) => title(r.title)))]),
  tiles,
  sections: () => [overview(), data.concentration ? concentration() : null, ...data.schemes.map(schemeSection), data.signals.length ? signals() : null, quality(), provenance()],
});
})();
