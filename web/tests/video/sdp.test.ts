import { describe, expect, it } from "vitest";
import { readSdp, SdpError, writeFingerprint } from "../../src/video/sdp";

const HEX = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, "0")).join(":");
const media = (fingerprint: string, ufrag = "abcd") =>
  ["m=audio 9 UDP/TLS/RTP/SAVPF 111", `a=ice-ufrag:${ufrag}`, `a=fingerprint:${fingerprint}`, "a=setup:actpass"].join("\r\n");

describe("readSdp", () => {
  it("reads the one fingerprint, in capitals", () => {
    const facts = readSdp(`v=0\r\n${media(`sha-256 ${HEX}`)}\r\n${media(`sha-256 ${HEX}`)}\r\n`);
    expect(facts).toEqual({ fingerprint: `sha-256 ${HEX.toUpperCase()}`, setup: "actpass", ice_ufrag: "abcd" });
  });

  it.each([
    ["two fingerprints", `${media(`sha-256 ${HEX}`)}\r\n${media(`sha-256 ${HEX.replace("00", "ff")}`)}`],
    ["a second one in other letters", `${media(`sha-256 ${HEX}`)}\r\na=FINGERPRINT:sha-256 ${HEX.replace("00", "ff")}`],
    ["a second one after a bare line feed", `${media(`sha-256 ${HEX}`)}\na=fingerprint:sha-1 AA`],
    ["a weak hash", media("sha-1 AA:BB")],
    ["a short one", media("sha-256 AA:BB")],
    ["none", "v=0\r\na=setup:actpass\r\na=ice-ufrag:abcd"],
    ["two ICE users", `${media(`sha-256 ${HEX}`)}\r\n${media(`sha-256 ${HEX}`, "efgh")}`],
  ])("refuses %s", (_, sdp) => {
    expect(() => readSdp(sdp)).toThrow(SdpError);
  });

  it("writes a digest as descriptions do", () => {
    expect(writeFingerprint(Uint8Array.of(0, 255))).toBe("sha-256 00:FF");
  });
});
