import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Dsse } from "../../src/crypto";
import { askOnce } from "../../src/vault";

type Answer = "lost" | object;

let answers: Answer[];
let sent: string[];
let signed: number;

beforeEach(() => {
  [answers, sent, signed] = [[], [], 0];
  vi.useFakeTimers();
  vi.stubGlobal("document", { documentElement: { lang: "fr" }, cookie: "csrftoken=t" });
  vi.stubGlobal("sessionStorage", { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal("fetch", (_path: string, { body }: { body: string }) => {
    sent.push((JSON.parse(body) as { statement: { n: string } }).statement.n);
    const answer = answers.shift() ?? {};
    if (answer === "lost") return Promise.reject(new TypeError("no network"));
    return Promise.resolve(new Response(JSON.stringify(answer), { status: "error" in answer ? 409 : 200 }));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const sign = (): Promise<Dsse> => Promise.resolve({ n: String((signed += 1)) } as unknown as Dsse);

async function press(name = "take"): Promise<unknown> {
  const asked = askOnce(name, "/api/acts", sign, (statement) => ({ statement })).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  return asked;
}

describe("an act that is pressed again", () => {
  test("after no answer came at all is the very same statement, so that it is done once", async () => {
    answers = ["lost", "lost", "lost", "lost"];
    expect(await press()).toMatchObject({ isOffline: true });
    answers = ["lost", "lost", "lost", "lost"];
    expect(await press()).toMatchObject({ isOffline: true });
    expect(await press()).toEqual({});
    expect(new Set(sent)).toEqual(new Set(["1"]));
  });

  test("after an answer, or for something else, is another", async () => {
    answers = [{ error: "taken", message: "" }];
    expect(await press()).toMatchObject({ error: "taken" });
    expect(await press()).toEqual({});
    answers = ["lost", "lost", "lost", "lost"];
    await press();
    await press("close");
    expect(sent.slice(-1)).toEqual(["4"]);
  });

  test("when its time has passed meanwhile is signed anew", async () => {
    answers = ["lost", "lost", "lost", "lost"];
    await press("transfer");
    answers = [{ error: "clock", message: "", now: "2026-11-24T09:00:00Z" }];
    expect(await press("transfer")).toEqual({});
    expect(sent.slice(-2)).toEqual(["1", "2"]);
  });
});
