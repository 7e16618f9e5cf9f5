/** Carries the AWS SDK's requests over our bounded exchange, so that proxies, authorities and limits hold there too. */
import type { STSClientConfig } from "@aws-sdk/client-sts";
import { outsideError } from "../errors";
import { looksLikeHtml } from "../network/read-json";
import { request } from "../network/request";

type Handler = Extract<NonNullable<STSClientConfig["requestHandler"]>, { readonly handle: unknown }>;
type HttpRequest = Parameters<Handler["handle"]>[0];

export interface AwsHandlerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One attempt, milliseconds. */
  readonly timeoutMs: number;
  readonly maxBytes?: number;
  /** Throws to keep a request from leaving. */
  readonly allow?: (host: string) => void;
  /** Called with whose answer it is, its `Date` header, and how long it took, milliseconds. */
  readonly onDate?: (host: string, date: string, milliseconds: number) => void;
}

/** A request handler for any client of the AWS SDK. Its errors are ours (`request`). */
export function awsHandler(options: AwsHandlerOptions): Handler {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const handle = async (outgoing: HttpRequest): Promise<{ response: never }> => {
    options.allow?.(outgoing.hostname);
    const answer = await request(urlOf(outgoing), {
      method: outgoing.method === "GET" ? "GET" : "POST",
      headers: outgoing.headers,
      env: options.env,
      timeoutMs: options.timeoutMs,
      ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
      ...(outgoing.body === undefined ? {} : { body: outgoing.body as string | Uint8Array }),
    });
    if (answer.status === 200 && !isAnswerTo(outgoing, answer.body)) {
      // the SDK would read a login page as a response with nothing in it: no roles, no providers
      throw outsideError(
        "aws-answer-unreadable",
        `${outgoing.hostname} answered with ${looksLikeHtml(answer) ? "an HTML page" : "data"} that AWS does not send.`,
        "A login page or proxy answers instead, or the endpoint is another service.",
      );
    }
    if (answer.headers["date"] !== undefined)
      options.onDate?.(outgoing.hostname, answer.headers["date"], answer.milliseconds);
    const response = { statusCode: answer.status, headers: { ...answer.headers }, body: new Uint8Array(answer.body) };
    // the SDK asks for this shape, and exports no type a plain object could be declared with
    return { response: response as never };
  };
  return {
    handle,
    metadata: { handlerProtocol: "http/1.1" },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

/** Whether `body` is what the query protocol of STS and IAM answers with; true for other protocols. */
function isAnswerTo({ body: asked }: HttpRequest, body: Buffer): boolean {
  const [, action] = typeof asked === "string" ? (/^(?:.*&)?Action=([A-Za-z]+)(?:&|$)/.exec(asked) ?? []) : [];
  return action === undefined || body.includes(`<${action}Response`);
}

function urlOf(outgoing: HttpRequest): URL {
  const port = outgoing.port === undefined ? "" : `:${outgoing.port}`;
  const url = new URL(`${outgoing.protocol}//${outgoing.hostname}${port}${outgoing.path}`);
  for (const [name, value] of Object.entries(outgoing.query ?? {})) {
    for (const entry of Array.isArray(value) ? value : [value]) url.searchParams.append(name, entry ?? "");
  }
  return url;
}
