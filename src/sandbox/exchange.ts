/** One request and its response, without the network: the parts of the sandbox are functions over them. */

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

/** `value` as JSON that is not cached. */
export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(value),
  };
}

/** The form in a request's body; undefined for another content type. */
export function formOf(exchange: Exchange): URLSearchParams | undefined {
  const type = (exchange.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  return type === "application/x-www-form-urlencoded" ? new URLSearchParams(exchange.body) : undefined;
}
