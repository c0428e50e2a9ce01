/**
 * Manifests: what a compartment holds, signed by whoever wrote last (docs/spec/envelope.md, "Manifests"). A server that drops,
 * swaps, replays or rolls back an item is caught by root, size and counter. The newest manifest seen is the caller's to keep.
 */

import { b64uEncode, equalBytes, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";
import { isSamePlace, type Place } from "./keys";
import type { Author, AuthorKey, Signer } from "./signing";
import { checkDevice, readStatement, signStatement, type Dsse, type Statement } from "./statement";
import { leafHash, rootOf } from "./tree";
import { binary, number, text } from "./wire";

const KIND = "manifest";

export interface Manifest {
  readonly place: Place;
  readonly counter: number;
  readonly size: number;
  readonly root: Bytes;
  readonly author: Author;
  readonly at: string;
}

/** What is remembered of the newest manifest of a place. */
export type Remembered = Pick<Manifest, "counter" | "root">;

/** The tree hash over item hashes, in the order in which the items first came. */
export function manifestRoot(hashes: readonly Bytes[]): Bytes {
  return rootOf(hashes.map(leafHash));
}

export interface NewManifest {
  readonly place: Place;
  readonly hashes: readonly Bytes[];
  readonly counter: number;
  readonly author: Author;
  readonly at: string;
}

/** Signs what the compartment holds now: the hash of each item's current version. */
export function signManifest({ place, hashes, counter, author, at }: NewManifest, signer: Signer): Promise<Dsse> {
  const body = {
    record: place.record,
    compartment: place.compartment,
    epoch: place.epoch,
    counter,
    size: hashes.length,
    root: b64uEncode(manifestRoot(hashes)),
    person: author.person,
    device: author.device,
    at,
  };
  return signStatement(KIND, body, signer);
}

export interface ManifestCheck {
  readonly place: Place;
  readonly hashes: readonly Bytes[];
  readonly authorKey: AuthorKey;
  readonly remembered?: Remembered | null;
}

/**
 * Checks a manifest against the items that came with it and the newest one seen before. Throws `place`, `author`, `signature`,
 * `rolled-back`, `forked`, `manifest-size` or `manifest-root`. The caller remembers the result.
 */
export async function checkManifest(envelope: unknown, check: ManifestCheck): Promise<Manifest> {
  const statement = readStatement(envelope, KIND);
  const manifest = manifestOf(statement);
  if (!isSamePlace(manifest.place, check.place)) {
    throw new EnvelopeError("place", "of another record, compartment or epoch");
  }
  const key = await check.authorKey(manifest.author);
  if (key === null) throw new EnvelopeError("author", "the directory does not know this author's device");
  await checkDevice(statement, manifest.author.device, key);
  checkAgainstMemory(manifest, check.remembered ?? null);
  if (manifest.size !== check.hashes.length) {
    throw new EnvelopeError("manifest-size", `it counts ${manifest.size} items, ${check.hashes.length} came`);
  }
  if (!equalBytes(manifest.root, manifestRoot(check.hashes))) {
    throw new EnvelopeError("manifest-root", "the items are not those of the manifest, or not in its order");
  }
  return manifest;
}

/** Reads a manifest without checking it. */
export function readManifest(envelope: unknown): Manifest {
  return manifestOf(readStatement(envelope, KIND));
}

function manifestOf({ body }: Statement): Manifest {
  return {
    place: { record: text(body, "record"), compartment: text(body, "compartment"), epoch: number(body, "epoch") },
    counter: number(body, "counter"),
    size: number(body, "size"),
    root: binary(body, "root", 32),
    author: { person: text(body, "person"), device: text(body, "device") },
    at: text(body, "at"),
  };
}

function checkAgainstMemory(manifest: Manifest, remembered: Remembered | null): void {
  if (remembered === null) return;
  if (manifest.counter < remembered.counter) {
    throw new EnvelopeError("rolled-back", `counter ${manifest.counter} came after ${remembered.counter}`);
  }
  if (manifest.counter === remembered.counter && !equalBytes(manifest.root, remembered.root)) {
    throw new EnvelopeError("forked", `two manifests have counter ${manifest.counter}`);
  }
}
