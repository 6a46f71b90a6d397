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

/** The dashboard's colours and shapes, without its style sheet. */
export const PLAIN_CSS = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; --accent: light-dark(#1757b5, #86b6ff); --line: light-dark(#dde3e9, #26303a); }
body { margin: 0; color: light-dark(#15202b, #e3e9ee); background: light-dark(#f7f9fb, #0e1318); }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
main:has(form) { max-width: 20rem; padding-top: 15vh; }
h1 { font-size: 1.25rem; margin: 0 0 1.5rem; }
h2 { font-size: .9375rem; margin-top: 2rem; text-transform: capitalize; }
form { display: grid; gap: 1rem; }
label { display: grid; gap: .25rem; font-size: .8125rem; font-weight: 600; }
input, button { font: inherit; font-size: 1rem; padding: .5rem .75rem; border-radius: 4px; border: 1px solid light-dark(#7d8a97, #6d7b89); }
input { color: inherit; background: light-dark(#fff, #141a21); font-weight: 400; }
button { color: light-dark(#fff, #0e1318); background: var(--accent); border-color: transparent; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[role=alert] { color: light-dark(#bf2219, #ff8077); margin: 0; }
table { border-collapse: collapse; width: 100%; }
td { padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top; }
td:first-child { width: 5rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: var(--accent); }
`;
