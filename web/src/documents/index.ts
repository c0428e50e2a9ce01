/** Documents of a consultation. */

export { mountDocuments, type DocumentsHandle, type DocumentsOptions } from "./list";
