/** The token that is exchanged at Databricks: of a CI system (GitHub Actions, Azure Pipelines), or of AWS. */
import { inputError, outsideError } from "../errors";
import { fetchDatabricksConfig } from "../network/databricks-config";
import { type Environment, variable } from "../network/environment";
import { readJson } from "../network/read-json";
import { request, type RequestOptions } from "../network/request";
import { type Secret, secret } from "../text/secret";
import { requestAwsToken } from "./aws-token";
import type { TokenEndpoint } from "./token-endpoint";

export type CiSystem = "github-oidc" | "azure-devops-oidc";

/** The variables that each sets for its jobs: those of Databricks' SDKs. */
const VARIABLES: Readonly<Record<CiSystem, readonly string[]>> = {
  "github-oidc": ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
  "azure-devops-oidc": [
    "SYSTEM_ACCESSTOKEN",
    "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
    "SYSTEM_TEAMPROJECTID",
    "SYSTEM_PLANID",
    "SYSTEM_JOBID",
    "SYSTEM_HOSTTYPE",
  ],
};

/** The variables of a job of `system` that are not set here; empty: this is such a job. */
export function missingVariables(system: CiSystem, environment: Environment): readonly string[] {
  return VARIABLES[system].filter((name) => variable(environment, name) === undefined);
}

/** Another issuer's token that is to be requested. */
export interface SubjectTokenRequest {
  readonly system: CiSystem | "aws";
  /** As configured; undefined: as Databricks' SDKs choose it. */
  readonly audience: string | undefined;
  readonly accountId: string | undefined;
}

/**
 * The token to be exchanged at `endpoint`. GitHub's and AWS' are for `subjectAudience`; Azure's is fixed
 * (`api://AzureADTokenExchange`). Throws InputError `token-source-incomplete`, OutsideError `token-refused`, those of
 * `request` and of `requestAwsToken`.
 */
export async function requestSubjectToken(
  wanted: SubjectTokenRequest,
  endpoint: TokenEndpoint,
  environment: Environment,
  timeoutMs: number,
): Promise<Secret> {
  const { system } = wanted;
  const audience =
    system === "azure-devops-oidc" ? "" : await subjectAudience(wanted, endpoint, environment, timeoutMs / 4);
  return system !== "aws"
    ? requestCiToken(system, audience, environment, timeoutMs)
    : requestAwsToken(audience, environment, timeoutMs);
}

async function requestCiToken(
  system: CiSystem,
  audience: string,
  environment: Environment,
  timeoutMs: number,
): Promise<Secret> {
  const values = VARIABLES[system].map((name) => variable(environment, name) ?? "");
  const { url, options, member } = system === "github-oidc" ? githubRequest(values, audience) : azureRequest(values);
  const response = await request(url, { ...options, env: environment.env, timeoutMs, maxBytes: 64 * 1024 });
  const token = readJson(response, url)[member];
  if (typeof token === "string" && token !== "") return secret(token);
  throw system === "github-oidc"
    ? outsideError(
        "token-refused",
        "GitHub returned no token for the job.",
        "Give the job `permissions: id-token: write`.",
      )
    : outsideError("token-refused", "Azure Pipelines returned no token for the job.", "Check the job's access token.");
}

/**
 * The audience that Databricks expects: the configured one, else the default of the host, the account ID, or the token
 * endpoint.
 */
export async function subjectAudience(
  { audience, accountId }: Pick<SubjectTokenRequest, "audience" | "accountId">,
  { endpoint, hostMetadata, level }: TokenEndpoint,
  { env }: Environment,
  timeoutMs: number,
): Promise<string> {
  if (audience !== undefined) return audience;
  // older hosts have no such document, and a host out of reach is met again at its token endpoint
  const host = await fetchDatabricksConfig(hostMetadata, { env, timeoutMs }).catch(() => null);
  const ofIssuer = level === "account" ? endpoint.pathname.split("/accounts/")[1]?.split("/")[0] : null;
  return host?.tokenAudience ?? accountId ?? ofIssuer ?? host?.accountId ?? endpoint.href;
}

interface CiRequest {
  readonly url: URL;
  readonly options: Omit<RequestOptions, "env">;
  /** Of the response: the token. */
  readonly member: string;
}

function githubRequest([address = "", bearer = ""]: readonly string[], audience: string): CiRequest {
  const url = urlOf(address, "ACTIONS_ID_TOKEN_REQUEST_URL");
  url.searchParams.set("audience", audience);
  const headers = { accept: "application/json", authorization: `Bearer ${bearer}` };
  return { url, options: { headers }, member: "value" };
}

/** As in databricks-sdk-py `oidc_token_supplier.py`. */
function azureRequest([bearer = "", collection = "", ...ids]: readonly string[]): CiRequest {
  const [project = "", plan = "", job = "", hub = ""] = ids.map(encodeURIComponent);
  const path = `${project}/_apis/distributedtask/hubs/${hub}/plans/${plan}/jobs/${job}/oidctoken`;
  const address = `${collection}${collection.endsWith("/") ? "" : "/"}${path}?api-version=7.2-preview.1`;
  const headers = {
    accept: "application/json",
    authorization: `Bearer ${bearer}`,
    "content-type": "application/json",
  };
  return {
    url: urlOf(address, "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"),
    options: { method: "POST", headers, body: "" },
    member: "oidcToken",
  };
}

function urlOf(address: string, name: string): URL {
  if (URL.canParse(address)) return new URL(address);
  throw inputError("token-source-incomplete", `${name} is not a URL.`, "Leave it as the CI system sets it.");
}
