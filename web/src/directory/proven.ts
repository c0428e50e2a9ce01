/** Statements that the directory publishes, each proven to be a line of the ledger. */

import { hex, readStatement, sha256, type Statement } from "../crypto";
import { checkInclusion, LedgerError, openNote, readLine, readProof, type Checkpoint, type Line } from "../ledger";
import { api } from "../net";
import { DirectoryError } from "./errors";
import { advance, checkNotOlder, lastSeen, ledgerVerifier, readNote } from "./log";

interface Published {
  readonly statements: readonly { readonly envelope: unknown; readonly line: string; readonly proof: unknown }[];
  readonly checkpoint: string;
  readonly state?: string;
  readonly members?: readonly string[];
  readonly revoked?: readonly string[];
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
  sheet: "practice-sheet",
  member: "member-joined",
  assets: "assets-published",
  reopen: "practice-reopened",
};

/**
 * Fetches what is published about a person or practice, proves each statement, and that none is left out. Throws `unproven`, `withheld`,
 * `older` or `fork`.
 */
export async function fetchProven(kind: "persons" | "practices" | "assets", about = ""): Promise<{ readonly told: Published; readonly proven: readonly Proven[] }> {
  const seen = await lastSeen().catch(() => null);
  const what = about === "" ? kind : `${kind}/${about}`;
  const told = await api.get<Published>(`/vault/directory/${what}`);
  // Inclusion is checked in the tree as it was signed, while the server is asked whether that tree continues the one seen before.
  const checkpoint = await readNote(told.checkpoint);
  const [continued, proven] = await Promise.allSettled([advance(told.checkpoint), prove(told, checkpoint, about)]);
  if (continued.status === "rejected") throw continued.reason;
  if (proven.status === "rejected") throw proven.reason;
  checkNotOlder(checkpoint, seen);
  await checkWhole(told, what, proven.value, checkpoint);
  return { told, proven: proven.value.sort((a, b) => a.line.seq - b.line.seq) };
}

/** A proof shows that a line is there; that none is missing, the log's own key says (docs/spec/ledger.md, "Published"). */
async function checkWhole(told: Published, what: string, proven: readonly Proven[], checkpoint: Checkpoint): Promise<void> {
  const about = what.slice(what.indexOf("/") + 1);
  const verifier = await ledgerVerifier();
  const lines = proven.map(({ line }) => line.seq).sort((a, b) => a - b);
  const expected = [
    `${verifier.name}/published`,
    what,
    checkpoint.size,
    ...lines.map((seq) => `line ${seq}`),
    ...[...(told.members ?? [])].sort().map((one) => `member ${one}`),
    ...[...(told.revoked ?? [])].sort().map((one) => `revoked ${one}`),
  ];
  const said = await openNote(told.state ?? "\n\n", verifier).catch((error: unknown) => {
    if (error instanceof LedgerError) return null;
    throw error;
  });
  if (said !== null && said.split("\n")[1] !== what) throw new DirectoryError("unproven", about, "What came is published about another.");
  if (said !== expected.map((one) => `${one}\n`).join("")) throw new DirectoryError("withheld", about, "Not all that is published came, or it is of another time.");
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
