/** The control page. What it shows of the servers is built by the script from `GET /state`. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Demo servers · AliveMCP</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/control.css">
<script src="/control.js" defer></script>
</head>
<body>
<main>
<header>
<div>
<h1>Demo servers</h1>
<p>Three real MCP servers on this machine. Break one here, then watch the dashboard find out and say why.</p>
</div>
<button id="reset" type="button" disabled>Switch everything off</button>
</header>
<p id="notice" role="status" hidden></p>
<div id="servers"></div>
<noscript><p>This page needs JavaScript. The same can be done with curl: <code>POST /faults/pooled/exhaust_pool</code> with <code>{"on": true}</code>.</p></noscript>
</main>
</body>
</html>
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#17212c"/><path d="M16 7v9m-6.4-5.4a9 9 0 1 0 12.8 0" fill="none" stroke="#e3ab45" stroke-width="2.8" stroke-linecap="round"/></svg>
`;
