/** A changed key blocks until somebody compared, and then stays accepted: exactly the one that was compared. */

import { beforeEach, expect, test } from "vitest";

import { digestWords, fingerprintWords } from "../../src/crypto";
import { acceptChanged, ledgerVerifier, listChanged, personKeys, practiceKey, wordsOf } from "../../src/directory";
import { remember, recall } from "../../src/memory/store";
import { someone } from "../standin/people";
import { reload, stage, wordOf, type Stage } from "../standin/stage";

let here: Stage;

beforeEach(async () => {
  here = await stage();
});

async function only(): Promise<Awaited<ReturnType<typeof listChanged>>[number]> {
  const [change, ...more] = await listChanged();
  if (!change || more.length > 0) throw new Error("one change is expected");
  return change;
}

test("a person's: the words of both are shown, and only what was compared is accepted", async () => {
  const before = await someone();
  await remember("people", here.alice.person, `${before.keys.kemKeyId} x`);
  expect(await wordOf(personKeys(here.alice.person))).toBe("key-changed");
  expect(await wordOf(personKeys(here.alice.person))).toBe("key-changed");
  const change = await only();
  const unhex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  expect(await digestWords(unhex(change.known))).toEqual(await fingerprintWords(before.keys.kemKey));
  expect(await digestWords(unhex(change.found))).toEqual(await fingerprintWords(here.alice.keys.kemKey));
  await acceptChanged(change);
  expect(await wordsOf(here.alice.person)).toEqual(await digestWords(unhex(change.found)));
  expect(await listChanged()).toEqual([]);
  await remember("people", here.alice.person, "another x");
  reload();
  expect(await wordOf(personKeys(here.alice.person))).toBe("key-changed");
});

test("a person's whose words are the same and whose signatures are not: no words explain it, and nothing is accepted", async () => {
  await remember("people", here.alice.person, `${here.alice.keys.kemKeyId} another-identity`);
  expect(await wordOf(personKeys(here.alice.person))).toBe("key-changed");
  await expect(acceptChanged(await only())).rejects.toThrow("Nothing explains");
  expect(await wordOf(personKeys(here.alice.person))).toBe("key-changed");
});

test("a practice's", async () => {
  const found = await practiceKey(here.practice.id);
  await remember("practices", here.practice.id, { generation: found.generation, keyId: "0".repeat(32) });
  expect(await wordOf(practiceKey(here.practice.id))).toBe("key-changed");
  const change = await only();
  expect([change.known, change.found]).toEqual(["0".repeat(32), found.keyId]);
  await acceptChanged(change);
  expect((await practiceKey(here.practice.id)).keyId).toBe(found.keyId);
});

test("the ledger's: what was seen of the one before is forgotten with it", async () => {
  await ledgerVerifier();
  const found = await recall<string>("pins", "ledger");
  await remember("pins", "ledger", "old+0+key");
  await remember("checkpoints", "ledger", { note: "old" });
  reload();
  expect(await wordOf(ledgerVerifier())).toBe("ledger-key-changed");
  const change = await only();
  expect([change.kind, change.known, change.found]).toEqual(["ledger", "old+0+key", found]);
  await acceptChanged(change);
  await ledgerVerifier();
  expect(await recall("checkpoints", "ledger")).toBeUndefined();
  expect(await listChanged()).toEqual([]);
});
