/** What the ledger says about me, each line proven to be in the one history that this browser knows. */

import { advance, checkNotOlder, lastSeen } from "../directory";
import { checkInclusion, openLine, readLine, readNames, readProof, type Checkpoint, type Line } from "../ledger";
import { api } from "../net";
import type { Keyring } from "../keys";
import { ask } from "./asking";

export interface ProvenLines {
  /** My own names in them are put back, each once it was opened. */
  readonly lines: readonly Line[];
  /** What was written as the reason, by line number, where nothing but a reason allowed the opening. */
  readonly reasons: ReadonlyMap<number, string>;
  readonly checkpoint: Checkpoint;
}

/** Checks that a line that somebody shows stands in the ledger. Throws LedgerError when it does not, DirectoryError at a fork. */
export async function proveLine(text: string): Promise<Line> {
  const line = readLine(text);
  const checkpoint = await advance(await api.getText("/vault/checkpoint"));
  const { proof } = await api.get<{ proof: unknown }>(`/vault/proof/inclusion?index=${line.seq}&size=${checkpoint.size}`);
  checkInclusion(line.leaf, line.seq, readProof(proof), checkpoint);
  return line;
}

interface Told {
  readonly lines: readonly { readonly line: string; readonly proof: unknown; readonly reason?: string }[];
  readonly names?: unknown;
  readonly checkpoint: string;
}

/**
 * The newest 500 lines about my records, or about one of them (`about`), after line `after`. Throws LedgerError when a line
 * is not proven or a name in it is not opened by what should open it, DirectoryError when the ledger has two histories or shows an older one.
 */
export async function linesAboutMe(keyring: Keyring, about = "self", after?: number): Promise<ProvenLines> {
  const fields = { about, ...(after === undefined ? {} : { after }) };
  const seen = await lastSeen().catch(() => null);
  const { answer } = await ask<Told>("/vault/lines", () => keyring.sign("lines", fields));
  const checkpoint = await advance(answer.checkpoint);
  checkNotOlder(checkpoint, seen);
  const names = await readNames(answer.names ?? []);
  const reasons = new Map<number, string>();
  const lines = answer.lines.map(({ line: text, proof, reason }) => {
    const line = readLine(text);
    if (reason !== undefined) reasons.set(line.seq, reason);
    checkInclusion(line.leaf, line.seq, readProof(proof), checkpoint);
    return openLine(line, names);
  });
  return { lines: lines.sort((a, b) => a.seq - b.seq), reasons, checkpoint };
}
