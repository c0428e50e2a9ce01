import fc from "fast-check";
import { expect, test } from "vitest";

import { b64uEncode, hex as toHex, utf8 } from "../../src/crypto";
import * as ledger from "../../src/ledger";
import { hex, read } from "../crypto/vectors";
import { expectRefused } from "./expect";

interface Vectors {
  entries: string[];
  leaves: string[];
  roots: string[];
  inclusion: { index: number; size: number; proof: string[] }[];
  consistency: { from: number; to: number; proof: string[] }[];
}
const vectors = read<Vectors>("merkle.json");
const leaves = vectors.leaves.map(hex);
const heads = vectors.roots.map((root, size) => ({ size, root: hex(root) }));

function head(size: number): ledger.TreeHead {
  const found = heads[size];
  if (found === undefined) throw new Error("no such tree in the vectors");
  return found;
}

function leaf(index: number): NonNullable<(typeof leaves)[number]> {
  return leaves[index] ?? utf8("");
}

test("leaves and roots are those of the vectors", () => {
  expect(vectors.entries.map((entry) => toHex(ledger.leafHash(hex(entry))))).toEqual(vectors.leaves);
  expect(heads.map(({ size }) => toHex(ledger.rootOf(leaves.slice(0, size))))).toEqual(vectors.roots);
});

test("every inclusion proof holds, and for no other leaf, index or size", () => {
  for (const { index, size, proof: hashes } of vectors.inclusion) {
    const proof = hashes.map(hex);
    ledger.checkInclusion(leaf(index), index, proof, head(size));
    expect(ledger.isIncluded(leaf((index + 1) % 20), index, proof, head(size))).toBe(false);
    expect(ledger.isIncluded(leaf(index), index + size, proof, head(size))).toBe(false);
    expect(ledger.isIncluded(leaf(index), index, [...proof, leaf(0)], head(size))).toBe(false);
    if (proof.length > 0) expect(ledger.isIncluded(leaf(index), index, proof.slice(1), head(size))).toBe(false);
    if (size > 1) expect(ledger.isIncluded(leaf(index), (index + 1) % size, proof, head(size))).toBe(false);
  }
});

test("every consistency proof holds, and for no other tree", () => {
  for (const { from, to, proof: hashes } of vectors.consistency) {
    const proof = hashes.map(hex);
    ledger.checkConsistency(head(from), head(to), proof);
    expect(ledger.isConsistent({ ...head(from), root: leaf(3) }, head(to), proof)).toBe(false);
    expect(ledger.isConsistent(head(from), { ...head(to), root: leaf(3) }, proof)).toBe(false);
    expect(ledger.isConsistent(head(from), head(to), [...proof, leaf(0)])).toBe(false);
    if (proof.length > 0) expect(ledger.isConsistent(head(from), head(to), proof.slice(0, -1))).toBe(false);
    if (from < to) expect(ledger.isConsistent(head(to), head(from), proof)).toBe(false);
  }
});

test("every tree extends the empty one, whose root is known", () => {
  expect(ledger.isConsistent(head(0), head(7), [])).toBe(true);
  expect(ledger.isConsistent({ size: 0, root: leaf(0) }, head(7), [])).toBe(false);
});

test("any flipped bit of a proof is refused", () => {
  const { index, size, proof } = vectors.inclusion.at(-3) ?? { index: 0, size: 0, proof: [] };
  fc.assert(
    fc.property(fc.nat(proof.length - 1), fc.nat(255), (at, bit) => {
      const changed = proof.map(hex);
      const target = changed[at];
      if (target !== undefined) target[bit >> 3] = (target[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return !ledger.isIncluded(leaf(index), index, changed, head(size));
    }),
  );
});

test("a proof that does not hold is refused by name", async () => {
  await expectRefused("inclusion", () => {
    ledger.checkInclusion(leaf(0), 1, [], head(1));
  });
  await expectRefused("consistency", () => {
    ledger.checkConsistency(head(2), head(3), []);
  });
});

test("sizes past 2^32 are not cut", () => {
  // A leaf at the very end of a tree of 2^40 + 1 leaves has the big half as its only sibling.
  const size = 2 ** 40 + 1;
  const half = leaf(1);
  const root = ledger.nodeHash(half, leaf(0));
  expect(ledger.isIncluded(leaf(0), 2 ** 40, [half], { size, root })).toBe(true);
  expect(ledger.isIncluded(leaf(0), 2 ** 8, [half], { size, root })).toBe(false);
});

test("a proof is read from the wire", async () => {
  expect(ledger.readProof([b64uEncode(leaf(0))])).toEqual([leaf(0)]);
  await expectRefused("malformed", () => ledger.readProof("AAAA"));
  await expectRefused("malformed", () => ledger.readProof(["AAAA"]));
});
