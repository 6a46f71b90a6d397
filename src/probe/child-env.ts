/** What of our own environment a server's process gets beside what is configured for it: as the SDKs' own clients give. */
const INHERITED = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'] as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The whole environment of a server's process: where things are and who we are, and what is configured. Never our own secrets. */
export function childEnv(own: Environment, configured: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...configured };
}
