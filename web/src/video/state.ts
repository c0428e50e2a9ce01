/** The state of a call, derived from what is known at this moment; nobody sets it. Pure. */

export type CallState = "alone" | "calling" | "connecting" | "connected" | "unsteady" | "lost" | "ended";

/** Why a call ended, or why one is alone. */
export type EndReason = "left" | "replaced" | "refused" | "closed" | "signed-out";

export interface CallFacts {
  readonly ended: EndReason | null;
  readonly socket: "open" | "down";
  readonly peer: "here" | "gone"; // last word of the server or of the peer itself
  readonly heard: boolean; // a description of the peer has been taken
  readonly connection: RTCPeerConnectionState;
  readonly verified: boolean; // the line's certificate is the signed one
  readonly wasConnected: boolean; // with this page of the peer
  readonly silentMs: number; // since the last media of a line that had brought some
  readonly downMs: number; // since the connection was last "connected"
}

export const UNSTEADY_AFTER_MS = 2_000;
export const LOST_AFTER_MS = 6_000;

export const AT_FIRST: CallFacts = {
  ended: null,
  socket: "down",
  peer: "gone",
  heard: false,
  connection: "new",
  verified: false,
  wasConnected: false,
  silentMs: 0,
  downMs: 0,
};

/**
 * Media decides before words do: while it flows the call stands, whatever the server says of the sockets;
 * when it does not, no good word of the server makes it stand.
 */
export function deriveState(facts: CallFacts): CallState {
  if (facts.ended !== null) return "ended";
  if (facts.connection === "connected" && facts.verified) {
    if (facts.silentMs < UNSTEADY_AFTER_MS) return "connected";
    if (facts.peer === "gone") return "alone";
    return facts.silentMs < LOST_AFTER_MS ? "unsteady" : "lost";
  }
  if (facts.socket === "open" && facts.peer === "gone") return "alone";
  if (facts.connection === "failed") return "lost";
  if (facts.wasConnected) return facts.downMs < LOST_AFTER_MS ? "unsteady" : "lost";
  if (facts.socket === "down") return facts.heard ? "lost" : "connecting";
  return facts.heard ? "connecting" : "calling";
}
