/** How the registry's pages look. Kept short: every page carries it. */
export const STYLE = `
:root {
  color-scheme: light dark; --paper: #faf9f6; --card: #fff; --ink: #1d1c1a; --soft: #5f5b54; --line: #e3dfd6;
  --wash: #f1eee8; --accent: #0a5560; --mono: ui-monospace, "SF Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141513; --card: #1b1d1a; --ink: #e8e5de; --soft: #a9a498; --line: #30332d; --wash: #23261f;
    --accent: #86cbd6;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 62rem; margin-inline: auto; padding: 2.5rem 1.5rem 4rem; }
h1, h2, h3, h4 { line-height: 1.2; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h1 { font-size: 2rem; margin: 0.25rem 0 0.5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; }
p, ul, ol { margin: 0 0 0.75rem; max-width: 75ch; }
a { color: var(--accent); text-underline-offset: 0.18em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
nav, .soft, small { color: var(--soft); font-size: 0.9rem; }
.contents { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0; font-size: 0.9rem; }
code, pre { font-family: var(--mono); font-size: 0.85em; }
code { overflow-wrap: anywhere; }
pre {
  margin: 0 0 1rem; padding: 0.9rem 1rem; background: var(--wash); border-radius: 6px; overflow-x: auto;
  line-height: 1.5;
}
pre code { overflow-wrap: normal; font-size: 1em; }
.scroll { overflow-x: auto; margin-bottom: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 1rem 0.5rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-size: 0.8rem; white-space: nowrap; }
tbody th { font-weight: 600; }
.inputs { list-style: none; padding: 0; margin: 0; max-width: none; }
.inputs > li { padding: 0.9rem 0; border-bottom: 1px solid var(--line); }
.inputs p { margin: 0.25rem 0; }
.inputs pre { margin: 0.5rem 0 0; font-size: 0.8rem; }
.modules {
  list-style: none; padding: 0; display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); max-width: none;
}
.modules li {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem;
  min-width: 0;
}
.modules h2 { border: 0; margin: 0 0 0.35rem; padding: 0; font-size: 1.1rem; }
.modules p { margin: 0 0 0.35rem; }
.versions {
  display: flex; flex-wrap: wrap; gap: 0.35rem 1rem; list-style: none; padding: 0; max-width: none;
  font-variant-numeric: tabular-nums;
}
details { margin-bottom: 0.5rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
details .versions { margin: 0.5rem 0 0.5rem 1.1rem; }
.need {
  font-size: 0.75rem; font-weight: 600; padding: 0.05rem 0.5rem; border-radius: 99px; background: var(--wash);
  color: var(--soft);
}
@media (max-width: 40rem) { main { padding: 1.25rem 1rem 3rem; } h1 { font-size: 1.6rem; } }
@media print { details > * { display: block; } }
`;
