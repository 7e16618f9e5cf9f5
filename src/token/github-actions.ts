/** The token GitHub gives a job that has `permissions: id-token: write`. */
import { InputError, OutsideError } from "../errors";
import { readJson } from "../network/read-json";
import { request } from "../network/request";
import type { Secret } from "../text/secret";
import { secret } from "../text/secret";
import type { Environment } from "../network/environment";
import { variable } from "../network/environment";

export function inGithubActions(environment: Environment): boolean {
  return (
    variable(environment, "ACTIONS_ID_TOKEN_REQUEST_URL") !== undefined &&
    variable(environment, "ACTIONS_ID_TOKEN_REQUEST_TOKEN") !== undefined
  );
}

/**
 * The job's token for `audience`. Throws InputError `token-source-incomplete`, OutsideError `token-refused` and those
 * of `request`.
 */
export async function askGithub(environment: Environment, audience: string, timeoutMs: number): Promise<Secret> {
  const address = variable(environment, "ACTIONS_ID_TOKEN_REQUEST_URL") ?? "";
  if (!URL.canParse(address))
    throw new InputError([
      {
        code: "token-source-incomplete",
        message: "ACTIONS_ID_TOKEN_REQUEST_URL is no URL.",
        fix: "Leave it as GitHub sets it, in a job with `permissions: id-token: write`.",
      },
    ]);
  const url = new URL(address);
  url.searchParams.set("audience", audience);
  const bearer = variable(environment, "ACTIONS_ID_TOKEN_REQUEST_TOKEN") ?? "";
  const answer = await request(url, {
    headers: { accept: "application/json", authorization: `Bearer ${bearer}` },
    env: environment.env,
    timeoutMs,
    maxBytes: 64 * 1024,
  });
  const { value } = readJson(answer, url);
  if (typeof value === "string" && value !== "") return secret(value);
  throw new OutsideError([
    {
      code: "token-refused",
      message: "GitHub gave the job no token.",
      fix: "Give the job `permissions: id-token: write`.",
    },
  ]);
}
