import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SavedState } from "../../src/face";
import { Saver } from "../../src/pages/patient/saver";

let online = true;

beforeEach(() => {
  online = true;
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("document", { addEventListener: () => undefined, visibilityState: "visible" });
  vi.stubGlobal("navigator", { get onLine() { return online; } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function setup(send: () => Promise<boolean>, keep: () => Promise<void> = () => Promise.resolve()) {
  const marks: string[] = [];
  const told: unknown[] = [];
  const saver = new Saver({
    keep,
    send,
    mark: { element: {} as HTMLElement, set: (state: SavedState) => marks.push(state.state) },
    isPassing: (error) => error === "network",
    onRefused: (error) => told.push(["refused", error]),
    onNotKept: (error) => told.push(["not kept", error]),
  });
  return { saver, marks, told };
}

describe("Saver", () => {
  it("keeps at once, and sends once a moment later however much was typed", async () => {
    const keep = vi.fn(() => Promise.resolve());
    const send = vi.fn(() => Promise.resolve(true));
    const { saver, marks } = setup(send, keep);
    for (let n = 0; n < 5; n += 1) saver.touch();
    expect(keep).toHaveBeenCalledTimes(5);
    expect(send).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(send).toHaveBeenCalledTimes(1);
    expect(marks).toEqual(["saving", "saved"]);
  });

  it("tries again by itself after a loss of the network", async () => {
    online = false;
    const send = vi.fn().mockRejectedValueOnce("network").mockResolvedValue(true);
    const { saver, marks, told } = setup(send);
    saver.touch();
    await vi.advanceTimersByTimeAsync(1000);
    expect(marks.at(-1)).toBe("offline");
    await vi.advanceTimersByTimeAsync(15_000);
    expect(marks.at(-1)).toBe("saved");
    expect(told).toEqual([]);
  });

  it("says what is refused for good, and does not hammer", async () => {
    const send = vi.fn().mockRejectedValue("no");
    const { saver, told } = setup(send);
    saver.touch();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(send).toHaveBeenCalledTimes(1);
    expect(told).toEqual([["refused", "no"]]);
  });

  it("sends what was typed during a save after it", async () => {
    let end = (): void => undefined;
    const send = vi.fn(() => new Promise<boolean>((resolve) => { end = () => { resolve(true); }; }));
    const { saver } = setup(send);
    saver.touch();
    await vi.advanceTimersByTimeAsync(1000);
    saver.touch();
    end();
    await vi.advanceTimersByTimeAsync(1000);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("says once that this browser keeps nothing, and does not call that saved", async () => {
    const { saver, told, marks } = setup(() => Promise.resolve(false), () => Promise.reject(new Error("full")));
    saver.touch();
    saver.touch();
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual([["not kept", new Error("full")]]);
    expect(marks).toEqual(["saving", "empty"]);
  });

  it("keeps and sends nothing once another tab has taken over", async () => {
    const keep = vi.fn(() => Promise.resolve());
    const send = vi.fn(() => Promise.resolve(true));
    const { saver } = setup(send, keep);
    saver.touch();
    saver.stop();
    saver.touch();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(keep).toHaveBeenCalledTimes(1);
    expect(send).not.toHaveBeenCalled();
  });
});
