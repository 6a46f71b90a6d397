/** Text as HTML, in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A page without scripts, for what must work before the dashboard does. `body` is HTML. */
export function plainPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/plain.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

export const PLAIN_CSS = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; color: light-dark(#1c2024, #edeef0); background: light-dark(#fcfcfd, #111113); }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
main:has(form) { max-width: 22rem; padding-top: 15vh; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.05rem; margin-top: 2rem; text-transform: capitalize; }
form { display: grid; gap: .75rem; }
label { display: grid; gap: .25rem; }
input, button { font: inherit; padding: .6rem .75rem; border-radius: .5rem; border: 1px solid light-dark(#8b8d98, #696e77); }
input { color: inherit; background: light-dark(#fff, #18191b); }
button { color: #fff; background: #1a6f5c; border-color: transparent; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid light-dark(#1a6f5c, #53b9a0); outline-offset: 2px; }
[role=alert] { color: light-dark(#b3261e, #ff9592); }
table { border-collapse: collapse; width: 100%; }
td { padding: .3rem .75rem .3rem 0; border-top: 1px solid light-dark(#e0e1e6, #2e3135); vertical-align: top; }
td:first-child { width: 5rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: light-dark(#1a6f5c, #53b9a0); }
`;
