/** Whole years between a day of birth (YYYY-MM-DD) and a moment, as people count them. Pure. */
export function ageAt(birth: string, at: Date): number {
  const [year = 0, month = 1, day = 1] = birth.split("-").map(Number);
  const hadBirthday = at.getMonth() + 1 > month || (at.getMonth() + 1 === month && at.getDate() >= day);
  return at.getFullYear() - year - (hadBirthday ? 0 : 1);
}
