/** Attacks on what is kept (docs/hostile-server.md): a test for each row, by its name. The Python ones: tests/attacks/held/test_contents.py. */

import { beforeEach, test } from "vitest";

import { CHUNK_BYTES, itemHash, signManifest, type SealedItem, type SealedKey } from "../../src/crypto";
import { openCompartment, openFile, sealFile, type Compartment } from "../../src/records";
import { someone, type Someone } from "../standin/people";
import { bent, type StoredCompartment } from "../standin/records";
import { aliceFile, openForCare, reload, stage, type Stage } from "../standin/stage";
import { refused } from "./refusal";

let here: Stage;
let file: string;

beforeEach(async () => {
  here = await stage();
  file = await aliceFile(here);
});

const openAsAlice = (name = "background"): Promise<Compartment> => openCompartment(here.alice.keyring, file, name, "own-record");

const openAsBose = (name = "background"): Promise<Compartment> => openForCare(here, file, name);

function stored(name = "background", record = file): StoredCompartment {
  const found = here.server.records.get(record)?.compartment(name);
  if (!found) throw new Error("nothing is stored");
  return found;
}

/** Three items by Alice; what the server keeps of them. */
async function written(): Promise<StoredCompartment> {
  const mine = await openAsAlice();
  for (const text of ["un", "deux", "trois"]) await mine.put("background", { text });
  return stored();
}

async function alterFirst(alter: (item: SealedItem) => SealedItem): Promise<StoredCompartment> {
  const kept = await written();
  const [first] = kept.items;
  if (first) kept.items[0] = alter(first);
  return kept;
}

/** A shorter list, as this person's device signs it. */
async function shortened(kept: StoredCompartment, by: Someone, size: number, counter: number): Promise<void> {
  kept.items.splice(size);
  const hashes = await Promise.all(kept.items.map(itemHash));
  const place = { record: file, compartment: "background", epoch: 0 };
  kept.manifest = await signManifest({ place, hashes, counter, author: { person: by.person, device: by.device }, at: new Date().toISOString() }, by.keyring.signer);
}

test("an altered item", async () => {
  await alterFirst((item) => ({ ...item, ciphertext: bent(item.ciphertext) }));
  await refused(openAsBose(), "signature");
});

test("an item under another author's name", async () => {
  const { alice, bose } = here;
  await alterFirst((item) => ({ ...item, header: item.header.replace(alice.person, bose.person).replace(alice.device, bose.device) }));
  await refused(openAsBose(), "signature");
});

test("an item moved to another compartment", async () => {
  const kept = await written();
  await (await openAsAlice("identity")).put("identity", { given: "Alice" });
  kept.items.splice(0, 99, ...stored("identity").items);
  await refused(openAsBose(), "place");
});

test("an item moved to another record", async () => {
  const kept = await written();
  const other = await aliceFile(here);
  await (await openCompartment(here.alice.keyring, other, "background", "own-record")).put("background", { text: "autre" });
  kept.items.splice(0, 1, ...stored("background", other).items);
  await refused(openAsBose(), "place");
});

test("an item dropped", async () => {
  (await written()).items.splice(1, 1);
  await refused(openAsBose(), "manifest-size");
});

test("items in another order", async () => {
  (await written()).items.reverse();
  await refused(openAsBose(), "manifest-root");
});

test("an item served twice", async () => {
  const kept = await written();
  const [first] = kept.items;
  if (first) kept.items[1] = first;
  await refused(openAsBose(), "manifest-root");
});

test("a dropped manifest", async () => {
  (await written()).manifest = null;
  await refused(openAsBose(), "missing");
});

test("an emptied compartment", async () => {
  const kept = await written();
  kept.items.length = 0;
  kept.manifest = null;
  await refused(openAsAlice(), "missing");
});

test("a manifest rolled back", async () => {
  const kept = await written();
  const [items, manifest] = [[...kept.items], kept.manifest];
  await (await openAsAlice()).put("background", { text: "quatre" });
  await openAsBose();
  kept.items.splice(0, 99, ...items);
  kept.manifest = manifest;
  reload();
  await refused(openAsBose(), "rolled-back");
});

test("two manifests of one counter", async () => {
  const kept = await written();
  await openAsBose();
  await shortened(kept, here.alice, 2, 3);
  await refused(openAsBose(), "forked");
});

test("a manifest by someone who wrote nothing", async () => {
  const kept = await written();
  const stranger = await someone();
  await here.server.register(stranger);
  await shortened(kept, stranger, 1, 9);
  await refused(openAsBose(), "manifest-author");
});

test("an epoch to come", async () => {
  await written();
  here.server.meddle(/GET .*background/, (told) => ({ ...told, epoch: 1 }));
  await refused(openAsBose(), "epoch");
});

test("a lower suite", async () => {
  await alterFirst((item) => ({ ...item, header: item.header.replace('"suite":"colloque/v1"', '"suite":"colloque/v0"') }));
  await refused(openAsBose(), "suite");
});

const RECORD = /GET \/api\/records\/[^/]+$/;

test("a lower suite of a sealed key", async () => {
  await written();
  const lower = (key: SealedKey): SealedKey => ({ ...key, suite: "colloque/v0" });
  here.server.meddle(RECORD, (told) => ({ ...told, sealed_keys: told.sealed_keys.map(lower) }));
  await refused(openAsAlice(), "suite");
});

test("the care key of another record", async () => {
  await written();
  const other = await aliceFile(here);
  here.server.meddle(RECORD, (told) => ({ ...told, sealed_keys: here.server.records.get(other)?.sealedKeys }));
  await refused(openAsAlice(), "sealed");
});

test("a sealed key under another recipient's name", async () => {
  await written();
  const named = (key: SealedKey): SealedKey => ({ ...key, recipient: here.alice.person });
  here.server.meddle(RECORD, (told) => ({ ...told, sealed_keys: told.sealed_keys.filter((key: SealedKey) => key.recipient === here.practice.id).map(named) }));
  await refused(openAsAlice(), "sealed");
});

const chunks = () => [...here.server.blobs.values()][0]?.chunks ?? [];
const bytes = (size: number) => new File([new Uint8Array(size)], "analyse.pdf", { type: "application/pdf" });

test("a truncated document", async () => {
  const documents = await openAsAlice("documents");
  const item = await sealFile(documents, bytes(2 * CHUNK_BYTES + 5));
  chunks()[2] = chunks()[1];
  await refused(openFile(documents, item), "file");
});

test("a document with its chunks swapped", async () => {
  const documents = await openAsAlice("documents");
  const item = await sealFile(documents, bytes(2 * CHUNK_BYTES + 5));
  const all = chunks();
  [all[0], all[1]] = [all[1], all[0]];
  await refused(openFile(documents, item), "tag");
});
