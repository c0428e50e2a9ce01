/**
 * What this browser found changed, and keeps blocking until somebody has compared its words with those of before, out of band: the key of a
 * person or a practice, the ledger's own. Accepting remembers exactly what was compared, on this browser alone; anything else that comes
 * is a change again.
 */

import { forget, keysOf, recall, remember } from "../memory/store";

export type ChangedKind = "person" | "practice" | "ledger";

export interface Changed {
  readonly kind: ChangedKind;
  /** Id of the person or the practice. */
  readonly about: string;
  /** As remembered and as found: ids of keys, or the ledger's verifier key. */
  readonly known: string;
  readonly found: string;
  /** What is remembered once it is accepted; null for what no comparison explains. */
  readonly accepted: unknown;
  readonly at: string;
}

const PREFIX = "changed:";

/** Kept, so that a page of one's own can show it when there is time to telephone. */
export async function noteChange(change: Omit<Changed, "at">): Promise<void> {
  await remember("pins", nameOf(change), { ...change, at: new Date().toISOString() } satisfies Changed);
}

export async function listChanged(): Promise<readonly Changed[]> {
  const found = await Promise.all((await keysOf("pins", PREFIX)).map((key) => recall<Changed>("pins", key)));
  return found.filter((one) => one !== undefined);
}

/** A person has compared the words and says that they are the right ones. */
export async function acceptChanged(change: Changed): Promise<void> {
  if (change.accepted === null) throw new Error("Nothing explains this change.");
  if (change.kind === "ledger") {
    // Another ledger has another history and other witnesses: what this browser saw of the one before says nothing about it.
    await forget("checkpoints", "ledger");
    await forget("pins", "witnesses");
    await remember("pins", "ledger", change.accepted);
  } else await remember(change.kind === "person" ? "people" : "practices", change.about, change.accepted);
  await forget("pins", nameOf(change));
}

function nameOf({ kind, about }: Pick<Changed, "kind" | "about">): string {
  return `${PREFIX}${kind}:${about}`;
}
