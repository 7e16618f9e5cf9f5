/** A GET with its response, or the coded reason why there is none. No secret is ever sent from here. */
import { type ErrorCode, FederationError } from "../../errors";
import { type HttpResponse, request, type RequestOptions } from "../../network/request";

export type Fetched =
  | { readonly ok: true; readonly url: URL; readonly answer: HttpResponse }
  | {
      readonly ok: false;
      readonly url: URL;
      readonly code: ErrorCode;
      readonly message: string;
      readonly fix: string;
      /** Node's own code, e.g. `CERT_HAS_EXPIRED`; "" where there is none. */
      readonly detail: string;
    };

/** How long `doctor` waits, milliseconds; tests wait shorter. */
export interface Limits {
  /** For one request, from its start to the last byte of the response. */
  readonly timeoutMs: number;
  /** STS gives up on an issuer after this. */
  readonly stsMs: number;
}

/** STS waits 5 s for an issuer (recorded); waiting twice that tells a slow issuer from a silent one. */
export const LIMITS: Limits = { timeoutMs: 10_000, stsMs: 5_000 };

/** GETs `url`. Throws InputError for a wrong configuration (proxy-invalid, ca-file-unreadable), else returns. */
export async function fetchUrl(url: URL, options: RequestOptions): Promise<Fetched> {
  try {
    const headers = { accept: "application/json", ...options.headers };
    return { ok: true, url, answer: await request(url, { ...options, headers }) };
  } catch (error) {
    if (!(error instanceof FederationError) || error.code === "proxy-invalid" || error.code === "ca-file-unreadable")
      throw error;
    const { code, message, fix } = error.problem;
    const detail = String((error.cause as NodeJS.ErrnoException | undefined)?.code ?? "");
    return { ok: false, url, code, message, fix, detail };
  }
}

/** Runs `work` on every item, at most `most` at a time; the results in the order of the items. */
export async function each<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
