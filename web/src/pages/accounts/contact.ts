/**
 * The e-mail address goes where the mailer may open it, and nowhere else: sealed into the `contact` compartment of the
 * person's own record. Done once, right after signing up; done again, it finds the record there and adds nothing.
 */

import { b64uDecode, b64uEncode, contentKey, itemHash, jsonOf, newId, newReplyKey, openReply, sealJson, signManifest, type ContentKey } from "../../crypto";
import { wireNow, type Keyring } from "../../keys";
import { api } from "../../net";

interface Known {
  readonly record: string;
  readonly kind: string;
}

export async function keepContact(keyring: Keyring, email: string): Promise<void> {
  const record = await personRecord(keyring);
  const place = `/api/records/${record}/contact`;
  const { items } = await api.get<{ items: unknown[] }>(place);
  if (items.length > 0) return;
  const key = await contactKey(keyring, record);
  const at = wireNow();
  const author = { person: keyring.person, device: keyring.device };
  const item = await sealJson({ email }, key, { item: newId(), version: 1, kind: "contact", author, at }, keyring.signer);
  const hashes = [await itemHash(item)];
  const manifest = await signManifest({ place: key.place, hashes, counter: 1, author, at }, keyring.signer);
  await api.post(place, { items: [item], manifest });
}

async function personRecord(keyring: Keyring): Promise<string> {
  const records = await api.get<Known[] | { records: Known[] }>("/api/records");
  const known = (Array.isArray(records) ? records : records.records).find((one) => one.kind === "person");
  if (known) return known.record;
  const record = newId();
  // `contact` has no care key: the server must be able to write to people. So there is none to seal.
  const statement = await keyring.sign("record", { record, kind: "person", subject: keyring.person, recipients: [] });
  await api.post("/api/records", { statement, sealed_keys: [] });
  return record;
}

async function contactKey(keyring: Keyring, record: string): Promise<ContentKey> {
  const place = { record, compartment: "contact", epoch: 0 };
  const id = newId();
  const reply = await newReplyKey();
  const reply_key = b64uEncode(reply.publicKey);
  const asked = await keyring.sign("release", { id, openings: [place], purpose: "contact", reply_key });
  const { sealed } = await api.post<{ sealed: string }>("/vault/release", asked);
  const opened = jsonOf(await openReply(reply, id, b64uDecode(sealed))) as { turns: { turn: string }[] };
  return contentKey(place, new Uint8Array(0), b64uDecode(opened.turns[0]?.turn, 32));
}
