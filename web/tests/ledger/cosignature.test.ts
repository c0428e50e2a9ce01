import { expect, test } from "vitest";

import { cosigners, openCheckpoint, readVkey, readWitnessKey } from "../../src/ledger";
import { read } from "../crypto/vectors";

const VECTORS = read<{ log: string; witnesses: string[]; time: number; notes: { note: string; signed_by: string[] }[] }>("cosignature.json");

test("a note names those witnesses whose signature holds, as in Python", async () => {
  const keys = await Promise.all(VECTORS.witnesses.map(readWitnessKey));
  for (const { note, signed_by } of VECTORS.notes) {
    const found = await cosigners(note, keys);
    expect([...found.keys()].map((key) => key.name).sort()).toEqual(signed_by);
    for (const at of found.values()) expect(at.getTime()).toBe(VECTORS.time * 1000);
  }
});

test("what the log signed reads below any number of cosignatures", async () => {
  const log = await readVkey(VECTORS.log);
  for (const { note } of VECTORS.notes.filter((one) => one.note.includes("\n7\n"))) expect((await openCheckpoint(note, log)).size).toBe(7);
});

test("a log's key is not a witness's, and a name that was changed is not its key's", async () => {
  for (const wrong of [VECTORS.log, "", "a+b+c", VECTORS.witnesses[0]?.replace("one", "two") ?? ""]) await expect(readWitnessKey(wrong)).rejects.toMatchObject({ reason: "vkey" });
});
