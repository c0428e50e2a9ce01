/** What goes with the call and stays after it: messages and documents, both ways. */

import { el, t } from "../../face";
import type { Keyring } from "../../keys";
import type { Message } from "../../net";
import { mountDocuments } from "../../documents";
import { exchangeSource, mountThread } from "../../messaging";
import { nameOf, type Consultation } from "./api";

export interface Talk {
  /** What the socket says of messages and documents. */
  hear(message: Message): void;
  update(consultation: Consultation): void;
  destroy(): void;
}

const PURPOSE = "own-record";

export function mountTalk(place: HTMLElement, consultation: Consultation, keyring: Keyring, send: (message: Message) => void = () => undefined): Talk {
  const { practitioner, practice } = consultation;
  const names = new Map(practitioner ? [[practitioner.person, nameOf(practitioner)]] : []);
  // After a transfer, another practitioner may have written before: named as the practice until their name has come.
  const nameOfAuthor = (person: string): string => names.get(person) ?? practice.name;
  const readers = t("patient.motive.readers", { practice: practice.name });
  const thread = el("div");
  const documents = el("div");
  place.replaceChildren(thread, documents);
  const source = exchangeSource(keyring, { consultation: consultation.id, purpose: PURPOSE, nameOf: nameOfAuthor, writing: () => { send({ type: "writing" }); } });
  const talk = mountThread(thread, source, { readers });
  const list = mountDocuments(documents, { keyring, consultation: consultation.id, purpose: PURPOSE, nameOf: nameOfAuthor, readers, canAdd: true });
  let counters = consultation.counters;
  let reader = practitioner?.person ?? "";

  const showRead = (read: Readonly<Record<string, number>>): void => {
    const position = read[reader];
    if (position !== undefined) talk.showRead(position);
  };
  showRead(consultation.read);

  return {
    hear(message) {
      if (message.type === "record") {
        if (message["compartment"] === "exchange") talk.refresh();
        if (message["compartment"] === "documents") list.refresh();
      } else if (message.type === "read" && message["person"] === reader) talk.showRead(Number(message["position"]));
      else if (message.type === "writing" && message["role"] === "practitioner") talk.showWriting(nameOfAuthor(reader));
    },
    update(now) {
      if (now.practitioner) {
        reader = now.practitioner.person;
        names.set(reader, nameOf(now.practitioner));
      }
      // What was written while the line was down: the counters tell.
      if ((now.counters["exchange"] ?? 0) > (counters["exchange"] ?? 0)) talk.refresh();
      if ((now.counters["documents"] ?? 0) > (counters["documents"] ?? 0)) list.refresh();
      counters = now.counters;
      showRead(now.read);
    },
    destroy() {
      talk.destroy();
      list.destroy();
    },
  };
}
