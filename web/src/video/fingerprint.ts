/**
 * The signed fingerprint (docs/spec/signalling.md): a device says which DTLS certificate is its own, and the other
 * side takes no other. A server in the middle would need a device's key.
 */

import { readSdp, SdpError, writeFingerprint, type SdpFacts } from "./sdp";
import type { Dsse } from "./signal";

export const CLOCK_WINDOW_MS = 120_000;

/** Why a peer is refused. Each has its sentence under `video.refused.<reason>`. */
export type RefusalReason =
  | "unsigned" // no valid signature of a device of the person expected
  | "altered" // description and statement disagree
  | "elsewhere" // statement of another consultation
  | "stale" // too old, or from a clock that is wrong
  | "replayed" // the same statement came before
  | "key-changed" // the directory shows another key than the one remembered
  | "certificate"; // the line that was set up is not the one announced

export class PeerRefused extends Error {
  override readonly name = "PeerRefused";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, detail = "") {
    super(detail === "" ? reason : `${reason}: ${detail}`);
    this.reason = reason;
  }
}

/** Signs a statement of a kind as this device; `id`, `at`, `person` and `device` are the signer's to add. */
export type Sign = (kind: "fingerprint", fields: Record<string, unknown>) => Promise<Dsse>;

/**
 * Returns the body of a statement of this kind that a device of `person` signed, as found in the directory.
 * Throws otherwise; an error named `KeyChangedError` is told apart.
 */
export type Verify = (kind: "fingerprint", statement: Dsse, person: string) => Promise<Record<string, unknown>>;

export async function signDescription(
  sign: Sign,
  consultation: string,
  description: RTCSessionDescription | RTCSessionDescriptionInit,
): Promise<Dsse> {
  const facts = readSdp(description.sdp ?? "");
  return sign("fingerprint", { consultation, role: description.type, ...facts });
}

export interface Expectation {
  readonly consultation: string;
  readonly person: string; // the other participant
}

/** Checks descriptions of one page load; remembers which statements it has seen. */
export class FingerprintCheck {
  readonly verify: Verify;
  readonly expected: Expectation;
  readonly now: () => number;
  readonly #seen = new Set<string>();

  constructor(verify: Verify, expected: Expectation, now: () => number = Date.now) {
    this.verify = verify;
    this.expected = expected;
    this.now = now;
  }

  /** Returns what the description's sender announced, or throws PeerRefused. */
  async check(description: RTCSessionDescriptionInit, statement: Dsse): Promise<SdpFacts> {
    const facts = this.#facts(description);
    const body = await this.#body(statement);
    const problem = findProblem(body, facts, description.type, this.expected, this.now());
    if (problem !== null) throw problem;
    const id = body["id"];
    if (typeof id !== "string" || this.#seen.has(id)) throw new PeerRefused("replayed");
    this.#seen.add(id);
    return facts;
  }

  #facts(description: RTCSessionDescriptionInit): SdpFacts {
    try {
      return readSdp(description.sdp ?? "");
    } catch (error) {
      if (error instanceof SdpError) throw new PeerRefused("altered", error.message);
      throw error;
    }
  }

  async #body(statement: Dsse): Promise<Record<string, unknown>> {
    try {
      return await this.verify("fingerprint", statement, this.expected.person);
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      throw new PeerRefused(name === "KeyChangedError" ? "key-changed" : "unsigned", name);
    }
  }
}

/** Compares a statement with the description that came with it. Pure. */
export function findProblem(
  body: Record<string, unknown>,
  facts: SdpFacts,
  role: string,
  expected: Expectation,
  now: number,
): PeerRefused | null {
  if (body["person"] !== expected.person) return new PeerRefused("unsigned", "another person");
  if (body["consultation"] !== expected.consultation) return new PeerRefused("elsewhere");
  const at = typeof body["at"] === "string" ? Date.parse(body["at"]) : Number.NaN;
  if (!(Math.abs(now - at) <= CLOCK_WINDOW_MS)) return new PeerRefused("stale");
  if (body["role"] !== role) return new PeerRefused("altered", "role");
  for (const field of ["fingerprint", "setup", "ice_ufrag"] as const) {
    if (body[field] !== facts[field]) return new PeerRefused("altered", field);
  }
  return null;
}

/**
 * Compares the certificate that the other side showed with the fingerprint it had signed. "unknown" where the
 * browser shows neither certificate nor statistics of it; its own DTLS then vouches alone, by the same fingerprint.
 */
export async function compareCertificate(pc: RTCPeerConnection, fingerprint: string): Promise<"same" | "other" | "unknown"> {
  const shown = (await fromTransport(pc)) ?? (await fromStats(pc));
  if (shown === null) return "unknown";
  return shown === fingerprint ? "same" : "other";
}

async function fromTransport(pc: RTCPeerConnection): Promise<string | null> {
  const transport = pc.getReceivers()[0]?.transport ?? pc.sctp?.transport;
  const certificate = transport?.getRemoteCertificates?.()[0];
  if (certificate === undefined) return null;
  return writeFingerprint(new Uint8Array(await crypto.subtle.digest("SHA-256", certificate)));
}

async function fromStats(pc: RTCPeerConnection): Promise<string | null> {
  const report = await pc.getStats();
  for (const entry of report.values() as Iterable<Record<string, unknown>>) {
    if (entry["type"] !== "transport" || typeof entry["remoteCertificateId"] !== "string") continue;
    const found = report.get(entry["remoteCertificateId"]) as Record<string, unknown> | undefined;
    if (found?.["fingerprintAlgorithm"] === "sha-256") return `sha-256 ${String(found["fingerprint"]).toUpperCase()}`;
  }
  return null;
}
