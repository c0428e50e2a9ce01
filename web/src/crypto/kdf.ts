/** HKDF-SHA256 (RFC 5869): empty salt and 32 bytes unless said otherwise. */

import type { Bytes } from "./bytes";

export interface HkdfOptions {
  readonly salt?: Bytes;
  readonly length?: number;
}

export async function hkdf(ikm: Bytes, info: Bytes, options: HkdfOptions = {}): Promise<Bytes> {
  return hkdfFrom(await importForHkdf(ikm), info, options);
}

/** Keeps input keying material where scripts cannot read it back. */
export function importForHkdf(ikm: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
}

export async function hkdfFrom(key: CryptoKey, info: Bytes, options: HkdfOptions = {}): Promise<Bytes> {
  const { salt = new Uint8Array(0), length = 32 } = options;
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8));
}

/** AES-256-GCM; throws whatever WebCrypto throws for a wrong tag: callers name it. */
export function importForAes(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export async function aesSeal(key: CryptoKey, nonce: Bytes, data: Bytes, aad?: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.encrypt(gcm(nonce, aad), key, data));
}

export async function aesOpen(key: CryptoKey, nonce: Bytes, sealed: Bytes, aad?: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.decrypt(gcm(nonce, aad), key, sealed));
}

function gcm(iv: Bytes, aad: Bytes | undefined): AesGcmParams {
  return aad === undefined ? { name: "AES-GCM", iv } : { name: "AES-GCM", iv, additionalData: aad };
}
