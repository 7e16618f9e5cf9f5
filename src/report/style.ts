/** How the page looks: light and dark, phone and paper. No image, no font of its own. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --card: #ffffff; --ink: #1d1c1a; --soft: #5f5b54; --line: #e3dfd6; --wash: #f1eee8;
  --accent: #0a5560; --accent-wash: #e2eeef; --error: #9c2017; --error-wash: #fbe9e7; --warn: #7a4d00;
  --warn-wash: #fbf0dc; --calm: #3d5a2c; --calm-wash: #ebf2e4;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141513; --card: #1b1d1a; --ink: #e8e5de; --soft: #a9a498; --line: #30332d; --wash: #23261f;
    --accent: #86cbd6; --accent-wash: #17323a; --error: #ffaba1; --error-wash: #3d1b17; --warn: #efc06a;
    --warn-wash: #37290d; --calm: #b3d59b; --calm-wash: #1f2d17;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 6rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header.top, main, footer, .bar form { max-width: 74rem; margin-inline: auto; padding-inline: 1.5rem; }
h1, h2, h3 { line-height: 1.2; letter-spacing: -0.01em; font-weight: 650; overflow-wrap: anywhere; }
h1 { font-size: 2.4rem; margin: 0.15rem 0 0.4rem; letter-spacing: -0.025em; }
h2 { font-size: 1.3rem; margin: 0 0 0.75rem; }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: 0; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code, pre, .who, .matrix th[scope="row"], svg text { font-family: var(--mono); font-size: 0.85em; }
code { overflow-wrap: anywhere; }
.muted { color: var(--soft); }
.skip { position: absolute; left: -99rem; }
.skip:focus {
  left: 1rem; top: 1rem; z-index: 9; background: var(--card); padding: 0.5rem 1rem;
  border: 1px solid var(--line);
}
header.top { padding-block: 3rem 1.75rem; }
.eyebrow {
  color: var(--soft); font-size: 0.8rem; letter-spacing: 0.08em; text-transform: uppercase; font-weight: 600;
}
.lede { color: var(--soft); max-width: 60ch; }
.stats { display: flex; flex-wrap: wrap; gap: 0.5rem 2.25rem; list-style: none; margin: 1.5rem 0 0; padding: 0; }
.stats a { color: var(--soft); text-decoration: none; display: flex; gap: 0.4rem; align-items: baseline; }
.stats a:hover { text-decoration: underline; }
.stats strong { color: var(--ink); font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.stats .bad strong, .stats .bad { color: var(--error); }
.contents { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 1.25rem; font-size: 0.9rem; }
.bar {
  display: block; position: sticky; top: 0; z-index: 5; background: var(--paper);
  border-block: 1px solid var(--line);
}
.bar form { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; padding-block: 0.6rem; }
.bar label { display: flex; gap: 0.45rem; align-items: center; font-size: 0.85rem; color: var(--soft); }
input[type="search"], select, button {
  font: inherit; font-size: 0.9rem; color: var(--ink); background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; padding: 0.3rem 0.55rem; min-height: 2rem;
}
input[type="search"] { width: 11rem; border-color: color-mix(in srgb, var(--soft) 55%, var(--line)); }
select, button { border-color: color-mix(in srgb, var(--soft) 55%, var(--line)); }
input[type="checkbox"] { width: 1.05rem; height: 1.05rem; accent-color: var(--accent); }
button { cursor: pointer; }
button:hover { background: var(--wash); }
output { margin-left: auto; font-size: 0.85rem; color: var(--soft); font-variant-numeric: tabular-nums; }
section { padding-block: 2.25rem 0.5rem; }
.scroll { overflow-x: auto; }
.block { margin-top: 1rem; content-visibility: auto; contain-intrinsic-block-size: auto 30rem; }
table { border-collapse: collapse; font-size: 0.88rem; width: 100%; }
caption { text-align: left; color: var(--soft); font-size: 0.8rem; padding-block: 0.25rem; }
th, td {
  text-align: left; vertical-align: top; padding: 0.4rem 0.9rem 0.4rem 0; border-bottom: 1px solid var(--line);
}
thead th { font-weight: 600; font-size: 0.78rem; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 400; }
td a, tbody th a { overflow-wrap: anywhere; }
@media (min-width: 60rem) {
  .role table { table-layout: fixed; }
  .role th:nth-child(1) { width: 33%; }
  .role th:nth-child(2) { width: 13%; }
  .role th:nth-child(3) { width: 11%; }
  .role th:nth-child(4) { width: 16.5%; }
}
.role td:first-child a, #identity-table .who {
  font-family: var(--mono); font-size: 0.82rem; overflow-wrap: anywhere;
}
.condition { display: block; font-family: var(--mono); font-size: 0.78rem; overflow-wrap: anywhere; }
.matrix { width: auto; }
.matrix th, .matrix td { padding: 0; border: 1px solid var(--line); }
.matrix .corner, .matrix tbody th {
  position: sticky; left: 0; background: var(--paper); padding: 0.3rem 0.75rem 0.3rem 0.35rem; border-left: 0;
  min-width: 18.5rem; max-width: 24rem;
}
.matrix .corner { vertical-align: bottom; }
.matrix thead th[data-r] {
  vertical-align: bottom; height: 9.5rem; width: 2.3rem; min-width: 2.3rem; font-size: 0.8rem;
}
.matrix thead th[data-r] a {
  display: block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 14rem; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; padding: 0.5rem 0.45rem; color: var(--ink);
  text-decoration: none; line-height: 1.4rem;
}
.matrix thead th[data-r] a:hover { text-decoration: underline; }
.matrix td { text-align: center; vertical-align: middle; width: 2.3rem; }
.matrix tbody tr:hover th, .matrix tbody tr:hover td { background: var(--wash); }
.matrix tbody th a { color: var(--ink); text-decoration: none; }
.matrix tbody th a:hover { text-decoration: underline; }
.mark { color: var(--accent); text-decoration: none; font-size: 0.95rem; }
td .mark { display: inline-block; min-width: 1.6rem; line-height: 1.6rem; }
.cards { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
.cards.narrow { grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.15rem 1.35rem 1.05rem;
  display: grid; gap: 0.65rem; min-width: 0; align-content: start;
}
.card[hidden] { display: none; }
.role { content-visibility: auto; contain-intrinsic-block-size: auto 20rem; }
.card > * { min-width: 0; }
.arn { color: var(--soft); margin-top: -0.35rem; }
.card .lede { margin-top: -0.35rem; color: var(--ink); }
.facts { display: flex; flex-wrap: wrap; gap: 0.35rem 2rem; margin: 0; font-size: 0.88rem; }
.facts div { display: flex; gap: 0.5rem; align-items: baseline; min-width: 0; }
.facts dt { color: var(--soft); font-size: 0.8rem; white-space: nowrap; }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.findings { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.6rem; }
.findings li { display: flex; gap: 0.75rem; align-items: baseline; }
.findings p { overflow-wrap: anywhere; }
.findings .muted { font-size: 0.86rem; }
.badge, .secret {
  flex: none; font-size: 0.75rem; font-weight: 600; padding: 0.08rem 0.5rem; border-radius: 99px;
  background: var(--wash); color: var(--soft); white-space: nowrap;
}
.badge { min-width: 4.4rem; text-align: center; }
.badge.error { background: var(--error-wash); color: var(--error); }
.badge.warning, .secret.sometimes { background: var(--warn-wash); color: var(--warn); }
.secret.never { background: var(--calm-wash); color: var(--calm); }
.clean { color: var(--calm); }
details summary { cursor: pointer; color: var(--accent); font-size: 0.9rem; width: fit-content; }
pre {
  margin: 0.5rem 0 0; padding: 0.9rem 1rem; background: var(--wash); border-radius: 6px; overflow-x: auto;
  font-size: 0.78rem; line-height: 1.5;
}
.statement { display: inline-block; min-width: 100%; }
.statement:target {
  background: var(--accent-wash); outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px;
}
.card:target, tr:target { outline: 2px solid var(--accent); outline-offset: 2px; }
.notes { display: grid; gap: 0.75rem; margin: 0.75rem 0 0; max-width: 75ch; }
.notes dt { font-weight: 600; font-size: 0.9rem; }
.notes dd { margin: 0; color: var(--soft); }
#graph-note { margin-bottom: 0.75rem; }
#identities h3 { margin-top: 1.75rem; }
svg { display: block; min-width: 46rem; width: 100%; height: auto; max-width: 920px; }
svg rect { fill: var(--card); stroke: var(--line); }
svg [data-c="issuer"] rect { fill: var(--wash); }
svg [data-c="role"] rect { stroke: color-mix(in srgb, var(--accent) 45%, var(--line)); }
svg .head { fill: var(--soft); font-family: inherit; }
svg .pattern rect { stroke-dasharray: 3 3; stroke: color-mix(in srgb, var(--soft) 70%, var(--line)); }
svg text { fill: var(--ink); font-size: 11px; }
svg path { fill: none; stroke: color-mix(in srgb, var(--soft) 45%, var(--line)); stroke-width: 1.2; }
svg .v { stroke: color-mix(in srgb, var(--accent) 60%, var(--line)); }
svg.lighting path { opacity: 0.25; }
svg.lighting path.lit { opacity: 1; stroke: var(--accent); stroke-width: 2; }
footer { padding-block: 2.5rem 3rem; color: var(--soft); font-size: 0.86rem; }
footer p { max-width: 75ch; }
@media (max-width: 46rem) {
  html { scroll-padding-top: 1rem; }
  header.top, main, footer, .bar form { padding-inline: 1rem; }
  header.top { padding-block: 1.75rem 1.25rem; }
  h1 { font-size: 1.9rem; }
  .stats { gap: 0.25rem 1.5rem; }
  .bar { position: static; }
  .bar label { flex: 1 1 100%; justify-content: space-between; }
  .bar input[type="search"], .bar select { flex: 1; max-width: 70%; width: auto; }
  .bar .check { flex: 1; justify-content: flex-start; }
  output { flex-basis: 100%; margin: 0; }
  .card { padding: 1rem; border-radius: 8px; }
  .stacked, .stacked thead, .stacked tbody, .stacked tr, .stacked td { display: block; }
  .stacked thead { position: absolute; left: -99rem; }
  .stacked tr { padding-block: 0.6rem; border-bottom: 1px solid var(--line); }
  .stacked tr[hidden] { display: none; }
  .stacked td { border: 0; padding: 0.05rem 0; }
  .stacked td:empty { display: none; }
  .stacked td:nth-child(2), .stacked td:nth-child(3) { display: inline; color: var(--soft); }
  .stacked td:nth-child(3):not(:empty)::before { content: "\\00a0\\00b7\\00a0"; }
  .matrix .corner, .matrix tbody th { min-width: 8rem; max-width: 11rem; }
  .matrix tbody th a { display: block; overflow-wrap: anywhere; }
}
@media print {
  .bar, .skip { display: none; }
  .card { break-inside: avoid; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;
