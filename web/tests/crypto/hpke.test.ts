import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { XWing } from "@hpke/hybridkem-x-wing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../runs";

import * as crypto from "../../src/crypto";
import { expectRefused, reasonOf } from "./expect";
import { hex, read } from "./vectors";

interface Rfc9180 {
  info: string;
  skRm: string;
  pkRm: string;
  enc: string;
  encryptions: { aad: string; ct: string; pt: string }[];
}
const rfc9180 = read<Rfc9180>("published/rfc9180-x25519-sha256-aes256gcm-base.json");
const xWing = read<{ seed: string; eseed: string; ss: string; pk: string; ct: string }[]>("published/xwing.json");
const seed = Uint8Array.from({ length: 32 }, (_, n) => n);
const publicKey = await crypto.kemPublicKey(seed);
const info = crypto.utf8("info");
const content = crypto.utf8("content");

test("the suite of replies opens RFC 9180's vectors", async () => {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const key = await crypto.importReplyKey(hex(rfc9180.skRm));
  expect(crypto.hex(key.publicKey)).toBe(rfc9180.pkRm);
  const context = await suite.createRecipientContext({
    recipientKey: key.pair,
    enc: hex(rfc9180.enc),
    info: hex(rfc9180.info),
  });
  for (const { aad, ct, pt } of rfc9180.encryptions) {
    expect(crypto.hex(new Uint8Array(await context.open(hex(ct), hex(aad))))).toBe(pt);
  }
});

test.each(xWing)("a seed expands to X-Wing's published key $#", async (given) => {
  expect(crypto.hex(await crypto.kemPublicKey(hex(given.seed)))).toBe(given.pk);
});

test.each(xWing)("X-Wing's published ciphertext decapsulates $#", async (given) => {
  const kem = new XWing();
  const recipientKey = await kem.generateKeyPairDerand(hex(given.seed));
  const secret = await kem.decap({ recipientKey, enc: hex(given.ct) });
  expect(crypto.hex(new Uint8Array(secret))).toBe(given.ss);
});

test("what is sealed opens", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 80 }), async (data, context) => {
      const [plain, about] = [crypto.concat(data), crypto.concat(context)];
      const sealed = await crypto.sealTo(publicKey, about, plain);
      expect(crypto.hex(await crypto.openWith(seed, about, sealed))).toBe(crypto.hex(plain));
    }),
    { numRuns: runs(20) },
  );
});

test("a flipped bit is refused", async () => {
  const sealed = await crypto.sealTo(publicKey, info, content);
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), fc.nat(7), async (at, bit) => {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      expect(await reasonOf(() => crypto.openWith(seed, info, changed))).toBe("sealed");
    }),
    { numRuns: runs(60) },
  );
});

test("another context or key is refused, and what is no key", async () => {
  const sealed = await crypto.sealTo(publicKey, info, content);
  await expectRefused("sealed", () => crypto.openWith(seed, crypto.utf8("other"), sealed));
  await expectRefused("sealed", () => crypto.openWith(new Uint8Array(32), info, sealed));
  await expectRefused("sealed", () => crypto.openWith(seed, info, sealed.slice(0, 40)));
  await expectRefused("sealed", () => crypto.openWith(new Uint8Array(31), info, sealed));
  await expectRefused("sealed", () => crypto.sealTo(new Uint8Array(1215), info, content));
  await expectRefused("sealed", () => crypto.sealTo(new Uint8Array(1216).fill(255), info, content));
});

test("a reply answers one request only", async () => {
  const key = await crypto.newReplyKey();
  const sealed = await crypto.sealReply(key.publicKey, "request 1", content);
  expect(crypto.textOf(await crypto.openReply(key, "request 1", sealed))).toBe("content");
  await expectRefused("sealed", () => crypto.openReply(key, "request 2", sealed));
  await expectRefused("sealed", async () => crypto.openReply(await crypto.newReplyKey(), "request 1", sealed));
});
