/** A call from joining to leaving: socket, peer, media and clock brought together; no screen. */

import { Socket, type Message, type SocketOptions, type SocketState } from "../net";
import { FingerprintCheck, type RefusalReason, type Sign, type Verify } from "./fingerprint";
import { LocalMedia, type LocalView } from "./local";
import { Peer, type Kind } from "./peer";
import { judge, readStats, type Quality, type Reading } from "./quality";
import { Relay, type IceAnswer } from "./relay";
import { readSignal, type Signal } from "./signal";
import { AT_FIRST, deriveState, type CallFacts, type CallState, type EndReason } from "./state";

export interface SocketLike {
  send(message: Message): boolean;
  close(): void;
}

export interface SessionOptions {
  readonly consultation: string;
  readonly role: "patient" | "practitioner";
  readonly peer: string; // person id of the other participant
  readonly sign: Sign;
  readonly verify: Verify;
  readonly ice: () => Promise<IceAnswer>;
  readonly now?: () => number; // milliseconds, of the clock that statements are signed by
  readonly openSocket?: (path: string, options: SocketOptions) => SocketLike;
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
}

/** What the other side says of its own devices. */
export interface PeerMedia {
  readonly mic: LocalView["mic"];
  readonly camera: LocalView["camera"];
  readonly audioOnly: boolean;
}

export interface CallView {
  readonly state: CallState;
  readonly endedBy: EndReason | null;
  readonly refusal: RefusalReason | null;
  readonly peerLeft: boolean; // by their own word, not by loss
  readonly quality: Quality | null;
  readonly relayed: boolean;
  readonly connectedAt: number | null; // of performance.now(); the first time
  readonly local: LocalView;
  readonly remote: PeerMedia | null;
}

const TICK_MS = 500;
const PRESENCE_MS = 1_500;
const PREPARED_FOR_MS = 10_000; // afterwards paths may be stale: a fresh connection is surer
const OFFER_ANYWAY_MS = 2_000;
const RESTART_AFTER_MS = 3_000;
const RESTART_EVERY_MS = 6_000;

export class CallSession {
  readonly remoteStream = new MediaStream();
  readonly local: LocalMedia;
  readonly #options: SessionOptions;
  readonly #onview: (view: CallView) => void;
  readonly #page = crypto.randomUUID();
  readonly #relay: Relay;
  #socket: SocketLike | null = null;
  #peer: Peer | null = null;
  #peerPage: string | null = null;
  #facts: CallFacts = AT_FIRST;
  #refusal: RefusalReason | null = null;
  #peerLeft = false;
  #remote: PeerMedia | null = null;
  #quality: Quality | null = null;
  #reading: Reading | null = null;
  #connectedAt: number | null = null;
  #preparedAt = 0;
  #upAt = 0;
  #mediaAt = 0;
  #restartAt = 0;
  #inbox: Promise<void> = Promise.resolve();
  #ticking: ReturnType<typeof setInterval> | undefined;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #confirmed = false;

  constructor(options: SessionOptions, onview: (view: CallView) => void) {
    this.#options = options;
    this.#onview = onview;
    this.#relay = new Relay(options.ice, options.now);
    this.local = new LocalMedia({
      ontrack: (kind, track) => void this.#peer?.setTrack(kind, track),
      onchange: () => {
        this.#peer?.setVideo(!this.local.view.audioOnly);
        this.#tellMedia();
        this.#show();
      },
    });
    void this.#relay.servers(); // asked for while people still look at the button
  }

  get view(): CallView {
    return {
      state: deriveState(this.#facts),
      endedBy: this.#facts.ended,
      refusal: this.#refusal,
      peerLeft: this.#peerLeft,
      quality: this.#quality,
      relayed: this.#reading?.relayed ?? false,
      connectedAt: this.#connectedAt,
      local: this.local.view,
      remote: this.#remote,
    };
  }

  /** The connection under the call, for tests and measurements; null while there is nobody. */
  get connection(): RTCPeerConnection | null {
    return this.#peer?.pc ?? null;
  }

  /** Joins: devices, socket and relay all at once, as none needs the other to begin. From a gesture only. */
  async join(want: { readonly video: boolean }): Promise<void> {
    const open = this.#options.openSocket ?? ((path, options) => new Socket(path, options));
    const path = `/ws/consultations/${this.#options.consultation}/signal?page=${this.#page}`;
    this.#socket = open(path, { onMessage: (message) => this.#hear(message), onState: (state) => this.#onSocket(state) });
    this.#ticking = setInterval(() => void this.#tick(), TICK_MS);
    globalThis.addEventListener("pagehide", this.#onPageHide);
    globalThis.addEventListener("online", this.#onOnline);
    this.#inbox = this.#relay.servers().then((servers) => this.#prepare(servers));
    await this.local.open(want);
  }

  leave(): void {
    if (this.#facts.ended === null) this.#sayBye();
    this.#end("left");
  }

  /** The consultation has ended elsewhere: closed, transferred, cancelled. */
  closeFor(reason: "closed" | "signed-out"): void {
    this.#end(reason);
  }

  #sayBye(): void {
    this.#peer?.tell({ bye: true });
    this.#send({ bye: true });
  }

  #end(reason: EndReason): void {
    if (this.#facts.ended !== null) return;
    clearInterval(this.#ticking);
    clearTimeout(this.#asking);
    globalThis.removeEventListener("pagehide", this.#onPageHide);
    globalThis.removeEventListener("online", this.#onOnline);
    this.local.close();
    this.#dropPeer();
    this.#socket?.close();
    this.#learn({ ended: reason });
  }

  readonly #onPageHide = (): void => this.#sayBye();
  readonly #onOnline = (): void => this.#restart();

  #onSocket(state: SocketState): void {
    if (state === "refused") this.#end("closed");
    const isOpen = state === "open";
    this.#peer?.setAudible(false);
    this.#learn({ socket: isOpen ? "open" : "down" });
    clearTimeout(this.#asking);
    // The server says at once who is here, and nothing of who is not.
    this.#confirmed = false;
    if (isOpen) this.#asking = setTimeout(() => !this.#confirmed && this.#miss(""), PRESENCE_MS);
  }

  #hear(message: Message): void {
    this.#inbox = this.#inbox.then(() => this.#take(message));
  }

  async #take(message: Message): Promise<void> {
    if (this.#facts.ended !== null) return;
    const page = typeof message["page"] === "string" ? message["page"] : "";
    if (message.type === "replaced") this.#end("replaced");
    else if (message.type === "peer" && message["state"] === "here") await this.#meet(page);
    else if (message.type === "peer") this.#miss(page);
    else if (message.type === "signal") await this.#takeSignal(page, readSignal(message["data"]));
  }

  async #takeSignal(page: string, signal: Signal | null): Promise<void> {
    if (signal === null) return;
    if ("bye" in signal) {
      if (page === this.#peerPage) this.#onBye();
      return;
    }
    await this.#meet(page);
    void this.#peer?.take(signal);
  }

  /** The other is here with this load of their page: the same as before, or one that knows nothing of us. */
  async #meet(page: string): Promise<void> {
    this.#confirmed = true;
    if (this.#peer !== null && page === this.#peerPage) {
      this.#learn({ peer: "here" });
      this.#peer.setAudible(true);
      return;
    }
    const isReady = this.#peer !== null && this.#peerPage === null && performance.now() - this.#preparedAt < PREPARED_FOR_MS;
    if (!isReady) {
      this.#dropPeer();
      this.#prepare(await this.#relay.servers());
    }
    const peer = this.#peer;
    if (peer === null) return;
    this.#peerPage = page;
    this.#peerLeft = false;
    this.#learn({ peer: "here" });
    peer.setAudible(true);
    if (this.#options.role === "patient") setTimeout(() => peer === this.#peer && !peer.heard && peer.start(), OFFER_ANYWAY_MS);
  }

  /** Makes the connection for whoever comes next; the practitioner's looks for its paths at once. */
  #prepare(servers: RTCIceServer[]): void {
    if (this.#facts.ended !== null || this.#peer !== null) return;
    this.#peer = this.#makePeer(servers);
    this.#preparedAt = performance.now();
    if (this.#options.role === "practitioner") this.#peer.start();
  }

  #miss(page: string): void {
    if (page !== "" && page !== this.#peerPage) return; // an earlier page of theirs
    this.#peer?.setAudible(false);
    this.#learn({ peer: "gone" });
  }

  #onBye(): void {
    this.#dropPeer();
    this.#peerLeft = true;
    this.#learn({ peer: "gone" });
  }

  #makePeer(iceServers: RTCIceServer[]): Peer {
    const { consultation, peer: person, role, sign, verify, now, iceTransportPolicy } = this.#options;
    const peer: Peer = new Peer({
      polite: role === "patient",
      consultation,
      config: { iceServers, iceTransportPolicy: iceTransportPolicy ?? "all" },
      sign,
      check: new FingerprintCheck(verify, { consultation, person }, now),
      send: (signal) => void this.#send(signal),
      onchange: () => peer === this.#peer && this.#onPeer(peer),
      ontrack: (track) => peer === this.#peer && this.#onTrack(track),
      onnotice: (notice) => peer === this.#peer && this.#onNotice(notice),
      onrefused: ({ reason }) => {
        if (peer !== this.#peer) return;
        this.#refusal = reason;
        this.#sayBye();
        this.#end("refused");
      },
    });
    for (const kind of ["audio", "video"] as const) void peer.setTrack(kind, this.local.track(kind));
    peer.setVideo(!this.local.view.audioOnly);
    peer.tell(this.#media());
    return peer;
  }

  #dropPeer(): void {
    this.#peer?.close();
    this.#peer = null;
    this.#peerPage = null;
    this.#reading = this.#quality = this.#remote = null;
    this.#mediaAt = 0;
    for (const track of this.remoteStream.getTracks()) this.remoteStream.removeTrack(track);
    this.#learn({ heard: false, connection: "new", verified: false, wasConnected: false, silentMs: 0, downMs: 0 });
  }

  #onPeer(peer: Peer): void {
    const connection = peer.pc.connectionState;
    const isUp = connection === "connected" && peer.verified;
    if (isUp) {
      const now = performance.now();
      // A line that has gone silent was last good when it last brought something.
      this.#upAt = now - this.#facts.silentMs;
      this.#connectedAt ??= now;
    }
    const wasConnected = this.#facts.wasConnected || isUp;
    this.#learn({ heard: peer.heard, connection, verified: peer.verified, wasConnected, downMs: this.#downMs(wasConnected, isUp) });
  }

  #downMs(wasConnected: boolean, isUp: boolean): number {
    return wasConnected && !isUp ? performance.now() - this.#upAt : 0;
  }

  #onTrack(track: MediaStreamTrack): void {
    for (const old of this.remoteStream.getTracks()) {
      if (old.kind === track.kind) this.remoteStream.removeTrack(old);
    }
    this.remoteStream.addTrack(track);
    this.#show();
  }

  #onNotice(notice: unknown): void {
    if (typeof notice !== "object" || notice === null) return;
    if ("bye" in notice) {
      this.#onBye();
      return;
    }
    const { mic, camera, audioOnly } = notice as Record<string, unknown>;
    if (isSending(mic) && isSending(camera)) this.#remote = { mic, camera, audioOnly: audioOnly === true };
    this.#show();
  }

  async #tick(): Promise<void> {
    const peer = this.#peer;
    if (peer === null) return;
    if (peer.pc.connectionState === "connected" && peer.verified) await this.#measure(peer);
    if (peer !== this.#peer) return;
    this.#onPeer(peer);
    if (Math.max(this.#facts.downMs, this.#facts.silentMs) > RESTART_AFTER_MS) this.#restart();
  }

  async #measure(peer: Peer): Promise<void> {
    const now = performance.now();
    const reading = await readStats(peer.pc, now);
    if (peer !== this.#peer) return;
    const before = this.#reading;
    if (before !== null && reading.at - before.at < 2 * TICK_MS - 100) {
      this.#countSilence(reading, before, now);
      return;
    }
    if (before !== null) this.#quality = judge(before, reading);
    this.#countSilence(reading, before, now);
    this.#reading = reading;
  }

  /** Silence counts only after something came, and while the other side says that it sends. */
  #countSilence(reading: Reading, before: Reading | null, now: number): void {
    if (before === null || reading.received > before.received) this.#mediaAt = reading.received > 0 ? now : 0;
    const sends = this.#remote === null || [this.#remote.mic, this.#remote.camera].some((one) => one === "on");
    this.#learn({ silentMs: sends && this.#mediaAt > 0 ? now - this.#mediaAt : 0 });
  }

  /** Both sides do it when the line is down; perfect negotiation sorts out who was first. */
  #restart(): void {
    const now = performance.now();
    if (this.#facts.socket !== "open" || this.#facts.peer !== "here" || now < this.#restartAt) return;
    this.#restartAt = now + RESTART_EVERY_MS;
    void this.#relay.servers().then((iceServers) => this.#peer?.restart({ iceServers }));
  }

  #send(signal: Signal): boolean {
    return this.#socket?.send({ type: "signal", data: signal }) ?? false;
  }

  #media(): PeerMedia {
    const { mic, camera, audioOnly } = this.local.view;
    return { mic, camera, audioOnly };
  }

  #tellMedia(): void {
    this.#peer?.tell(this.#media());
  }

  #learn(change: Partial<CallFacts>): void {
    this.#facts = { ...this.#facts, ...change };
    this.#show();
  }

  #show(): void {
    this.#onview(this.view);
  }
}

function isSending(value: unknown): value is PeerMedia["mic"] {
  return value === "asking" || value === "on" || value === "off" || value === "none";
}

export type { Kind };
