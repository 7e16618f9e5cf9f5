/** Reads IAM with this machine's own AWS credentials, and nothing but reads. The SDK is loaded late. */
import type { IAMClient } from "@aws-sdk/client-iam";
import { awsHandler } from "../../credentials/aws-handler";
import { awsErrorCode } from "../../credentials/assume";
import { checkAwsHost } from "../../credentials/region";
import { FederationError } from "../../errors";
import { redact } from "../../secret";
import type { Surroundings } from "../../surroundings";
import { each } from "./exchange";
import type { Found, LiveProvider, LiveRole, RoleDetail } from "./live";
import { liveRoles, urlOfArn } from "./live";

export interface Iam {
  /** The account these credentials belong to, 12 digits. */
  readonly callerAccount: () => Promise<Found<string>>;
  readonly provider: (arn: string) => Promise<Found<LiveProvider>>;
  readonly providers: () => Promise<Found<readonly LiveProvider[]>>;
  readonly role: (name: string) => Promise<Found<LiveRole>>;
  /** Every role of the account, with its policies. */
  readonly roles: () => Promise<Found<readonly LiveRole[]>>;
  readonly close: () => void;
}

export interface IamOptions {
  readonly surroundings: Surroundings;
  readonly region: string;
  /** Ask endpoints that are neither AWS' nor loopback. */
  readonly allowEndpoint: boolean;
  readonly timeoutMs: number;
  readonly onDate: (host: string, date: string, milliseconds: number) => void;
}

/** A page of an account's details may hold a hundred roles with ten kilobytes of policies each. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 1000;
const AT_ONCE = 6;

export async function openIam(options: IamOptions): Promise<Iam> {
  const sdk = await import("@aws-sdk/client-iam");
  // the credential chain's own calls (web identity, SSO) go by this handler too, and so no token of theirs goes astray
  const shared = {
    region: options.region,
    maxAttempts: 3,
    requestHandler: awsHandler({
      env: options.surroundings.env,
      timeoutMs: options.timeoutMs,
      maxBytes: MAX_BYTES,
      allow: (host) => checkAwsHost(host, options.allowEndpoint),
      onDate: options.onDate,
    }),
  };
  const client = new sdk.IAMClient(shared);
  const provider = (arn: string): Promise<Found<LiveProvider>> => asked(async () => {
    const { Url, ClientIDList, ThumbprintList } = await client.send(new sdk.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    return { arn, url: Url === undefined ? urlOfArn(arn) : /^https?:\/\//.test(Url) ? Url : `https://${Url}`, clientIds: ClientIDList ?? [], thumbprints: ThumbprintList ?? [] };
  });
  return {
    provider,
    callerAccount: () => asked(async () => {
      const sts = await import("@aws-sdk/client-sts");
      const stsClient = new sts.STSClient({ ...shared, credentials: client.config.credentials });
      try {
        const { Account } = await stsClient.send(new sts.GetCallerIdentityCommand({}));
        return Account ?? "";
      } finally {
        stsClient.destroy();
      }
    }),
    providers: () => asked(async () => {
      const { OpenIDConnectProviderList: list = [] } = await client.send(new sdk.ListOpenIDConnectProvidersCommand({}));
      const found = await each(list.flatMap(({ Arn }) => Arn ?? []), AT_ONCE, provider);
      const failure = found.find((one) => one.kind === "failed");
      if (failure?.kind === "failed") throw new Failed(failure);
      return found.flatMap((one) => (one.kind === "found" ? [one.value] : []));
    }),
    role: (name) => asked(() => oneRole(sdk, client, name)),
    roles: () => asked(() => allRoles(async (Marker) => client.send(new sdk.GetAccountAuthorizationDetailsCommand({ Filter: ["Role", "LocalManagedPolicy"], MaxItems: 100, ...(Marker === undefined ? {} : { Marker }) })))),
    close: () => client.destroy(),
  };
}

/** One page of an account's details. */
export interface DetailsPage {
  readonly RoleDetailList?: readonly object[] | undefined;
  readonly Policies?: readonly object[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** Every page's roles. A marker that comes twice, and more than a thousand pages, end it with an error. */
export async function allRoles(page: (marker: string | undefined) => Promise<DetailsPage>): Promise<readonly LiveRole[]> {
  const details: RoleDetail[] = [];
  const policies: unknown[] = [];
  const seen = new Set<string | undefined>();
  for (let marker: string | undefined; ; ) {
    if (seen.has(marker) || seen.size >= MAX_PAGES) throw new Failed({ kind: "failed", code: "aws-answer-unreadable", message: "IAM's pages do not end.", fix: "Try again; if it lasts, something stands between here and AWS." });
    seen.add(marker);
    const { RoleDetailList = [], Policies = [], IsTruncated, Marker } = await page(marker);
    details.push(...(RoleDetailList as readonly RoleDetail[]));
    policies.push(...Policies);
    if (IsTruncated !== true || Marker === undefined) return liveRoles(details, policies);
    marker = Marker;
  }
}

async function oneRole(sdk: typeof import("@aws-sdk/client-iam"), client: IAMClient, name: string): Promise<LiveRole> {
  const [{ Role }, attached, inline] = await Promise.all([
    client.send(new sdk.GetRoleCommand({ RoleName: name })),
    everyPage(async (marker) => client.send(new sdk.ListAttachedRolePoliciesCommand({ RoleName: name, ...marker })), (page) => page.AttachedPolicies ?? []),
    everyPage(async (marker) => client.send(new sdk.ListRolePoliciesCommand({ RoleName: name, ...marker })), (page) => page.PolicyNames ?? []),
  ]);
  const documents = await each(inline, AT_ONCE, async (PolicyName) => ({ PolicyName, PolicyDocument: (await client.send(new sdk.GetRolePolicyCommand({ RoleName: name, PolicyName }))).PolicyDocument }));
  const [role] = liveRoles([{ ...Role, AttachedManagedPolicies: attached, RolePolicyList: documents }]);
  if (role === undefined) throw new Failed({ kind: "failed", code: "aws-answer-unreadable", message: `IAM answered for role ${name} with something that is no role.`, fix: "Something stands between here and AWS." });
  return role;
}

async function everyPage<P extends { readonly IsTruncated?: boolean | undefined; readonly Marker?: string | undefined }, T>(
  page: (marker: { readonly Marker?: string }) => Promise<P>, items: (page: P) => readonly T[],
): Promise<readonly T[]> {
  const all: T[] = [];
  let marker: string | undefined;
  // a role has at most a few dozen policies
  for (let pages = 0; pages < 20; pages += 1) {
    const answer = await page(marker === undefined ? {} : { Marker: marker });
    all.push(...items(answer));
    marker = answer.IsTruncated === true ? answer.Marker : undefined;
    if (marker === undefined) break;
  }
  return all;
}

type Failure = Extract<Found<never>, { kind: "failed" }>;

/** An answer that is told already. */
class Failed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

async function asked<T>(question: () => Promise<T>): Promise<Found<T>> {
  try {
    return { kind: "found", value: await question() };
  } catch (error) {
    return error instanceof Failed ? error.failure : notFound(error);
  }
}

interface SdkError { readonly name?: string; readonly message?: string; readonly $metadata?: { readonly httpStatusCode?: number }; readonly $response?: { readonly statusCode?: number } }

/** What an error of the SDK means. Its words are shown without what looks like a secret. */
export function notFound(error: unknown): { readonly kind: "absent" } | Failure {
  if (error instanceof FederationError) return { kind: "failed", code: error.code, message: error.problems[0]?.message ?? "", fix: error.fix };
  const { name = "", message = "", $metadata, $response } = error as SdkError;
  if (name.startsWith("NoSuchEntity")) return { kind: "absent" };
  // errors of the chain wrap ours in words of theirs
  if (/CredentialsProviderError|TokenProviderError/.test(name)) {
    return { kind: "failed", code: "aws-credentials-missing", message: `There are no AWS credentials to ask with: ${redact(message, [], 200)}`, fix: "Log in to AWS (aws sso login, AWS_PROFILE), with a role that may read IAM; docs/doctor.md has its policy." };
  }
  const code = awsErrorCode(name, $metadata?.httpStatusCode ?? $response?.statusCode ?? 0) ?? "aws-answer-unreadable";
  const said = redact(message, [], 200);
  const fix = code === "aws-access-denied" ? "Let these credentials read IAM; docs/doctor.md has the policy."
    : code === "aws-throttled" ? "Try again in a minute."
      : /InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient/.test(name) ? "These AWS credentials are not valid: log in to AWS again."
        : code === "aws-expired-token" ? "The AWS credentials in use here have ended: log in to AWS again." : "Try again; if it lasts, check the region, the proxy and AWS' status page.";
  return { kind: "failed", code, message: `AWS answered ${name === "" || name === "Error" ? "with an error" : redact(name, [], 60)}${said === "" ? "" : `: ${said}`}`, fix };
}
