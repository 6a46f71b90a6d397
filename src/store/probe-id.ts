/** A probe's id is its start in milliseconds, padded so that newer ids sort higher as texts too. */
export function idOf(at: number): string {
  return String(at).padStart(13, '0');
}

/** null for a text that is no probe's id. */
export function startOf(id: string): number | null {
  return /^\d{13}$/.test(id) ? Number(id) : null;
}
