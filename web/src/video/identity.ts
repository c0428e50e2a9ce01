/** Who signed a fingerprint: the envelope's check and the directory's key, joined for `Verify`. */

import { checkDevice, readStatement } from "../crypto";
import type { Verify } from "./fingerprint";

/** Returns a device's key once the directory has proven it, and throws when it cannot. */
export type DeviceKeyOf = (person: string, device: string) => Promise<{ readonly publicKey: CryptoKey; readonly revoked: boolean }>;

export function verifyWith(deviceKey: DeviceKeyOf): Verify {
  return async (kind, statement, person) => {
    const read = readStatement(statement, kind);
    const { device } = read.body;
    if (read.body["person"] !== person || typeof device !== "string") throw new Error("not of the person expected");
    const { publicKey, revoked } = await deviceKey(person, device);
    // What a revoked device wrote once can still be read; nobody calls from it.
    if (revoked) throw new Error("a revoked device");
    await checkDevice(read, device, publicKey);
    return read.body;
  };
}
