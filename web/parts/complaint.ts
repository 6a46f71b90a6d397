/** Something wrong with what was entered. `path` as in the entry: `canary.tool`; empty: the whole. */
export interface Complaint {
  readonly path: string;
  readonly message: string;
}

/** Whether a complaint about one path belongs to the field of another; see Field. */
export function concerns(complaint: string, path: string): boolean {
  return `${complaint}!` === path || complaint === path || complaint.startsWith(`${path}.`);
}
