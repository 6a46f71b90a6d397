/** The control page's looks: the dashboard's type, distances and state colours, light and dark. */
export const STYLE = `:root {
  color-scheme: light dark;
  --ground: #f7f9fb; --surface: #ffffff; --sunken: #eff3f6; --line: #dde3e9; --line-strong: #b9c3cd; --edge: #7d8a97;
  --ink: #15202b; --ink-soft: #4c5966; --accent: #1757b5;
  --up: #17754a; --up-mark: #2a9461; --fault: #8a5a00; --fault-mark: #b97800; --fault-ground: #fdf5e4;
  --down: #bf2219; --down-mark: #d0291f; --down-ground: #fdf0ee; --idle-mark: #a5d3bb;
  --face: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1318; --surface: #141a21; --sunken: #1a222a; --line: #26303a; --line-strong: #3d4a57; --edge: #6d7b89;
    --ink: #e3e9ee; --ink-soft: #a9b5c0; --accent: #86b6ff;
    --up: #58c993; --up-mark: #3fae7b; --fault: #e3ab45; --fault-mark: #d99a2b; --fault-ground: #282013;
    --down: #ff8077; --down-mark: #f2564b; --down-ground: #2a1717; --idle-mark: #25573f;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 400 15px/1.5 var(--face); font-variant-numeric: tabular-nums; }
main { max-width: 960px; margin: 0 auto; padding: 32px 24px 64px; }
h1, h2, p, ul { margin: 0; padding: 0; }
h1 { font-size: 20px; font-weight: 600; line-height: 1.3; }
h2 { font-size: 15px; font-weight: 600; }
header { display: flex; gap: 16px; align-items: end; justify-content: space-between; flex-wrap: wrap; }
header p, .summary, .effect, .meta { color: var(--ink-soft); font-size: 13px; }
code, .mono { font-family: var(--mono); font-size: 12px; font-variant-ligatures: none; overflow-wrap: anywhere; }
button { font: inherit; font-size: 13px; line-height: 20px; color: var(--ink); background: var(--surface); border: 1px solid var(--line-strong);
  border-radius: 4px; padding: 5px 12px; cursor: pointer; text-align: left; }
button:hover:enabled { border-color: var(--edge); background: var(--sunken); }
button:disabled { color: var(--ink-soft); background: var(--sunken); border-color: var(--line); cursor: default; }
button[aria-pressed='true'], button[aria-pressed='true']:hover:enabled { color: var(--fault); background: var(--fault-ground); border-color: var(--fault-mark); font-weight: 600; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
#notice { margin-top: 16px; padding: 8px 12px; font-size: 13px; color: var(--down); background: var(--down-ground); border-left: 3px solid var(--down-mark); }
section { margin-top: 32px; padding-top: 16px; border-top: 1px solid var(--line-strong); }
.title { display: flex; gap: 8px 12px; align-items: baseline; flex-wrap: wrap; }
.title .meta { margin-left: auto; }
.mark { display: inline-block; width: 1em; text-align: center; color: var(--up-mark); }
.standing { font-size: 13px; color: var(--up); }
section.broken .mark { color: var(--fault-mark); }
section.broken .standing { color: var(--fault); }
.pool { display: flex; gap: 8px 16px; align-items: center; flex-wrap: wrap; margin-top: 12px; font-size: 13px; }
.cells { display: flex; gap: 4px; }
.cells i { width: 18px; height: 18px; border: 1px solid var(--line-strong); border-radius: 2px; }
.cells i.idle { background: var(--idle-mark); border-color: var(--up-mark); }
.cells i.used { background: var(--fault-mark); border-color: var(--fault-mark); }
.waiting { color: var(--down); font-weight: 600; }
ul { list-style: none; margin-top: 12px; }
li { display: grid; grid-template-columns: 196px 1fr auto; gap: 4px 16px; align-items: center; padding: 6px 0; border-top: 1px solid var(--line); }
li > button:first-child { width: 100%; }
.detail { display: flex; gap: 8px; align-items: center; font-size: 13px; color: var(--fault); white-space: nowrap; min-height: 32px; }
@media (max-width: 640px) {
  main { padding: 24px 16px 48px; }
  li { grid-template-columns: minmax(0, 196px) 1fr; }
  .detail { justify-content: flex-end; }
  .effect { grid-column: 1 / -1; grid-row: 2; }
}
`;
