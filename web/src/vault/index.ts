/** The vault, asked by this browser (docs/spec/key-release.md). */

export { ask, askOnce, isUnanswered } from "./asking";
export { ReceiptError, VaultRefusal } from "./errors";
export { linesAboutMe, proveLine, type ProvenLines } from "./lines";
export { release, releaseOne } from "./release";
