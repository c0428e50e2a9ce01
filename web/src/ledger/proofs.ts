/**
 * Inclusion and consistency proofs (RFC 6962 section 2.1, checked as in RFC 9162 sections 2.1.3.2 and 2.1.4.2).
 * Hashes go from leaf to root.
 */

import { b64uDecode, equalBytes, type Bytes } from "../crypto/bytes";
import { nodeHash, rootOf } from "../crypto/tree";
import { LedgerError } from "./errors";

/** A tree head, as a checkpoint says it. */
export interface TreeHead {
  readonly size: number;
  readonly root: Bytes;
}

/** Throws `inclusion` unless the leaf is at `index` in the tree. */
export function checkInclusion(leaf: Bytes, index: number, proof: readonly Bytes[], tree: TreeHead): void {
  if (!isIncluded(leaf, index, proof, tree)) {
    throw new LedgerError("inclusion", `line ${index} is not proved to be in the tree of ${tree.size}`);
  }
}

/** Throws `consistency` unless the newer tree extends the older. */
export function checkConsistency(older: TreeHead, newer: TreeHead, proof: readonly Bytes[]): void {
  if (!isConsistent(older, newer, proof)) {
    throw new LedgerError("consistency", `the tree of ${newer.size} does not extend the tree of ${older.size}`);
  }
}

/** Reads a proof as it is on the wire: a list of base64url hashes. */
export function readProof(value: unknown): Bytes[] {
  if (!Array.isArray(value) || value.length > 64) throw new LedgerError("malformed", "a proof is a short list");
  try {
    return value.map((hash: unknown) => b64uDecode(hash, 32));
  } catch {
    throw new LedgerError("malformed", "a proof is made of hashes");
  }
}

export function isIncluded(leaf: Bytes, index: number, proof: readonly Bytes[], tree: TreeHead): boolean {
  if (!isIndex(index) || !isIndex(tree.size) || index >= tree.size) return false;
  let [node, last, joined] = [index, tree.size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      joined = nodeHash(sibling, joined);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      joined = nodeHash(joined, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(joined, tree.root);
}

export function isConsistent(older: TreeHead, newer: TreeHead, proof: readonly Bytes[]): boolean {
  if (!isIndex(older.size) || !isIndex(newer.size) || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && equalBytes(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && equalBytes(older.root, rootOf([]));
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : proof;
  const [first, ...siblings] = path;
  if (first === undefined) return false;
  let [node, last] = [older.size - 1, newer.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [oldRoot, newRoot] = [first, first];
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      [oldRoot, newRoot] = [nodeHash(sibling, oldRoot), nodeHash(sibling, newRoot)];
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newRoot = nodeHash(newRoot, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(oldRoot, older.root) && equalBytes(newRoot, newer.root);
}

// Bit operators would cut numbers at 32 bits.
function isIndex(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

function isOdd(number: number): boolean {
  return number % 2 === 1;
}

function half(number: number): number {
  return Math.floor(number / 2);
}

function isPowerOfTwo(number: number): boolean {
  let rest = number;
  while (rest % 2 === 0) rest /= 2;
  return rest === 1;
}
