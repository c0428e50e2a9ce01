/** Photos and documents: sealed and sent as they are chosen, taken back while nobody has seen them. */

import { mountDocuments } from "../../../documents";
import { announce, el, notice, t } from "../../../face";
import type { Step } from "./step";

export const filesStep: Step = ({ draft, change, practice, keyring }) => {
  const place = el("div");
  const waiting = el("div", { role: "status" });
  const element = el("div", { class: "stack" }, el("h1", null, t("patient.files.ask")), el("p", { class: "hint" }, t("patient.files.hint")), place, waiting);
  const { consultation } = draft();
  if (consultation === null) throw new Error("files before the consultation that holds them");
  const documents = mountDocuments(place, {
    keyring,
    consultation,
    purpose: "own-record",
    heading: t("patient.check.files"),
    readers: t("patient.motive.readers", { practice: practice?.name ?? "" }),
    nameOf: () => practice?.name ?? "",
    canAdd: true,
    canRemove: true,
    onChange: (count) => {
      if (!documents.isSending()) waiting.replaceChildren();
      if (draft().hasFiles !== count > 0) change({ hasFiles: count > 0 });
    },
  });
  const warn = (event: Event): void => {
    if (documents.isSending()) event.preventDefault();
  };
  addEventListener("beforeunload", warn);
  return {
    element,
    leave() {
      waiting.replaceChildren();
      if (!documents.isSending()) return true;
      waiting.append(notice("caution", t("patient.files.wait")));
      waiting.scrollIntoView({ block: "center" });
      announce(t("patient.files.wait"), true);
      return false;
    },
    destroy() {
      removeEventListener("beforeunload", warn);
      documents.destroy();
    },
  };
};
