/**
 * Witnesses: the newest checkpoint must be cosigned, lately, by as many as this browser learned at first sight, and continue what it
 * has seen. A server that drops them, or shows others, releases nothing to this browser until a person has compared.
 */

import { cosigners, readWitnessKey, type WitnessKey } from "../ledger";
import { forget, recall, remember } from "../memory/store";
import { api, ApiError } from "../net";
import { DirectoryError } from "./errors";
import { advance } from "./log";

const PIN = "witnesses";
/** The vault stops long before; a browser's clock may be off, and a page asks once in a while. */
const MOST_AGE_MS = 10 * 60_000;
const FRESH_MS = 5 * 60_000;

/** Whom the ledger is held against: verifier keys, and how many of them must have cosigned. */
export interface Witnesses {
  readonly vkeys: readonly string[];
  readonly quorum: number;
}

export interface Witnessed {
  readonly lines: number;
  readonly names: readonly string[];
  readonly at: Date;
}

let lately: { readonly at: number; readonly asked: Promise<Witnessed | null> } | null = null;

/** Checks once in a while, beside what a page does. Rejects as `checkWitnessed` does, each time until it holds again. */
export function checkWitnessedLately(): Promise<Witnessed | null> {
  if (!lately || Date.now() - lately.at > FRESH_MS) {
    const asked = checkWitnessed();
    lately = { at: Date.now(), asked };
    asked.catch(() => {
      lately = null;
    });
  }
  return lately.asked;
}

/**
 * Null where this ledger has no witness. Throws DirectoryError: `witnesses-changed`, `unwitnessed`, or what `advance` throws for
 * another history.
 */
export async function checkWitnessed(): Promise<Witnessed | null> {
  const { vkeys, quorum } = await pinnedWitnesses();
  if (vkeys.length === 0) return null;
  const keys = await Promise.all(vkeys.map(readWitnessKey));
  const note = await fetchNote();
  const oldest = Date.now() - MOST_AGE_MS;
  const signed = [...(await cosigners(note, keys))].filter(([, at]) => at.getTime() >= oldest);
  if (signed.length < Math.max(1, quorum)) throw unwitnessed(`${signed.length} of ${keys.length} witnesses cosigned lately; ${quorum} are needed.`);
  const head = await advance(note);
  return { lines: head.size, names: signed.map(([key]: [WitnessKey, Date]) => key.name), at: new Date(Math.max(...signed.map(([, at]) => at.getTime()))) };
}

/** What the server names now, and what this browser remembers. */
export async function comparedWitnesses(): Promise<{ readonly known: Witnesses | undefined; readonly found: Witnesses }> {
  const told = await api.get<{ witnesses?: string[]; quorum?: number }>("/vault/directory/key");
  const found = { vkeys: [...(told.witnesses ?? [])].sort(), quorum: told.quorum ?? 0 };
  return { known: await recall<Witnesses>("pins", PIN), found };
}

/** A person has compared: what is named at the next question is remembered. */
export async function acceptWitnesses(): Promise<void> {
  lately = null;
  await forget("pins", PIN);
}

export function forgetWitnessed(): void {
  lately = null;
}

async function pinnedWitnesses(): Promise<Witnesses> {
  const { known, found } = await comparedWitnesses();
  if (known === undefined) await remember("pins", PIN, found);
  else if (JSON.stringify(known) !== JSON.stringify(found)) throw new DirectoryError("witnesses-changed", PIN, "The ledger names other witnesses than this browser remembers.");
  return known ?? found;
}

async function fetchNote(): Promise<string> {
  try {
    return await api.getText("/vault/checkpoint/witnessed");
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) throw unwitnessed("The server shows no cosigned checkpoint.");
    throw error;
  }
}

function unwitnessed(detail: string): DirectoryError {
  return new DirectoryError("unwitnessed", PIN, detail);
}
