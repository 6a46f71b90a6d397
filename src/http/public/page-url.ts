import type { Monitor } from '../../core/monitor.ts';
import { groupsOf } from '../../core/status-page.ts';

export function pageUrl(publicUrl: string, id: string): string {
  return `${publicUrl.replace(/\/$/, '')}/status/${id}`;
}

/** The address of the first page that shows the server; null: none does. */
export function pageUrlOfServer(
  { monitor, publicUrl }: { readonly monitor: Pick<Monitor, 'server' | 'statusPages'>; readonly publicUrl: string },
  serverId: string,
): string | null {
  const own = monitor.server(serverId);
  if (own === null) return null;
  const shown = monitor.statusPages().find(({ page }) => groupsOf(page, [own]).length > 0);
  return shown === undefined ? null : pageUrl(publicUrl, shown.page.id);
}
