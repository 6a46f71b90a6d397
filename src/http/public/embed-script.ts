/**
 * Puts a badge of a server into a page of another site: `<div data-alivemcp="orders"></div>` and
 * `<script async src="https://…/embed.js"></script>`, or `data-alivemcp` on the script itself. Where the monitor does not
 * answer, the page stays as it was. Text is set as text, never as HTML.
 */
export const EMBED_SCRIPT = `(function () {
  'use strict';
  var self = document.currentScript;
  if (!self || !window.fetch) return;
  var origin = new URL(self.src).origin;
  var words = { live: ['●', 'live', '#17754a'], degraded: ['▲', 'degraded', '#8a5a00'], down: ['■', 'down', '#bf2219'], unknown: ['○', 'unknown', '#5f6c79'] };
  var places = Array.prototype.slice.call(document.querySelectorAll('[data-alivemcp]'));
  var old = document.getElementById('alivemcp-embed');
  if (old && places.indexOf(old) < 0) places.push(old);
  places.forEach(function (place) {
    var id = place.getAttribute('data-alivemcp') || place.getAttribute('data-server');
    if (!id) return;
    fetch(origin + '/api/embed-status/' + encodeURIComponent(id), { credentials: 'omit' })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (seen) { if (seen) show(place, seen); })
      .catch(function () {});
  });
  function show(place, seen) {
    var word = words[seen.status] || words.unknown;
    var badge = document.createElement(seen.status_page_url ? 'a' : 'span');
    if (seen.status_page_url && /^https?:/.test(seen.status_page_url)) badge.href = seen.status_page_url;
    var parts = [word[0] + ' ' + seen.slug + ' ' + word[1]];
    if ((place.getAttribute('data-style') || '') === 'card') {
      if (seen.uptime_24h_pct !== null) parts.push('uptime 24 h ' + seen.uptime_24h_pct + ' %');
      if (seen.p95_latency_ms_24h !== null) parts.push('P95 ' + Math.round(seen.p95_latency_ms_24h) + ' ms');
    }
    badge.textContent = parts.join(' · ');
    badge.style.cssText = 'display:inline-block;font:600 12px/1.6 system-ui,sans-serif;padding:1px 8px;border-radius:4px;color:#fff;text-decoration:none;background:' + word[2];
    if (place === self) self.parentNode.insertBefore(badge, self); else { place.textContent = ''; place.appendChild(badge); }
  }
})();
`;
