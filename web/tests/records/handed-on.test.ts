import { beforeEach, expect, test } from "vitest";

import { openKey, practiceKemSeed, type SealedKey } from "../../src/crypto";
import { practiceKey } from "../../src/directory";
import { sealAnew, sealMine, type HandedOn } from "../../src/records/handed-on";
import { practiceOf, someone, type Practice, type Someone } from "../standin/people";
import { aliceFile, stage, type Stage } from "../standin/stage";

let here: Stage;
let chen: Someone;
let port: Practice;
let file: string;

beforeEach(async () => {
  here = await stage();
  chen = await someone("professional");
  port = await practiceOf(chen);
  await here.server.register(chen);
  await here.server.open(port, chen);
  file = await aliceFile(here);
  here.server.answers.set(`POST /api/records/${file}/sealed-keys`, {});
});

const held = (to: string): HandedOn => ({ record: file, kind: "file", practice: port.id, sealed_key: here.server.records.get(file)?.sealedKeys.find((one) => one.recipient === to) });
const sent = (): SealedKey[] => here.server.said(/POST .*sealed-keys/).map(({ body }) => (body as { sealed_key: SealedKey }).sealed_key);
const opened = async (sealed: unknown, seed: Uint8Array<ArrayBuffer>, recipient: string): Promise<Uint8Array> => openKey(sealed, await practiceKemSeed(seed), { purpose: "care-key", about: file, recipient });

test("the former practice seals a record's key to the one that has it now", async () => {
  await here.bose.keyring.rememberPracticeSeed(here.practice.id, 0, here.practice.seed);
  const copy = held(here.practice.id);
  expect(await sealAnew(here.bose.keyring, copy, await practiceKey(port.id))).toBe(true);
  const [anew] = sent();
  expect(await opened(anew, port.seed, port.id)).toEqual(await opened(copy.sealed_key, here.practice.seed, here.practice.id));
});

test("who opens no copy seals none, and says so", async () => {
  expect(await sealAnew(chen.keyring, held(here.alice.person), await practiceKey(port.id))).toBe(false);
  expect(sent()).toEqual([]);
});

test("a patient seals hers where the ledger says that it went, and nowhere else", async () => {
  here.server.answers.set("GET /api/handed-on", [held(here.alice.person)]);
  expect(await sealMine(here.alice.keyring)).toBe(0);
  here.server.log.append("custody-moved", { record: file, practice: here.practice.id, subject: here.alice.person });
  expect(await sealMine(here.alice.keyring)).toBe(0);
  expect(sent(), "a server that names a practice of its own gets no copy").toEqual([]);
  here.server.log.append("custody-moved", { record: file, practice: port.id, subject: here.alice.person });
  expect(await sealMine(here.alice.keyring)).toBe(1);
  expect(await opened(sent()[0], port.seed, port.id)).toBeInstanceOf(Uint8Array);
});
