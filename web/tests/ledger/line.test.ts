import { expect, test } from "vitest";

import { hex } from "../../src/crypto";
import * as ledger from "../../src/ledger";
import { read } from "../crypto/vectors";
import { expectRefused } from "./expect";

const vectors = read<{ lines: { text: string; leaf: string }[]; not_canonical: string[] }>("line.json");

test.each(vectors.lines)("line $leaf", ({ text, leaf }) => {
  const line = ledger.readLine(text);
  expect(hex(line.leaf)).toBe(leaf);
  expect(ledger.canonical(line.fields)).toBe(text);
});

test.each(vectors.not_canonical)("%j is no line", async (text) => {
  await expectRefused("line", () => ledger.readLine(text));
});

test.each(['{"v":1}', '{"kind":"release","seq":0,"time":"t","v":3}', '{"a":null,"v":1}', '{"a":0.5}', '{"é":1}'])(
  "%j is no line either",
  async (text) => {
    await expectRefused("line", () => ledger.readLine(text));
  },
);
