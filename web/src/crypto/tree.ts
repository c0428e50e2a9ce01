/**
 * RFC 6962 section 2.1 tree hash. Synchronous: a tree of 500 leaves is a thousand hashes of 65 bytes, each of which would
 * cost WebCrypto a trip to another thread.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import type { Bytes } from "./bytes";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(entry: Uint8Array): Bytes {
  return hashOf(LEAF, entry);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  return hashOf(NODE, left, right);
}

/** The root over leaf hashes; of the empty tree, the hash of nothing. */
export function rootOf(leaves: readonly Bytes[]): Bytes {
  const [first] = leaves;
  if (first === undefined) return hashOf();
  if (leaves.length === 1) return first;
  const split = largestPowerBelow(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** The largest power of two smaller than `count`, for a count of 2 or more. */
export function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function hashOf(...parts: readonly Uint8Array[]): Bytes {
  const hash = sha256.create();
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
