/** Records as the web process keeps them: sealed, in order of first coming, a counter that is taken once; and blobs. */

import { b64uDecode, hkdf, label, newSecret, readHeader, readManifest, u32, type Bytes, type SealedItem, type SealedKey } from "../../src/crypto";

export interface Refused {
  readonly status: number;
  readonly error: string;
}

export class StoredCompartment {
  readonly items: SealedItem[] = [];
  manifest: unknown = null;
  counter = 0;

  write(items: readonly SealedItem[], manifest: unknown): Refused | null {
    const next = readManifest(manifest);
    if (next.counter !== this.counter + 1) return { status: 409, error: "counter-taken" };
    for (const sealed of items) {
      const at = this.items.findIndex((one) => readHeader(one).item === readHeader(sealed).item);
      if (at >= 0) this.items[at] = sealed;
      else this.items.push(sealed);
    }
    this.manifest = manifest;
    this.counter = next.counter;
    return null;
  }
}

export class StoredRecord {
  readonly secret = newSecret();
  readonly compartments = new Map<string, StoredCompartment>();
  readonly id: string;
  readonly subject: string;
  readonly sealedKeys: readonly SealedKey[];

  constructor(id: string, subject: string, sealedKeys: readonly SealedKey[]) {
    this.id = id;
    this.subject = subject;
    this.sealedKeys = sealedKeys;
  }

  compartment(name: string): StoredCompartment {
    const found = this.compartments.get(name) ?? new StoredCompartment();
    this.compartments.set(name, found);
    return found;
  }

  /** The vault's half of a content key. */
  turn(compartment: string, epoch: number): Promise<Bytes> {
    return hkdf(this.secret, label("colloque/v1/vault-turn", compartment, u32(epoch)));
  }
}

export interface StoredBlob {
  readonly chunks: (Bytes | undefined)[];
  isComplete: boolean;
}

/** The same text with one bit of what it encodes turned. */
export function bent(text: string): string {
  const bytes = b64uDecode(text);
  return text.slice(0, 4) + (text[4] === "A" ? "B" : "A") + text.slice(5, bytes.length > 4 ? undefined : 5);
}
