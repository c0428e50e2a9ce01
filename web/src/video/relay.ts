/** The relay's credentials: asked for before they are needed, and again before they end. */

export interface IceAnswer {
  readonly iceServers: RTCIceServer[];
  readonly expires_at: string;
}

const MARGIN_MS = 10 * 60_000;

export class Relay {
  readonly #ask: () => Promise<IceAnswer>;
  readonly #now: () => number;
  #answer: Promise<RTCIceServer[]> | null = null;
  #until = 0;

  constructor(ask: () => Promise<IceAnswer>, now: () => number = Date.now) {
    this.#ask = ask;
    this.#now = now;
  }

  /** Returns the servers; none when they cannot be had: two people in one house need no relay. */
  servers(): Promise<RTCIceServer[]> {
    if (this.#answer === null || this.#now() > this.#until) {
      this.#until = this.#now() + MARGIN_MS; // until the answer says better
      this.#answer = this.#ask().then(
        ({ iceServers, expires_at }) => {
          this.#until = Date.parse(expires_at) - MARGIN_MS;
          return iceServers;
        },
        () => {
          this.#until = 0;
          return [];
        },
      );
    }
    return this.#answer;
  }
}

/** Tells whether a relay candidate can be had from these servers: the way through a strict network. */
export async function canReachRelay(iceServers: RTCIceServer[], timeoutMs = 5_000): Promise<boolean> {
  return (await gather(iceServers, "relay", timeoutMs)) > 0;
}

/** Counts the candidates that a connection to nobody finds. */
export async function gather(iceServers: RTCIceServer[], iceTransportPolicy: RTCIceTransportPolicy, timeoutMs: number): Promise<number> {
  const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy });
  try {
    return await new Promise<number>((resolve) => {
      let found = 0;
      const timer = setTimeout(() => resolve(found), timeoutMs);
      pc.onicecandidate = ({ candidate }) => {
        if (candidate !== null && candidate.candidate !== "") found += 1;
        if (found === 0 && candidate !== null) return;
        clearTimeout(timer);
        resolve(found);
      };
      pc.createDataChannel("");
      void pc.setLocalDescription();
    });
  } finally {
    pc.close();
  }
}
