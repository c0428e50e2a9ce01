/**
 * One RTCPeerConnection with one page of the other side: perfect negotiation (W3C WebRTC 1.0 §10.7), where every
 * description leaves signed and none is taken unchecked. It knows no socket and no screen.
 */

import { compareCertificate, PeerRefused, signDescription, type FingerprintCheck, type Sign } from "./fingerprint";
import type { Dsse, Signal } from "./signal";

export type Kind = "audio" | "video";
const KINDS: readonly Kind[] = ["audio", "video"];
const STATE_CHANNEL = 0;

export interface PeerOptions {
  readonly polite: boolean;
  readonly consultation: string;
  readonly config: RTCConfiguration;
  readonly sign: Sign;
  readonly check: FingerprintCheck;
  send(signal: Signal): void;
  onchange(): void; // something that a state is derived from
  ontrack(track: MediaStreamTrack): void;
  onnotice(notice: unknown): void; // what the other side said over the verified line
  onrefused(reason: PeerRefused): void;
}

export class Peer {
  readonly options: PeerOptions;
  readonly pc: RTCPeerConnection;
  heard = false;
  verified = false;
  #fingerprint: string | null = null;
  #tracks: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  #directions: Record<Kind, RTCRtpTransceiverDirection> = { audio: "sendrecv", video: "sendrecv" };
  #channel: RTCDataChannel | null = null;
  #notice = "";
  #makingOffer = false;
  #awaitingAnswer = false; // an answer is being set: an offer now is no collision
  #ignoring = false;
  #mayNegotiate = false;
  #owed = false; // a negotiation was asked for while nobody could hear it
  #inbox: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: PeerOptions) {
    this.options = options;
    this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require", ...options.config });
    this.pc.onnegotiationneeded = () => void this.#offer();
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate !== null) options.send({ candidate: candidate.toJSON() });
    };
    this.pc.ontrack = ({ track }) => options.ontrack(track);
    this.pc.onconnectionstatechange = () => void this.#onConnection();
    this.pc.oniceconnectionstatechange = () => {
      if (this.pc.iceConnectionState === "failed") this.restart();
      options.onchange();
    };
  }

  /** Makes the first offer. Whoever does not call this answers. */
  start(): void {
    for (const kind of KINDS) if (!this.#transceiver(kind)) this.#addTransceiver(kind);
    this.#openChannel();
  }

  /** The other side can hear us, or no longer: what is owed goes out when it can. */
  setAudible(audible: boolean): void {
    const before = this.#mayNegotiate;
    this.#mayNegotiate = audible;
    if (!audible || before) return;
    if (this.pc.signalingState === "have-local-offer" && !this.#makingOffer) void this.#sendLocal();
    else if (this.#owed) void this.#offer();
    if (this.heard && this.pc.connectionState !== "connected") this.restart();
  }

  /** Looks for new network paths; the keys and the media stay. */
  restart(config?: RTCConfiguration): void {
    if (this.#closed || !this.heard) return;
    if (config !== undefined) this.pc.setConfiguration({ ...this.pc.getConfiguration(), ...config });
    this.pc.restartIce();
  }

  async setTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks[kind] = track;
    await this.#transceiver(kind)?.sender.replaceTrack(track);
  }

  /** Neither sends nor receives pictures while off. */
  setVideo(on: boolean): void {
    this.#directions.video = on ? "sendrecv" : "inactive";
    const transceiver = this.#transceiver("video");
    if (transceiver !== undefined) transceiver.direction = this.#directions.video;
  }

  /** Tells the other side something small over the line itself; the last one is told again to a new line. */
  tell(notice: object): void {
    this.#notice = JSON.stringify(notice);
    if (this.#channel?.readyState === "open") this.#channel.send(this.#notice);
  }

  /** Takes signals in the order in which they came: a candidate waits for the check of its description. */
  take(signal: Exclude<Signal, { bye: true }>): Promise<void> {
    this.#inbox = this.#inbox.then(async () => {
      if (this.#closed) return;
      try {
        await ("description" in signal ? this.#takeDescription(signal.description, signal.fingerprint) : this.#takeCandidate(signal.candidate));
      } catch (error) {
        if (!this.#isClosed()) this.options.onrefused(asRefusal(error));
      }
    });
    return this.#inbox;
  }

  close(): void {
    this.#closed = true;
    this.#channel?.close();
    this.pc.close();
  }

  async #offer(): Promise<void> {
    if (this.#closed) return;
    if (!this.#mayNegotiate && this.heard) {
      this.#owed = true;
      return;
    }
    this.#owed = false;
    try {
      this.#makingOffer = true;
      // The first offer is made while one waits, and said when the other comes.
      await this.pc.setLocalDescription();
      if (this.#mayNegotiate) await this.#sendLocal();
    } catch (error) {
      if (!this.#isClosed()) throw error;
    } finally {
      this.#makingOffer = false;
    }
  }

  async #sendLocal(): Promise<void> {
    const description = this.pc.localDescription;
    if (description === null) return;
    const fingerprint = await signDescription(this.options.sign, this.options.consultation, description);
    const { type, sdp } = description;
    if (!this.#closed) this.options.send({ description: { type, sdp }, fingerprint });
  }

  async #takeDescription(description: RTCSessionDescriptionInit, statement: Dsse): Promise<void> {
    const facts = await this.options.check.check(description, statement);
    const isReady = !this.#makingOffer && (this.pc.signalingState === "stable" || this.#awaitingAnswer);
    const collides = description.type === "offer" && !isReady;
    this.#ignoring = !this.options.polite && collides;
    if (this.#ignoring) return;
    // An answer to an offer that we took back in a collision answers nothing any more.
    if (description.type === "answer" && this.pc.signalingState !== "have-local-offer") return;
    if (this.#fingerprint !== null && this.#fingerprint !== facts.fingerprint) throw new PeerRefused("certificate", "changed");
    this.#fingerprint = facts.fingerprint;
    this.#awaitingAnswer = description.type === "answer";
    await this.pc.setRemoteDescription(description);
    this.#awaitingAnswer = false;
    this.heard = true;
    if (description.type === "offer") await this.#answer(description.sdp ?? "");
    this.options.onchange();
  }

  async #answer(sdp: string): Promise<void> {
    const arranged = this.#arrange();
    if (/^m=application /m.test(sdp)) this.#openChannel();
    await this.pc.setLocalDescription();
    await this.#sendLocal();
    await arranged; // a track takes its place without a word of the description
  }

  /** Puts our tracks on the transceivers that the other side's offer made; those that a rollback left are dropped. */
  async #arrange(): Promise<void> {
    const placing: Promise<void>[] = [];
    for (const kind of KINDS) {
      const transceiver = this.#transceiver(kind);
      if (transceiver === undefined) continue;
      if (transceiver.direction !== this.#directions[kind]) transceiver.direction = this.#directions[kind];
      if (transceiver.sender.track !== this.#tracks[kind]) placing.push(transceiver.sender.replaceTrack(this.#tracks[kind]));
    }
    for (const transceiver of this.pc.getTransceivers()) {
      if (transceiver.mid === null && transceiver !== this.#transceiver(transceiver.receiver.track.kind as Kind)) transceiver.stop();
    }
    await Promise.all(placing);
  }

  async #takeCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await this.pc.addIceCandidate(candidate ?? undefined);
    } catch {
      // A candidate of an offer that was ignored or of an earlier network path leads nowhere. One that the relay
      // has bent does no harm either: the line only ever stands with the signed certificate.
    }
  }

  async #onConnection(): Promise<void> {
    if (this.pc.connectionState === "connected" && !this.verified && this.#fingerprint !== null) {
      const found = await compareCertificate(this.pc, this.#fingerprint);
      if (found === "other") {
        this.options.onrefused(new PeerRefused("certificate"));
        return;
      }
      this.verified = true;
    }
    this.options.onchange();
  }

  #transceiver(kind: Kind): RTCRtpTransceiver | undefined {
    const own = this.pc.getTransceivers().filter((one) => one.receiver.track.kind === kind && one.direction !== "stopped");
    return own.find((one) => one.mid !== null) ?? own[0];
  }

  #addTransceiver(kind: Kind): void {
    this.pc.addTransceiver(this.#tracks[kind] ?? kind, { direction: this.#directions[kind] });
  }

  #openChannel(): void {
    if (this.#channel !== null) return;
    const channel = this.pc.createDataChannel("state", { negotiated: true, id: STATE_CHANNEL });
    channel.onopen = () => {
      if (this.#notice !== "") channel.send(this.#notice);
    };
    channel.onmessage = ({ data }) => this.options.onnotice(readNotice(data));
    this.#channel = channel;
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}

function readNotice(data: unknown): unknown {
  if (typeof data !== "string" || data.length > 1024) return null;
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

function asRefusal(error: unknown): PeerRefused {
  return error instanceof PeerRefused ? error : new PeerRefused("altered", error instanceof Error ? error.name : "");
}
