/**
 * The ledger as this browser knows it: its key, pinned at first sight, and the highest checkpoint seen. Each note that comes must
 * extend it (docs/spec/ledger.md): a log that shows two histories to one browser is caught here, and stays caught.
 */

import { checkConsistency, openCheckpoint, readCheckpoint, readProof, readVkey, type Checkpoint, type Verifier } from "../ledger";
import { amend, recall, remember } from "../memory/store";
import { api } from "../net";
import { noteChange } from "./changed";
import { DirectoryError } from "./errors";

const KEY = "ledger";

interface KeptHead {
  readonly note: string;
}

let verifier: Promise<Verifier> | null = null;
let advancing: Promise<unknown> = Promise.resolve();

/** The ledger's verifier key; throws `ledger-key-changed` when the server names another than this browser remembers. */
export function ledgerVerifier(): Promise<Verifier> {
  verifier ??= pinned().catch((error: unknown) => {
    verifier = null;
    throw error;
  });
  return verifier;
}

async function pinned(): Promise<Verifier> {
  const { vkey } = await api.get<{ vkey: string }>("/vault/directory/key");
  const known = await recall<string>("pins", KEY);
  if (known === undefined) await remember("pins", KEY, vkey);
  else if (known !== vkey) {
    await noteChange({ kind: "ledger", about: KEY, known, found: vkey, accepted: vkey });
    throw new DirectoryError("ledger-key-changed", KEY, "The ledger signs with another key than the one remembered.");
  }
  return readVkey(vkey);
}

/** Throws `older` when a tree is smaller than what this browser had seen before it asked: an answer that was kept back. */
export function checkNotOlder(found: Checkpoint, seen: Checkpoint | null): void {
  if (found.size < (seen?.size ?? 0)) throw new DirectoryError("older", KEY, `The ledger has ${found.size} lines, and more were seen before.`);
}

/** Checks a note's signature only: good enough for proofs within it, not against a fork. */
export async function readNote(note: string): Promise<Checkpoint> {
  return openCheckpoint(note, await ledgerVerifier());
}

/**
 * Checks that a note belongs to the one history that this browser has seen, and remembers it if it is the newest. One at a
 * time: two that came together must not both be compared with the same older one.
 */
export function advance(note: string): Promise<Checkpoint> {
  const result = advancing.then(() => advanceOne(note));
  advancing = result.catch(() => undefined);
  return result;
}

async function advanceOne(note: string): Promise<Checkpoint> {
  const found = await readNote(note);
  const kept = await recall<KeptHead>("checkpoints", KEY);
  if (kept === undefined || kept.note === note) {
    if (kept === undefined) await keepHighest(note, found);
    return found;
  }
  const known = readCheckpoint(kept.note); // its signature was checked before it was kept
  await checkOneHistory(known, found);
  if (found.size > known.size) await keepHighest(note, found);
  return found;
}

async function checkOneHistory(known: Checkpoint, found: Checkpoint): Promise<void> {
  const [older, newer] = known.size <= found.size ? [known, found] : [found, known];
  const isTrivial = older.size === newer.size || older.size === 0;
  const proof = isTrivial ? [] : readProof((await api.get<{ proof: unknown }>(`/vault/proof/consistency?from=${older.size}&to=${newer.size}`)).proof);
  try {
    checkConsistency(older, newer, proof);
  } catch {
    throw new DirectoryError("fork", KEY, `The ledger of ${newer.size} lines does not continue the one of ${older.size}.`);
  }
}

async function keepHighest(note: string, found: Checkpoint): Promise<void> {
  await amend<KeptHead>("checkpoints", KEY, (kept) => {
    // Another tab may have gone further meanwhile.
    if (kept !== undefined && readCheckpoint(kept.note).size >= found.size) return undefined;
    return { note };
  });
}

/**
 * The last checkpoint seen, as statements carry it in `seen`. Nothing is asked of the server for it, and the note is this browser's own:
 * its signature was checked before it was kept.
 */
export async function lastSeen(): Promise<Checkpoint | null> {
  const kept = await recall<KeptHead>("checkpoints", KEY);
  return kept === undefined ? null : readCheckpoint(kept.note);
}

/** Forget what is held in this page, so that tests can start anew. */
export function forgetLog(): void {
  verifier = null;
  advancing = Promise.resolve();
}
