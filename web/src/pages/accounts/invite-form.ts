/** Inviting a professional: the link is shown once, and the manager hands it over. */

import { newId } from "../../crypto";
import { button, choiceField, el, setError, t, toast } from "../../face";
import { api } from "../../net";
import { FieldError, form } from "./form";
import { isRpps, rppsField, type Role } from "./invitation";
import { proven, provenFailure, NotProven } from "./proof";
import { roleName, ROLES } from "./roles";

export function inviteForm(practice: string): HTMLElement {
  const roles = choiceField(t("accounts.invite.roles"), "invite-roles", ROLES.map((role) => ({ value: role, label: roleName(role), checked: role === "practitioner" })), { many: true });
  const made = el("div", { role: "status" });
  // The same until its link has come: pressed again after a lost answer, it is the same invitation with another link.
  let id = newId();
  const built = form({
    fields: [
      { name: "given", label: t("accounts.profile.given"), maxlength: 80 },
      { name: "family", label: t("accounts.profile.family"), maxlength: 80 },
      { name: "profession", label: t("accounts.profile.profession"), maxlength: 80, isOptional: true },
      { ...rppsField(""), isOptional: true, hint: t("accounts.invite.rpps-hint") },
    ],
    before: [roles.element],
    submit: t("accounts.invite.submit"),
    onSubmit: async (values) => {
      const chosen = roles.values() as Role[];
      setError(roles, chosen.length === 0 ? t("accounts.invite.no-role") : "");
      if (chosen.length === 0) return;
      if (values["rpps"]?.trim() && !isRpps(values["rpps"])) throw new FieldError("rpps", t("accounts.profile.wrong-rpps"));
      try {
        const { link } = await proven(() => api.post<{ link: string }>(`/api/practices/${practice}/invitations`, { ...values, id, roles: chosen }));
        id = newId();
        made.replaceChildren(linkShown(link, `${values["given"] ?? ""} ${values["family"] ?? ""}`.trim()));
        built.reset();
      } catch (error) {
        if (!(error instanceof NotProven)) throw error;
        made.replaceChildren(provenFailure(error));
      }
    },
  });
  return el("div", { class: "stack" }, built, made);
}

function linkShown(link: string, name: string): HTMLElement {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link);
    toast(t("accounts.invite.copied"));
  };
  return el(
    "section",
    { class: "stack near" },
    el("h3", null, t("accounts.invite.made", { name })),
    el("p", null, t("accounts.invite.made-what")),
    el("p", { class: "mono link-once" }, link),
    el("div", { class: "actions" }, button(t("accounts.invite.copy"), () => void copy(), "second")),
  );
}
