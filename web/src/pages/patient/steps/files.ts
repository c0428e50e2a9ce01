/** Photos and files that go with the request: sealed here, sent at once, each one's own progress. */

import { el, t } from "../../../face";
import { mountDocuments } from "../../../documents";
import type { Step } from "./step";

export const filesStep: Step = ({ draft, change, keyring, practice }) => {
  const { consultation } = draft();
  const place = el("div");
  const element = el("div", { class: "stack" }, el("h1", null, t("patient.files.ask")), el("p", { class: "hint" }, t("patient.files.hint")), place);
  if (consultation === null) return { element };
  const documents = mountDocuments(place, {
    keyring,
    consultation,
    purpose: "own-record",
    nameOf: () => t("thread.you"),
    readers: t("patient.motive.readers", { practice: practice?.name ?? "" }),
    canAdd: true,
    heading: t("documents.title"),
    onChange: (count) => {
      if (count > 0 !== draft().hasFiles) change({ hasFiles: count > 0 });
    },
  });
  return {
    element,
    destroy: () => {
      documents.destroy();
    },
  };
};
