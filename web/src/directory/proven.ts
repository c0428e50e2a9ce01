/** Statements that the directory publishes, each proven to be a line of the ledger. */

import { hex, readStatement, sha256, type Statement } from "../crypto";
import { checkInclusion, readLine, readProof, type Checkpoint, type Line } from "../ledger";
import { api } from "../net";
import { DirectoryError } from "./errors";
import { advance, readNote } from "./log";

interface Published {
  readonly statements: readonly { readonly envelope: unknown; readonly line: string; readonly proof: unknown }[];
  readonly checkpoint: string;
}

export interface Proven {
  readonly statement: Statement;
  readonly line: Line;
}

/** What a line of each kind must have been said by. */
const LINE_OF: Readonly<Record<string, string>> = {
  person: "person-registered",
  device: "device-enrolled",
  practice: "practice-created",
  generation: "practice-generation",
  member: "member-joined",
};

/** Fetches what is published under a path, and proves each statement. Throws `unproven` or `fork`. */
export async function fetchProven<T extends Published>(path: string, about: string): Promise<{ readonly told: T; readonly proven: readonly Proven[] }> {
  const told = await api.get<T>(path);
  // Inclusion is checked in the tree as it was signed, while the server is asked whether that tree continues the one seen before.
  const checkpoint = await readNote(told.checkpoint);
  const [continued, proven] = await Promise.allSettled([advance(told.checkpoint), prove(told, checkpoint, about)]);
  if (continued.status === "rejected") throw continued.reason;
  if (proven.status === "rejected") throw proven.reason;
  return { told, proven: proven.value.sort((a, b) => a.line.seq - b.line.seq) };
}

function prove(told: Published, checkpoint: Checkpoint, about: string): Promise<Proven[]> {
  return Promise.all(
    told.statements.map(async ({ envelope, line: text, proof }) => {
      const [statement, line] = [readStatement(envelope), readLine(text)];
      try {
        checkInclusion(line.leaf, line.seq, readProof(proof), checkpoint);
      } catch {
        throw new DirectoryError("unproven", about, `Line ${line.seq} is not proved to be in the ledger.`);
      }
      const said = hex(await sha256(statement.payload));
      if (line.fields["request"] !== said || LINE_OF[statement.kind] !== line.kind) {
        throw new DirectoryError("unproven", about, `Line ${line.seq} is not about the statement it came with.`);
      }
      return { statement, line };
    }),
  );
}
