/** Roles and purposes in words. */

import { tb } from "../../words/budgets";
import { roleName } from "../accounts/roles";
import { PURPOSES, type Role } from "./agreement";

export function roleOf(role: Role): string {
  return role === "practice" ? tb("whole") : roleName(role);
}

/** A word of another client's is shown as it is. */
export function purposeName(purpose: string): string {
  const known = PURPOSES.find((one) => one === purpose);
  return known ? tb(`purpose-${known}`) : purpose;
}
