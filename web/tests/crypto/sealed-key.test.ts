import { expect, test } from "vitest";

import * as crypto from "../../src/crypto";
import { expectRefused } from "./expect";

const seed = Uint8Array.from({ length: 32 }, (_, n) => n);
const publicKey = await crypto.kemPublicKey(seed);
const secret = new Uint8Array(32).fill(9);
const wanted = { purpose: "care-key", about: "record", recipient: "alice" } as const;
const sealed = await crypto.sealKey(secret, "care-key", "record", { id: "alice", publicKey, generation: 2 });

test("what is sealed opens", async () => {
  expect(await crypto.openKey(sealed, seed, wanted)).toEqual(secret);
});

test.each([{ purpose: "practice-seed" as const }, { about: "other" }, { recipient: "chen" }])(
  "it refuses another %j",
  async (change) => {
    await expectRefused("sealed", () => crypto.openKey(sealed, seed, { ...wanted, ...change }));
  },
);

test.each([
  { purpose: "person-root" as const },
  { about: "other" },
  { recipient: "chen" },
  { generation: 3 },
  { key_id: "0".repeat(32) },
])("one relabelled with %j does not open", async (change) => {
  const moved = { ...sealed, ...change };
  await expectRefused("sealed", () =>
    crypto.openKey(moved, seed, {
      purpose: moved.purpose as crypto.KeyPurpose,
      about: moved.about,
      recipient: moved.recipient,
    }),
  );
});

test("another key or suite is refused", async () => {
  await expectRefused("sealed", () => crypto.openKey(sealed, new Uint8Array(32), wanted));
  await expectRefused("suite", () => crypto.openKey({ ...sealed, suite: "colloque/v2" }, seed, wanted));
});

test.each([{ purpose: "other" }, { sealed: "==" }, { generation: "1" }, { about: "" }])(
  "one with %j is malformed",
  async (change) => {
    await expectRefused("malformed", () => crypto.openKey({ ...sealed, ...change }, seed, wanted));
  },
);

test("a secret has 32 bytes", async () => {
  await expectRefused("malformed", () =>
    crypto.sealKey(new Uint8Array(31), "care-key", "record", { id: "alice", publicKey }),
  );
});

test("a note reaches the practice padded, and no other", async () => {
  const practice = { id: "practice", publicKey };
  const [short, long] = [await crypto.sealNote("é", practice), await crypto.sealNote("é".repeat(120), practice)];
  expect(await crypto.openNote(short, seed, "practice")).toBe("é");
  expect(short.sealed.length).toBe(long.sealed.length);
  await expectRefused("sealed", () => crypto.openNote(short, seed, "other"));
  await expectRefused("malformed", () => crypto.sealNote("x".repeat(2001), practice));
});
