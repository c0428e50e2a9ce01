/** What can be wrong with a ledger's word. The reason names the check that failed. */

export type LedgerReason =
  | "malformed"
  | "vkey" // not a verifier key
  | "origin" // another log's checkpoint
  | "signature"
  | "inclusion"
  | "consistency" // the log was rewritten or forked
  | "line" // not in canonical form
  | "name"; // a patient's name in a line stands for someone else

export class LedgerError extends Error {
  override readonly name = "LedgerError";
  readonly reason: LedgerReason;

  constructor(reason: LedgerReason, detail: string) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
  }
}
