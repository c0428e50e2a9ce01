/** Attacks on a release (docs/hostile-server.md): a test for each row, by its name. The Python ones: tests/attacks/held/test_release.py. */

import { beforeEach, test } from "vitest";

import { b64uDecode, b64uEncode, readStatement, sealReply, utf8 } from "../../src/crypto";
import { openCompartment } from "../../src/records";
import { bent } from "../standin/records";
import { aliceFile, stage, type Stage } from "../standin/stage";
import { refused } from "./refusal";

let here: Stage;
let file: string;

beforeEach(async () => {
  here = await stage();
  file = await aliceFile(here);
});

const RELEASE = /POST \/vault\/release/;
const open = (compartment = "background") => openCompartment(here.alice.keyring, file, compartment, "own-record");

test("a release answered again", async () => {
  let before: unknown = null;
  here.server.meddle(RELEASE, (told) => (before = told));
  await open();
  here.server.meddle(RELEASE, () => before);
  await refused(open("identity"), "receipt");
});

test("a turn sealed for another request", async () => {
  let before: { sealed: string } | null = null;
  here.server.meddle(RELEASE, (told) => (before = told));
  await open();
  here.server.meddle(RELEASE, (told) => ({ ...told, sealed: before?.sealed }));
  await refused(open("identity"), "sealed");
});

test("the turn of another compartment", async () => {
  await (await open()).put("background", { text: "x" });
  here.server.meddle(RELEASE, async (told) => {
    const asked = readStatement(here.server.said(RELEASE).at(-1)?.body).body;
    const turn = b64uEncode((await here.server.records.get(file)?.turn("identity", 0)) ?? new Uint8Array(32));
    const reply = { turns: [{ record: file, compartment: "background", epoch: 0, turn }], refused: [] };
    const sealed = await sealReply(b64uDecode(asked["reply_key"], 32), String(asked["id"]), utf8(JSON.stringify(reply)));
    return { ...told, sealed: b64uEncode(sealed) };
  });
  await refused(open(), "commitment");
});

test("a receipt without its line", async () => {
  here.server.meddle(RELEASE, (told) => ({ ...told, receipt: { ...told.receipt, lines: [] } }));
  await refused(open(), "receipt");
});

test("a receipt whose line is not in the tree", async () => {
  const bend = (one: { leaf: string }) => ({ ...one, leaf: bent(one.leaf) });
  here.server.meddle(RELEASE, (told) => ({ ...told, receipt: { ...told.receipt, lines: told.receipt.lines.map(bend) } }));
  await refused(open(), "inclusion");
});

test("a receipt that the ledger did not sign", async () => {
  const tampered = (note: string) => note.replace(/\n\d+\n/, "\n999\n");
  here.server.meddle(RELEASE, (told) => ({ ...told, receipt: { ...told.receipt, checkpoint: tampered(told.receipt.checkpoint) } }));
  await refused(open(), "signature");
});
