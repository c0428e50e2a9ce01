/** A message as a thread shows it, and where it comes from. */

export interface Message {
  readonly id: string;
  readonly text: string;
  readonly author: string;
  readonly at: string;
  /** Its place among the items of the exchange: what "read up to" counts by. */
  readonly position: number;
  readonly isMine: boolean;
}

/** What was given to send, and is not known to have arrived. */
export interface Unsent {
  readonly id: string;
  readonly text: string;
}

/** Where a thread's messages come from and go to. Sealed in the product; in the benchmark, also in clear. */
export interface ThreadSource {
  readonly nameOf: (author: string) => string;
  readonly load: () => Promise<readonly Message[]>;
  /** Sent again after a failure with the same id, it is one message. */
  readonly send: (text: string, id: string) => Promise<Message>;
  /** What is new since the last look. */
  readonly refresh: () => Promise<readonly Message[]>;
  readonly read: (position: number) => Promise<void>;
  readonly writing: () => void;
  /** Kept on this device until it has arrived: a page that is closed meanwhile loses nothing. */
  readonly unsent: { readonly load: () => Promise<readonly Unsent[]>; readonly save: (waiting: readonly Unsent[]) => Promise<void> };
  readonly draft: { readonly load: () => Promise<string>; readonly save: (text: string) => Promise<void> };
}
