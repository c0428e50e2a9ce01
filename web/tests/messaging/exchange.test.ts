import { beforeEach, expect, test, vi } from "vitest";

import { newId, readStatement } from "../../src/crypto";
import { keysOf, recall } from "../../src/memory/store";
import { exchangeSource } from "../../src/messaging/exchange";
import type { ThreadSource } from "../../src/messaging/message";
import { createRecord } from "../../src/records";
import type { Someone } from "../standin/people";
import { aliceFile, reload, stage, type Stage } from "../standin/stage";

let here: Stage;
let consultation: string;

beforeEach(async () => {
  here = await stage();
  const file = await aliceFile(here);
  consultation = await createRecord(here.alice.keyring, { kind: "consultation", practice: here.practice.id, file });
  await here.bose.keyring.rememberPracticeSeed(here.practice.id, 0, here.practice.seed);
});

function sourceOf(who: Someone): ThreadSource {
  return exchangeSource(who.keyring, { consultation, purpose: "care", nameOf: (author) => author, writing: () => undefined });
}

test("what one says, the other reads, in the order said", async () => {
  const [mine, theirs] = [sourceOf(here.alice), sourceOf(here.bose)];
  expect(await mine.load()).toEqual([]);
  await theirs.load();
  await mine.send("Bonjour docteur", newId());
  const sent = await theirs.send("Bonjour", newId());
  expect(sent).toMatchObject({ text: "Bonjour", isMine: true, position: 1 });
  expect((await theirs.load()).map(({ text, isMine }) => [text, isMine])).toEqual([
    ["Bonjour docteur", false],
    ["Bonjour", true],
  ]);
});

test("refresh gives what is new, and nothing again", async () => {
  const [mine, theirs] = [sourceOf(here.alice), sourceOf(here.bose)];
  await Promise.all([mine.load(), theirs.load()]);
  await theirs.send("Bonjour", newId());
  expect((await mine.refresh()).map(({ text }) => text)).toEqual(["Bonjour"]);
  expect(await mine.refresh()).toEqual([]);
});

test("many sends at once keep their order", async () => {
  const mine = sourceOf(here.alice);
  await Promise.all(["un", "deux", "trois"].map((text) => mine.send(text, newId())));
  expect((await sourceOf(here.bose).load()).map(({ text }) => text)).toEqual(["un", "deux", "trois"]);
});

test("one key is asked for, however often the thread is looked at", async () => {
  const mine = sourceOf(here.alice);
  await Promise.all([mine.load(), mine.send("a", newId()), mine.refresh()]);
  expect(here.server.said(/POST .vault.release/)).toHaveLength(1);
});

test("a thread that could not be opened can be opened later", async () => {
  const mine = sourceOf(here.alice);
  here.server.meddle(/GET .*exchange/, 500);
  await expect(mine.load()).rejects.toMatchObject({ status: 500 });
  expect(await mine.load()).toEqual([]);
});

test("how far was read is told by position, and by nothing else", async () => {
  await sourceOf(here.alice).read(4).catch(() => undefined);
  expect(here.server.said(/read$/).map(({ body }) => body)).toEqual([{ position: 4 }]);
});

const TOLD = /POST .vault.statements/;
const kinds = (): string[] => here.server.said(TOLD).map(({ body }) => readStatement(body).kind);

test("the vault is told of what was written into a closed consultation, and of no other", async () => {
  await sourceOf(here.alice).send("Bonjour", newId());
  expect(kinds()).toEqual([]);
  const closed = { consultation, purpose: "own-record", nameOf: (author: string) => author, writing: () => undefined };
  const hers = exchangeSource(here.alice.keyring, { ...closed, tells: { kind: "message", isClosed: () => true } });
  await hers.send("Encore un mot", newId());
  expect(kinds()).toEqual(["message"]);
  const order = here.server.said(/POST (\/vault\/statements|.*\/exchange)$/).map(({ path }) => path);
  expect(order.slice(-2).map((path) => path.split("/").at(-1)), "whoever reads it says so of what the vault knows").toEqual(["statements", "exchange"]);
  expect(readStatement(here.server.said(TOLD)[0]!.body).body["record"]).toBe(consultation);
});

test("the vault is told once how far was read, and not of what was read before", async () => {
  here.server.answers.set(`POST /api/consultations/${consultation}/read`, {});
  let isClosed = true;
  const options = { consultation, purpose: "care", nameOf: (author: string) => author, writing: () => undefined };
  const theirs = exchangeSource(here.bose.keyring, { ...options, tells: { kind: "messages-read", position: 3, isClosed: () => isClosed } });
  for (const position of [2, 3, 4, 4]) await theirs.read(position);
  isClosed = false;
  await theirs.read(5);
  await vi.waitFor(() => { expect(kinds()).toEqual(["messages-read"]); });
});

test("a draft is kept on this device, sealed, and only its owner's", async () => {
  const mine = sourceOf(here.alice);
  await mine.draft.save("J’ai oublié de dire");
  reload();
  expect(await sourceOf(here.alice).draft.load()).toBe("J’ai oublié de dire");
  expect(await sourceOf(here.bose).draft.load()).toBe("");
  const [name] = (await keysOf("drafts")).filter((key) => key.includes(consultation));
  const { sealed } = (await recall<{ sealed: ArrayBuffer }>("drafts", name ?? "")) ?? { sealed: new ArrayBuffer(0) };
  expect(Buffer.from(sealed).length).toBeGreaterThan(16);
  expect(Buffer.from(sealed).toString("utf8")).not.toContain("oublié");
});

test("what could not be sent is kept on this device until it has arrived", async () => {
  const { unsent } = sourceOf(here.alice);
  await unsent.save([{ id: "m1", text: "Je n’ai plus de réseau" }]);
  expect(await sourceOf(here.alice).unsent.load()).toEqual([{ id: "m1", text: "Je n’ai plus de réseau" }]);
  expect(await sourceOf(here.bose).unsent.load()).toEqual([]);
  await unsent.save([]);
  expect((await keysOf("drafts")).filter((key) => key.includes(consultation))).toEqual([]);
});

test("a draft that was sent is gone", async () => {
  const mine = sourceOf(here.alice);
  await mine.draft.save("x");
  await mine.draft.save("");
  expect(await mine.draft.load()).toBe("");
  expect((await keysOf("drafts")).filter((key) => key.includes(consultation))).toEqual([]);
});
