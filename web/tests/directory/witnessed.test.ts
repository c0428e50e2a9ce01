import { ed25519 } from "@noble/curves/ed25519.js";
import { beforeEach, expect, test } from "vitest";

import { b64Encode, concat, hex, sha256, utf8, type Bytes } from "../../src/crypto";
import { acceptWitnesses, checkWitnessed } from "../../src/directory";
import { forgetWitnessed } from "../../src/directory/witnessed";
import { newBrowser, reload, stage, wordOf, type Stage } from "../standin/stage";

let here: Stage;
let served: { witnesses: string[]; quorum: number; note: string | null };

beforeEach(async () => {
  here = await stage();
  forgetWitnessed();
  served = { witnesses: [await vkey("one"), await vkey("two")], quorum: 2, note: await cosigned(["one", "two"]) };
  const { fetch } = here.server;
  const told = async (path: string, init?: RequestInit): Promise<Response> => {
    if (path === "/vault/checkpoint/witnessed") return served.note === null ? new Response("{}", { status: 404 }) : new Response(served.note);
    const answer = await fetch(path, init);
    if (path !== "/vault/directory/key") return answer;
    return Response.json({ ...((await answer.json()) as object), witnesses: served.witnesses, quorum: served.quorum });
  };
  Object.assign(globalThis, { fetch: told });
});

const seedOf = (name: string): Bytes => utf8(name.padEnd(32, "."));
const keyOf = (name: string): Bytes => concat(Uint8Array.of(4), ed25519.getPublicKey(seedOf(name)));
const hashOf = async (name: string): Promise<Bytes> => (await sha256(concat(utf8(`${name}\n`), keyOf(name)))).slice(0, 4);

async function vkey(name: string): Promise<string> {
  return `${name}+${hex(await hashOf(name))}+${b64Encode(keyOf(name))}`;
}

async function cosigned(names: readonly string[], agoMs = 0): Promise<string> {
  let note = await here.server.log.note();
  const text = note.slice(0, note.indexOf("\n\n") + 1);
  for (const name of names) {
    const seconds = Math.floor((Date.now() - agoMs) / 1000);
    const at = new Uint8Array(8);
    new DataView(at.buffer).setBigUint64(0, BigInt(seconds));
    const signature = ed25519.sign(utf8(`cosignature/v1\ntime ${seconds}\n${text}`), seedOf(name));
    note += `— ${name} ${b64Encode(concat(await hashOf(name), at, signature))}\n`;
  }
  return note;
}

function loaded(): void {
  reload();
  forgetWitnessed();
}

test("enough witnesses who cosigned lately are named", async () => {
  expect(await checkWitnessed()).toMatchObject({ lines: here.server.log.size, names: ["one", "two"] });
});

test("a checkpoint that too few cosigned, or long ago, or that is not shown, stops", async () => {
  for (const note of [await cosigned(["one"]), await cosigned(["one", "two"], 11 * 60_000), await here.server.log.note(), null]) {
    served.note = note;
    expect(await wordOf(checkWitnessed())).toBe("unwitnessed");
  }
});

test("witnesses who cosigned another history than this browser saw are no comfort", async () => {
  await checkWitnessed();
  here.server.log.rewrite(0);
  served.note = await cosigned(["one", "two"]);
  expect(await wordOf(checkWitnessed())).toBe("fork");
});

test("other witnesses than those remembered stop until a person has compared", async () => {
  await checkWitnessed();
  for (const change of [{ witnesses: [] }, { quorum: 1 }, { witnesses: [await vkey("one"), await vkey("mallory")] }]) {
    const before = served;
    served = { ...served, ...change };
    loaded();
    expect(await wordOf(checkWitnessed())).toBe("witnesses-changed");
    served = before;
  }
  served = { witnesses: [await vkey("three")], quorum: 1, note: await cosigned(["three"]) };
  expect(await wordOf(checkWitnessed())).toBe("witnesses-changed");
  await acceptWitnesses();
  expect(await checkWitnessed()).toMatchObject({ names: ["three"] });
});

test("a browser that has seen nothing believes those it is told first; without any there is nothing to check", async () => {
  await checkWitnessed();
  await newBrowser();
  served = { ...served, witnesses: [], note: null };
  expect(await checkWitnessed()).toBeNull();
});
