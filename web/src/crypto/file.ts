/**
 * Files, sealed in chunks (docs/spec/envelope.md, "Files"): the STREAM construction, laid out as in age v1. Each chunk's nonce is its
 * number and whether it is the last, so that none can be dropped, moved or added. The file is padded first.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { b64uEncode, equalBytes, label, randomBytes, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";
import { aesOpen, aesSeal, hkdfFrom, importForAes } from "./kdf";
import type { ContentKey } from "./keys";
import { isZero, padme } from "./padding";
import { binary, fields, number, text } from "./wire";

export const CHUNK_BYTES = 1 << 20;
const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const SALT_BYTES = 16;

/** The plaintext of a `document` item. */
export interface FileDescription {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly blob: string;
  readonly chunks: number;
  readonly salt: string;
  readonly sha256: string;
}

/** Anything that gives its bytes by slices: a Blob or File, or bytes wrapped in one. */
export type FileSource = Pick<Blob, "size" | "slice">;

/** How many chunks a file of this true length has; an empty one has a single empty chunk. */
export function chunkCount(size: number): number {
  return Math.max(1, Math.ceil(padme(size) / CHUNK_BYTES));
}

/** How many bytes of ciphertext a file of this true length has. */
export function sealedSize(size: number): number {
  return padme(size) + TAG_BYTES * chunkCount(size);
}

export interface FileSealer {
  /** Sealed chunks, in order; to be iterated once, to the end. */
  chunks(): AsyncGenerator<Bytes, void, void>;
  /** The document item's content, once all chunks are sealed; throws `file` before. */
  description(about: { readonly name: string; readonly type: string; readonly blob: string }): FileDescription;
}

/**
 * Seals one file, a chunk in memory at a time. The file key is unique by `salt`: give one only to seal the very same bytes
 * again, for an upload taken up again.
 */
export async function sealFile(
  source: FileSource,
  key: ContentKey,
  item: string,
  salt = randomBytes(SALT_BYTES),
): Promise<FileSealer> {
  const aes = await fileKey(key, item, salt);
  const digest = sha256.create();
  const chunks = chunkCount(source.size);
  let sum: Uint8Array | null = null;
  return {
    async *chunks() {
      for (let at = 0; at < chunks; at += 1) {
        const sealed = await aesSeal(aes, nonce(at, at === chunks - 1), await paddedChunk(source, at));
        digest.update(sealed);
        yield sealed;
      }
      sum = digest.digest();
    },
    description({ name, type, blob }) {
      if (sum === null) throw new EnvelopeError("file", "not sealed to its end yet");
      return { name, type, size: source.size, blob, chunks, salt: b64uEncode(salt), sha256: b64uEncode(sum) };
    },
  };
}

/**
 * Opens a file from its ciphertext in pieces of any length; nothing may be used before the generator has ended. Throws
 * `truncated` when the last chunk is missing, `tag` for an altered or moved one, `file` for more than was described or another digest.
 */
export async function* openFile(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  key: ContentKey,
  item: string,
  value: unknown,
): AsyncGenerator<Bytes, void, void> {
  const { size, chunks, salt, sum } = readNumbers(value);
  const aes = await fileKey(key, item, salt);
  const digest = sha256.create();
  let at = 0;
  for await (const sealed of rechunk(pieces, sealedSize(size))) {
    digest.update(sealed);
    const last = at === chunks - 1;
    if (last && !equalBytes(digest.digest(), sum)) throw new EnvelopeError("file", "not the ciphertext described");
    yield withoutPadding(await openChunk(aes, sealed, at, last), size - at * CHUNK_BYTES);
    at += 1;
  }
  if (at !== chunks) throw new EnvelopeError("truncated", "the file ends without its last chunk");
}

/** Checks the shape of a `document` item's content. */
export function readFileDescription(value: unknown): FileDescription {
  const source = fields(value);
  readNumbers(source);
  return {
    name: text(source, "name"),
    type: text(source, "type"),
    size: number(source, "size"),
    blob: text(source, "blob"),
    chunks: number(source, "chunks"),
    salt: text(source, "salt"),
    sha256: text(source, "sha256"),
  };
}

function readNumbers(value: unknown): { size: number; chunks: number; salt: Bytes; sum: Bytes } {
  const source = fields(value);
  const [size, chunks] = [number(source, "size"), number(source, "chunks")];
  if (chunks !== chunkCount(size)) throw new EnvelopeError("file", "not the number of chunks of this size");
  return { size, chunks, salt: binary(source, "salt", SALT_BYTES), sum: binary(source, "sha256", 32) };
}

async function fileKey(key: ContentKey, item: string, salt: Bytes): Promise<CryptoKey> {
  return importForAes(await hkdfFrom(key.derive, label("colloque/v1/file", key.place.record, item), { salt }));
}

async function paddedChunk(source: FileSource, at: number): Promise<Bytes> {
  const start = at * CHUNK_BYTES;
  const end = Math.min(start + CHUNK_BYTES, padme(source.size));
  const data = new Uint8Array(await source.slice(start, Math.min(end, source.size)).arrayBuffer());
  if (data.length === end - start) return data;
  const padded = new Uint8Array(end - start);
  padded.set(data);
  return padded;
}

async function openChunk(aes: CryptoKey, sealed: Bytes, at: number, last: boolean): Promise<Bytes> {
  try {
    return await aesOpen(aes, nonce(at, last), sealed);
  } catch {
    throw new EnvelopeError("tag", `chunk ${at} was altered or moved`);
  }
}

/** Cuts the padding off; a chunk may be padding only. */
function withoutPadding(chunk: Bytes, remaining: number): Bytes {
  const kept = Math.max(0, Math.min(remaining, chunk.length));
  if (!isZero(chunk.subarray(kept))) throw new EnvelopeError("file", "the padding is not zeros");
  return chunk.slice(0, kept);
}

/** Cuts any pieces into sealed chunks: `expected` bytes in all, no more and no fewer. */
async function* rechunk(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  expected: number,
): AsyncGenerator<Bytes, void, void> {
  let held = new Uint8Array(Math.min(SEALED_CHUNK_BYTES, expected));
  let filled = 0;
  let left = expected;
  for await (const piece of pieces) {
    if (piece.length > left) throw new EnvelopeError("file", "it goes on after its last chunk");
    left -= piece.length;
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + held.length - filled);
      held.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === held.length) {
        yield held;
        held = new Uint8Array(Math.min(SEALED_CHUNK_BYTES, left + piece.length - at));
        filled = 0;
      }
    }
  }
  if (left > 0) throw new EnvelopeError("truncated", "it ends before its last chunk");
}

function nonce(at: number, last: boolean): Bytes {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setBigUint64(3, BigInt(at));
  bytes[11] = last ? 1 : 0;
  return bytes;
}
