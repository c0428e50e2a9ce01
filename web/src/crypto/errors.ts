/**
 * What can be wrong with something sealed. `reason` names the check that failed; screens turn it into a sentence.
 * The message is for the log and never holds content.
 */

export type Reason =
  | "malformed" // cannot be read at all
  | "suite" // another suite than colloque/v1: refused whatever the server says
  | "place" // of another record, compartment or epoch
  | "item" // another item, or an older version
  | "commitment" // sealed under another content key
  | "author" // the directory does not know this device as this person's
  | "signature"
  | "tag" // content altered
  | "padding"
  | "sealed" // a sealed key for another purpose, subject, recipient or generation, or altered
  | "unlock" // this passkey, passphrase or code does not open the method
  | "stretching" // Argon2id parameters under the floor, or absurd
  | "recovery-code" // mistyped, found by its check characters
  | "kind" // a statement of another kind
  | "manifest-size" // items were dropped or added
  | "manifest-root" // items were swapped or reordered
  | "rolled-back" // older than what was seen before
  | "forked" // two manifests with one counter
  | "truncated" // a file without its last chunk
  | "file"; // a file that is not the one described

export class EnvelopeError extends Error {
  override readonly name = "EnvelopeError";
  readonly reason: Reason;

  constructor(reason: Reason, detail: string) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
  }
}
