import { describe, expect, it } from "vitest";
import { judge, type Reading } from "../../src/video/quality";
import { nameProblem } from "../../src/video/media";
import { readSignal } from "../../src/video/signal";

const before: Reading = { at: 0, received: 100, lost: 0, jitterMs: 5, roundTripMs: 40, relayed: false };
const after = (change: Partial<Reading>): Reading => ({ ...before, at: 1000, received: 200, ...change });

describe("judge", () => {
  it.each([
    ["good", {}],
    ["fair", { lost: 5 }],
    ["poor", { lost: 20 }],
    ["fair", { roundTripMs: 400 }],
    ["poor", { roundTripMs: 900 }],
    ["poor", { jitterMs: 200 }],
    ["none", { received: 100 }],
    ["good", { roundTripMs: null }],
  ] as const)("says %s for %o", (word, change) => {
    expect(judge(before, after(change))).toBe(word);
  });
});

describe("nameProblem", () => {
  it.each([
    ["NotAllowedError", "denied"],
    ["NotReadableError", "in-use"],
    ["NotFoundError", "none"],
    ["TypeError", "failed"],
  ])("reads %s as %s", (name, problem) => {
    expect(nameProblem(new DOMException("", name))).toBe(problem);
  });
});

describe("readSignal", () => {
  const statement = { payload: "", payloadType: "", signatures: [] };
  it.each([
    [{ bye: true }, { bye: true }],
    [{ candidate: null }, { candidate: null }],
    [{ description: { type: "rollback", sdp: "" }, fingerprint: statement }, null],
    [{ description: { type: "offer", sdp: "v=0" } }, null],
    [{ candidate: 3 }, null],
    [[], null],
    ["bye", null],
  ])("reads %o as %o", (data, signal) => {
    expect(readSignal(data)).toEqual(signal);
  });
});
