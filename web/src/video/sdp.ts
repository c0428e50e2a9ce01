/** What a session description says of its sender's keys (RFC 8866, RFC 8122, RFC 8839). Pure. */

export interface SdpFacts {
  readonly fingerprint: string; // "sha-256 AB:CD:…"
  readonly setup: string;
  readonly ice_ufrag: string;
}

export class SdpError extends Error {}

/**
 * Reads the one fingerprint, the one set-up role and the one ICE user name of a description.
 * Throws when one is missing, or when two differ: a second fingerprint would be a second door.
 */
export function readSdp(sdp: string): SdpFacts {
  const lines = sdp.split(/\r\n|\r|\n/);
  const fingerprint = only(lines, "fingerprint");
  const match = /^sha-256 +((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.exec(fingerprint);
  if (match?.[1] === undefined) throw new SdpError("the fingerprint is not one of SHA-256");
  return {
    fingerprint: `sha-256 ${match[1].toUpperCase()}`,
    setup: only(lines, "setup"),
    ice_ufrag: only(lines, "ice-ufrag"),
  };
}

function only(lines: readonly string[], attribute: string): string {
  const start = `a=${attribute}:`;
  const values = new Set(
    // Attribute names are compared without case: a parser more lenient than we are must not see another line.
    lines.filter((line) => line.toLowerCase().startsWith(start)).map((line) => line.slice(start.length).trim()),
  );
  if (values.size !== 1) throw new SdpError(`${values.size} values of ${attribute}`);
  return [...values][0] as string;
}

/** Writes a certificate's SHA-256 as SDP does. */
export function writeFingerprint(digest: Uint8Array): string {
  return `sha-256 ${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":")}`;
}
