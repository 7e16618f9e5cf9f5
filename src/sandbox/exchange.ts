/** One request and its answer, without the network: what the sandbox's parts are functions over. */

export interface Exchange {
  readonly method: string;
  /** Undecoded, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `value` as JSON that nobody keeps. */
export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(value),
  };
}

/** The form in a request's body; undefined where its type says that it is something else. */
export function formOf(exchange: Exchange): URLSearchParams | undefined {
  const type = (exchange.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  return type === "application/x-www-form-urlencoded" ? new URLSearchParams(exchange.body) : undefined;
}
