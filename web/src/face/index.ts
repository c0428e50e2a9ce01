export { announce } from "./announce";
export { el, fill, freshId, need, parts, told, type AttributeValue, type Attributes, type Child } from "./dom";
export {
  choiceField,
  focusField,
  selectField,
  setError,
  showErrors,
  textArea,
  textField,
  type Choice,
  type ChoiceField,
  type Field,
  type FieldOptions,
  type Trouble,
} from "./forms";
export { icon, type IconName } from "./icon";
export { button, confirmInPlace, empty, failure, failureOf, notice, sentenceOf, tag, toast, type FailureWords, type Tone } from "./notices";
export { savedMark, type Saved, type SavedState } from "./saved";
export { seal, type Reader, type Seal, type SealOptions, type SealState } from "./seal";
export { arrive, startShell } from "./shell";
export { progress, skeleton, whileBusy, whileWaiting, type Progress } from "./waiting";
export { clockTime, dateInWords, dayAndTime, dayInWords, dayKey, relativeDay, type Moment } from "./when";
export { capital, language, t, type Key } from "../words";
