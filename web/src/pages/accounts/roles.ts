/** Roles in words. */

import { language, t } from "../../face";
import type { Role } from "./invitation";

export const ROLES: readonly Role[] = ["practitioner", "secretary", "manager"];

const KEYS = {
  practitioner: "accounts.role.practitioner",
  secretary: "accounts.role.secretary",
  manager: "accounts.role.manager",
} as const;

export function roleName(role: Role): string {
  return t(KEYS[role]);
}

export function roleNames(roles: readonly Role[]): string {
  return new Intl.ListFormat(language(), { type: "conjunction" }).format(ROLES.filter((role) => roles.includes(role)).map(roleName));
}
