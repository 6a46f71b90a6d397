import type { Server, ServerSource } from './server.ts';

/** A page that everybody may see. Of the servers it names only those are on it that are `public: true`. */
export interface StatusPage {
  readonly id: string;
  readonly source: ServerSource;
  readonly title: string;
  /** Ids, in the order of the page. */
  readonly servers: readonly string[];
  /** Each is a group of its own with every server that has it. Neither servers nor tags: all public servers. */
  readonly tags: readonly string[];
  /** Plain text above the servers. */
  readonly notes: string;
}

/** Servers that stand together, under the tag they share; null: those the page names one by one. */
export interface PageGroup<T> {
  readonly tag: string | null;
  readonly members: readonly T[];
}

/** The page's public servers in its order. A server is on a page once: where it is named, else under its first tag. */
export function groupsOf<T extends { readonly server: Pick<Server, 'id' | 'name' | 'tags' | 'isPublic'> }>(
  { servers, tags }: Pick<StatusPage, 'servers' | 'tags'>,
  all: readonly T[],
): readonly PageGroup<T>[] {
  const open = all.filter(({ server }) => server.isPublic).sort((a, b) => compareNames(a.server.name, b.server.name));
  if (servers.length === 0 && tags.length === 0) return present([{ tag: null, members: open }]);
  const named = servers.flatMap((id) => open.filter(({ server }) => server.id === id));
  const shown = new Set(named);
  const tagged = tags.map((tag) => {
    const members = open.filter((each) => !shown.has(each) && each.server.tags.includes(tag));
    for (const member of members) shown.add(member);
    return { tag, members };
  });
  return present([{ tag: null, members: named }, ...tagged]);
}

function present<T>(groups: readonly PageGroup<T>[]): readonly PageGroup<T>[] {
  return groups.filter(({ members }) => members.length > 0);
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
