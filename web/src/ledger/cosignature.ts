/**
 * Cosignatures: a witness says that it saw a checkpoint, when, and no other history (C2SP tlog-cosignature, docs/spec/ledger.md).
 *
 *     — <witness name> <base64(4 bytes of key hash ‖ time, 8 bytes big-endian ‖ Ed25519 signature)> ⏎
 *     over: cosignature/v1 ⏎ time <POSIX seconds> ⏎ <the note's text>
 */

import { b64Decode, concat, hex, sha256, utf8, type Bytes } from "../crypto/bytes";
import { isSignedByIdentity } from "../crypto/signing";
import { LedgerError } from "./errors";

const COSIGNATURE = 4;

export interface WitnessKey {
  readonly name: string;
  readonly keyHash: string;
  readonly publicKey: Bytes;
}

/** Reads `name+hash+base64(0x04 ‖ public key)`; throws `vkey` when a part does not fit. */
export async function readWitnessKey(vkey: string): Promise<WitnessKey> {
  const [, name, keyHash, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey.trim()) ?? [];
  const key = bytesOf(encoded);
  if (name === undefined || key?.length !== 33 || key[0] !== COSIGNATURE) throw new LedgerError("vkey", "not the key of a witness");
  if (hex((await sha256(concat(utf8(`${name}\n`), key))).subarray(0, 4)) !== keyHash) throw new LedgerError("vkey", "not the key of a witness");
  return { name, keyHash, publicKey: key.slice(1) };
}

/** Which of these witnesses cosigned the note, and when by their own clock. A line that does not hold counts for nothing. */
export async function cosigners(note: string, witnesses: readonly WitnessKey[]): Promise<ReadonlyMap<WitnessKey, Date>> {
  const end = note.indexOf("\n\n") + 1;
  const text = note.slice(0, end);
  const found = new Map<WitnessKey, Date>();
  for (const line of end === 0 ? [] : note.slice(end + 1).split("\n")) {
    const [, name, encoded] = /^— ([^+\s]+) (\S+)$/.exec(line) ?? [];
    const data = bytesOf(encoded);
    const witness = witnesses.find((one) => one.name === name && data?.length === 76 && hex(data.subarray(0, 4)) === one.keyHash);
    if (!witness || !data) continue;
    const seconds = new DataView(data.buffer, data.byteOffset).getBigUint64(4);
    const message = utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
    if (await isSignedByIdentity(witness.publicKey, data.slice(12), message)) found.set(witness, new Date(Number(seconds) * 1000));
  }
  return found;
}

function bytesOf(encoded: string | undefined): Bytes | undefined {
  try {
    return encoded === undefined ? undefined : b64Decode(encoded);
  } catch {
    return undefined;
  }
}
