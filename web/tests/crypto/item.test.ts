import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../runs";

import * as crypto from "../../src/crypto";
import { pae } from "../../src/crypto/statement";
import { expectRefused, reasonOf } from "./expect";

const place = { record: "record", compartment: "exchange", epoch: 3 };
const [careKey, turn] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const key = await crypto.contentKey(place, careKey, turn);
const device = await crypto.newDeviceKey();
const signer = crypto.deviceSigner("device", device);
const author = { person: "alice", device: "device" };
const about: crypto.NewItem = { item: "item", version: 1, kind: "message", author, at: "2026-11-24T08:30:00.000Z" };
const authorKey = crypto.rememberAuthors((asked) => Promise.resolve(asked.person === "alice" ? device.publicKey : null));

function seal(data = crypto.utf8("content")): Promise<crypto.SealedItem> {
  return crypto.sealItem(data, key, about, signer);
}

function withHeader(sealed: crypto.SealedItem, changes: Record<string, unknown>): crypto.SealedItem {
  const header = { ...(JSON.parse(sealed.header) as Record<string, unknown>), ...changes };
  return { ...sealed, header: JSON.stringify(header) };
}

/** The same item under a good signature: what an author's stolen device could send. */
async function resigned(sealed: crypto.SealedItem, by = signer): Promise<crypto.SealedItem> {
  const digests = await Promise.all(
    [crypto.utf8(sealed.header), crypto.b64uDecode(sealed.ciphertext)].map((part) => crypto.sha256(part)),
  );
  const body = crypto.concat(...digests.map((digest) => crypto.lp(digest)));
  const signature = await by.sign(pae("application/vnd.colloque.item.v1", body));
  return { ...sealed, signature: crypto.b64uEncode(signature) };
}

test("what is sealed opens", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (data) => {
      const sealed = await seal(crypto.concat(data));
      const opened = await crypto.openItem(sealed, key, authorKey, { item: "item", leastVersion: 1 });
      expect(crypto.hex(opened.data)).toBe(crypto.hex(data));
      expect(opened.hash).toEqual(await crypto.itemHash(sealed));
    }),
    { numRuns: runs(40) },
  );
});

test("any flipped bit is refused", async () => {
  const sealed = await seal();
  const parts = fc.constantFrom("header", "ciphertext", "signature");
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(), fc.nat(6), async (part, at, bit) => {
      const text = sealed[part];
      const raw = part === "header" ? crypto.utf8(text) : crypto.b64uDecode(text);
      raw[at % raw.length] = (raw[at % raw.length] ?? 0) ^ (1 << bit);
      const changed = part === "header" ? crypto.textOf(raw) : crypto.b64uEncode(raw);
      expect(await reasonOf(() => crypto.openItem({ ...sealed, [part]: changed }, key, authorKey))).not.toBeNull();
    }),
    { numRuns: runs(150) },
  );
});

test.each([{ record: "other" }, { compartment: "care" }, { epoch: 4 }])("it refuses an item of %j", async (changes) => {
  const other = await crypto.contentKey({ ...place, ...changes }, careKey, turn);
  await expectRefused("place", async () => crypto.openItem(await seal(), other, authorKey));
});

test("an item moved to another compartment is refused, even by the author's stolen device", async () => {
  const care = await crypto.contentKey({ ...place, compartment: "care" }, careKey, turn);
  const moved = await resigned(withHeader(await seal(), { compartment: "care" }));
  await expectRefused("commitment", () => crypto.openItem(moved, care, authorKey));
  const further = await resigned(withHeader(moved, { commitment: crypto.b64uEncode(care.commitment) }));
  await expectRefused("tag", () => crypto.openItem(further, care, authorKey));
});

test("it refuses another item and an older version", async () => {
  const sealed = await seal();
  await expectRefused("item", () => crypto.openItem(sealed, key, authorKey, { item: "other" }));
  await expectRefused("item", () => crypto.openItem(sealed, key, authorKey, { leastVersion: 2 }));
});

test("suite comes before everything else", async () => {
  const other = withHeader(await seal(), { suite: "colloque/v0", record: "other" });
  await expectRefused("suite", () => crypto.openItem(other, key, authorKey));
});

test("it refuses a key that did not seal this", async () => {
  const other = await crypto.contentKey(place, careKey, new Uint8Array(32));
  await expectRefused("commitment", async () => crypto.openItem(await seal(), other, authorKey));
});

test("it refuses a device that the directory does not know, and another author", async () => {
  const sealed = await seal();
  await expectRefused("author", () => crypto.openItem(sealed, key, () => Promise.resolve(null)));
  const forged = withHeader(sealed, { author: { person: "chen", device: "device" } });
  await expectRefused("author", () => crypto.openItem(forged, key, authorKey));
});

test("it refuses the signature of another device", async () => {
  const other = crypto.deviceSigner("device", await crypto.newDeviceKey());
  await expectRefused("signature", async () => crypto.openItem(await resigned(await seal(), other), key, authorKey));
});

test("it names an altered ciphertext under a good signature", async () => {
  const sealed = await seal();
  const raw = crypto.b64uDecode(sealed.ciphertext);
  raw[0] = (raw[0] ?? 0) ^ 1;
  const altered = await resigned({ ...sealed, ciphertext: crypto.b64uEncode(raw) });
  await expectRefused("tag", () => crypto.openItem(altered, key, authorKey));
});

test("it refuses padding that is not ours", async () => {
  const sealed = await seal();
  const { nonce } = crypto.readHeader(sealed);
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: crypto.utf8(sealed.header) };
  const odd = new Uint8Array(300).fill(1);
  const ciphertext = new Uint8Array(await globalThis.crypto.subtle.encrypt(parameters, key.aes, odd));
  const forged = await resigned({ ...sealed, ciphertext: crypto.b64uEncode(ciphertext) });
  await expectRefused("padding", () => crypto.openItem(forged, key, authorKey));
});

test.each([
  {},
  null,
  [],
  { header: "{", ciphertext: "AA", signature: "AA" },
  { header: "[]", ciphertext: "AA", signature: "AA" },
  { header: 5, ciphertext: "AA", signature: "AA" },
])("what cannot be read is malformed: %j", async (broken) => {
  await expectRefused("malformed", () => crypto.openItem(broken, key, authorKey));
});

test.each([{ epoch: "3" }, { epoch: -1 }, { epoch: true }, { nonce: "AA" }, { author: "alice" }, { item: null }])(
  "a header with %j is malformed",
  async (changes) => {
    const sealed = withHeader(await seal(), changes);
    await expectRefused("malformed", () => crypto.openItem(sealed, key, authorKey));
  },
);

test("content that is not JSON is malformed", async () => {
  const opened = await crypto.openItem(await seal(Uint8Array.of(0xff)), key, authorKey);
  await expectRefused("malformed", () => crypto.itemJson(opened));
});

test("sizes say little", async () => {
  const lengths = [0, 1, 100, 252].map(async (n) => (await seal(new Uint8Array(n))).ciphertext.length);
  expect(new Set(await Promise.all(lengths)).size).toBe(1);
});

test("500 items ask the directory once for each author", async () => {
  const sealed = await Promise.all(Array.from({ length: 500 }, () => seal()));
  let asked = 0;
  const counted = crypto.rememberAuthors(() => {
    asked += 1;
    return Promise.resolve(device.publicKey);
  });
  const opened = await Promise.all(sealed.map((item) => crypto.openItem(item, key, counted)));
  expect(opened).toHaveLength(500);
  expect(asked).toBe(1);
});

test("a directory look-up that failed is made again", async () => {
  let asked = 0;
  const flaky = crypto.rememberAuthors(() => {
    asked += 1;
    return asked === 1 ? Promise.reject(new Error("offline")) : Promise.resolve(device.publicKey);
  });
  const sealed = await seal();
  await expect(crypto.openItem(sealed, key, flaky)).rejects.toThrow("offline");
  expect((await crypto.openItem(sealed, key, flaky)).header.item).toBe("item");
});
