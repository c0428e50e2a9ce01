/** The shared vectors of tests/vectors, and the fixed people in them. */

import { readFileSync } from "node:fs";

import * as crypto from "../../src/crypto";
import type { Bytes } from "../../src/crypto";

const FOLDER = new URL("../../../tests/vectors/", import.meta.url);

export function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as T;
}

export function hex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export interface Inputs {
  person: string;
  device: string;
  practice: string;
  record: string;
  compartment: string;
  epoch: number;
  item: string;
  methods: Record<crypto.UnlockKind, string>;
  request: string;
  at: string;
  passphrase: string;
  salt: string;
  unlock_share: string;
  prf_output: string;
  recovery_code: string;
  care_key: string;
  record_secret: string;
  person_root: string;
  practice_seed: string;
  device_scalar: string;
  reply_secret: string;
  message: { text: string; documents: string[] };
  note: string;
  file_size: number;
  long_file_size: number;
  long_file_salt: string;
}

export const inputs = read<Inputs>("inputs.json");
export const author: crypto.Author = { person: inputs.person, device: inputs.device };
export const place: crypto.Place = { record: inputs.record, compartment: inputs.compartment, epoch: inputs.epoch };

/** Byte n is (7n + 3) mod 251. */
export function content(size: number): Bytes {
  return Uint8Array.from({ length: size }, (_, n) => (7 * n + 3) % 251);
}

export function blobOf(bytes: Bytes): Blob {
  return new Blob([bytes]);
}

export async function vaultTurn(compartment = place.compartment, epoch = place.epoch): Promise<Bytes> {
  const info = crypto.label("colloque/v1/vault-turn", compartment, crypto.u32(epoch));
  return crypto.hkdf(hex(inputs.record_secret), info);
}

export async function key(): Promise<crypto.ContentKey> {
  return crypto.contentKey(place, hex(inputs.care_key), await vaultTurn());
}

export const person = await crypto.personKeys(hex(inputs.person_root));
export const practiceSeed = await crypto.practiceKemSeed(hex(inputs.practice_seed));

/** The device of the vectors: its private key is known, so that both languages can sign as it. */
export async function device(publicKey: Bytes): Promise<crypto.DeviceKey> {
  const jwk = {
    kty: "EC",
    crv: "P-256",
    d: crypto.b64uEncode(hex(inputs.device_scalar)),
    x: crypto.b64uEncode(publicKey.subarray(1, 33)),
    y: crypto.b64uEncode(publicKey.subarray(33)),
  };
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const privateKey = await globalThis.crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);
  return { privateKey, publicKey };
}

export function directory(publicKey: Bytes): crypto.AuthorKey {
  return crypto.rememberAuthors((asked) =>
    Promise.resolve(asked.person === author.person && asked.device === author.device ? publicKey : null),
  );
}

export async function unlockers(): Promise<Record<crypto.UnlockKind, crypto.Unlocker>> {
  const stretched = await crypto.stretch(inputs.passphrase, hex(inputs.salt));
  return {
    passkey: crypto.byPasskey(hex(inputs.prf_output)),
    passphrase: crypto.byPassphrase(stretched.unlockSecret, hex(inputs.unlock_share)),
    recovery: crypto.byRecoveryCode(hex(inputs.recovery_code)),
  };
}

export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Bytes> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return crypto.concat(...all);
}

/** One of each kind, as either language wrote it. */
export interface Golden {
  item: crypto.SealedItem;
  item_hash: string;
  manifest: crypto.Dsse;
  statement: crypto.Dsse;
  file: { description: crypto.FileDescription; chunks: string[] };
  long_file_sha256: string;
  device_key: string;
  kem_key: string;
  words: string[];
  stretched: { sign_in_secret: string; unlock_secret: string };
  care_key: crypto.SealedKey;
  note: crypto.SealedKey;
  methods: Record<crypto.UnlockKind, crypto.UnlockMethod>;
  reply: string;
}
