/** The one function that we use of hash-wasm. A module of its own, so that the bundler leaves the other hashes out. */

export { argon2id } from "hash-wasm";
