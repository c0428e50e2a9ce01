import { beforeEach, expect, test } from "vitest";

import { openCompartment } from "../../src/records";
import { b64uEncode } from "../../src/crypto";
import { pseudonymOf } from "../../src/ledger";
import { actsOf } from "../../src/pages/patient/openings";
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

test("whoever has another name in a line is me once it was opened, and a stranger until then", async () => {
  const alice = here.alice.person;
  const salt = new Uint8Array(32);
  const pseudonym = await pseudonymOf("p", salt, alice);
  const { seq } = here.server.log.append("release", { v: 2, practice: "p", subject: pseudonym, actor: pseudonym, compartment: "care" });
  const shown = { line: here.server.log.texts[seq], proof: here.server.log.inclusion(seq) };
  const told = (names: object[]) => async () => ({ lines: [shown], names, checkpoint: await here.server.log.note() });
  const mine = async (names: object[]) => {
    const answer = await told(names)();
    here.server.meddle(LINES, () => answer);
    const { lines, reasons } = await linesAboutMe(here.alice.keyring);
    return actsOf(lines, reasons, alice).map((one) => [one.isOwn, one.first.actor, one.first.text]);
  };
  expect(await mine([])).toEqual([[false, pseudonym, shown.line]]);
  expect(await mine([{ practice: "p", pseudonym, value: alice, salt: b64uEncode(salt) }])).toEqual([[true, alice, shown.line]]);
});

test("a line in another form than the one that was hashed is not shown", async () => {
  here.server.meddle(LINES, (told: Told) => ({ ...told, lines: told.lines.map((one) => ({ ...one, line: `${one.line} ` })) }));
  expect(await wordOf(linesAboutMe(here.alice.keyring))).toBe("line");
});

