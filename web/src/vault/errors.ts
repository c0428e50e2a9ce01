/** What the vault refuses. `word` is its own (docs/spec/key-release.md, "Statements"). */

export class VaultRefusal extends Error {
  override readonly name = "VaultRefusal";
  readonly word: string;
  /** When to try again, where a budget says so. */
  readonly retryAt: Date | null;

  /** Whose budget is used up: `device`, `person`, `practice`, `platform`, `quota`; empty where none is. */
  readonly level: string;

  constructor(word: string, message: string, retryAt: Date | null = null, level = "") {
    super(message);
    this.word = word;
    this.retryAt = retryAt;
    this.level = level;
  }
}

/** The vault's answer does not say what it must: nothing in it is used. */
export class ReceiptError extends Error {
  override readonly name = "ReceiptError";
  readonly word = "receipt";
}
