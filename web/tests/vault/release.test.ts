import { beforeEach, describe, expect, test } from "vitest";

import { readStatement } from "../../src/crypto";
import { lastSeen } from "../../src/directory";
import { keysOf } from "../../src/memory/store";
import { release, VaultRefusal } from "../../src/vault";
import { bent } from "../standin/records";
import { aliceFile, reload, stage, wordOf, type Stage } from "../standin/stage";

let here: Stage;
let file: string;

beforeEach(async () => {
  here = await stage();
  file = await aliceFile(here);
});

const RELEASE = /POST \/vault\/release/;
const place = (compartment = "background") => ({ record: file, compartment, epoch: 0 });
const open = (...compartments: string[]) => release(here.alice.keyring, compartments.map(place), "own-record");
const turnsOf = (...compartments: string[]) => Promise.all(compartments.map((one) => here.server.records.get(file)?.turn(one, 0)));
const lines = (kind: string): number => here.server.log.texts.filter((text) => text.includes(`"kind":"${kind}"`)).length;

describe("openings", () => {
  test("that come together go in one statement, in order", async () => {
    const [first, rest] = await Promise.all([open("background"), open("identity", "nir")]);
    expect([...first, ...rest]).toEqual(await turnsOf("background", "identity", "nir"));
    expect(here.server.said(RELEASE)).toHaveLength(1);
    expect(lines("release")).toBe(3);
  });

  test("of one place asked for twice leave one line", async () => {
    const [first, second] = await Promise.all([open("background"), open("background")]);
    expect(first).toEqual(second);
    expect(lines("release")).toBe(1);
  });

  test("are at most 25 in a statement", async () => {
    await open(...Array.from({ length: 30 }, (_, n) => `c${n}`));
    // They go side by side: which one arrives first is nobody's to say.
    const sizes = here.server.said(RELEASE).map(({ body }) => (readStatement(body).body["openings"] as unknown[]).length);
    expect(sizes.sort((a, b) => a - b)).toEqual([5, 25]);
  });

  test("say the reason, and the last checkpoint seen", async () => {
    await open("background");
    await new Promise((resolve) => setTimeout(resolve, 30)); // the checkpoint is kept beside
    const seen = await lastSeen();
    await release(here.alice.keyring, [place()], "care", "Le patient est inconscient.");
    const { body } = readStatement(here.server.said(RELEASE).at(-1)?.body);
    expect(body).toMatchObject({ purpose: "care", reason: "Le patient est inconscient.", seen: { size: seen?.size } });
  });

  test("keep their receipt", async () => {
    await open("background");
    expect(await keysOf("receipts")).toHaveLength(1);
  });
});

describe("a lost network", () => {
  test.each(["lost", "unheard", 503] as const)("(%s) is met with the very same statement", async (fault) => {
    here.server.meddle(RELEASE, fault);
    expect(await open("background")).toEqual(await turnsOf("background"));
    const [first, second] = here.server.said(RELEASE);
    expect(second?.body).toEqual(first?.body);
    expect(lines("release")).toBe(1);
  });

  test("that stays lost is told as it is", async () => {
    here.server.meddle(RELEASE, "unheard", 99);
    await expect(open("background")).rejects.toMatchObject({ isOffline: true });
    expect(here.server.said(RELEASE)).toHaveLength(4);
  });
});

describe("a clock that is off", () => {
  test("is corrected once, and the statement signed anew", async () => {
    here.server.clockMs = 3_600_000;
    expect(await open("background")).toEqual(await turnsOf("background"));
    const ids = here.server.said(RELEASE).map(({ body }) => readStatement(body).body["id"]);
    expect(new Set(ids).size).toBe(2);
    await open("identity");
    expect(here.server.said(RELEASE)).toHaveLength(3);
  });

  test("that a vault will never accept is a refusal", async () => {
    here.server.clockMs = 3_600_000;
    here.server.meddle(RELEASE, (told) => (told.error ? { ...told, now: new Date(0).toISOString() } : told), 9);
    expect(await wordOf(open("background"))).toBe("clock");
    expect(here.server.said(RELEASE)).toHaveLength(2);
  });
});

describe("a refusal", () => {
  test("of one opening leaves the others", async () => {
    here.server.refused.set(`${file}/nir`, { error: "relation" });
    const [allowed, refused] = await Promise.allSettled([open("background"), open("nir")]);
    expect(allowed).toMatchObject({ status: "fulfilled", value: await turnsOf("background") });
    expect(refused).toMatchObject({ status: "rejected", reason: { word: "relation" } });
    expect(lines("refusal")).toBe(1);
  });

  test("of all says when to try again", async () => {
    here.server.refused.set(`${file}/nir`, { error: "budget", retry_at: "2026-11-24T10:00:00.000Z" });
    const found = await open("nir").catch((error: unknown) => error);
    expect(found).toBeInstanceOf(VaultRefusal);
    expect(found).toMatchObject({ word: "budget", retryAt: new Date("2026-11-24T10:00:00.000Z") });
    expect(here.server.said(RELEASE)).toHaveLength(1);
  });
});

describe("a vault's answer is not used", () => {
  test("when its line is not in the tree", async () => {
    here.server.meddle(RELEASE, (told) => ({ ...told, receipt: { ...told.receipt, lines: told.receipt.lines.map((one: { leaf: string }) => ({ ...one, leaf: bent(one.leaf) })) } }));
    expect(await wordOf(open("background"))).toBe("inclusion");
    expect(await keysOf("receipts")).toEqual([]);
  });

  test("once an earlier receipt showed two histories", async () => {
    await open("background");
    await new Promise((resolve) => setTimeout(resolve, 30));
    here.server.log.rewrite(0);
    await open("identity");
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await wordOf(open("nir"))).toBe("fork");
    reload();
    // What this browser remembers outlives the page.
    await open("nir").catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await wordOf(open("summary"))).toBe("fork");
  });
});
