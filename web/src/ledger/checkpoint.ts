/**
 * Checkpoints: the tree's head as a C2SP signed note (tlog-checkpoint), and the verifier key (docs/spec/ledger.md).
 *
 *     <origin> ⏎ <size in decimal> ⏎ <root in base64> ⏎ ⏎ — <name> <base64(4 bytes of key hash ‖ Ed25519 signature)> ⏎
 */

import { b64Decode, concat, hex, sha256, utf8, type Bytes } from "../crypto/bytes";
import { EnvelopeError } from "../crypto/errors";
import { isSignedByIdentity } from "../crypto/signing";
import { LedgerError, type LedgerReason } from "./errors";
import type { TreeHead } from "./proofs";

const ED25519 = 1;

export interface Checkpoint extends TreeHead {
  readonly origin: string;
}

/** A key that checkpoints are checked with. */
export interface Verifier {
  readonly name: string;
  readonly keyHash: string;
  readonly publicKey: Bytes;
}

/** Reads `name+hash+base64(0x01 ‖ public key)`; throws `vkey` when a part does not fit. */
export async function readVkey(vkey: string): Promise<Verifier> {
  const [, name, keyHash, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey.trim()) ?? [];
  if (name === undefined || keyHash === undefined) throw new LedgerError("vkey", "not a verifier key");
  const key = decode(encoded, "vkey");
  const expected = await sha256(concat(utf8(`${name}\n`), key));
  if (key.length !== 33 || key[0] !== ED25519 || hex(expected.subarray(0, 4)) !== keyHash) {
    throw new LedgerError("vkey", "not an Ed25519 verifier key");
  }
  return { name, keyHash, publicKey: key.slice(1) };
}

/**
 * Checks a note's signature and says what it says. Throws `signature`, `origin` for another log's note, or `malformed`. Notes may
 * carry other signers' lines; those are not looked at.
 */
export async function openCheckpoint(note: string, verifier: Verifier): Promise<Checkpoint> {
  await openNote(note, verifier);
  const found = readCheckpoint(note);
  if (found.origin !== verifier.name) throw new LedgerError("origin", "another log's checkpoint");
  return found;
}

/** A note's text, once its signature was checked. Throws `signature` or `malformed`. */
export async function openNote(note: string, verifier: Verifier): Promise<string> {
  const end = endOfBody(note);
  if (!(await isSigned(note.slice(0, end), note.slice(end + 1), verifier))) {
    throw new LedgerError("signature", "the ledger's key did not sign this note");
  }
  return note.slice(0, end);
}

/** Says what a note says, for one whose signature was checked before it was kept. Throws `malformed`. */
export function readCheckpoint(note: string): Checkpoint {
  const [origin, size, root] = note.slice(0, endOfBody(note)).split("\n");
  if (origin === undefined) throw new LedgerError("malformed", "the note does not say of which log it is");
  if (size === undefined || !/^(0|[1-9][0-9]{0,15})$/.test(size)) {
    throw new LedgerError("malformed", "the size is not a number");
  }
  const hash = decode(root, "malformed");
  if (hash.length !== 32) throw new LedgerError("malformed", "the root is not a hash");
  return { origin, size: Number(size), root: hash };
}

/** Where the signed text ends: at the line break before the blank line. */
function endOfBody(note: string): number {
  const end = note.indexOf("\n\n");
  if (end < 0) throw new LedgerError("malformed", "a note has a blank line before its signatures");
  return end + 1;
}

async function isSigned(body: string, lines: string, verifier: Verifier): Promise<boolean> {
  for (const line of lines.split("\n")) {
    const [, name, encoded] = /^— ([^+\s]+) (\S+)$/.exec(line) ?? [];
    if (name !== verifier.name) continue;
    const signature = decode(encoded, "malformed");
    const isOurs = signature.length === 68 && hex(signature.subarray(0, 4)) === verifier.keyHash;
    if (isOurs && (await isSignedByIdentity(verifier.publicKey, signature.slice(4), utf8(body)))) return true;
  }
  return false;
}

function decode(text: string | undefined, reason: LedgerReason): Bytes {
  try {
    return b64Decode(text);
  } catch (error) {
    if (error instanceof EnvelopeError) throw new LedgerError(reason, "not base64");
    throw error;
  }
}
