/** What can be wrong with a published key. `word` is for programs and for looking up the reader's sentence. */

export type DirectoryWord =
  | "key-changed"
  | "unproven"
  | "fork"
  | "unknown-device"
  | "ledger-key-changed"
  | "witnesses-changed"
  | "unwitnessed" // too few witnesses cosigned lately
  | "older" // a state from before what this browser had seen when it asked
  | "withheld" // not all that is published came
  | "stranger" // a practice's key, said by someone whom none of its members let in
  | "not-member"; // someone named as a member whom none of its members let in

export class DirectoryError extends Error {
  override readonly name: string = "DirectoryError";
  readonly word: DirectoryWord;
  /** The person, practice or ledger in question. */
  readonly about: string;

  constructor(word: DirectoryWord, about: string, detail: string) {
    super(detail);
    this.word = word;
    this.about = about;
  }
}

/** Another key than the one remembered: nothing is sealed to it until a person has compared the words. */
export class KeyChangedError extends DirectoryError {
  override readonly name = "KeyChangedError";
  readonly known: string;
  readonly found: string;

  constructor(about: string, known: string, found: string) {
    super("key-changed", about, `The key of ${about} is not the one this browser remembers.`);
    this.known = known;
    this.found = found;
  }
}
