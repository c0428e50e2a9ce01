/** A ledger that tests write themselves: the tree, proofs and signed notes of docs/spec/ledger.md, from the writer's side. */

import { ed25519 } from "@noble/curves/ed25519.js";

import { b64Encode, b64uEncode, concat, hex, largestPowerBelow, randomBytes, sha256, utf8, type Bytes } from "../../src/crypto";
import { canonical, lineHash, rootOf, type LineFields } from "../../src/ledger";

export const ORIGIN = "test.example/ledger";

/** A line that a log wrote: its text, and where it stands. */
export interface Written {
  readonly seq: number;
  readonly text: string;
}

export class Log {
  readonly #seed = randomBytes(32);
  readonly texts: string[] = [];

  get size(): number {
    return this.texts.length;
  }

  append(kind: string, fields: LineFields = {}): Written {
    const seq = this.size;
    const text = canonical({ v: 1, seq, time: new Date().toISOString(), kind, ...fields });
    this.texts.push(text);
    return { seq, text };
  }

  /** Writes history anew from this line on, as a dishonest log would. */
  rewrite(from: number): void {
    const cut = this.texts.splice(from);
    for (const text of cut) this.texts.push(text.replace(/"time":"[^"]+"/, '"time":"2020-01-01T00:00:00.000Z"'));
  }

  async vkey(): Promise<string> {
    const key = concat(Uint8Array.of(1), ed25519.getPublicKey(this.#seed));
    return `${ORIGIN}+${await keyHash(key)}+${b64Encode(key)}`;
  }

  /** The signed note of the tree as it is, or as it was. */
  async note(size = this.size): Promise<string> {
    return this.#signed(`${ORIGIN}\n${size}\n${b64Encode(rootOf(this.#leaves(size)))}\n`);
  }

  /** The log's word that what is published under a name is all. */
  async state(what: string, lines: readonly number[], named: Readonly<Record<string, readonly string[]>>): Promise<string> {
    const words: Readonly<Record<string, string>> = { members: "member", revoked: "revoked" };
    const rows = Object.entries(named).flatMap(([name, ids]) => ids.map((id) => `${words[name] ?? name} ${id}`));
    return this.#signed([`${ORIGIN}/published`, what, this.size, ...lines.map((seq) => `line ${seq}`), ...rows].map((one) => `${one}\n`).join(""));
  }

  async #signed(body: string): Promise<string> {
    const key = concat(Uint8Array.of(1), ed25519.getPublicKey(this.#seed));
    const hash = Uint8Array.from((await keyHash(key)).match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const signature = ed25519.sign(utf8(body), this.#seed);
    return `${body}\n— ${ORIGIN} ${b64Encode(concat(hash, signature))}\n`;
  }

  inclusion(seq: number, size = this.size): string[] {
    return pathOf(seq, this.#leaves(size)).map(b64uEncode);
  }

  consistency(from: number, to: number): string[] {
    return partsOf(from, this.#leaves(to), true).map(b64uEncode);
  }

  #leaves(size: number): Bytes[] {
    return this.texts.slice(0, size).map(lineHash);
  }
}

async function keyHash(key: Bytes): Promise<string> {
  return hex((await sha256(concat(utf8(`${ORIGIN}\n`), key))).subarray(0, 4));
}

/** RFC 6962 section 2.1.1. */
function pathOf(index: number, leaves: readonly Bytes[]): Bytes[] {
  if (leaves.length <= 1) return [];
  const split = largestPowerBelow(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...pathOf(index, left), rootOf(right)] : [...pathOf(index - split, right), rootOf(left)];
}

/** RFC 6962 section 2.1.2. */
function partsOf(from: number, leaves: readonly Bytes[], isWhole: boolean): Bytes[] {
  if (from === leaves.length) return isWhole ? [] : [rootOf(leaves)];
  const split = largestPowerBelow(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return from <= split ? [...partsOf(from, left, isWhole), rootOf(right)] : [...partsOf(from - split, right, false), rootOf(left)];
}
