/** Each language opens what the other sealed. */

import { describe, expect, test } from "vitest";

import * as crypto from "../../src/crypto";
import {
  author,
  blobOf,
  collect,
  content,
  directory,
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

describe.each(["golden-python.json", "golden-typescript.json"])("%s", (name) => {
  const golden = read<Golden>(name);
  const authorKey = directory(crypto.b64uDecode(golden.device_key));

  test("its item and manifest open", async () => {
    const opened = await crypto.openItem(golden.item, await key(), authorKey, { item: inputs.item, leastVersion: 2 });
    expect(crypto.itemJson(opened)).toEqual(inputs.message);
    expect(crypto.b64uEncode(opened.hash)).toBe(golden.item_hash);
    const manifest = await crypto.checkManifest(golden.manifest, { place, hashes: [opened.hash], authorKey });
    expect(manifest.counter).toBe(7);
  });

  test("its statement has both signatures", async () => {
    const said = crypto.readStatement(golden.statement, "device");
    const deviceKey = await crypto.importDeviceKey(crypto.b64uDecode(golden.device_key));
    await crypto.checkDevice(said, author.device, deviceKey);
    await crypto.checkIdentity(said, author.person, person.identityKey);
    expect(said.body["note"]).toBe("é");
  });

  test("its file opens", async () => {
    const chunks = golden.file.chunks.map((chunk) => crypto.b64uDecode(chunk));
    const opened = await collect(crypto.openFile(chunks, await key(), inputs.item, golden.file.description));
    expect(opened).toEqual(content(inputs.file_size));
  });

  test("its long file is ours", async () => {
    const source = blobOf(content(inputs.long_file_size));
    const sealer = await crypto.sealFile(source, await key(), inputs.item, hex(inputs.long_file_salt));
    const digest = await crypto.sha256(await collect(sealer.chunks()));
    expect(crypto.b64uEncode(digest)).toBe(golden.long_file_sha256);
  });

  test("its sealed keys, note and reply open", async () => {
    const wanted = { purpose: "care-key", about: inputs.record, recipient: inputs.person } as const;
    expect(crypto.hex(await crypto.openKey(golden.care_key, person.kemSeed, wanted))).toBe(inputs.care_key);
    expect(await crypto.openNote(golden.note, practiceSeed, inputs.practice)).toBe(inputs.note);
    const reply = await crypto.importReplyKey(hex(inputs.reply_secret));
    const opened = await crypto.openReply(reply, inputs.request, crypto.b64uDecode(golden.reply));
    expect(crypto.textOf(opened)).toBe('{"turns":[],"refused":[]}');
  });

  test("its three unlock methods give the root back", async () => {
    for (const [kind, by] of Object.entries(await unlockers())) {
      const method = golden.methods[kind as crypto.UnlockKind];
      expect(crypto.hex(await crypto.openMethod(method, by, { owner: inputs.person }))).toBe(inputs.person_root);
    }
  });

  test("its words and its stretched passphrase are ours", async () => {
    expect(await crypto.fingerprintWords(person.identityKey)).toEqual(golden.words);
    const stretched = await crypto.stretch(inputs.passphrase, hex(inputs.salt));
    expect(crypto.hex(stretched.signInSecret)).toBe(golden.stretched.sign_in_secret);
    expect(crypto.hex(stretched.unlockSecret)).toBe(golden.stretched.unlock_secret);
  });
});
