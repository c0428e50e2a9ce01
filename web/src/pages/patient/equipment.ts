/** The check of camera, microphone, network and relay, mounted for one consultation. */

import { api } from "../../net";
import { mountCheck, type Path } from "../../video/check";
import type { IceAnswer } from "../../video/relay";

const CHOSEN = "call-path";
const PONG_WITHIN_MS = 5000;

export interface Equipment {
  destroy(): void;
}

export function mountEquipment(place: HTMLElement, consultation: string, onDone: () => void): Equipment {
  return mountCheck(place, {
    ice: () => api.get<IceAnswer>(`/api/consultations/${consultation}/ice`),
    roundTrip: () => roundTrip(consultation),
    oncontinue(path) {
      rememberPath(path);
      onDone();
    },
  });
}

/** How the person chose to talk, for the time of this tab. */
export function chosenPath(): Path {
  const found = sessionStorage.getItem(CHOSEN);
  return found === "audio" || found === "text" ? found : "video";
}

function rememberPath(path: Path): void {
  sessionStorage.setItem(CHOSEN, path);
}

/** Milliseconds for one ping and its pong over the consultation's socket. */
function roundTrip(consultation: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const line = new WebSocket(`${scheme}://${location.host}/ws/consultations/${consultation}`);
    let sentAt = 0;
    const end = (result: number | null): void => {
      clearTimeout(timer);
      line.onclose = line.onmessage = null;
      line.close();
      if (result === null) reject(new Error("no pong"));
      else resolve(result);
    };
    const timer = setTimeout(() => {
      end(null);
    }, PONG_WITHIN_MS);
    line.onopen = () => {
      sentAt = performance.now();
      line.send(JSON.stringify({ type: "ping" }));
    };
    line.onmessage = (event: MessageEvent<unknown>) => {
      if (String(event.data).includes('"pong"')) end(performance.now() - sentAt);
    };
    line.onclose = () => {
      end(null);
    };
  });
}
