/** Who asked for me before who asked for anyone; among these, as the server orders them. Pure. */
export function mineFirst<T extends { readonly for_me: boolean }>(waiting: readonly T[]): T[] {
  return [...waiting.filter((one) => one.for_me), ...waiting.filter((one) => !one.for_me)];
}
