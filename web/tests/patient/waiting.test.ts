import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Consultation } from "../../src/pages/patient/api";
import { expectedBy, isLate } from "../../src/pages/patient/lateness";
import { canAnswer } from "../../src/pages/patient/talk";
import { claim } from "../../src/pages/patient/tabs";

const NINE = Date.parse("2026-11-24T09:00:00Z");
const MINUTE = 60_000;
const waiting = { id: "c", requested_at: "2026-11-24T09:00:00Z", estimate_minutes: 10 } as Consultation;

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("lateness", () => {
  it("holds us to the first estimate, whatever is said later", () => {
    expect(expectedBy(waiting, NINE)).toBe(NINE + 10 * MINUTE);
    expect(expectedBy({ ...waiting, estimate_minutes: 25 }, NINE + 9 * MINUTE)).toBe(NINE + 10 * MINUTE);
    expect(isLate(NINE + 10 * MINUTE, NINE + 14 * MINUTE)).toBe(false);
    expect(isLate(NINE + 10 * MINUTE, NINE + 16 * MINUTE)).toBe(true);
  });

  it("counts anew when the request was sent anew", () => {
    expectedBy(waiting, NINE);
    const again = { ...waiting, requested_at: "2026-11-24T10:00:00Z" };
    expect(expectedBy(again, NINE + 60 * MINUTE)).toBe(NINE + 70 * MINUTE);
  });

  it("takes half an hour as usual where nothing could be estimated, and takes the first estimate that comes", () => {
    expect(expectedBy({ ...waiting, estimate_minutes: null }, NINE)).toBe(NINE + 30 * MINUTE);
    expect(expectedBy(waiting, NINE + 20 * MINUTE)).toBe(NINE + 30 * MINUTE);
  });
});

describe("writing after the end", () => {
  it("is possible for as long as the practitioner may answer", () => {
    const closed = { state: "closed", closed_at: "2026-11-24T09:00:00Z" } as const;
    expect(canAnswer({ state: "taken", closed_at: null }, NINE)).toBe(true);
    expect(canAnswer(closed, NINE + 29 * 24 * 60 * MINUTE)).toBe(true);
    expect(canAnswer(closed, NINE + 31 * 24 * 60 * MINUTE)).toBe(false);
  });
});

describe("two tabs", () => {
  it("lets the one opened last write, and tells the other", async () => {
    const lost: string[] = [];
    const first = claim("request/alice", () => lost.push("first"));
    const second = claim("request/alice", () => lost.push("second"));
    await vi.waitFor(() => {
      expect(lost).toEqual(["first"]);
    });
    first();
    second();
  });

  it("does not mix people up", async () => {
    const lost: string[] = [];
    const alice = claim("request/alice", () => lost.push("alice"));
    const paul = claim("request/paul", () => lost.push("paul"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lost).toEqual([]);
    alice();
    paul();
  });
});
