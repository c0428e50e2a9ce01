import { expect, test } from "vitest";

import * as crypto from "../../src/crypto";
import { expectRefused } from "./expect";
import { hex, read } from "./vectors";

interface Vectors {
  labels: { parts: string[]; bytes: string }[];
  u32: { number: number; bytes: string }[];
  key_ids: { key: string; id: string }[];
  base64url: { bytes: string; text: string }[];
  not_base64url: string[];
}
const vectors = read<Vectors>("label.json");

test.each(vectors.labels)("label $parts", ({ parts, bytes }) => {
  expect(crypto.hex(crypto.label(...parts))).toBe(bytes);
});

test.each(vectors.u32)("u32 $number", ({ number, bytes }) => {
  expect(crypto.hex(crypto.u32(number))).toBe(bytes);
});

test.each(vectors.key_ids)("key id $id", async ({ key, id }) => {
  expect(await crypto.keyId(hex(key))).toBe(id);
});

test.each(vectors.base64url)("base64url $text", ({ bytes, text }) => {
  expect(crypto.b64uEncode(hex(bytes))).toBe(text);
  expect(crypto.hex(crypto.b64uDecode(text))).toBe(bytes);
});

test.each(vectors.not_base64url)("it refuses other ways to write base64url: %j", async (text) => {
  await expectRefused("malformed", () => crypto.b64uDecode(text));
});

test("it refuses lengths, numbers and parts that do not fit", async () => {
  await expectRefused("malformed", () => crypto.b64uDecode("AAAA", 4));
  await expectRefused("malformed", () => crypto.b64uDecode(5));
  await expectRefused("malformed", () => crypto.b64Decode("AAA"));
  await expectRefused("malformed", () => crypto.u32(2 ** 32));
  await expectRefused("malformed", () => crypto.u32(-1));
  await expectRefused("malformed", () => crypto.u32(0.5));
  await expectRefused("malformed", () => crypto.lp("x".repeat(65536)));
  await expectRefused("malformed", () => crypto.textOf(Uint8Array.of(0xff)));
});

test("large bytes go through base64", () => {
  const bytes = crypto.concat(new Uint8Array(300_001).fill(250));
  expect(crypto.equalBytes(crypto.b64Decode(crypto.b64Encode(bytes)), bytes)).toBe(true);
});

test("bytes of another length or content are not equal", () => {
  expect(crypto.equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
  expect(crypto.equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
});
