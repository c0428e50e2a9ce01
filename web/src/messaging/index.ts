/** The thread of a consultation. */

export { exchangeSource, type ExchangeOptions } from "./exchange";
export type { Message, ThreadSource, Unsent } from "./message";
export { mountThread, type ThreadHandle, type ThreadOptions } from "./thread";
