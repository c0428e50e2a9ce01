/** A member, and someone who waits to be one. */

import { button, choiceField, confirmInPlace, el, fill, type parts, relativeDay, t, tag, toast } from "../../face";
import type { Keyring } from "../../keys";
import { actButton, failedLine, FieldError } from "./form";
import type { Role } from "./invitation";
import { confirmMember, wordsOf, type Member } from "./practice-keys";
import { proven, provenFailure } from "./proof";
import { roleName, roleNames, ROLES } from "./roles";

export function waitingRow(keyring: Keyring, practice: string, member: Member, reload: () => void): HTMLElement {
  const name = nameOf(member);
  const words = el("p", { class: "words", lang: "fr" });
  void wordsOf(member).then((found) => {
    words.textContent = found.join(" · ");
  });
  const confirm = async (): Promise<void> => {
    await proven(() => confirmMember(keyring, practice, member, member.roles));
    toast(t("accounts.member.confirmed", { name }));
    reload();
  };
  return el(
    "li",
    { class: "stack near" },
    el("div", { class: "row-text" }, el("strong", null, name), el("small", { class: "quiet-text" }, describe(member))),
    el("p", null, t("accounts.member.compare", { name })),
    words,
    actButton(t("accounts.member.confirm", { name }), confirm, { icon: "user-check", failed: provenFailure }),
  );
}

export function memberRow(keyring: Keyring, practice: string, member: Member, leave: (person: string) => Promise<void>, reload: () => void): HTMLElement {
  const name = nameOf(member);
  const isMe = member.person === keyring.person;
  const seen = member.last_seen_at === null ? null : t("accounts.account.seen", { when: relativeDay(member.last_seen_at) });
  const said = el("div");
  const end = button(t("accounts.member.end"), () => void askEnd(), "quiet", "x");
  const askEnd = async (): Promise<void> => {
    if (!(await confirmInPlace(end, { question: t("accounts.member.end-ask", { name }), yes: t("accounts.member.end-yes") }))) return;
    try {
      await leave(member.person);
      toast(t("accounts.member.ended", { name }));
    } catch (error) {
      fill(said, failedLine(error));
    }
  };
  const text = el("div", { class: "row-text" }, el("span", null, name, " ", isMe ? tag(t("accounts.member.you"), "action") : null), el("small", null, describe(member)), seen ? el("small", null, seen) : null);
  return el("li", null, el("div", { class: "row" }, text, rolesEditor(keyring, practice, member, reload), isMe ? null : end), said);
}

function rolesEditor(keyring: Keyring, practice: string, member: Member, reload: () => void): HTMLElement {
  const open = button(t("accounts.member.roles"), () => { place.replaceChildren(editor()); place.querySelector("input")?.focus(); }, "quiet", "pencil");
  const place = el("div", null, open);
  const editor = (): HTMLElement => {
    const choices = ROLES.map((role) => ({ value: role, label: roleName(role), checked: member.roles.includes(role) }));
    const field = choiceField(t("accounts.invite.roles"), `roles-${member.person}`, choices, { many: true });
    const keep = async (): Promise<void> => {
      const roles = field.values() as Role[];
      if (roles.length === 0) throw new FieldError("roles", t("accounts.invite.no-role"));
      await proven(() => confirmMember(keyring, practice, member, roles));
      reload();
    };
    const cancel = button(t("face.no-keep"), () => { place.replaceChildren(open); open.focus(); }, "quiet");
    return el("div", { class: "stack near" }, field.element, actButton(t("accounts.save"), keep, { kind: "second", failed: provenFailure }), cancel);
  };
  return place;
}

function nameOf(member: Member): string {
  return `${member.given} ${member.family}`;
}

function describe(member: Member): ReturnType<typeof parts> {
  const facts = [roleNames(member.roles), member.profession, member.rpps === "" ? "" : t("accounts.member.rpps", { rpps: member.rpps })];
  return [facts.filter((fact) => fact.trim() !== "").join(", ")];
}
