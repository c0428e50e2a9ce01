import { ed25519 } from "@noble/curves/ed25519.js";
import { expect, test } from "vitest";

import { b64Encode, concat, hex as toHex, utf8 } from "../../src/crypto";
import * as ledger from "../../src/ledger";
import { hex, read } from "../crypto/vectors";
import { expectRefused } from "./expect";

const vectors = read<{ seed: string; vkey: string; note: string; origin: string; size: number; root: string }>(
  "checkpoint.json",
);
const verifier = await ledger.readVkey(vectors.vkey);

/** The note of a body, signed by the ledger's own key. */
function signed(body: string, name = vectors.origin): string {
  const signature = ed25519.sign(utf8(body), hex(vectors.seed));
  return `${body}\n— ${name} ${b64Encode(concat(hex(verifier.keyHash), signature))}\n`;
}

test("the vectors' note is signed by the vectors' key", async () => {
  const { origin, size, root } = await ledger.openCheckpoint(vectors.note, verifier);
  expect({ origin, size, root: toHex(root) }).toEqual({
    origin: vectors.origin,
    size: vectors.size,
    root: vectors.root,
  });
});

test("a changed note is refused", async () => {
  const changes = [
    vectors.note.replace("20852163", "20852164"),
    vectors.note.replace(`— ${vectors.origin}`, "— other"),
    vectors.note.replace("\n\n", "\nmore\n\n"),
    vectors.note.slice(0, vectors.note.indexOf("\n\n") + 2),
  ];
  for (const note of changes) await expectRefused("signature", () => ledger.openCheckpoint(note, verifier));
  await expectRefused("malformed", () => ledger.openCheckpoint("", verifier));
});

test("extension lines under the signature are accepted", async () => {
  const note = signed(`${vectors.origin}\n1\n${b64Encode(new Uint8Array(32))}\nextension\n`);
  expect((await ledger.openCheckpoint(note, verifier)).size).toBe(1);
});

test("well signed nonsense is refused", async () => {
  const root = b64Encode(new Uint8Array(32));
  await expectRefused("origin", () => ledger.openCheckpoint(signed(`other\n1\n${root}\n`), verifier));
  for (const body of [`\n01\n${root}\n`, `\n-1\n${root}\n`, `\n1\nAAAA\n`, `\n1\n!\n`, "\n"]) {
    const note = signed(`${vectors.origin}${body}`);
    await expectRefused("malformed", () => ledger.openCheckpoint(note, verifier));
  }
});

test.each([
  "",
  "name",
  vectors.vkey.replace("colloque", "other"),
  vectors.vkey.slice(0, -4),
  `${vectors.vkey.slice(0, -4)}!!!!`,
])("%j is no verifier key", async (vkey) => {
  await expectRefused("vkey", () => ledger.readVkey(vkey));
});
