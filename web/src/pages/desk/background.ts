/** The patient's background: opened only when asked for, since each opening is told to the patient. */

import { button, el, fill, savedMark, seal, t, textArea, whileBusy } from "../../face";
import type { Keyring } from "../../keys";
import { openCompartment } from "../../records";
import { refusal } from "./refusals";

export function background(keyring: Keyring, file: string, reason?: string): HTMLElement {
  const place = el("div", { class: "stack near" });
  const open = async (): Promise<void> => {
    const shut = seal("opening", { readers: t("desk.readers") });
    fill(place, shut.element);
    try {
      const held = await openCompartment(keyring, file, "background", reason === undefined ? "care" : "break-glass", reason === undefined ? {} : { reason });
      const found = held.items.filter((one) => one.kind === "background").at(-1);
      const text = (found?.data as { text?: string } | undefined)?.text ?? "";
      if (reason !== undefined) {
        shut.set("open", el("p", { class: "written" }, text === "" ? t("desk.background-none") : text));
        return;
      }
      const field = textArea(t("desk.background"), { rows: 5, maxlength: 20_000, value: text }, { hint: t("desk.background-hint") });
      const mark = savedMark();
      const trouble = el("div");
      let item = found?.item;
      const save = button(t("desk.save"), () => void whileBusy(save, async () => {
        fill(trouble);
        try {
          item = (await held.put("background", { text: field.input.value }, item)).item;
          mark.set({ state: "saved", at: new Date() });
        } catch (error) {
          fill(trouble, refusal(error));
        }
      }), "second");
      shut.set("open", field.element, trouble, el("div", { class: "actions" }, save, mark.element));
    } catch (error) {
      shut.set("sealed");
      place.append(refusal(error, { retry: () => void open(), file }));
    }
  };
  fill(place, button(t("desk.open-background"), () => void open(), "second", "mail-open"));
  return el("section", { class: "stack near" }, el("h2", null, t("desk.background")), place);
}
