/**
 * Talk to the web process: JSON, the session cookie, Django's CSRF token, and one error for all that can go wrong.
 *
 * Leaf: imports nothing.
 */

/** A refusal, or no answer at all. `message` is a sentence for the reader, in the page's language. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The word for programs: `signed-out`, `not-found`, `offline`… */
  readonly error: string;
  /** When to try again, where the server says so. */
  readonly retryAt: Date | null;
  /** What else the answer held (the vault adds `now`, so that a client can correct its clock). */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    error: string,
    message: string,
    retryAt: Date | null = null,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.error = error;
    this.retryAt = retryAt;
    this.details = details;
  }

  get isOffline(): boolean {
    return this.status === 0;
  }
}

export interface Options {
  /** Ends the request; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export type Body = object | Uint8Array<ArrayBuffer> | Blob;

const LOCAL_SENTENCES = {
  fr: {
    offline: "La connexion ne répond pas. Rien n’est perdu : vérifiez votre réseau, puis réessayez.",
    odd: "La réponse reçue n’est pas lisible. Rechargez la page, puis réessayez.",
  },
  en: {
    offline: "The connection does not answer. Nothing is lost: check your network, then try again.",
    odd: "The answer could not be read. Reload the page, then try again.",
  },
} as const;

/** Each rejects with `ApiError`. An empty answer (204) is `undefined`. */
export const api = {
  get: <T>(path: string, options?: Options): Promise<T> => ask<T>("GET", path, undefined, options),
  post: <T = undefined>(path: string, body: Body = {}, options?: Options): Promise<T> => ask<T>("POST", path, body, options),
  put: <T = undefined>(path: string, body: Body, options?: Options): Promise<T> => ask<T>("PUT", path, body, options),
  delete: <T = undefined>(path: string, options?: Options): Promise<T> => ask<T>("DELETE", path, undefined, options),

  /** Bytes as they are, for sealed chunks. */
  async getBytes(path: string, options?: Options): Promise<Uint8Array<ArrayBuffer>> {
    const response = await send("GET", path, undefined, "application/octet-stream, application/json", options);
    return new Uint8Array(await response.arrayBuffer());
  },

  /** Text as it is, for the ledger's notes. */
  async getText(path: string, options?: Options): Promise<string> {
    const response = await send("GET", path, undefined, "text/plain, application/json", options);
    return response.text();
  },
};

async function ask<T>(method: string, path: string, body: Body | undefined, options?: Options): Promise<T> {
  const response = await send(method, path, body, "application/json", options);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError(response.status, "odd", sentences().odd);
  }
}

async function send(method: string, path: string, body: Body | undefined, accept: string, options?: Options): Promise<Response> {
  const headers = new Headers({ Accept: accept });
  const request: RequestInit = { method, headers, credentials: "same-origin", redirect: "error", cache: "no-store" };
  if (options?.signal) request.signal = options.signal;
  if (method !== "GET") headers.set("X-CSRFToken", csrfToken());
  if (body instanceof Uint8Array || body instanceof Blob) {
    headers.set("Content-Type", "application/octet-stream");
    request.body = body;
  } else if (body !== undefined) {
    headers.set("Content-Type", "application/json");
    request.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    // Giving up on purpose is not a failure of the network.
    if (options?.signal?.aborted) throw error;
    throw new ApiError(0, "offline", sentences().offline);
  }
  if (!response.ok) throw await readRefusal(response);
  return response;
}

async function readRefusal(response: Response): Promise<ApiError> {
  let told: Record<string, unknown> = {};
  try {
    const parsed: unknown = await response.json();
    if (typeof parsed === "object" && parsed !== null) told = parsed as Record<string, unknown>;
  } catch {
    // A proxy in between answers in HTML: its status is all we learn.
  }
  const word = typeof told["error"] === "string" ? told["error"] : "odd";
  const message = typeof told["message"] === "string" ? told["message"] : sentences().odd;
  const retry = typeof told["retry_at"] === "string" ? new Date(told["retry_at"]) : null;
  return new ApiError(response.status, word, message, retry, told);
}

/** The cookie is fresher than the page: signing in changes the token. */
function csrfToken(): string {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return cookie ?? document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

function sentences(): (typeof LOCAL_SENTENCES)["fr" | "en"] {
  return document.documentElement.lang.startsWith("en") ? LOCAL_SENTENCES.en : LOCAL_SENTENCES.fr;
}
