/**
 * The envelope format in the browser (docs/spec/envelope.md). No DOM, no network, no storage: bytes in, bytes out.
 * Failures are EnvelopeError, whose `reason` names the check.
 */

export * from "./bytes";
export * from "./errors";
export * from "./file";
export * from "./fingerprint";
export * from "./hpke";
export * from "./item";
export { hkdf } from "./kdf";
export * from "./keys";
export * from "./manifest";
export { pad, padme, unpad } from "./padding";
export * from "./passphrase";
export * from "./recovery-code";
export * from "./sealed-key";
export * from "./signing";
export * from "./statement";
export * from "./tree";
export * from "./unlock";
export { SUITE } from "./wire";
