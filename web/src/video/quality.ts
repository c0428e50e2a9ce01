/** How well media comes, in one of four words, from two readings of the statistics. Pure but for `readStats`. */

export type Quality = "good" | "fair" | "poor" | "none";

export interface Reading {
  readonly at: number;
  readonly received: number; // packets
  readonly lost: number;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
  readonly relayed: boolean;
}

export function judge(before: Reading, after: Reading): Quality {
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  if (received <= 0) return "none";
  const share = lost / (received + lost);
  const trip = after.roundTripMs ?? 0;
  if (share > 0.1 || trip > 800 || after.jitterMs > 150) return "poor";
  if (share > 0.03 || trip > 350 || after.jitterMs > 60) return "fair";
  return "good";
}

type Entry = Record<string, unknown>;

export async function readStats(pc: RTCPeerConnection, at: number): Promise<Reading> {
  const report = await pc.getStats();
  const entries = [...(report.values() as Iterable<Entry>)];
  const inbound = entries.filter((entry) => entry["type"] === "inbound-rtp");
  const pair = entries.find((entry) => entry["type"] === "candidate-pair" && entry["nominated"] === true && entry["state"] === "succeeded");
  const local = report.get(String(pair?.["localCandidateId"])) as Entry | undefined;
  const remote = report.get(String(pair?.["remoteCandidateId"])) as Entry | undefined;
  const trip = pair?.["currentRoundTripTime"];
  return {
    at,
    received: sum(inbound, "packetsReceived"),
    lost: sum(inbound, "packetsLost"),
    jitterMs: Math.max(0, ...inbound.map((entry) => Number(entry["jitter"] ?? 0) * 1000)),
    roundTripMs: typeof trip === "number" ? trip * 1000 : null,
    relayed: local?.["candidateType"] === "relay" || remote?.["candidateType"] === "relay",
  };
}

function sum(entries: readonly Entry[], field: string): number {
  return entries.reduce((total, entry) => total + Number(entry[field] ?? 0), 0);
}
