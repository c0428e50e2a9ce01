import { beforeEach, expect, test } from "vitest";

import { openCompartment } from "../../src/records";
import { linesAboutMe } from "../../src/vault";
import { aliceFile, stage, wordOf, type Stage } from "../standin/stage";

let here: Stage;
let file: string;

beforeEach(async () => {
  here = await stage();
  file = await aliceFile(here);
  for (const name of ["background", "identity"]) await openCompartment(here.alice.keyring, file, name, "own-record");
});

const LINES = /POST \/vault\/lines/;
type Told = { lines: { line: string; proof: string[]; reason?: string }[]; checkpoint: string };

test("my lines are those of the ledger, each proven, oldest first", async () => {
  here.server.meddle(LINES, (told: Told) => ({ ...told, lines: [...told.lines].reverse() }));
  const { lines, checkpoint } = await linesAboutMe(here.alice.keyring);
  expect(lines.map(({ kind, fields }) => [kind, fields["compartment"]])).toEqual([
    ["release", "background"],
    ["release", "identity"],
  ]);
  expect(checkpoint.size).toBe(here.server.log.size);
});

test("a reason that was written comes with its line", async () => {
  here.server.meddle(LINES, (told: Told) => ({ ...told, lines: told.lines.map((one) => ({ ...one, reason: "Le patient est inconscient." })) }));
  const { lines, reasons } = await linesAboutMe(here.alice.keyring);
  expect(reasons.get(lines[0]?.seq ?? -1)).toBe("Le patient est inconscient.");
});

test("a line in another form than the one that was hashed is not shown", async () => {
  here.server.meddle(LINES, (told: Told) => ({ ...told, lines: told.lines.map((one) => ({ ...one, line: `${one.line} ` })) }));
  expect(await wordOf(linesAboutMe(here.alice.keyring))).toBe("line");
});

