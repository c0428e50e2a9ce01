/**
 * What one is writing, kept on this device until the server has it: sealed under a key that no script can export. A copy
 * of the disk opens nothing without this browser profile; signing out erases both.
 */

import { amend, forget, recall, remember } from "./store";

const KEY = "drafts/key";

interface Shut {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

/** Throws MemoryFullError when the browser keeps nothing. */
export async function keep(name: string, person: string, value: unknown): Promise<void> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const about = { name: "AES-GCM", iv: nonce, additionalData: bytes(`${person}/${name}`) };
  const sealed = await crypto.subtle.encrypt(about, await ownKey(), bytes(JSON.stringify(value)));
  await remember("drafts", `${person}/${name}`, { nonce, sealed } satisfies Shut);
}

/** What was kept under this name, or null: nothing, or nothing that this browser can open any more. */
export async function kept<T>(name: string, person: string): Promise<T | null> {
  const shut = await recall<Shut>("drafts", `${person}/${name}`).catch(() => undefined);
  if (!shut) return null;
  try {
    const about = { name: "AES-GCM", iv: shut.nonce, additionalData: bytes(`${person}/${name}`) };
    const opened = await crypto.subtle.decrypt(about, await ownKey(), shut.sealed);
    return JSON.parse(new TextDecoder().decode(opened)) as T;
  } catch {
    return null;
  }
}

export async function dropKept(name: string, person: string): Promise<void> {
  await forget("drafts", `${person}/${name}`).catch(() => undefined);
}

async function ownKey(): Promise<CryptoKey> {
  const known = await recall<CryptoKey>("drafts", KEY);
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Two tabs may come here together: the first key stays.
  await amend<CryptoKey>("drafts", KEY, (there) => (there ? undefined : made));
  return (await recall<CryptoKey>("drafts", KEY)) ?? made;
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
