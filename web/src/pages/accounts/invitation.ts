/** What a one-time link invites to, and what its holder adds: names and the RPPS number. */

import { el, t } from "../../face";
import { api, ApiError } from "../../net";
import { FieldError, form, type Asked } from "./form";
import type { Step } from "./steps";

export type Role = "practitioner" | "secretary" | "manager";

export interface Invitation {
  readonly practice: { readonly id: string; readonly name: string; readonly city: string };
  readonly roles: readonly Role[];
  readonly given: string;
  readonly family: string;
  readonly profession: string;
  readonly rpps: string;
  readonly first: boolean;
  readonly accepted: boolean;
}

export interface Profile {
  given: string;
  family: string;
  profession: string;
  rpps: string;
}

/** The token stands behind the `#`: no server on the way sees it. Kept for the reload, taken off the address bar. */
export function takeToken(): string {
  const kept = "colloque-invitation";
  const told = location.hash.slice(1);
  if (told !== "") {
    sessionStorage.setItem(kept, told);
    history.replaceState(history.state, "", location.pathname);
  }
  return sessionStorage.getItem(kept) ?? "";
}

export function forgetToken(): void {
  sessionStorage.removeItem("colloque-invitation");
}

/** Null when the link has ended, or never was one. */
export async function readInvitation(token: string): Promise<Invitation | null> {
  if (!/^[\w-]{10,100}$/.test(token)) return null;
  try {
    return await api.get<Invitation>(`/api/invitations/${token}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export function endedStep(): Step {
  return {
    name: "ended",
    title: t("accounts.link.ended"),
    isFinal: true,
    content: () => [
      el("p", null, t("accounts.link.ended-what")),
      el("div", { class: "actions" }, el("a", { class: "button second", href: "/sign-in" }, t("accounts.again.sign-in"))),
    ],
  };
}

/** Asks for what the invitation leaves open; `onward` runs when nothing is. */
export function profileStep(invitation: Invitation, profile: Profile, needsRpps: boolean, onward: () => void): Step {
  return {
    name: "profile",
    title: t("accounts.profile.title"),
    content: () => [
      el("p", null, t("accounts.profile.what")),
      form({
        fields: profileFields(invitation, profile, needsRpps),
        submit: t("face.continue"),
        onSubmit: async (values) => {
          await Promise.resolve();
          Object.assign(profile, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()])));
          if (profile.rpps !== "" && !isRpps(profile.rpps)) throw new FieldError("rpps", t("accounts.profile.wrong-rpps"));
          onward();
        },
      }),
    ],
  };
}

function profileFields(invitation: Invitation, profile: Profile, needsRpps: boolean): Asked[] {
  const fields: Asked[] = [];
  if (invitation.given === "") fields.push({ name: "given", label: t("accounts.profile.given"), autocomplete: "given-name", value: profile.given, maxlength: 80 });
  if (invitation.family === "") fields.push({ name: "family", label: t("accounts.profile.family"), autocomplete: "family-name", value: profile.family, maxlength: 80 });
  if (invitation.profession === "") fields.push({ name: "profession", label: t("accounts.profile.profession"), value: profile.profession, maxlength: 80, isOptional: true });
  if (invitation.rpps === "" && needsRpps) fields.push(rppsField(profile.rpps));
  return fields;
}

export function rppsField(value: string): Asked {
  return { name: "rpps", label: t("accounts.profile.rpps"), hint: t("accounts.profile.rpps-hint"), inputmode: "numeric", maxlength: 16, isShort: true, value };
}

/** Eleven digits whose last is a Luhn key; the server checks again. */
export function isRpps(text: string): boolean {
  const digits = text.replace(/\s/g, "");
  if (!/^\d{11}$/.test(digits) || /^0+$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const double = Number(digit) * (1 + (place % 2));
    return total + (double > 9 ? double - 9 : double);
  }, 0);
  return sum % 10 === 0;
}
