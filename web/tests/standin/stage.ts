/** A browser with nothing in it yet, at a server that stands in; the cast of one consultation. Fresh for each test. */

import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";

import { forgetLog } from "../../src/directory/log";
import { forgetPeople } from "../../src/directory/people";
import { closeMemory } from "../../src/memory/store";
import { createRecord, openCompartment, type Compartment } from "../../src/records";
import { forgetFork } from "../../src/vault/receipts";
import { practiceOf, someone, type Practice, type Someone } from "./people";
import { Server } from "./server";

export interface Stage {
  readonly server: Server;
  readonly alice: Someone;
  readonly bose: Someone;
  readonly practice: Practice;
}

/** Keys take a while to make: the cast is the same for all tests of a file, the server and the browser are not. */
const cast = (async () => {
  const [alice, bose] = await Promise.all([someone(), someone("professional")]);
  return { alice, bose, practice: await practiceOf(bose) };
})();

export async function stage(): Promise<Stage> {
  await newBrowser();
  const { alice, bose, practice } = await cast;
  const server = new Server();
  await server.register(alice);
  await server.register(bose);
  await server.open(practice, bose);
  Object.assign(globalThis, { fetch: counted(server.fetch as typeof fetch) });
  return { server, alice, bose, practice };
}

let underWay = 0;

function counted(ask: typeof fetch): typeof fetch {
  return async (...what) => {
    underWay += 1;
    try {
      return await ask(...what);
    } finally {
      underWay -= 1;
    }
  };
}

/** A page asks the directory beside what it does. What it still does must not end up in the next browser's memory. */
async function pageIsStill(): Promise<void> {
  for (let still = 0; still < 8; still = underWay === 0 ? still + 1 : 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Nothing is remembered: neither in the page nor in the profile. */
export async function newBrowser(): Promise<void> {
  await pageIsStill();
  await closeMemory();
  const kept = new Map<string, string>();
  Object.assign(globalThis, {
    indexedDB: new IDBFactory(),
    document: { cookie: "csrftoken=t", documentElement: { lang: "fr" }, querySelector: () => null },
    sessionStorage: { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => kept.set(name, value) },
  });
  reload();
}

/** The page is loaded anew; the profile remembers. */
export function reload(): void {
  forgetLog();
  forgetPeople();
  forgetFork();
}

/** A file of Alice's at the practice. */
export function aliceFile({ alice, practice }: Stage): Promise<string> {
  return createRecord(alice.keyring, { kind: "file", practice: practice.id });
}

/** The word of what `attempt` is refused with; fails when it is not. */
export async function wordOf(attempt: Promise<unknown>): Promise<unknown> {
  const found = await attempt.then(
    () => null,
    (error: unknown) => error,
  );
  if (found === null) throw new Error("nothing was refused");
  if (!(found instanceof Error)) throw new Error("refused without an error");
  const { word, error, reason } = found as Error & { word?: unknown; error?: unknown; reason?: unknown };
  return word ?? error ?? reason ?? found.message;
}

/** A compartment as Dr Bose opens it: by the practice's key. */
export async function openForCare({ bose, practice }: Stage, record: string, name: string): Promise<Compartment> {
  await bose.keyring.rememberPracticeSeed(practice.id, 0, practice.seed);
  return openCompartment(bose.keyring, record, name, "care");
}
