/** A device with a key of its own, and a directory that is no more than a folder of keys: for tests and measurements. */

import { signStatement } from "../../src/crypto";
import { verifyWith } from "../../src/video/identity";

export interface Owner {
  readonly person: string;
  readonly clockMs?: number; // how far this device's clock is off
}

const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);

interface Known {
  readonly publicKey: CryptoKey;
  readonly revoked: boolean;
}

const known = new Map<string, Promise<Known>>();

/** Remembers what it has found, as the directory does. */
export function deviceKey(person: string, device: string): Promise<Known> {
  const path = `/keys/${person}/${device}`;
  const found = known.get(path) ?? fetchKey(path);
  known.set(path, found);
  return found;
}

async function fetchKey(path: string): Promise<Known> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error("no such device");
  const publicKey = await crypto.subtle.importKey("raw", await answer.arrayBuffer(), { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
  return { publicKey, revoked: false };
}

export async function enrol(setup: Owner) {
  const device = crypto.randomUUID();
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  await fetch(`/keys/${setup.person}/${device}`, { method: "PUT", body: raw });
  const now = () => Date.now() + (setup.clockMs ?? 0);
  return {
    device,
    now,
    sign: (kind: string, fields: Record<string, unknown>) =>
      signStatement(
        kind,
        { id: crypto.randomUUID(), at: new Date(now()).toISOString(), person: setup.person, device, ...fields },
        {
          keyid: device,
          sign: async (message: Uint8Array<ArrayBuffer>) =>
            new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, message)),
        },
      ),
    verify: verifyWith(deviceKey),
  };
}
