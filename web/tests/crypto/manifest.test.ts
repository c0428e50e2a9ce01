import { expect, test } from "vitest";

import * as crypto from "../../src/crypto";
import { expectRefused } from "./expect";

const place = { record: "record", compartment: "exchange", epoch: 0 };
const device = await crypto.newDeviceKey();
const signer = crypto.deviceSigner("d", device);
const author = { person: "alice", device: "d" };
const authorKey = crypto.rememberAuthors(() => Promise.resolve(device.publicKey));
const hashes = [1, 2, 3, 4, 5].map((n) => new Uint8Array(32).fill(n));

function sign(counter = 7, over = hashes): Promise<crypto.Dsse> {
  return crypto.signManifest({ place, hashes: over, counter, author, at: "2026-11-24T08:30:00.000Z" }, signer);
}

async function check(
  counter: number,
  over = hashes,
  rest: Partial<crypto.ManifestCheck> = {},
): Promise<crypto.Manifest> {
  return crypto.checkManifest(await sign(counter, over), { place, hashes: over, authorKey, ...rest });
}

test("a whole compartment is accepted and remembered", async () => {
  const first = await check(7);
  expect(first.size).toBe(5);
  expect(await check(7, hashes, { remembered: first })).toEqual({ ...first, at: first.at });
  expect((await check(8, hashes.slice(0, 3), { remembered: first })).counter).toBe(8);
});

test("a dropped or added item is named", async () => {
  await expectRefused("manifest-size", () => check(7, hashes, { hashes: hashes.slice(1) }));
  await expectRefused("manifest-size", () => check(7, hashes, { hashes: [...hashes, new Uint8Array(32)] }));
});

test("swapped or replayed items are named", async () => {
  await expectRefused("manifest-root", () => check(7, hashes, { hashes: [...hashes].reverse() }));
  const [first, second, third, fourth] = hashes as [crypto.Bytes, crypto.Bytes, crypto.Bytes, crypto.Bytes];
  const replayed = [first, second, third, fourth, fourth];
  await expectRefused("manifest-root", () => check(7, hashes, { hashes: replayed }));
});

test("a rolled back or forked manifest is named", async () => {
  const remembered = await check(7);
  await expectRefused("rolled-back", () => check(6, hashes, { remembered }));
  await expectRefused("forked", () => check(7, hashes.slice(0, 2), { remembered }));
});

test("another place, an unknown device and another device are refused", async () => {
  await expectRefused("place", () => check(7, hashes, { place: { ...place, compartment: "care" } }));
  await expectRefused("author", () => check(7, hashes, { authorKey: () => Promise.resolve(null) }));
  const other = await crypto.newDeviceKey();
  const wrong = crypto.rememberAuthors(() => Promise.resolve(other.publicKey));
  await expectRefused("signature", () => check(7, hashes, { authorKey: wrong }));
});
