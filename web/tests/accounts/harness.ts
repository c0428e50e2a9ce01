/** For the journeys: what asking for a consultation does first, run in a page of someone who is signed in. */

import { b64uDecode, keyId, newId, newSecret, readStatement, sealKey } from "../../src/crypto";
import { loadKeyring } from "../../src/keys";
import { api } from "../../src/net";

async function makeFile(practice: string): Promise<string> {
  const keyring = await loadKeyring();
  if (!keyring) throw new Error("no keyring");
  const told = await api.get<{ statements: { envelope: unknown }[] }>(`/vault/directory/practices/${practice}`);
  const first = told.statements.map(({ envelope }) => readStatement(envelope)).find((one) => one.kind === "practice");
  const practiceKey = b64uDecode(first?.body["kem_key"]);
  const { kemKey } = await keyring.keys();
  const record = newId();
  const careKey = newSecret();
  const people = [
    { id: keyring.person, publicKey: kemKey },
    { id: practice, publicKey: practiceKey, generation: 0 },
  ];
  const recipients = await Promise.all(people.map(async ({ id, publicKey }) => ({ id, key_id: await keyId(publicKey) })));
  const statement = await keyring.sign("record", { record, kind: "file", subject: keyring.person, practice, recipients });
  const sealed_keys = await Promise.all(people.map((to) => sealKey(careKey, "care-key", record, to)));
  await api.post("/api/records", { statement, sealed_keys });
  return record;
}

Object.assign(globalThis, { harness: { makeFile } });
