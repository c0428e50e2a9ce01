/** Two ways to the first remote picture, for bench/first_frame.py: the product's call, and two bare connections. */

import { mountCall } from "../../src/video/call";
import { deviceKey, enrol } from "./device";

interface Setup {
  readonly consultation: string;
  readonly role: "patient" | "practitioner";
  readonly person: string;
  readonly peer: string;
}

interface Times {
  joined: number;
  framed: number;
}

const times: Times = { joined: 0, framed: 0 };
const epoch = (at: number): number => performance.timeOrigin + at;

function watch(video: HTMLVideoElement): void {
  video.requestVideoFrameCallback((now) => {
    times.framed = epoch(now);
  });
}

/** Mounts the call as a page does, and returns its device; `press` joins. */
async function ours(setup: Setup): Promise<string> {
  const root = document.querySelector("main") as HTMLElement;
  const { device, ...identity } = await enrol(setup);
  const ice = async () => (await fetch(`/api/consultations/${setup.consultation}/ice`)).json();
  mountCall(root, { ...setup, ...identity, ice, peerName: "B" });
  watch(root.querySelector(".call-remote") as HTMLVideoElement);
  return device;
}

function press(): void {
  times.joined = epoch(performance.now());
  (document.querySelector(".call-panel button") as HTMLButtonElement).click();
}

/** What one writes in an afternoon: no signature, no reconnection, no state. */
async function bare(offers: boolean): Promise<void> {
  times.joined = epoch(performance.now());
  const video = document.querySelector("video") as HTMLVideoElement;
  watch(video);
  const media = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } },
  });
  const pc = new RTCPeerConnection();
  const socket = new WebSocket(`ws://${location.host}/bare`);
  for (const track of media.getTracks()) pc.addTrack(track, media);
  pc.ontrack = ({ streams }) => {
    video.srcObject = streams[0] ?? null;
  };
  const say = (message: object): void => socket.send(JSON.stringify(message));
  pc.onicecandidate = ({ candidate }) => candidate !== null && say({ candidate });
  let offered = false;
  const describe = async (): Promise<void> => {
    await pc.setLocalDescription();
    say({ description: pc.localDescription });
  };
  let inbox = Promise.resolve();
  socket.onopen = () => say({ hello: true });
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as { hello?: true; again?: true; description?: RTCSessionDescriptionInit; candidate?: RTCIceCandidateInit };
    inbox = inbox.then(async () => {
      if (message.hello === true) {
        // Whoever was first answers, so that the one who offers knows that both are there.
        if (offers && !offered) {
          offered = true;
          await describe();
        } else if (!offers && message.again !== true) say({ hello: true, again: true });
      } else if (message.description !== undefined) {
        await pc.setRemoteDescription(message.description);
        if (message.description.type === "offer") await describe();
      } else if (message.candidate !== undefined) await pc.addIceCandidate(message.candidate);
    });
  };
}

Object.assign(globalThis, { frame: { ours, deviceKey, press, bare, times } });
