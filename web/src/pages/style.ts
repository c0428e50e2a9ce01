/** The kit: every component in every state, to look at while building. */

import {
  button,
  choiceField,
  confirmInPlace,
  el,
  empty,
  failure,
  icon,
  need,
  notice,
  progress,
  savedMark,
  seal,
  selectField,
  showErrors,
  skeleton,
  startShell,
  tag,
  textArea,
  textField,
  toast,
  type Child,
  type IconName,
} from "../face";
import icons from "../face/icons.json";

// Words of this page are for those who build: they are not translated.
startShell();
const kit = need("#kit");

function show(name: string, ...children: readonly Child[]): void {
  kit.append(el("section", { class: "stack near" }, el("h2", null, name), ...children));
}

show(
  "Boutons",
  el(
    "div",
    { class: "actions" },
    button("Continuer", () => undefined, "", "arrow-right"),
    button("Second", () => undefined, "second"),
    button("Discret", () => undefined, "quiet"),
    button("Supprimer", () => undefined, "harm", "trash-2"),
    el("button", { class: "button", disabled: true }, "Pas encore"),
  ),
);

const name = textField("Prénom", { autocomplete: "given-name" }, { hint: "Celui de votre carte d’identité." });
const weight = textField("Poids", { inputmode: "decimal", class: "short" }, { unit: "kg", optional: true });
const motive = textArea("Ce qui vous amène");
const place = choiceField("Où êtes-vous ?", "place", [
  { value: "home", label: "Chez moi", checked: true },
  { value: "pharmacy", label: "Dans une pharmacie", hint: "Avec l’aide du pharmacien" },
  { value: "no", label: "Indisponible", disabled: true },
]);
const many = choiceField("Symptômes", "signs", [{ value: "a", label: "Fièvre" }, { value: "b", label: "Toux", checked: true }], { many: true });
const list = selectField("Voie", [{ value: "1", label: "Par la bouche" }, { value: "2", label: "Sur la peau" }]);
const form = el("form", { class: "stack", novalidate: true }, [name, weight, motive, place, many, list].map((one) => one.element));
show("Champs", form);
const wrong = [textField("Prénom"), choiceField("Où êtes-vous ?", "place2", [{ value: "1", label: "Chez moi" }, { value: "2", label: "Ailleurs" }])];
const badForm = el("form", { class: "stack", novalidate: true }, wrong.map((one) => one.element));
show("Champs en erreur", badForm);
showErrors(badForm, wrong, wrong.map((field) => ({ field, text: "répondez à cette question." })));

show(
  "Avis",
  notice("action", "Le praticien entre dans l’appel quand il prend votre demande."),
  notice("caution", "Votre micro ne donne aucun son."),
  notice("harm", "Urgence vitale : appelez le 15."),
);
show("États en un mot", el("div", { class: "actions" }, tag("En attente"), tag("En cours", "action"), tag("En retard", "caution"), tag("Refusée", "harm")));

const bar = progress("Envoi de la photo");
bar.set(7, 20, "Envoi de la photo · 7 Mo sur 20 Mo");
show("Progrès", bar.element, skeleton(3));

const saved = savedMark();
saved.set({ state: "saved", at: new Date() });
const failed = savedMark();
failed.set({ state: "failed" });
const away = savedMark();
away.set({ state: "offline" });
show("Enregistrement", saved.element, failed.element, away.element);

const readers = "vous et le cabinet des Tilleuls";
const states = (["sealed", "opening", "broken"] as const).map((state) => seal(state, { readers }).element);
const open = seal("open", { readers, readBy: [{ who: "Dr Bose", at: new Date() }, { who: "Vous" }] });
open.set("open", el("p", null, "J’ai mal à la gorge depuis trois jours."));
show("Sceau", ...states, open.element);

show(
  "Lignes",
  el("ul", { class: "rows", role: "list" }, [1, 2, 3].map((n) => el("li", null, el("a", { class: "row", href: "#main" }, el("span", { class: "row-text" }, `Consultation ${n}`, el("small", null, "mardi 24 novembre 2026")), tag("Close"))))),
  el("dl", { class: "facts" }, el("div", null, el("dt", null, "Où êtes-vous ?"), el("dd", null, "Chez moi, à Lyon"), el("dd", { class: "change" }, el("a", { href: "#main" }, "Modifier")))),
);
show("Vide", empty("Pas encore de consultation", "Vos consultations apparaîtront ici.", button("Demander une consultation", () => undefined)));
show("Échec", failure({ happened: "La photo n’est pas partie", safe: "Elle est gardée sur cet appareil, scellée.", next: "Vérifiez votre réseau, puis réessayez.", retry: () => undefined }));

const ask = button(
  "Annuler ma demande",
  () => {
    void confirmInPlace(ask, { question: "Annuler cette demande ? Vous perdrez votre place.", yes: "Oui, annuler" });
  },
  "harm",
);
const undo = button(
  "Montrer un message",
  () => {
    toast("Photo retirée.", () => undefined);
  },
  "second",
);
show("Demander, défaire", ask, el("div", { class: "actions" }, undo));
show("Icônes", el("ul", { class: "rows", role: "list" }, Object.keys(icons).map((one) => el("li", { class: "row" }, icon(one as IconName), one))));
