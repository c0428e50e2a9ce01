/**
 * Seal to a public key: HPKE base mode, single shot (RFC 9180 section 6.1; docs/spec/envelope.md, "Suite").
 * Output is `enc ‖ ct`; all context is bound by `info`, HPKE's aad is empty. X-Wing private keys are 32-byte seeds.
 * Opening throws EnvelopeError `sealed` for another key, another context or altered bytes.
 */

import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256 as NativeX25519, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { XWing } from "@hpke/hybridkem-x-wing";
import { x25519 as curve } from "@noble/curves/ed25519.js";

import { concat, label, randomBytes, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";

export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 1216;
const X_WING_ENC_BYTES = 1120;
const X25519_ENC_BYTES = 32;

const xWing = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const x25519 = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const nativeX25519 = new CipherSuite({ kem: new NativeX25519(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** The X-Wing public key (1,216 bytes) of a 32-byte seed. */
export async function kemPublicKey(seed: Bytes): Promise<Bytes> {
  const { publicKey } = await xWingPair(seed);
  return new Uint8Array(await xWing.kem.serializePublicKey(publicKey));
}

/** Seals to an X-Wing public key. */
export async function sealTo(recipient: Bytes, info: Bytes, plaintext: Bytes): Promise<Bytes> {
  if (recipient.length !== PUBLIC_KEY_BYTES) throw new EnvelopeError("sealed", "not an X-Wing public key");
  return sealBy(xWing, recipient, info, plaintext);
}

/** Opens with an X-Wing seed. */
export async function openWith(seed: Bytes, info: Bytes, sealed: Bytes): Promise<Bytes> {
  const pair = await xWingPair(seed);
  return openBy(xWing, X_WING_ENC_BYTES, pair, info, sealed);
}

/** An X25519 pair for the vault's answers to one page load; the private half never leaves this object. */
export interface ReplyKey {
  readonly publicKey: Bytes;
  readonly pair: CryptoKeyPair;
  readonly isNative: boolean;
}

/** Made by the browser where it knows the curve, and then no script can read it; else in script. */
export async function newReplyKey(): Promise<ReplyKey> {
  try {
    const pair = await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
    return { publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)), pair, isNative: true };
  } catch {
    return importReplyKey(randomBytes(SEED_BYTES));
  }
}

/** Makes a reply key of given private bytes. */
export async function importReplyKey(secret: Bytes): Promise<ReplyKey> {
  const privateKey = await x25519.kem.deserializePrivateKey(secret);
  const publicKey = new Uint8Array(curve.getPublicKey(secret));
  return {
    publicKey,
    pair: { privateKey, publicKey: await x25519.kem.deserializePublicKey(publicKey) },
    isNative: false,
  };
}

/** Opens the vault's answer to one request (docs/spec/key-release.md, "Reply"). */
export async function openReply(key: ReplyKey, requestId: string, sealed: Bytes): Promise<Bytes> {
  return openBy(key.isNative ? nativeX25519 : x25519, X25519_ENC_BYTES, key.pair, replyInfo(requestId), sealed);
}

/** Seals an answer as the vault does: for tests. */
export async function sealReply(replyKey: Bytes, requestId: string, plaintext: Bytes): Promise<Bytes> {
  return sealBy(x25519, replyKey, replyInfo(requestId), plaintext);
}

function replyInfo(requestId: string): Bytes {
  return label("colloque/v1/release-reply", requestId);
}

// A pair takes longer to expand than a key to open: it is kept for as long as its owner keeps the seed.
const pairs = new WeakMap<Bytes, Promise<CryptoKeyPair>>();

async function xWingPair(seed: Bytes): Promise<CryptoKeyPair> {
  if (seed.length !== SEED_BYTES) throw new EnvelopeError("sealed", "an X-Wing seed has 32 bytes");
  const known = pairs.get(seed);
  if (known) return known;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the suite's own KEM, typed wide
  const made = (xWing.kem as XWing).generateKeyPairDerand(seed);
  pairs.set(seed, made);
  return made;
}

async function sealBy(suite: CipherSuite, recipient: Bytes, info: Bytes, plaintext: Bytes): Promise<Bytes> {
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(recipient);
    const { enc, ct } = await suite.seal({ recipientPublicKey, info }, plaintext);
    return concat(new Uint8Array(enc), new Uint8Array(ct));
  } catch (error) {
    throw named(error, "this public key cannot be sealed to");
  }
}

async function openBy(
  suite: CipherSuite,
  encBytes: number,
  pair: CryptoKeyPair,
  info: Bytes,
  sealed: Bytes,
): Promise<Bytes> {
  const enc = sealed.slice(0, encBytes);
  const ct = sealed.slice(encBytes);
  try {
    return new Uint8Array(await suite.open({ recipientKey: pair, enc, info }, ct));
  } catch (error) {
    throw named(error, "not sealed for this key and purpose, or altered");
  }
}

function named(error: unknown, detail: string): EnvelopeError {
  const wrapped = new EnvelopeError("sealed", detail);
  wrapped.cause = error;
  return wrapped;
}
