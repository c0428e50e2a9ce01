/** What is usual, from the days that the vault tells. Pure. */

import { WINDOWS, type Meter, type Window } from "./standing";

/** Below that many days with an opening, too little was seen to propose anything; `colloque budget suggest` holds to the same. */
const LEAST = 20;
/** From here on a window is nearly full. */
const NEAR = 0.8;

export interface Usual {
  /** Days on which something was opened, today left out: it isn't over. */
  readonly seen: number;
  readonly median: number;
  readonly busiest: number;
  /** Twice what 99 days of 100 stay within, as `colloque budget suggest` proposes; null when too little was seen. */
  readonly proposed: number | null;
}

export function usualOf(meters: readonly Pick<Meter, "days">[]): Usual {
  const days = meters.flatMap((one) => one.days.slice(0, -1)).filter((units) => units > 0).sort((a, b) => a - b);
  const at = (share: number): number => days[Math.max(Math.ceil(share * days.length) - 1, 0)] ?? 0;
  return { seen: days.length, median: at(0.5), busiest: days.at(-1) ?? 0, proposed: days.length < LEAST ? null : 2 * at(0.99) };
}

export type Level = "calm" | "near" | "full";

export function levelOf({ used, capacity }: Pick<Meter, "used" | "capacity">, window: Window): Level {
  if (used[window] >= capacity[window]) return "full";
  return used[window] >= NEAR * capacity[window] ? "near" : "calm";
}

/** Who is nearest to a limit comes first, so that a manager sees at once whom it is about. */
export function nearestFirst<M extends Meter>(members: readonly M[]): M[] {
  const share = ({ used, capacity }: M): number => Math.max(...WINDOWS.map((window) => used[window] / Math.max(capacity[window], 1)));
  return [...members].sort((a, b) => share(b) - share(a));
}
