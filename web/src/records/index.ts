/** Sealed records: made, opened as a whole or not at all, added to (docs/spec/envelope.md, "Items" and "Manifests"). */

export { Compartment, openCompartment, type OpenOptions } from "./compartment";
export { createRecord, type NewRecord } from "./create";
export { RecordError } from "./errors";
export { FILE_TYPES, fileTrouble, isRemoved, MOST_FILE_BYTES, openFile, removeFile, sealFile, type FileProgress, type FileTrouble } from "./files";
export type { OpenedItem } from "./reading";
