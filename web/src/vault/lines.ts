/** What the ledger says about me, each line proven to be in the one history that this browser knows. */

import { advance } from "../directory";
import { checkInclusion, readLine, readProof, type Checkpoint, type Line } from "../ledger";
import type { Keyring } from "../keys";
import { ask } from "./asking";

export interface ProvenLines {
  readonly lines: readonly Line[];
  readonly checkpoint: Checkpoint;
}

interface Told {
  readonly lines: readonly { readonly line: string; readonly proof: unknown }[];
  readonly checkpoint: string;
}

/**
 * The newest 500 lines about my records, or about one of them (`about`), after line `after`. Throws LedgerError when a line
 * is not proven, DirectoryError when the ledger has two histories.
 */
export async function linesAboutMe(keyring: Keyring, about = "self", after?: number): Promise<ProvenLines> {
  const fields = { about, ...(after === undefined ? {} : { after }) };
  const { answer } = await ask<Told>("/vault/lines", () => keyring.sign("lines", fields));
  const checkpoint = await advance(answer.checkpoint);
  const lines = answer.lines.map(({ line: text, proof }) => {
    const line = readLine(text);
    checkInclusion(line.leaf, line.seq, readProof(proof), checkpoint);
    return line;
  });
  return { lines: lines.sort((a, b) => a.seq - b.seq), checkpoint };
}
