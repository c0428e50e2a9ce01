/** Whose key is whose: asked of the server, proven by the ledger, remembered by this browser (docs/spec/key-release.md, "HTTP"). */

export { ownRelease, type Release } from "./assets";
export { acceptChanged, listChanged, type Changed } from "./changed";
export { DirectoryError, KeyChangedError, type DirectoryWord } from "./errors";
export { advance, checkNotOlder, lastSeen, ledgerVerifier, readNote } from "./log";
export { deviceKey, personKeys, wordsOf, type DeviceKey, type PersonKeys } from "./people";
export { acceptWitnesses, checkWitnessed, checkWitnessedLately, comparedWitnesses, type Witnessed, type Witnesses } from "./witnessed";
export { practiceCircle, practiceKey, type Circle, type PracticeKey } from "./practices";
