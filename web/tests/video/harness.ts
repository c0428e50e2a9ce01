/** A page with one side of a call, for tests/video: real media and connections, keys made here, a test relay. */

import { Peer } from "../../src/video/peer";
import { FingerprintCheck } from "../../src/video/fingerprint";
import { mountCall, type CallHandle } from "../../src/video/call";
import { mountCheck, type CheckHandle, type Path } from "../../src/video/check";
import { CallSession, type CallView } from "../../src/video/session";
import { enrol } from "./device";

interface Setup {
  readonly consultation: string;
  readonly role: "patient" | "practitioner";
  readonly person: string;
  readonly peer: string;
  readonly relayOnly?: boolean;
  readonly web?: boolean; // ask the product's web process for the relay
  readonly clockMs?: number; // how far this device's clock is off
  readonly video?: boolean;
}

const remote = document.querySelector("video") as HTMLVideoElement;
const states: string[] = [];
let session: CallSession;

async function optionsOf(setup: Setup) {
  return {
    ...(await enrol(setup)),
    consultation: setup.consultation,
    role: setup.role,
    peer: setup.peer,
    ice: async () => (await fetch(setup.web === true ? `/api/consultations/${setup.consultation}/ice` : "/ice")).json(),
    iceTransportPolicy: setup.relayOnly === true ? "relay" : "all",
  } as const;
}

function note(view: CallView): void {
  if (states.at(-1) !== view.state) states.push(view.state);
}

async function join(setup: Setup): Promise<void> {
  session = new CallSession(await optionsOf(setup), note);
  remote.srcObject = session.remoteStream;
  await session.join({ video: setup.video ?? true });
}

let call: CallHandle;
let check: CheckHandle;
const paths: Path[] = [];

/** The components as pages mount them, with the product's style sheet. */
async function mount(setup: Setup & { peerName: string }): Promise<void> {
  dress();
  call = mountCall(document.querySelector("main") as HTMLElement, { ...(await optionsOf(setup)), peerName: setup.peerName, onchange: note });
}

function mountEquipment(roundTripMs: number | null): void {
  dress();
  check = mountCheck(document.querySelector("main") as HTMLElement, {
    ice: async () => (await fetch("/ice")).json(),
    roundTrip: () => (roundTripMs === null ? Promise.reject(new Error("no service")) : Promise.resolve(roundTripMs)),
    oncontinue: (path) => paths.push(path),
  });
}

function dress(): void {
  remote.remove();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "/page.css";
  document.head.append(link);
}

/** Two polite and impolite peers in one page whose offers cross on purpose; returns their signalling states. */
async function glare(): Promise<{ polite: string; impolite: string; lines: number; same: boolean | string }> {
  const consultation = crypto.randomUUID();
  const [alice, bose] = [crypto.randomUUID(), crypto.randomUUID()];
  const a = await enrol({ person: alice });
  const b = await enrol({ person: bose });
  const failures: string[] = [];
  const make = (polite: boolean, own: typeof a, other: string, to: () => Peer): Peer =>
    new Peer({
      polite,
      consultation,
      config: {},
      sign: own.sign,
      check: new FingerprintCheck(own.verify, { consultation, person: other }),
      send: (signal) => setTimeout(() => "bye" in signal || to().take(signal), 30), // long enough for the other's to leave
      onchange: () => undefined,
      ontrack: () => undefined,
      onnotice: () => undefined,
      onrefused: (reason) => failures.push(reason.message),
    });
  const polite: Peer = make(true, a, bose, () => impolite);
  const impolite: Peer = make(false, b, alice, () => polite);
  for (const peer of [polite, impolite]) {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    await peer.setTrack("audio", media.getAudioTracks()[0] ?? null);
    await peer.setTrack("video", media.getVideoTracks()[0] ?? null);
    peer.setAudible(true);
    peer.start();
  }
  const deadline = Date.now() + 8000;
  const settled = () => [polite, impolite].every((peer) => peer.verified && peer.pc.signalingState === "stable");
  const settle = async (): Promise<void> => {
    while (!settled() && failures.length === 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50));
  };
  await settle();
  polite.restart();
  impolite.restart(); // and once more, while connected
  await new Promise((done) => setTimeout(done, 100));
  await settle();
  const result = {
    polite: failures[0] ?? polite.pc.connectionState,
    impolite: failures[0] ?? impolite.pc.connectionState,
    lines: polite.pc.getTransceivers().filter((one) => one.mid !== null).length,
    same: settled() || `${polite.pc.signalingState} ${impolite.pc.signalingState} ${polite.verified} ${impolite.verified}`,
  };
  polite.close();
  impolite.close();
  return result;
}

Object.assign(globalThis, {
  harness: {
    join,
    glare,
    mount,
    mountEquipment,
    paths,
    call: () => call,
    outcomes: () => check.outcomes,
    states,
    view: (): CallView | null => session?.view ?? call.view,
    session: () => session,
    framed: () => new Promise<number>((done) => remote.requestVideoFrameCallback((now) => done(now))),
    frames: () => remote.getVideoPlaybackQuality().totalVideoFrames,
  },
});
