/**
 * Device keys (ECDSA P-256, not extractable, raw `r ‖ s`), identity keys (Ed25519), and checking both.
 * Checks answer false; they throw only for a public key that is not one (`malformed`).
 */

import { ed25519 } from "@noble/curves/ed25519.js";

import { b64uEncode, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const WITH_SHA256 = { name: "ECDSA", hash: "SHA-256" } as const;
const POINT_BYTES = 65;

export interface DeviceKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: Bytes; // 65 bytes, uncompressed
}

/** Makes a key that IndexedDB can keep and no script can read. */
export async function newDeviceKey(): Promise<DeviceKey> {
  const pair = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { privateKey: pair.privateKey, publicKey };
}

/** One who signs: a device under its id, or `identity:<person id>`. */
export interface Signer {
  readonly keyid: string;
  sign(message: Bytes): Promise<Bytes>;
}

export function deviceSigner(device: string, key: Pick<DeviceKey, "privateKey">): Signer {
  return {
    keyid: device,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign(WITH_SHA256, key.privateKey, message)),
  };
}

export function identitySigner(person: string, identitySeed: Bytes): Signer {
  return {
    keyid: `identity:${person}`,
    sign: (message) => Promise.resolve(new Uint8Array(ed25519.sign(message, identitySeed))),
  };
}

/** A practice's recovery sheet, for a practice that nobody else speaks for any more; named by its public key. */
export function sheetSigner(seed: Bytes): Signer {
  return { keyid: `sheet:${b64uEncode(sheetKey(seed))}`, sign: (message) => Promise.resolve(new Uint8Array(ed25519.sign(message, seed))) };
}

export function sheetKey(seed: Bytes): Bytes {
  return new Uint8Array(ed25519.getPublicKey(seed));
}

/** Imports a device's public key once, so that many signatures can be checked with it. */
export async function importDeviceKey(publicKey: Bytes): Promise<CryptoKey> {
  if (publicKey.length !== POINT_BYTES) throw new EnvelopeError("malformed", "a device key has 65 bytes");
  try {
    return await crypto.subtle.importKey("raw", publicKey, P256, true, ["verify"]);
  } catch {
    throw new EnvelopeError("malformed", "not a point of P-256");
  }
}

export function isSignedByDevice(key: CryptoKey, signature: Bytes, message: Bytes): Promise<boolean> {
  return crypto.subtle.verify(WITH_SHA256, key, signature, message);
}

let hasEd25519: boolean | null = null;

/** Ed25519, by the browser where it knows the curve (ten times as fast), else in script. */
export async function isSignedByIdentity(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  if (hasEd25519 !== false) {
    try {
      const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", true, ["verify"]);
      hasEd25519 = true;
      return await crypto.subtle.verify("Ed25519", key, signature, message);
    } catch (error) {
      // Bytes that are no key are refused in the same way; only a browser without the curve goes on below.
      if (!(error instanceof DOMException) || error.name !== "NotSupportedError") return false;
      hasEd25519 = false;
    }
  }
  try {
    // As RFC 8032 and OpenSSL have it: a signature that other verifiers refuse must not pass here.
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/** Who wrote something. */
export interface Author {
  readonly person: string;
  readonly device: string;
}

/** Finds an author's device in the directory; null when it is not this person's, or is revoked. */
export type AuthorKey = (author: Author) => Promise<CryptoKey | null>;

/**
 * Wraps a directory look-up so that each device is asked for and imported once: opening 500 messages of two people
 * asks twice. A look-up that throws is asked again next time.
 */
export function rememberAuthors(lookUp: (author: Author) => Promise<Bytes | null>): AuthorKey {
  const known = new Map<string, Promise<CryptoKey | null>>();
  return (author) => {
    const name = JSON.stringify([author.person, author.device]);
    const before = known.get(name);
    if (before !== undefined) return before;
    const asked = lookUp(author).then((raw) => (raw === null ? null : importDeviceKey(raw)));
    known.set(name, asked);
    asked.catch(() => known.delete(name));
    return asked;
  };
}
