/** Her file goes to another practice: told on her page, kept out by one signature; and what went already is sealed to whoever has it now. */

import { button, confirmInPlace, dayInWords, el, failureOf, fill, notice, toast, whileBusy } from "../../face";
import { loadKeyring, requireKeyring } from "../../keys";
import { sealMine } from "../../records/handed-on";
import { askOnce } from "../../vault";
import { tc } from "../../words/custody";

export interface Going {
  readonly record: string;
  readonly practice: { readonly name: string };
  readonly to: { readonly name: string };
  readonly not_before: string;
  readonly is_kept: boolean;
}

export interface Told {
  readonly going: readonly Going[];
  /** How many records went, and don't open yet where they are. */
  readonly to_seal: number;
}

export async function showCustody(place: HTMLElement, { going, to_seal }: Told): Promise<void> {
  fill(place, going.map(notices));
  const keyring = to_seal > 0 ? await loadKeyring() : null;
  if (keyring) await sealMine(keyring);
}

function notices(one: Going): HTMLElement {
  const names = { practice: one.practice.name, to: one.to.name, when: dayInWords(one.not_before) };
  if (one.is_kept) return notice("action", tc("mine.kept", names));
  const trouble = el("div");
  const pressed = button(tc("mine.keep"), () => void begin(), "second");
  const begin = async (): Promise<void> => {
    if (!(await confirmInPlace(pressed, { question: tc("mine.sure", names), yes: tc("mine.keep") }))) return;
    try {
      await whileBusy(pressed, () => refuse(one.record));
      toast(tc("mine.done"));
      told.replaceWith(notices({ ...one, is_kept: true }));
    } catch (error) {
      fill(trouble, failureOf(error));
    }
  };
  const isPast = Date.parse(one.not_before) <= Date.now();
  const told = notice("caution", el("strong", null, tc("mine.title")), el("p", null, tc(isPast ? "mine.past" : "mine.what", names)), el("div", { class: "actions" }, pressed), trouble);
  return told;
}

async function refuse(record: string): Promise<void> {
  const keyring = await requireKeyring();
  const path = `/api/records/${record}/custody/refuse`;
  await askOnce(path, path, () => keyring.sign("custody-refuse", { record }), (statement) => ({ statement }));
}
