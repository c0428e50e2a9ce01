/** The ledger's word, checked in the browser (docs/spec/ledger.md). Failures are LedgerError, whose `reason` names the check. */

export * from "./checkpoint";
export * from "./cosignature";
export * from "./errors";
export * from "./line";
export * from "./names";
export * from "./proofs";
export { leafHash, nodeHash, rootOf } from "../crypto/tree";
