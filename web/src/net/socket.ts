/**
 * A socket that comes back by itself, says in which state it is, and notices a line that has gone dead in silence.
 *
 * Leaf: imports nothing.
 */

export type SocketState =
  | "connecting" // first try, or a try after a loss
  | "open"
  | "waiting" // lost; the next try is planned
  | "refused" // the server does not let us in: no further try
  | "closed"; // by us, for good

export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface SocketOptions {
  readonly onMessage: (message: Message) => void;
  readonly onState?: (state: SocketState) => void;
  /** Milliseconds between pings; 0 sends none, and then silence is not taken for a loss. */
  readonly pingEvery?: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** A server that answers pings is silent for at most two of them; after three the line is dead. */
const SILENT_PINGS = 3;
/** WebSocket close codes by which the server says that another try will not help. */
const REFUSALS: ReadonlySet<number> = new Set([4401, 4403, 4404, 4409]);

export class Socket {
  readonly path: string;
  readonly options: SocketOptions;
  #state: SocketState = "connecting";
  #line: WebSocket | null = null;
  #tries = 0;
  #heardAt = 0;
  #pinging: ReturnType<typeof setInterval> | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  readonly #pingEvery: number;

  /** Connects at once. `path` starts with `/ws/`. */
  constructor(path: string, options: SocketOptions) {
    this.path = path;
    this.options = options;
    this.#pingEvery = options.pingEvery ?? 3000;
    globalThis.addEventListener("online", this.#tryNow);
    globalThis.addEventListener("offline", this.#lost);
    this.#connect();
  }

  get state(): SocketState {
    return this.#state;
  }

  /** Sends, or returns false when there is no line: what matters must not depend on a socket. */
  send(message: Message): boolean {
    if (this.#line?.readyState !== WebSocket.OPEN) return false;
    this.#line.send(JSON.stringify(message));
    return true;
  }

  /** Ends it for good. */
  close(): void {
    globalThis.removeEventListener("online", this.#tryNow);
    globalThis.removeEventListener("offline", this.#lost);
    clearTimeout(this.#waiting);
    this.#drop();
    this.#enter("closed");
  }

  #connect(): void {
    this.#enter("connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const line = new WebSocket(`${scheme}://${location.host}${this.path}`);
    this.#line = line;
    this.#heardAt = Date.now();
    line.onopen = () => {
      this.#tries = 0;
      this.#enter("open");
    };
    line.onmessage = (event: MessageEvent<unknown>) => {
      this.#hear(event.data);
    };
    line.onclose = (event) => {
      if (this.#line !== line) return;
      if (REFUSALS.has(event.code)) {
        this.#drop();
        this.#enter("refused");
      } else this.#lost();
    };
    if (this.#pingEvery > 0) this.#pinging = setInterval(this.#ping, this.#pingEvery);
  }

  #hear(data: unknown): void {
    this.#heardAt = Date.now();
    if (typeof data !== "string") return;
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch {
      return; // not ours; the next message may be
    }
    if (typeof message !== "object" || message === null || !("type" in message)) return;
    if (message.type !== "pong") this.options.onMessage(message as Message);
  }

  readonly #ping = (): void => {
    if (Date.now() - this.#heardAt > SILENT_PINGS * this.#pingEvery) this.#lost();
    else this.send({ type: "ping" });
  };

  readonly #tryNow = (): void => {
    if (this.#state !== "waiting") return;
    clearTimeout(this.#waiting);
    this.#connect();
  };

  readonly #lost = (): void => {
    if (this.#state === "closed" || this.#state === "refused" || this.#state === "waiting") return;
    this.#drop();
    this.#enter("waiting");
    // Half of the wait is by chance, so that all do not come back in the same second after a restart.
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries);
    this.#tries += 1;
    this.#waiting = setTimeout(
      () => {
        this.#connect();
      },
      wait / 2 + (Math.random() * wait) / 2,
    );
  };

  /** Let go of the line without hearing of it again. */
  #drop(): void {
    clearInterval(this.#pinging);
    const line = this.#line;
    this.#line = null;
    if (!line) return;
    line.onopen = line.onmessage = line.onclose = null;
    line.close();
  }

  #enter(state: SocketState): void {
    if (this.#state === state && state !== "connecting") return;
    this.#state = state;
    this.options.onState?.(state);
  }
}
