export { readQuestionnaire, QuestionnaireError, type Answer, type Item, type Questionnaire, type QuestionnaireResponse } from "./fhir";
export { enabledItems, faultsOf, hasQuestions, pagesOf, type Answers } from "./logic";
export { renderPage, type PageHandle } from "./render";
export { answersOf, buildResponse, linesOf } from "./response";
