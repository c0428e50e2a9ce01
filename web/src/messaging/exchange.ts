/** The exchange of a consultation: messages as sealed items of the compartment `exchange`. */

import type { Keyring } from "../keys";
import { dropKept, keep, kept } from "../memory/drafts";
import { api } from "../net";
import { openCompartment, type Compartment, type OpenedItem } from "../records";
import type { Message, ThreadSource, Unsent } from "./message";

export interface ExchangeOptions {
  readonly consultation: string;
  /** Why it is opened, in the vault's words: `own-record` or `care`. */
  readonly purpose: string;
  readonly nameOf: (author: string) => string;
  readonly writing: () => void;
}

export function exchangeSource(keyring: Keyring, { consultation, purpose, nameOf, writing }: ExchangeOptions): ThreadSource {
  let opening: Promise<Compartment> | null = null;
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
    send: async (text, id) => messageOf(await (await open()).put("message", { text, documents: [] }, id)),
    read: (position) => api.post(`/api/consultations/${consultation}/read`, { position }),
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
