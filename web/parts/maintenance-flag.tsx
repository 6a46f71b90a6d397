import { Moment } from './time.tsx';

/** Says that a server is in maintenance. */
export function MaintenanceFlag({ until }: { until: string | null }) {
  if (until === null) return null;
  return (
    <span class="flag">
      in maintenance until <Moment at={until} />
    </span>
  );
}
