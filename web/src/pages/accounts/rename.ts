/** A name that one can change where it stands. */

import { button, el, failureOf, t, textField, whileBusy } from "../../face";

export function rename(name: string, keep: (label: string) => Promise<unknown>, done: () => void): HTMLElement {
  const start = button(t("accounts.rename"), () => { place.replaceChildren(editor()); place.querySelector("input")?.focus(); }, "quiet", "pencil");
  const place = el("div", null, start);
  const editor = (): HTMLElement => {
    const field = textField(t("accounts.name"), { value: name, maxlength: 80, autocomplete: "off" });
    const save = el("button", { class: "button second", type: "submit" }, t("accounts.save"));
    const said = el("div");
    const built = el("form", { class: "stack tight" }, field.element, said, el("div", { class: "actions" }, save, button(t("face.no-keep"), () => { place.replaceChildren(start); start.focus(); }, "quiet")));
    built.addEventListener("submit", (event) => {
      event.preventDefault();
      void whileBusy(save, () => keep(field.input.value.trim()))
        .then(done)
        .catch((error: unknown) => { said.replaceChildren(failureOf(error)); });
    });
    return built;
  };
  return place;
}
