import { describe, expect, it } from "vitest";
import { AT_FIRST, deriveState, type CallFacts } from "../../src/video/state";

const up: CallFacts = { ...AT_FIRST, socket: "open", peer: "here", heard: true, connection: "connected", verified: true, wasConnected: true };

describe("deriveState", () => {
  it.each<[string, Partial<CallFacts>, CallFacts]>([
    ["connecting", {}, AT_FIRST],
    ["alone", { socket: "open" }, AT_FIRST],
    ["calling", { socket: "open", peer: "here" }, AT_FIRST],
    ["connecting", { socket: "open", peer: "here", heard: true, connection: "connecting" }, AT_FIRST],
    ["connected", {}, up],
    ["ended", { ended: "left" }, up],
    // A line whose certificate is not yet compared is no call.
    ["connecting", { verified: false, wasConnected: false }, up],
    // Media flows: what the server says of the sockets changes nothing.
    ["connected", { socket: "down" }, up],
    ["connected", { peer: "gone" }, up],
    // Media does not flow: no good word of the server makes a call of it.
    ["unsteady", { silentMs: 2_500 }, up],
    ["lost", { silentMs: 6_500 }, up],
    ["alone", { silentMs: 2_500, peer: "gone" }, up],
    ["unsteady", { connection: "disconnected", downMs: 3_000 }, up],
    ["lost", { connection: "disconnected", downMs: 7_000 }, up],
    ["lost", { connection: "failed" }, up],
    ["alone", { connection: "failed", peer: "gone" }, up],
    ["lost", { connection: "failed", peer: "gone", socket: "down" }, up],
  ])("says %s for %o", (state, change, base) => {
    expect(deriveState({ ...base, ...change })).toBe(state);
  });
});
