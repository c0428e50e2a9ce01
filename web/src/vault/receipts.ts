/** Receipts: the vault's proof that an opening was written down before the key came (docs/spec/key-release.md, "Receipt"). */

import { b64uDecode, hex, readStatement, sha256, type Dsse } from "../crypto";
import { advance, checkWitnessedLately, DirectoryError, readNote } from "../directory";
import { checkInclusion, readProof } from "../ledger";
import { remember } from "../memory/store";
import { ReceiptError } from "./errors";

export interface Receipt {
  readonly request: string;
  readonly lines: readonly { readonly seq: number; readonly leaf: string; readonly proof: unknown }[];
  readonly checkpoint: string;
}

let fork: DirectoryError | null = null;

/** Throws when an earlier receipt showed that the ledger has two histories: nothing more is asked of such a vault. */
export function checkNoFork(): void {
  if (fork) throw fork;
}

/**
 * Checks that the receipt is for this statement and that each of its lines is in the tree it names, and keeps it. That the tree
 * continues the one seen before takes another question to the server: it is asked beside, and a fork stops the next release.
 */
export async function keepReceipt(receipt: Receipt, statement: Dsse, expected: number): Promise<void> {
  const read = readStatement(statement);
  const request = hex(await sha256(read.payload));
  if (receipt.request !== request) throw new ReceiptError("The receipt is for another request.");
  if (receipt.lines.length !== expected) throw new ReceiptError(`${expected} lines are expected, ${receipt.lines.length} came.`);
  const checkpoint = await readNote(receipt.checkpoint);
  for (const line of receipt.lines) checkInclusion(b64uDecode(line.leaf, 32), line.seq, readProof(line.proof), checkpoint);
  // A browser that is full still opens: the ledger has the line, this is the reader's own copy.
  void remember("receipts", `${String(receipt.lines[0]?.seq ?? 0).padStart(12, "0")}:${request}`, receipt).catch(() => undefined);
  void advance(receipt.checkpoint).catch((error: unknown) => {
    if (error instanceof DirectoryError) fork = error;
  });
  // Likewise whether the ledger's witnesses have seen this history: a vault that only this browser is shown stops here.
  void checkWitnessedLately().catch((error: unknown) => {
    if (error instanceof DirectoryError) fork = error;
  });
}

export function forgetFork(): void {
  fork = null;
}
