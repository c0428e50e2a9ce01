/** What two browsers say to each other through the relay (docs/spec/signalling.md). */

export interface Dsse {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

export type Signal =
  | { readonly description: RTCSessionDescriptionInit; readonly fingerprint: Dsse }
  | { readonly candidate: RTCIceCandidateInit | null }
  | { readonly bye: true };

/** Reads a relayed `data`; null for what is none of the three. */
export function readSignal(data: unknown): Signal | null {
  if (!isObject(data)) return null;
  if (data["bye"] === true) return { bye: true };
  if (isObject(data["description"])) return readDescription(data["description"], data["fingerprint"]);
  if (data["candidate"] === null) return { candidate: null };
  if (isObject(data["candidate"]) && typeof data["candidate"]["candidate"] === "string") {
    return { candidate: data["candidate"] };
  }
  return null;
}

function readDescription(description: Record<string, unknown>, statement: unknown): Signal | null {
  const { type, sdp } = description;
  if ((type !== "offer" && type !== "answer") || typeof sdp !== "string" || !isDsse(statement)) return null;
  return { description: { type, sdp }, fingerprint: statement };
}

function isDsse(value: unknown): value is Dsse {
  return (
    isObject(value) &&
    typeof value["payload"] === "string" &&
    typeof value["payloadType"] === "string" &&
    Array.isArray(value["signatures"])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
