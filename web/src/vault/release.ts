/**
 * Asking for the vault's half of a content key. Openings that are asked for while a statement is being prepared go in it: each still has
 * its own line and its own decision.
 */

import { b64uDecode, b64uEncode, jsonOf, newReplyKey, openReply, readStatement, type Bytes, type Place, type ReplyKey } from "../crypto";
import { lastSeen, ledgerVerifier } from "../directory";
import type { Keyring } from "../keys";
import { ask } from "./asking";
import { ReceiptError, VaultRefusal } from "./errors";
import { checkNoFork, keepReceipt, type Receipt } from "./receipts";

const MOST_OPENINGS = 25;

interface Waiting {
  readonly place: Place;
  readonly resolve: (turn: Bytes) => void;
  readonly reject: (error: unknown) => void;
}

interface Batch {
  readonly keyring: Keyring;
  readonly purpose: string;
  readonly reason: string | undefined;
  readonly waiting: Waiting[];
}

interface Reply {
  readonly turns: readonly (Place & { readonly turn: string })[];
  readonly refused: readonly { readonly record: string; readonly compartment: string; readonly error: string; readonly message: string; readonly retry_at?: string; readonly level?: string }[];
}

const batches = new Map<string, Batch>();
let replyKey: Promise<ReplyKey> | null = null;

/** The vault's turns, in the order asked for. Rejects with VaultRefusal when one is refused. */
export function release(keyring: Keyring, openings: readonly Place[], purpose: string, reason?: string): Promise<Bytes[]> {
  return Promise.all(openings.map((place) => releaseOne(keyring, place, purpose, reason)));
}

export function releaseOne(keyring: Keyring, place: Place, purpose: string, reason?: string): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const name = JSON.stringify([keyring.person, purpose, reason]);
    let batch = batches.get(name);
    if (!batch) {
      batch = { keyring, purpose, reason, waiting: [] };
      batches.set(name, batch);
      void send(name, batch);
    }
    batch.waiting.push({ place, resolve, reject });
    if (batch.waiting.length === MOST_OPENINGS) batches.delete(name);
  });
}

async function send(name: string, batch: Batch): Promise<void> {
  try {
    const reply = await askFor(name, batch);
    for (const one of batch.waiting) settle(one, reply);
  } catch (error) {
    for (const one of batch.waiting) one.reject(error);
  }
}

async function askFor(name: string, batch: Batch): Promise<Reply> {
  const { keyring, purpose, reason, waiting } = batch;
  let prepared: [ReplyKey, Awaited<ReturnType<typeof lastSeen>>];
  try {
    checkNoFork();
    // The receipt will need it; who asks then has the error.
    void ledgerVerifier().catch(() => undefined);
    replyKey ??= newReplyKey();
    prepared = await Promise.all([replyKey, lastSeen().catch(() => null)]);
  } finally {
    // What is asked for from here on goes in the next statement.
    if (batches.get(name) === batch) batches.delete(name);
  }
  const [key, seen] = prepared;
  const openings = places(waiting);
  const fields = {
    openings,
    purpose,
    ...(reason === undefined ? {} : { reason }),
    reply_key: b64uEncode(key.publicKey),
    ...(seen ? { seen: { size: seen.size, root: b64uEncode(seen.root) } } : {}),
  };
  const { statement, answer } = await ask<{ sealed: string; receipt: Receipt }>("/vault/release", () => keyring.sign("release", fields));
  await keepReceipt(answer.receipt, statement, openings.length);
  const id = readStatement(statement).body["id"];
  if (typeof id !== "string") throw new ReceiptError("A statement has an id.");
  return jsonOf(await openReply(key, id, b64uDecode(answer.sealed))) as Reply;
}

/** The places asked for, each once: the vault refuses one that is named twice. */
function places(waiting: readonly Waiting[]): Place[] {
  const found = new Map(waiting.map(({ place }) => [nameOf(place), { record: place.record, compartment: place.compartment, epoch: place.epoch }]));
  return [...found.values()];
}

function settle({ place, resolve, reject }: Waiting, reply: Reply): void {
  const turn = reply.turns.find((one) => nameOf(one) === nameOf(place));
  if (turn) {
    resolve(b64uDecode(turn.turn, 32));
    return;
  }
  const refused = reply.refused.find((one) => one.record === place.record && one.compartment === place.compartment);
  if (!refused) reject(new ReceiptError("The vault did not answer for one opening."));
  else reject(new VaultRefusal(refused.error, refused.message, refused.retry_at === undefined ? null : new Date(refused.retry_at), refused.level));
}

function nameOf({ record, compartment, epoch }: Place): string {
  return `${record}/${compartment}/${epoch}`;
}
