/** Where this professional practises. */

import { api } from "../../net";

export interface Membership {
  readonly practice: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly confirmed: boolean;
  readonly on_duty: boolean;
  readonly needs_generation: boolean;
  /** Someone asks to be its manager, with the recovery sheet. */
  readonly is_asked_for: boolean;
  /** What another member has signed to erase waits for a second signature. */
  readonly erasures_to_sign: number;
}

export async function membershipsAs(...roles: readonly string[]): Promise<{ readonly confirmed: readonly Membership[]; readonly waiting: readonly Membership[] }> {
  const { memberships } = await api.get<{ memberships: readonly Membership[] }>("/api/session");
  const mine = memberships.filter((one) => one.roles.some((role) => roles.includes(role)));
  return { confirmed: mine.filter((one) => one.confirmed), waiting: mine.filter((one) => !one.confirmed) };
}

/** Of several practices, the one after the `#` of the address, or the first. */
export function namedByAddress(all: readonly Membership[]): Membership | undefined {
  return all.find((one) => one.practice === location.hash.slice(1)) ?? all[0];
}
