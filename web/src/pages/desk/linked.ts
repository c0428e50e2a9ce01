/** What the relation of care still allows: under way, closed for less than thirty days, or older. Pure. */

import type { Summary } from "../patient/api";

const LINKED_MS = 30 * 24 * 3_600_000;

export interface ByAge {
  readonly open: readonly Summary[];
  readonly recent: readonly Summary[];
  readonly older: readonly Summary[];
}

/** Newest first in each; what others have or what came to nothing is left out. */
export function byAge(all: readonly Summary[], me: string, now: Date): ByAge {
  const closed = all.filter((one) => one.state === "closed").sort((a, b) => closedAt(b) - closedAt(a));
  return {
    open: all.filter((one) => one.state === "taken" && one.practitioner?.person === me),
    recent: closed.filter((one) => isLinked(one, now)),
    older: closed.filter((one) => !isLinked(one, now)),
  };
}

export function isLinked(one: Summary, now: Date): boolean {
  return now.getTime() - closedAt(one) < LINKED_MS;
}

function closedAt(one: Summary): number {
  return Date.parse(one.closed_at ?? one.created_at);
}
