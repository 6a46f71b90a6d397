/** The folder of the program, in which `src` lies and, built, `dist`: every file of the build lies right in that. */
export const ROOT = new URL('..', import.meta.url);
