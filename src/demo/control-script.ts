/** The control page's behaviour: asks `GET /state` once a second and sends what is pressed. Everything from there is text, never markup. */
export const SCRIPT = `'use strict';
const POLL_MS = 1000;
const views = new Map();
const notice = document.getElementById('notice');
const reset = document.getElementById('reset');
let lostAt = null;

function el(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function say(text) {
  setText(notice, text);
  notice.hidden = text === '';
}

function addFault(server, fault, list) {
  const row = el('li');
  const press = el('button', '', fault.label);
  press.type = 'button';
  const detail = el('span', 'detail');
  const figure = el('span');
  const undo = el('button', '', 'Give back');
  undo.type = 'button';
  undo.hidden = true;
  detail.append(figure, undo);
  row.append(press, el('span', 'effect', fault.effect), detail);
  list.append(row);
  const path = '/faults/' + server.id + '/' + fault.name;
  let on = false;
  press.addEventListener('click', () => send(path, { on: fault.addsUp || !on }));
  undo.addEventListener('click', () => send(path, { on: false }));
  return (next) => {
    on = next.on;
    press.setAttribute('aria-pressed', String(on));
    undo.hidden = !(next.addsUp && on);
    setText(figure, on ? next.detail || 'on' : '');
  };
}

function addPool() {
  const element = el('div', 'pool');
  const cells = el('span', 'cells');
  cells.setAttribute('aria-hidden', 'true');
  const figures = el('span');
  const waiting = el('span', 'waiting');
  element.append(cells, figures, waiting);
  return {
    element,
    show(pool) {
      element.hidden = pool === null;
      if (pool === null) return;
      while (cells.childElementCount < pool.max) cells.append(el('i'));
      for (let n = 0; n < cells.childElementCount; n += 1) {
        cells.children[n].className = n < pool.used ? 'used' : n < pool.total ? 'idle' : '';
      }
      setText(figures, pool.used + ' of ' + pool.max + ' connections in use, ' + pool.idle + ' idle');
      setText(waiting, pool.waiting > 0 ? pool.waiting + ' waiting' : '');
    },
  };
}

function addServer(server) {
  const section = el('section');
  section.dataset.server = server.id;
  const title = el('div', 'title');
  const mark = el('span', 'mark');
  mark.setAttribute('aria-hidden', 'true');
  const heading = el('h2');
  heading.append(mark, ' ' + server.name);
  const standing = el('span', 'standing');
  const sessions = el('span', 'meta');
  title.append(heading, standing, sessions);
  const summary = el('p', 'summary', server.summary + ' ');
  summary.append(el('span', 'mono', server.url));
  const pool = addPool();
  const list = el('ul');
  const faults = new Map(server.faults.map((fault) => [fault.name, addFault(server, fault, list)]));
  section.append(title, summary, pool.element, list);
  document.getElementById('servers').append(section);
  return (next) => {
    const on = next.faults.filter((fault) => fault.on).length;
    section.classList.toggle('broken', on > 0);
    setText(mark, on > 0 ? '\\u25b2' : '\\u25cf');
    setText(standing, on === 0 ? 'no fault is on' : on === 1 ? '1 fault is on' : on + ' faults are on');
    setText(sessions, next.listening ? next.sessions + (next.sessions === 1 ? ' session' : ' sessions') : 'not listening');
    pool.show(next.pool);
    for (const fault of next.faults) faults.get(fault.name)(fault);
  };
}

function show(state) {
  for (const server of state.servers) {
    if (!views.has(server.id)) views.set(server.id, addServer(server));
    views.get(server.id)(server);
  }
  reset.disabled = !state.servers.some((server) => server.faults.some((fault) => fault.on));
}

async function ask(path, body) {
  const request = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, { ...request, signal: AbortSignal.timeout(10000) });
  const answer = await response.json();
  if (response.ok) show(answer);
  return response.ok ? '' : answer.detail || 'The demo answered ' + response.status + '.';
}

async function send(path, body) {
  try {
    say(await ask(path, body));
  } catch {
    lose();
  }
}

function lose() {
  if (lostAt === null) lostAt = new Date().toLocaleTimeString();
  say('The demo has not answered since ' + lostAt + '. It may have been stopped; this page keeps asking.');
}

async function poll() {
  try {
    if (!document.hidden) {
      await ask('/state');
      if (lostAt !== null) say('');
      lostAt = null;
    }
  } catch {
    lose();
  }
  setTimeout(poll, POLL_MS);
}

reset.addEventListener('click', () => send('/reset', {}));
void poll();
`;
