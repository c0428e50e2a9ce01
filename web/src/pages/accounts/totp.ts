/** A second factor: the secret for an authenticator application, as a QR code and in letters (RFC 6238, otpauth URI). */

import { encode } from "uqr";

import { randomBytes, type Bytes } from "../../crypto";
import { t } from "../../face";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SVG = "http://www.w3.org/2000/svg";

export function newTotpSecret(): Bytes {
  return randomBytes(20);
}

/** In groups of four, to be typed where there is no camera. */
export function inGroups(secret: Bytes): string {
  return (base32(secret).match(/.{1,4}/g) ?? []).join(" ");
}

export function otpauth(secret: Bytes, account: string): string {
  return `otpauth://totp/${encodeURIComponent(`Colloque:${account}`)}?secret=${base32(secret)}&issuer=Colloque`;
}

export function qrCode(text: string): SVGSVGElement {
  const { data, size } = encode(text, { ecc: "M", border: 3 });
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${String(size)} ${String(size)}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", t("accounts.totp.picture"));
  svg.setAttribute("class", "qr");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute(
    "d",
    data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${String(x)} ${String(y)}h1v1h-1z`] : []))).join(""),
  );
  svg.append(path);
  return svg;
}

export function base32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32.charAt(parseInt(five.padEnd(5, "0"), 2))).join("");
}
