import { render } from 'preact';
import { createApi } from './api.ts';
import { App } from './app.tsx';
import { createClock } from './clock.ts';
import { type Dashboard, DashboardContext } from './context.ts';
import { createFleet } from './fleet.ts';
import { createLive } from './live.ts';
import { createAsking } from './parts/ask.tsx';
import { createSaying } from './parts/said.tsx';
import { createRouter } from './router.ts';
import { createTheme } from './theme.ts';
import { createTrends } from './trends.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element #app to draw into.');

const api = createApi(() => location.assign(`/login?to=${encodeURIComponent(location.pathname + location.search)}`));
const live = createLive(() => void api.get('/summary').catch(() => undefined));
const fleet = createFleet(api, live);
const asking = createAsking();
const saying = createSaying();
const dashboard: Dashboard = {
  api,
  live,
  router: createRouter(),
  fleet,
  theme: createTheme(),
  trends: createTrends(api, fleet.whole),
  now: createClock(live),
  ask: asking.ask,
  say: saying.say,
};

render(
  <DashboardContext.Provider value={dashboard}>
    <App asking={asking} saying={saying} />
  </DashboardContext.Provider>,
  root,
);
