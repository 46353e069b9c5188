/** The page's style: light and dark by the reader's setting, one column on a phone, plain on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f5f6f8, #0e1116);
  --card: light-dark(#ffffff, #161b22);
  --ink: light-dark(#18202b, #e7ebf0);
  --soft: light-dark(#566172, #9aa6b5);
  --line: light-dark(#e2e6eb, #2a323d);
  --blue: light-dark(#2f5bd0, #8fabff);
  --blue-fill: light-dark(#dbe4fb, #26345c);
  --red: light-dark(#b42318, #ff8a80);
  --red-fill: light-dark(#fbd9d5, #5a2420);
  --amber: light-dark(#8f4a00, #ffb868);
  --amber-fill: light-dark(#fcecd4, #4a3418);
  --green: light-dark(#1c6b3c, #71d694);
  --pale: light-dark(#c6cedb, #3d4757);
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
header h1 { margin: 0; font-size: 28px; line-height: 1.2; letter-spacing: -0.015em; }
header p { margin: 6px 0 0; color: var(--soft); }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 10px 0 0; }
nav a { color: var(--blue); }
h2 { margin: 0; font-size: 17px; letter-spacing: -0.005em; }
code { font: 0.92em ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; }
.note { margin: 2px 0 0; color: var(--soft); font-size: 13.5px; }
.soft { color: var(--soft); font-weight: 400; }
.verdict {
  margin: 24px 0 0; padding: 16px 20px 16px 24px; border-radius: 10px;
  background: var(--blue-fill); box-shadow: inset 4px 0 0 var(--blue); color: var(--ink);
}
.verdict b { display: block; font-size: 17px; }
ul.sums { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 20px 0 0; padding: 0; list-style: none; }
.sums li { border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.sums a, .sums p { display: block; height: 100%; margin: 0; padding: 14px 16px; border-radius: 10px; color: inherit; text-decoration: none; }
.sums a:hover { background: var(--blue-fill); }
.sums b { display: block; font-size: 24px; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -0.01em; }
.sums span { display: block; font-size: 13.5px; }
.sums small { display: block; color: var(--soft); font-size: 12.5px; }
.sums .zero b { color: var(--soft); font-weight: 400; }
.sums .bad b { color: var(--red); }
.sums .wary b { color: var(--amber); }
section { margin: 16px 0 0; padding: 22px 24px 24px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
.empty { margin: 14px 0 0; color: var(--soft); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
svg { display: block; overflow: visible; }
.tick { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); }
.base { stroke: var(--line); }

h3 { margin: 18px 0 0; color: var(--soft); font-size: 13px; font-weight: 600; }
ul.changes, ul.attention { margin: 0; padding: 0; list-style: none; }
.changes li, .attention > li { padding: 9px 0 10px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.changes li:last-child, .attention > li:last-child { border-bottom: 0; }
.changes li:last-child { padding-bottom: 2px; }
.changes p, .attention p { margin: 0; }
.changes time { white-space: nowrap; }
.sub { color: var(--soft); font-size: 13px; }
ul.attention { margin: 8px 0 -10px; }
.attention .details { margin: 2px 0 0; padding: 0 0 0 20px; font-size: 13.5px; }
.rest { margin: 14px 0 0; }

.plot { position: relative; margin: 18px 0 0 40px; border-radius: 6px; cursor: crosshair; }
.bars .calls { fill: var(--blue); }
.bars .failures { fill: var(--red); }
.bars .commits { fill: var(--green); }
.bars .before { fill: var(--pale); }
.bars .part rect { opacity: 0.55; }
.cursor { position: absolute; top: 0; bottom: 36px; border-radius: 2px; background: var(--ink); opacity: 0.12; pointer-events: none; }
.readout { margin: 8px 0 0; min-height: 1.5em; font-size: 13.5px; color: var(--soft); font-variant-numeric: tabular-nums; }
details { margin: 8px 0 0; font-size: 13.5px; }
summary { width: max-content; color: var(--blue); cursor: pointer; border-radius: 4px; }
summary h2 { display: inline; color: var(--ink); }
section > .latency-of-tools { margin: 0; font-size: inherit; }
section > .each { margin: 12px 0 0; }
.scroll { max-height: 320px; margin: 10px 0 0; overflow: auto; border: 1px solid var(--line); border-radius: 8px; }
.scroll thead th { position: sticky; top: 0; background: var(--card); }

table { width: 100%; margin: 14px 0 0; border-collapse: collapse; font-size: 14px; }
.scroll table { margin: 0; }
th, td { padding: 8px 12px 8px 0; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--line); }
.scroll th, .scroll td { padding: 5px 14px; }
th.number, td.number { text-align: right; }
th:last-child, td:last-child { padding-right: 0; }
.scroll th:last-child, .scroll td:last-child { padding-right: 14px; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-size: 12.5px; font-weight: 500; }
tbody th { font-weight: 600; }
.short, .what { white-space: nowrap; }
td.chart, th.chart { width: 38%; padding-left: 24px; padding-right: 24px; }
td.chart { padding-top: 0; padding-bottom: 0; }
.codes td.chart, .codes th.chart { width: 24%; padding-left: 12px; }
.part { color: var(--soft); font-weight: 400; }
.none { color: var(--soft); }
.failed { color: var(--red); font-weight: 600; }
.range, .share { fill: var(--blue); }
.share.refused { fill: var(--amber); }
.share.failed, .share.trouble { fill: var(--red); }
.share.warning { fill: var(--soft); }
.track { fill: var(--line); opacity: 0.6; }
.reach { stroke: var(--blue); stroke-width: 1.5; opacity: 0.55; }
.most { fill: var(--card); stroke: var(--blue); stroke-width: 2; }
.key { display: inline-block; margin: 0 6px 0 2px; vertical-align: middle; }
.key.bar { width: 18px; height: 9px; border-radius: 3px; background: var(--blue); }
.legend { margin-right: 8px; white-space: nowrap; }
.key.calls, .key.failures, .key.commits, .key.before, .key.part { width: 10px; height: 10px; border-radius: 2px; background: var(--blue); }
.key.failures { background: var(--red); }
.key.commits { background: var(--green); }
.key.before { background: var(--pale); }
.key.part { opacity: 0.55; }
.key.dot { width: 9px; height: 9px; margin-left: 14px; border: 2px solid var(--blue); border-radius: 50%; }

.filter { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: end; margin: 14px 0 0; }
.filter[hidden], .more[hidden] { display: none; }
.filter label { display: grid; gap: 3px; font-size: 12.5px; color: var(--soft); }
input, select, button {
  height: 36px; padding: 0 10px; border: 1px solid light-dark(#8a94a3, #5b6675); border-radius: 8px;
  background: var(--card); color: var(--ink); font: inherit; font-size: 14px;
}
input { width: 230px; }
select { max-width: 220px; }
button { cursor: pointer; }
.filter output { margin-left: auto; align-self: center; padding-top: 18px; color: var(--soft); font-size: 13.5px; font-variant-numeric: tabular-nums; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
.occurrences .time { white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
td, tbody th, .verdict { overflow-wrap: break-word; }
.more { margin: 14px 0 0; }
tr:focus { outline: none; }
.code { display: inline-block; padding: 1px 7px; border-radius: 5px; font: 12px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: nowrap; }
.code.warn { background: var(--amber-fill); color: light-dark(#6b3700, #ffd9a8); }
.code.news { background: var(--blue-fill); color: light-dark(#1d3f9c, #c3d0ff); }
.code.error { background: var(--red-fill); color: light-dark(#8c1a11, #ffc9c3); }
footer { margin: 20px 2px 0; color: var(--soft); font-size: 13px; }

@media screen and (max-width: 720px) {
  main { padding: 24px 14px 40px; }
  header h1 { font-size: 24px; }
  section { padding: 18px 16px; }
  ul.sums { grid-template-columns: repeat(2, 1fr); gap: 8px; }
  .sums a, .sums p { padding: 10px 14px; }
  .minor { display: none; }
  .ranked thead, .occurrences thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .ranked, .ranked tbody, .occurrences, .occurrences tbody { display: block; }
  .ranked tr, .occurrences tr { display: grid; gap: 2px 12px; padding: 12px 0; border-bottom: 1px solid var(--line); }
  .ranked tr:last-child, .occurrences tr:last-child { border-bottom: 0; }
  .ranked tr { grid-template-columns: repeat(3, 1fr); }
  .plot { margin-left: 30px; }
  .occurrences tr { grid-template-columns: minmax(0, 1fr) auto; }
  .occurrences tr[hidden] { display: none; }
  .ranked th, .ranked td, .occurrences td { display: block; padding: 0; border: 0; text-align: left; }
  .codes tr { grid-template-columns: auto auto 1fr auto; }
  .ranked td:empty { display: none; }
  .ranked tbody th { grid-column: 1 / -1; }
  .ranked tbody td.chart { grid-column: 1 / -1; order: 1; width: auto; padding: 4px 0; }
  .ranked tbody td:not(.chart) { order: 2; }
  .ranked td[data-label="Calls"], .ranked td[data-label="Failures"] { order: 3 !important; }
  .ranked td[data-label]::before { content: attr(data-label); display: block; color: var(--soft); font-size: 12px; font-weight: 400; }
  .occurrences td:empty { display: none; }
  .occurrences .time { grid-column: 1; }
  .occurrences .number { grid-column: 2; grid-row: 1; text-align: right; }
  .occurrences td:not(.time):not(.number) { grid-column: 1 / -1; }
  input { width: 100%; }
  .filter label:first-child { flex: 1 1 100%; }
  .filter label { flex: 1 1 40%; }
  .filter select { width: 100%; max-width: none; }
  .filter output { padding-top: 0; }
}

@media print {
  :root { color-scheme: light; }
  @page { margin: 14mm; }
  body { background: none; font-size: 9.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  section, .sums li { border-color: #cfd5dc; }
  section { padding: 14px 16px; }
  table { font-size: 8pt; }
  th, td { padding: 4px 8px 4px 0; }
  thead th, .tick { font-size: 7.5pt; }
  .code { font-size: 7pt; padding: 0 4px; }
  td.chart, th.chart { padding-left: 14px; padding-right: 14px; }
  .plot, tr, .verdict, .sums, .changes li, .attention > li, section:not(.long) { break-inside: avoid; }
  h2, h3, .note { break-after: avoid; }
  thead { display: table-header-group; }
  /* What is folded is printed too, but for the figures of the chart. */
  details::details-content { content-visibility: visible; block-size: auto; }
  .filter, .more, .readout, .cursor, summary:not(:has(h2)), .plot ~ details { display: none !important; }
}
`;
