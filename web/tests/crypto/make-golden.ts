/** Seals one of each kind for both languages to open: `npm run golden` prints golden-typescript.json. */

import { writeFileSync } from "node:fs";

import * as crypto from "../../src/crypto";
import {
  author,
  blobOf,
  collect,
  content,
  device,
  hex,
  inputs,
  key,
  person,
  place,
  practiceSeed,
  read,
  unlockers,
  type Golden,
} from "./vectors";

const { device_key } = read<Golden>("golden-python.json");
const signer = crypto.deviceSigner(author.device, await device(crypto.b64uDecode(device_key)));
const contentKey = await key();

async function makeFile(): Promise<Golden["file"]> {
  const sealer = await crypto.sealFile(blobOf(content(inputs.file_size)), contentKey, inputs.item);
  const chunks: string[] = [];
  for await (const chunk of sealer.chunks()) chunks.push(crypto.b64uEncode(chunk));
  const description = sealer.description({ name: "gorge.jpg", type: "image/jpeg", blob: inputs.request });
  return { description, chunks };
}

async function longFileSha256(): Promise<string> {
  const source = blobOf(content(inputs.long_file_size));
  const sealer = await crypto.sealFile(source, contentKey, inputs.item, hex(inputs.long_file_salt));
  return crypto.b64uEncode(await crypto.sha256(await collect(sealer.chunks())));
}

async function makeMethod(kind: crypto.UnlockKind, by: crypto.Unlocker): Promise<crypto.UnlockMethod> {
  const stretched = kind === "passphrase" ? { salt: hex(inputs.salt), argon2: crypto.ARGON2_FLOOR } : {};
  const options = { owner: inputs.person, id: inputs.methods[kind], ...stretched };
  return crypto.makeMethod(hex(inputs.person_root), by, options);
}

async function make(): Promise<Golden> {
  const { at, request, record, item: id } = inputs;
  const about = { item: id, version: 2, kind: "message", author, at };
  const item = await crypto.sealJson(inputs.message, contentKey, about, signer);
  const hash = await crypto.itemHash(item);
  const by = await unlockers();
  const stretched = await crypto.stretch(inputs.passphrase, hex(inputs.salt));
  const said = { id: request, at, person: author.person, device: author.device, note: "é" };
  const practice = { id: inputs.practice, publicKey: await crypto.kemPublicKey(practiceSeed), generation: 1 };
  const reply = await crypto.importReplyKey(hex(inputs.reply_secret));
  const answer = crypto.utf8('{"turns":[],"refused":[]}');
  return {
    item,
    item_hash: crypto.b64uEncode(hash),
    manifest: await crypto.signManifest({ place, hashes: [hash], counter: 7, author, at }, signer),
    statement: await crypto.signStatement(
      "device",
      said,
      crypto.identitySigner(author.person, person.identitySeed),
      signer,
    ),
    file: await makeFile(),
    long_file_sha256: await longFileSha256(),
    device_key,
    kem_key: crypto.b64uEncode(person.kemKey),
    words: await crypto.fingerprintWords(person.identityKey),
    stretched: {
      sign_in_secret: crypto.hex(stretched.signInSecret),
      unlock_secret: crypto.hex(stretched.unlockSecret),
    },
    care_key: await crypto.sealKey(hex(inputs.care_key), "care-key", record, {
      id: inputs.person,
      publicKey: person.kemKey,
    }),
    note: await crypto.sealNote(inputs.note, practice),
    methods: {
      passkey: await makeMethod("passkey", by.passkey),
      passphrase: await makeMethod("passphrase", by.passphrase),
      recovery: await makeMethod("recovery", by.recovery),
    },
    reply: crypto.b64uEncode(await crypto.sealReply(reply.publicKey, request, answer)),
  };
}

const target = new URL("../../../tests/vectors/golden-typescript.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(await make(), null, 1)}\n`);
