/** The practice's archive was asked for: whoever is still there sees it, and ends it with one click (docs/operate/archive.md). */

import { dayAndTime, el, failureOf, fill, notice, toast } from "../../face";
import { wireNow, type Keyring } from "../../keys";
import { ask } from "../../vault";
import { ta } from "../../words/archive-notice";
import { actButton } from "./form";

interface Told {
  readonly archive: { readonly asked_at?: string; readonly not_before: string } | null;
}

/** Asks the vault itself, which alone knows, and fills `place` where somebody asked. */
export async function showArchive(place: HTMLElement, keyring: Keyring, { practice, name }: { readonly practice: string; readonly name: string }): Promise<void> {
  try {
    const { archive } = (await ask<Told>("/vault/archive", () => keyring.sign("archive-waiting", { practice }))).answer;
    if (archive === null) return;
    const { asked_at, not_before } = archive;
    const cancel = async (): Promise<void> => {
      await ask("/vault/statements", () => keyring.sign("archive-cancel", { practice }));
      toast(ta("cancelled"));
      fill(place);
    };
    fill(
      place,
      notice(
        "harm",
        el("p", null, asked_at === undefined ? ta("asked-once", { practice: name }) : ta("asked", { practice: name, when: dayAndTime(asked_at) }), " ", el("strong", null, ta(not_before > wireNow() ? "opens" : "open", { when: dayAndTime(not_before) }))),
        el("p", null, ta("what")),
        actButton(ta("cancel"), cancel, { kind: "harm", icon: "x" }),
      ),
    );
  } catch (error) {
    fill(place, failureOf(error));
  }
}
