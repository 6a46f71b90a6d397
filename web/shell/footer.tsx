import { useDashboard } from '../context.ts';
import { ZONE } from '../format.ts';

export function Footer() {
  const { fleet, api } = useDashboard();
  const summary = fleet.summary.value;
  const signOut = async () => {
    await api.send('DELETE', '/session');
    location.assign('/login');
  };
  return (
    <footer class="foot">
      <p>Times are in {ZONE}.</p>
      {summary !== null && (
        <p>
          AliveMCP {summary.version}, probing from {summary.location}.
        </p>
      )}
      <p>
        <a href="/api/docs">API</a>
      </p>
      {summary?.password === true && (
        <button type="button" class="plain" onClick={signOut}>
          Sign out
        </button>
      )}
    </footer>
  );
}
