import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../runs";

import * as crypto from "../../src/crypto";
import { expectRefused, reasonOf } from "./expect";
import { blobOf, collect, content } from "./vectors";

const place = { record: "record", compartment: "documents", epoch: 0 };
const key = await crypto.contentKey(place, new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));

interface Sealed {
  chunks: crypto.Bytes[];
  description: crypto.FileDescription;
}

async function seal(data: crypto.Bytes): Promise<Sealed> {
  const sealer = await crypto.sealFile(blobOf(data), key, "item");
  const chunks: crypto.Bytes[] = [];
  for await (const chunk of sealer.chunks()) chunks.push(chunk);
  return { chunks, description: sealer.description({ name: "n", type: "t", blob: "b" }) };
}

function open(pieces: Iterable<Uint8Array>, description: unknown, item = "item"): Promise<crypto.Bytes> {
  return collect(crypto.openFile(pieces, key, item, description));
}

const data = content(2 * crypto.CHUNK_BYTES);
const long = await seal(data);
const [first, second] = long.chunks as [crypto.Bytes, crypto.Bytes];

test("what is sealed opens", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
      const { chunks, description } = await seal(crypto.concat(bytes));
      expect(crypto.hex(await open(chunks, description))).toBe(crypto.hex(bytes));
    }),
    { numRuns: runs(25) },
  );
});

test.each([0, 1, crypto.CHUNK_BYTES - 1, crypto.CHUNK_BYTES, crypto.CHUNK_BYTES + 1])(
  "a file of %d bytes opens",
  async (size) => {
    const { chunks, description } = await seal(content(size));
    expect(chunks).toHaveLength(crypto.chunkCount(size));
    expect(chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(crypto.sealedSize(size));
    expect(crypto.equalBytes(await open(chunks, description), content(size))).toBe(true);
  },
);

test("pieces may be cut anywhere", async () => {
  const whole = crypto.concat(...long.chunks);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += 70_001) pieces.push(whole.subarray(at, at + 70_001));
  expect(crypto.equalBytes(await open(pieces, long.description), data)).toBe(true);
  expect(crypto.equalBytes(await open([whole], long.description), data)).toBe(true);
});

test("a file without its last chunk is truncated", async () => {
  await expectRefused("truncated", () => open([first], long.description));
  await expectRefused("truncated", () => open([first, second.subarray(0, -1)], long.description));
  await expectRefused("truncated", () => open([], long.description));
});

test("a truncated file with a description to match is refused", async () => {
  const sha256 = crypto.b64uEncode(await crypto.sha256(first));
  const shorter = { ...long.description, size: crypto.CHUNK_BYTES, chunks: 1, sha256 };
  await expectRefused("tag", () => open([first], shorter));
});

test("swapped, repeated and further chunks are refused", async () => {
  await expectRefused("tag", () => open([second, first], long.description));
  await expectRefused("file", () => open([first, first], long.description));
  await expectRefused("file", () => open([first, second, Uint8Array.of(1)], long.description));
});

test("any flipped bit is refused", async () => {
  const { chunks, description } = await seal(content(4900));
  const [only] = chunks as [crypto.Bytes];
  await fc.assert(
    fc.asyncProperty(fc.nat(only.length - 1), fc.nat(7), async (at, bit) => {
      const changed = only.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      expect(await reasonOf(() => open([changed], description))).toBe("file");
    }),
    { numRuns: runs(30) },
  );
});

test("another item, salt, digest or count is refused", async () => {
  await expectRefused("tag", () => open(long.chunks, long.description, "other"));
  const salt = crypto.b64uEncode(new Uint8Array(16));
  await expectRefused("tag", () => open(long.chunks, { ...long.description, salt }));
  const sha256 = crypto.b64uEncode(new Uint8Array(32));
  await expectRefused("file", () => open(long.chunks, { ...long.description, sha256 }));
  await expectRefused("file", () => open(long.chunks, { ...long.description, chunks: 3 }));
  await expectRefused("malformed", () => crypto.readFileDescription({ ...long.description, salt: "AA" }));
  expect(crypto.readFileDescription(long.description)).toEqual(long.description);
});

test("a description comes after the last chunk", async () => {
  const sealer = await crypto.sealFile(blobOf(data), key, "item");
  await sealer.chunks().next();
  await expectRefused("file", () => sealer.description({ name: "n", type: "t", blob: "b" }));
});
