import fc from "fast-check";
import { expect, test } from "vitest";

import * as crypto from "../../src/crypto";
import { expectRefused } from "./expect";
import { read } from "./vectors";

test.each(read<{ length: number; padded: number }[]>("padme.json"))("padmé of $length", ({ length, padded }) => {
  expect(crypto.padme(length)).toBe(padded);
});

test("what is padded comes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (data) => {
      expect(crypto.hex(crypto.unpad(crypto.pad(crypto.concat(data))))).toBe(crypto.hex(data));
    }),
  );
});

const dirty = crypto.pad(crypto.utf8("x"));
dirty[200] = 1;
const huge = new Uint8Array(256).fill(255, 0, 4);

test.each([new Uint8Array(0), new Uint8Array(255), new Uint8Array(512), dirty, huge])(
  "other padding is refused %#",
  async (padded) => {
    await expectRefused("padding", () => crypto.unpad(padded));
  },
);
