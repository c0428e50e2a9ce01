/** One page that shows a thread, sealed or in clear, for bench/open_thread.py. */

import { b64uDecode } from "../../src/crypto";
import { keepKeyring, loadKeyring } from "../../src/keys";
import { forget as forgetOne, keysOf } from "../../src/memory/store";
import { exchangeSource, mountThread, type Message, type ThreadSource } from "../../src/messaging";

interface Owner {
  readonly person: string;
  readonly root: string;
  readonly device: string;
  readonly publicKey: string;
  readonly jwk: JsonWebKey;
}

/** Leaves the keys in this browser, as signing in does. */
async function enter({ person, root, device, publicKey, jwk }: Owner): Promise<void> {
  const privateKey = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  await keepKeyring({ person, root: b64uDecode(root), device, deviceKey: { privateKey, publicKey: b64uDecode(publicKey) }, session: "" });
}

const nothing = { read: () => Promise.resolve(), writing: () => undefined, unsent: { load: () => Promise.resolve([]), save: () => Promise.resolve() }, draft: { load: () => Promise.resolve(""), save: () => Promise.resolve() } };
const nameOf = (author: string): string => author.slice(0, 8);

async function sealed(consultation: string): Promise<ThreadSource> {
  const keyring = await loadKeyring();
  if (!keyring) throw new Error("no keys in this browser");
  return { ...exchangeSource(keyring, { consultation, purpose: "own-record", nameOf, writing: () => undefined }), ...nothing };
}

function clear(): ThreadSource {
  const load = async (): Promise<Message[]> => (await (await fetch("/clear", { cache: "no-store" })).json()) as Message[];
  return { ...nothing, nameOf, load, refresh: load, send: () => Promise.reject(new Error("read only")) };
}

/** Milliseconds from the first request to the frame that shows the last message. */
async function open(consultation: string | null): Promise<number> {
  const place = document.querySelector("main") as HTMLElement;
  const begun = performance.now();
  const source = consultation === null ? clear() : await sealed(consultation);
  await mountThread(place, source).ready;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - begun;
}

/** Lets this browser forget what it has checked of any list, as if it opened the thread for the first time. */
async function forget(): Promise<void> {
  for (const key of await keysOf("heights")) await forgetOne("heights", key);
}

/** What the page shows, so that both ways can be compared. */
function shown(): string[] {
  return [...document.querySelectorAll(".written")].map((one) => one.textContent ?? "");
}

Object.assign(globalThis, { thread: { enter, forget, open, shown } });
