import { describe, expect, it } from "vitest";
import { CLOCK_WINDOW_MS, findProblem, FingerprintCheck, signDescription } from "../../src/video/fingerprint";

const facts = { fingerprint: "sha-256 AA", setup: "actpass", ice_ufrag: "abcd" };
const expected = { consultation: "c", person: "bose" };
const NOW = Date.parse("2026-11-24T02:00:00.000Z");
const body = { id: "1", at: "2026-11-24T02:00:00.000Z", person: "bose", device: "d", consultation: "c", role: "offer", ...facts };

describe("findProblem", () => {
  it("finds none when statement and description agree", () => {
    expect(findProblem(body, facts, "offer", expected, NOW)).toBeNull();
    expect(findProblem(body, facts, "offer", expected, NOW + CLOCK_WINDOW_MS)).toBeNull();
  });

  it.each([
    ["unsigned", { person: "chen" }, 0],
    ["elsewhere", { consultation: "other" }, 0],
    ["stale", {}, CLOCK_WINDOW_MS + 1],
    ["stale", {}, -CLOCK_WINDOW_MS - 1],
    ["stale", { at: "yesterday" }, 0],
    ["stale", { at: 7 }, 0],
    ["altered", { role: "answer" }, 0],
    ["altered", { fingerprint: "sha-256 BB" }, 0],
    ["altered", { setup: "active" }, 0],
    ["altered", { ice_ufrag: "efgh" }, 0],
  ])("says %s of %o after %d ms", (reason, change, late) => {
    expect(findProblem({ ...body, ...change }, facts, "offer", expected, NOW + late)?.reason).toBe(reason);
  });
});

const HEX = Array.from({ length: 32 }, () => "AB").join(":");
const sdp = `v=0\r\na=ice-ufrag:abcd\r\na=fingerprint:sha-256 ${HEX}\r\na=setup:actpass\r\n`;

describe("FingerprintCheck", () => {
  const signed = async () =>
    signDescription((_, fields) => Promise.resolve({ payload: JSON.stringify({ ...body, ...fields }), payloadType: "", signatures: [] }), "c", {
      type: "offer",
      sdp,
    });
  const verify = (_: string, statement: { payload: string }) => Promise.resolve(JSON.parse(statement.payload) as Record<string, unknown>);

  it("takes what the other side signed, once", async () => {
    const check = new FingerprintCheck(verify, expected, () => NOW);
    const statement = await signed();
    expect(await check.check({ type: "offer", sdp }, statement)).toMatchObject({ ice_ufrag: "abcd" });
    await expect(check.check({ type: "offer", sdp }, statement)).rejects.toMatchObject({ reason: "replayed" });
  });

  it("tells a changed key from a bad signature", async () => {
    class KeyChangedError extends Error {
      override readonly name = "KeyChangedError";
    }
    const failing = (error: Error) => new FingerprintCheck(() => Promise.reject(error), expected, () => NOW);
    await expect(failing(new KeyChangedError()).check({ type: "offer", sdp }, await signed())).rejects.toMatchObject({ reason: "key-changed" });
    await expect(failing(new Error("no")).check({ type: "offer", sdp }, await signed())).rejects.toMatchObject({ reason: "unsigned" });
  });
});
