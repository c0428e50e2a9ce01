/** Who signed a fingerprint: the envelope's check and the directory's key, joined for `Verify`. */

import { checkDevice, readStatement } from "../crypto";
import type { Verify } from "./fingerprint";

/** Returns a device's key once the directory has proven it, and throws when it cannot. */
export type DeviceKeyOf = (person: string, device: string) => Promise<CryptoKey>;

export function verifyWith(deviceKey: DeviceKeyOf): Verify {
  return async (kind, statement, person) => {
    const read = readStatement(statement, kind);
    const { device } = read.body;
    if (read.body["person"] !== person || typeof device !== "string") throw new Error("not of the person expected");
    await checkDevice(read, device, await deviceKey(person, device));
    return read.body;
  };
}
