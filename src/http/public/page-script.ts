/**
 * Shows times in the reader's zone and renews the page each minute; without it the page is as it was sent. It leaves the
 * page alone while something on it is focused or selected.
 */
export const PAGE_SCRIPT = `(function () {
  'use strict';
  function local() {
    document.querySelectorAll('time').forEach(function (time) {
      time.title = time.textContent;
      time.textContent = new Date(time.dateTime).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
    });
  }
  function take(text) {
    var next = new DOMParser().parseFromString(text, 'text/html');
    var main = next.querySelector('main');
    var old = document.querySelector('main');
    if (!main || old.contains(document.activeElement) || String(getSelection())) return;
    old.replaceWith(main);
    document.title = next.title;
    local();
  }
  function fail() {
    var stale = document.querySelector('.stale');
    if (stale) stale.hidden = false;
  }
  function renew() {
    if (document.hidden) return;
    fetch(location.href, { cache: 'no-cache' })
      .then(function (answer) { return answer.ok ? answer.text().then(take) : fail(); })
      .catch(fail);
  }
  local();
  setInterval(renew, 60000);
  document.addEventListener('visibilitychange', renew);
})();
`;
