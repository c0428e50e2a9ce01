/** Where to go after signing in: the page that sent the person here, if it is one of ours, else their home. */

const HOMES = { patient: "/home", professional: "/desk" } as const;

/** Only a path of this site: an address elsewhere would make us a stepping stone. */
export function nextPath(search: string = location.search): string | null {
  const next = new URLSearchParams(search).get("next");
  if (next === null || !next.startsWith("/")) return null;
  const url = new URL(next, location.origin);
  return url.origin === location.origin && !next.startsWith("//") && !next.startsWith("/\\") ? url.pathname + url.search : null;
}

export function goOn(kind: keyof typeof HOMES): void {
  location.assign(nextPath() ?? HOMES[kind]);
}
