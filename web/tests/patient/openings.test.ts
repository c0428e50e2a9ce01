import { describe, expect, it } from "vitest";
import type { Line } from "../../src/ledger";
import { handingsOf } from "../../src/pages/patient/handings";
import { actsOf, byDay, openingsOf, partsOf } from "../../src/pages/patient/openings";

const ALICE = "alice";
const NONE: ReadonlyMap<number, string> = new Map();
let seq = 0;

function line(kind: string, minute: number, fields: Record<string, unknown>): Line {
  const time = new Date(Date.UTC(2026, 10, 24, 9, minute)).toISOString();
  seq += 1;
  return { v: 1, seq, time, kind, fields: { practice: "p", record: "c", compartment: "request", relation: "assigned", ...fields }, text: "", leaf: new Uint8Array(32) };
}

describe("openings", () => {
  it("tells of openings, refusals and what was handed over, and of nothing else", () => {
    const lines = [line("release", 0, { actor: "bose" }), line("refusal", 1, { actor: "chen" }), line("consultation-taken", 2, { actor: "bose" }), line("item-written", 3, { actor: ALICE })];
    expect(openingsOf(lines).map((one) => [one.sort, one.actor])).toEqual([
      ["opened", "bose"],
      ["refused", "chen"],
    ]);
  });

  it("does not tell twice of what was fetched and opened, and does tell of what was only fetched", () => {
    const served = { actor: "bose", purpose: "assigned" };
    const lines = [line("release", 0, { actor: "bose" }), line("item-served", 9, served), line("item-served", 10, { ...served, compartment: "care" })];
    expect(openingsOf(lines).map((one) => [one.sort, one.part])).toEqual([
      ["opened", "request"],
      ["served", "care"],
    ]);
  });

  it("names the one who fetched, whatever the line is about", () => {
    const [only] = openingsOf([line("item-served", 0, { actor: "bose", target: "a-blob", purpose: "linked", compartment: "documents" })]);
    expect(only).toMatchObject({ actor: "bose", relation: "linked", part: "documents" });
  });

  it("shows words it does not know as such, never as something harmless", () => {
    const [only] = openingsOf([line("release", 0, { actor: "x", relation: "odd", compartment: "new" })]);
    expect(only).toMatchObject({ relation: "none", part: "other" });
  });
});

describe("acts", () => {
  it("takes what one person opened in one go as one, newest first", () => {
    const lines = [
      line("release", 0, { actor: "bose" }),
      line("release", 0, { actor: "bose", compartment: "exchange" }),
      line("release", 1, { actor: "bose", compartment: "identity", record: "f" }),
      line("release", 30, { actor: "bose" }),
      line("release", 31, { actor: ALICE, relation: "own" }),
    ];
    const acts = actsOf(lines, NONE, ALICE);
    expect(acts.map((one) => [one.first.actor, one.lines.length, one.isOwn])).toEqual([
      [ALICE, 1, true],
      ["bose", 1, false],
      ["bose", 3, false],
    ]);
    expect(acts.map(partsOf).at(-1)).toEqual(["request", "exchange", "identity"]);
  });

  it("keeps a broken glass, a refusal and another's opening apart, however near in time", () => {
    const lines = [
      line("release", 0, { actor: "dan" }),
      line("release", 0, { actor: "dan", relation: "break-glass" }),
      line("refusal", 0, { actor: "dan", relation: "break-glass" }),
      line("release", 0, { actor: "bose" }),
    ];
    const broken = lines[1]?.seq ?? -1;
    const acts = actsOf(lines, new Map([[broken, "sans connaissance"]]), ALICE);
    expect(acts).toHaveLength(4);
    expect(acts.filter((one) => one.reason !== null).map((one) => one.first.seq)).toEqual([broken]);
  });

  it("groups them by the reader's day", () => {
    const acts = actsOf([line("release", 0, { actor: "bose" }), line("release", 50, { actor: "bose" })], NONE, ALICE);
    expect(byDay(acts, (time) => time.slice(0, 10)).map(([day, some]) => [day, some.length])).toEqual([["2026-11-24", 2]]);
  });
});

describe("records handed on", () => {
  const moved = (minute: number, kind: string, to = "port", from = "p"): Line => line("custody-moved", minute, { practice: to, detail: { from, kind } });

  it("are one entry with their consultations, and one for each practice they went to, newest first", () => {
    const lines = [line("release", 0, {}), moved(1, "file"), moved(1, "consultation"), moved(1, "consultation"), moved(50, "file", "quai", "port")];
    expect(handingsOf(lines).map((one) => [one.from, one.to, one.lines.map(({ kind }) => kind)])).toEqual([
      ["port", "quai", ["file"]],
      ["p", "port", ["file", "consultation", "consultation"]],
    ]);
    expect(openingsOf(lines).map((one) => one.sort), "nothing was opened for it").toEqual(["opened"]);
  });

  it("tell what she kept out of it, and whose it stays", () => {
    expect(handingsOf([line("custody-refused", 0, { actor: ALICE })])).toMatchObject([{ from: "p", to: null }]);
  });
});
