/** Of the public status pages: the dashboard's colours, without its style sheet. */
export const PAGE_CSS = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; font-variant-numeric: tabular-nums; --ink: light-dark(#15202b, #e6ebf0); --soft: light-dark(#4c5966, #a3afbb); --line: light-dark(#dde3e9, #2a333c); }
body { margin: 0; color: var(--ink); background: light-dark(#f7f9fb, #0e1318); }
main { max-width: 56rem; margin: 0 auto; padding: 2rem 1rem 3rem; }
h1 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: .9375rem; margin: 2.5rem 0 .5rem; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; }
p { margin: .5rem 0; }
.sentence { display: flex; font-size: 1.75rem; line-height: 1.25; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
.mark { width: .75em; height: .75em; margin-right: .375em; fill: currentColor; fill-rule: evenodd; }
.sentence .mark { flex: none; width: .6em; height: .6em; margin: .325em .5em 0 0; }
.notes { color: var(--soft); white-space: pre-line; max-width: 70ch; margin-top: 1rem; overflow-wrap: anywhere; }
.servers { border-top: 1px solid var(--line); }
header + section > .servers:first-child { margin-top: 1.5rem; }
.servers li { padding: .875rem 0; border-bottom: 1px solid var(--line); }
.line { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.name { font-weight: 600; overflow-wrap: anywhere; }
.facts, .when, footer { color: var(--soft); font-size: .8125rem; }
.live { color: light-dark(#17754a, #58c48f); }
.degraded { color: light-dark(#8a5a00, #e2a93b); }
.down { color: light-dark(#bf2219, #ff8278); }
.unknown { color: light-dark(#5f6c79, #93a0ad); }
.bars { display: block; width: 100%; height: 1.75rem; margin: .5rem 0; }
.bars > * { stroke-width: 28; stroke-dasharray: 8 2; fill: none; }
.bars > .up, .bars > .unknown { stroke-width: 18; }
.bars .up { stroke: light-dark(#2a9461, #3da473); }
.bars .degraded { stroke: light-dark(#b97800, #d3962b); }
.bars .down { stroke: light-dark(#d0291f, #f0574c); }
.bars .maintenance { stroke: light-dark(#5f82b5, #6d8fc7); }
.bars .unknown { stroke: light-dark(#d5dbe1, #2a333c); }
.incidents li { padding: .625rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.incidents .when { display: block; }
.incidents .open strong { color: light-dark(#bf2219, #ff8278); }
footer { margin-top: 2.5rem; }
a { color: light-dark(#1757b5, #8ab8ff); }
:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
`;
