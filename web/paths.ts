/** Addresses of single things, the same on the page and in the API. */
export function serverPath(id: string): string {
  return `/servers/${encodeURIComponent(id)}`;
}

export function incidentPath(id: string): string {
  return `/incidents/${encodeURIComponent(id)}`;
}

export function channelPath(id: string): string {
  return `/channels/${encodeURIComponent(id)}`;
}
