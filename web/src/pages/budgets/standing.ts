/** How far each member of a practice is from the limit, as the vault tells its managers (docs/spec/key-release.md, "HTTP"). */

import type { Keyring } from "../../keys";
import { ask } from "../../vault";

export const WINDOWS = ["minute", "hour", "day", "month"] as const;
export type Window = (typeof WINDOWS)[number];
export type Windows = Readonly<Record<Window, number>>;

export interface Meter {
  readonly used: Windows;
  readonly capacity: Windows;
  /** Units of the last 31 days, oldest first; the last day is today. */
  readonly days: readonly number[];
}

export interface MemberMeter extends Meter {
  readonly person: string;
  readonly role: "practitioner" | "secretary" | "manager";
  readonly stepped_up: boolean;
  readonly frozen: boolean;
  readonly broken_glasses: number;
}

export interface Quota {
  readonly person: string;
  readonly purpose: string;
  readonly records: number;
  readonly used: number;
  readonly ends_at: string;
}

export interface Standing {
  readonly members: readonly MemberMeter[];
  readonly practice: Meter;
  readonly quotas: readonly Quota[];
}

export async function standingOf(keyring: Keyring, practice: string): Promise<Standing> {
  return (await ask<Standing>("/vault/budgets", () => keyring.sign("budgets", { practice }))).answer;
}
