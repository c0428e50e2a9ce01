/** One page of the pre-consultation questionnaire. */

import { el, t } from "../../../face";
import { renderPage } from "../../../questionnaire";
import { pageOf } from "../draft";
import type { Step } from "./step";

export const questionStep: Step = ({ step, draft, change, questionnaire }) => {
  const page = questionnaire && pageOf(questionnaire, step);
  if (!questionnaire || !page) throw new Error(`no page ${step}`);
  const rendered = renderPage({
    questionnaire,
    page,
    answers: draft().answers,
    onchange(answers) {
      change({ answers });
    },
  });
  const element = el("div", { class: "stack" }, el("h1", null, page.text ?? questionnaire.title ?? t("patient.check.questions")), rendered.element);
  return { element, leave: () => rendered.check() };
};
