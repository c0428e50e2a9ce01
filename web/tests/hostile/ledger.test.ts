/** Attacks on the ledger (docs/hostile-server.md): a test for each row, by its name. The Python ones: tests/attacks/held/test_ledger.py. */

import { beforeEach, test } from "vitest";

import { personKeys } from "../../src/directory";
import { linesAboutMe } from "../../src/vault";
import { openCompartment } from "../../src/records";
import { aliceFile, reload, stage, type Stage } from "../standin/stage";
import { Log } from "../standin/log";
import { refused } from "./refusal";

let here: Stage;

beforeEach(async () => {
  here = await stage();
  const file = await aliceFile(here);
  for (const name of ["background", "identity"]) await openCompartment(here.alice.keyring, file, name, "own-record");
});

const LINES = /POST \/vault\/lines/;
type Told = { lines: { line: string; proof: string[] }[]; checkpoint: string };
const read = () => linesAboutMe(here.alice.keyring);

test("a checkpoint that the ledger did not sign", async () => {
  here.server.meddle(LINES, (told: Told) => ({ ...told, checkpoint: told.checkpoint.replace(/\n\d+\n/, "\n999\n") }));
  await refused(read(), "signature");
});

test("a ledger with another key", async () => {
  await personKeys(here.alice.person);
  reload();
  here.server.log = new Log();
  await refused(personKeys(here.bose.person), "ledger-key-changed");
});

test("a forked ledger", async () => {
  await read();
  here.server.log.rewrite(0);
  await refused(read(), "fork");
  reload();
  await refused(read(), "fork");
});

test("a ledger rolled back", async () => {
  let before: unknown = null;
  here.server.meddle(LINES, (told) => (before = told));
  await read();
  await openCompartment(here.alice.keyring, await aliceFile(here), "identity", "own-record");
  await read();
  here.server.meddle(LINES, () => before);
  await refused(read(), "older");
});

test("a ledger cut short", async () => {
  await read();
  here.server.log.texts.splice(-2);
  here.server.log.append("sign-in", { id: "another" });
  here.server.log.append("sign-in", { id: "and another" });
  await refused(read(), "fork");
});

test("an altered line", async () => {
  here.server.meddle(LINES, (told: Told) => ({ ...told, lines: told.lines.map((one) => ({ ...one, line: one.line.replace("allowed", "relation") })) }));
  await refused(read(), "inclusion");
});

test("a line with the proof of another", async () => {
  here.server.meddle(LINES, (told: Told) => ({ ...told, lines: told.lines.map((one, at) => ({ ...one, proof: told.lines[1 - at]?.proof })) }));
  await refused(read(), "inclusion");
});

test("a name that is said to be another's", async () => {
  const alice = here.alice.person;
  here.server.log.append("release", { v: 2, practice: "p", subject: "a-name", actor: "another-name", compartment: "care" });
  here.server.meddle(LINES, (told: Told) => ({ ...told, names: [{ practice: "p", pseudonym: "another-name", value: alice, salt: "A".repeat(43) }] }));
  await refused(read(), "name");
});
