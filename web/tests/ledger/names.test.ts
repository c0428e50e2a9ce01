import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { b64uEncode, hex } from "../../src/crypto";
import * as ledger from "../../src/ledger";
import { read } from "../crypto/vectors";
import { expectRefused } from "./expect";

interface Vector {
  readonly practice: string;
  readonly value: string;
  readonly salt: string;
  readonly pseudonym: string;
}

const vectors = read<Vector[]>("pseudonym.json");
const [first, second] = vectors;
if (!first || !second) throw new Error("vectors are missing");

describe.each(vectors)("the name $pseudonym", (vector) => {
  test("opens to what it stands for", async () => {
    const names = await ledger.readNames([vector]);
    expect(names.get(`${vector.practice}/${vector.pseudonym}`)).toBe(vector.value);
  });

  test("opens to nothing else, in no other practice, with no other salt", async () => {
    const changed = [{ value: `${vector.value}x` }, { practice: "0b7d9e1c-2a3f-4c5d-8e6f-1a2b3c4d5e60" }, { salt: b64uEncode(new Uint8Array(32)) }, { pseudonym: first.pseudonym.replace(/^./, "0") }];
    for (const one of changed) await expectRefused("name", () => ledger.readNames([{ ...vector, ...one }]));
  });
});

test.each([null, {}, [null], [{}], [{ ...first, salt: "AA" }], [{ ...first, value: 7 }], [first, { ...second, value: first.value }]])("%j is refused", async (told) => {
  await expectRefused("name", () => ledger.readNames(told));
});

test("a line has its names put back, and keeps its text and its hash", async () => {
  const fields = { v: 2, seq: 7, time: "t", kind: "grant", practice: first.practice, subject: first.pseudonym, actor: "bose", target: second.pseudonym, purpose: first.pseudonym };
  const line = ledger.readLine(ledger.canonical(fields));
  const opened = ledger.openLine(line, await ledger.readNames([first, second]));
  expect(opened.fields).toEqual({ ...fields, subject: first.value, target: second.value });
  expect([opened.text, hex(opened.leaf)]).toEqual([line.text, hex(line.leaf)]);
});

test("a name counts in its practice alone, and not in a line of another kind or form", async () => {
  const names = await ledger.readNames([first]);
  const others = [{ practice: "another" }, { v: 1 }, { practice: undefined }];
  for (const one of others) {
    const fields = JSON.parse(JSON.stringify({ v: 2, seq: 7, time: "t", kind: "release", practice: first.practice, subject: first.pseudonym, ...one })) as ledger.LineFields;
    expect(ledger.openLine(ledger.readLine(ledger.canonical(fields)), names).fields).toEqual(fields);
  }
});

test("a name is a random id in form, whatever it stands for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uuid(), fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string(), async (practice, salt, value) => {
      expect(await ledger.pseudonymOf(practice, new Uint8Array(salt), value)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
});
