/** The exchange of a consultation: messages as sealed items of the compartment `exchange`. */

import type { Keyring } from "../keys";
import { dropKept, keep, kept } from "../memory/drafts";
import { api } from "../net";
import { ask } from "../vault";
import { openCompartment, type Compartment, type OpenedItem } from "../records";
import type { Message, ThreadSource, Unsent } from "./message";

export interface ExchangeOptions {
  readonly consultation: string;
  /** Why it is opened, in the vault's words: `own-record` or `care`. */
  readonly purpose: string;
  readonly nameOf: (author: string) => string;
  readonly writing: () => void;
  /** What the vault is told of a closed consultation: what she writes relates who had it, until they have read. */
  readonly tells?: Tells;
}

export interface Tells {
  readonly kind: "message" | "messages-read";
  readonly isClosed: () => boolean;
  /** How far was read before. */
  readonly position?: number;
}

const MOST_TOLD_MS = 2_000;

export function exchangeSource(keyring: Keyring, { consultation, purpose, nameOf, writing, tells }: ExchangeOptions): ThreadSource {
  // The message is there, and read, whether or not the vault has heard of it: it then stays at the price of a closed consultation.
  const tellVault = async (kind: Tells["kind"]): Promise<void> => {
    if (tells?.kind !== kind || !tells.isClosed()) return;
    await ask("/vault/statements", () => keyring.sign(kind, { record: consultation })).catch(() => undefined);
  };
  let readUpTo = tells?.position ?? -1;
  let opening: Promise<Compartment> | null = null;
  let told: Promise<unknown> = Promise.resolve(); // one after the other, so that messages keep their order
  const open = (): Promise<Compartment> => {
    opening ??= openCompartment(keyring, consultation, "exchange", purpose).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  const draft = `message/${consultation}`;
  const unsent = `unsent/${consultation}`;
  return {
    nameOf,
    writing,
    load: async () => messagesOf((await open()).items),
    refresh: async () => messagesOf(await (await open()).refresh()),
    send: async (text, id) => {
      // Told before: who reads at once finds that the vault expects them, and what they say of having read counts. A vault that
      // does not answer keeps nobody from writing.
      told = Promise.all([told, Promise.race([tellVault("message"), new Promise((resolve) => setTimeout(resolve, MOST_TOLD_MS))])]);
      await told;
      return messageOf(await (await open()).put("message", { text, documents: [] }, id));
    },
    read: async (position) => {
      await api.post(`/api/consultations/${consultation}/read`, { position });
      if (position <= readUpTo) return;
      readUpTo = position;
      void tellVault("messages-read");
    },
    unsent: {
      load: async () => (await kept<readonly Unsent[]>(unsent, keyring.person)) ?? [],
      save: (waiting) => (waiting.length === 0 ? dropKept(unsent, keyring.person) : keep(unsent, keyring.person, waiting)),
    },
    draft: {
      load: async () => (await kept<string>(draft, keyring.person)) ?? "",
      save: (text) => (text === "" ? dropKept(draft, keyring.person) : keep(draft, keyring.person, text)),
    },
  };
}

function messagesOf(items: readonly OpenedItem[]): Message[] {
  return items.filter((one) => one.kind === "message").map(messageOf);
}

function messageOf({ item, data, author, at, position, isMine }: OpenedItem): Message {
  const text = (data as { readonly text?: unknown } | null)?.text;
  return { id: item, text: typeof text === "string" ? text : "", author, at, position, isMine };
}
