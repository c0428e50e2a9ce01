/** Samples of every format that is kept for ever (tests/vectors/kept.py): the browser's half opens each as it did. */

import { describe, expect, test } from "vitest";

import * as crypto from "../../src/crypto";
import { checkInclusion, leafHash, openLine, readLine, readNames, readProof } from "../../src/ledger";
import { author, directory, hex, inputs, key, person, place, practiceSeed, read, type Golden } from "./vectors";

interface Kept {
  readonly statements: Readonly<Record<string, crypto.Dsse>>;
  readonly sealed_keys: Readonly<Record<string, crypto.SealedKey | crypto.UnlockMethod>>;
  readonly lines: Readonly<Record<string, { readonly text: string; readonly leaf: string }>>;
  readonly names: Readonly<Record<string, { readonly text: string; readonly leaf: string; readonly names: unknown; readonly person: string; readonly device: string }>>;
  readonly items: { readonly message: { readonly item: crypto.SealedItem; readonly manifest: crypto.Dsse } };
  readonly receipts: { readonly release: { readonly lines: readonly { readonly seq: number; readonly leaf: string; readonly proof: unknown }[]; readonly checkpoint: string } };
}

const kept = read<Kept>("kept.json");
const deviceBytes = crypto.b64uDecode(read<Golden>("golden-python.json").device_key);
const deviceKey = await crypto.importDeviceKey(deviceBytes);

describe.each(Object.entries(kept.statements))("the kept statement %s", (kind, envelope) => {
  test("is read, and holds as its first signer signed it", async () => {
    const said = crypto.readStatement(envelope, kind);
    const signers = envelope.signatures.map(({ keyid }) => keyid);
    if (signers.includes(author.device)) await crypto.checkDevice(said, author.device, deviceKey);
    if (signers.includes(`identity:${author.person}`)) await crypto.checkIdentity(said, author.person, person.identityKey);
    expect(signers.length).toBeGreaterThan(0);
    expect(said.body["id"]).toBe(inputs.request);
  });
});

test("its sealed keys open", async () => {
  const open = (purpose: crypto.KeyPurpose, about: string, recipient: string, seed: crypto.Bytes): Promise<crypto.Bytes> =>
    crypto.openKey(kept.sealed_keys[purpose], seed, { purpose, about, recipient });
  const { practice, record } = inputs;
  expect(crypto.hex(await open("care-key", record, inputs.person, person.kemSeed))).toHaveLength(64);
  expect(crypto.hex(await open("practice-seed", practice, inputs.person, person.kemSeed))).toHaveLength(64);
  expect(crypto.hex(await open("past-practice-seed", practice, practice, practiceSeed))).toHaveLength(64);
  expect(await crypto.openNote(kept.sealed_keys["note"] as crypto.SealedKey, practiceSeed, practice)).toBe(inputs.note);
  const by = crypto.byRecoveryCode(hex(inputs.recovery_code));
  const root = await crypto.openMethod(kept.sealed_keys["person-root"], by, { owner: inputs.person });
  expect(root).toHaveLength(32);
  const sheet = await crypto.openMethod(kept.sealed_keys["practice-recovery"], by, { owner: practice, purpose: "practice-recovery" });
  expect(sheet).toHaveLength(32);
});

test("its item and the list of it open", async () => {
  const authorKey = directory(deviceBytes);
  const { item, manifest } = kept.items.message;
  const opened = await crypto.openItem(item, await key(), authorKey, { item: inputs.item });
  expect(crypto.itemJson(opened)).toEqual(inputs.message);
  expect((await crypto.checkManifest(manifest, { place, hashes: [opened.hash], authorKey })).counter).toBe(7);
});

test("its lines hash as they did, and its receipt proves one", () => {
  for (const { text, leaf } of Object.values(kept.lines)) expect(crypto.hex(leafHash(crypto.utf8(text)))).toBe(leaf);
  const [line] = kept.receipts.release.lines;
  const [, size, root] = kept.receipts.release.checkpoint.split("\n");
  if (!line || !root) throw new Error("no receipt is kept");
  const bytes = Uint8Array.from(atob(root), (one) => one.charCodeAt(0));
  checkInclusion(crypto.b64uDecode(line.leaf, 32), line.seq, readProof(line.proof), { size: Number(size), root: bytes });
});

test("its names open", async () => {
  for (const { text, leaf, names, person: alice, device } of Object.values(kept.names)) {
    const line = openLine(readLine(text), await readNames(names));
    expect(line.fields).toMatchObject({ actor: alice, subject: alice, device, keyid: device });
    expect(crypto.hex(line.leaf)).toBe(leaf);
  }
});
