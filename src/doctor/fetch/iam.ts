/** Reads IAM with this machine's own AWS credentials; writes nothing. The SDK is loaded late. */
import { awsHandler } from "../../aws/handler";
import { checkAwsHost } from "../../aws/hosts";
import type { Environment } from "../../network/environment";
import { each } from "./fetch-url";
import { asked, asker, Failed } from "./iam-error";
import { roleReader } from "./iam-role";
import { type Found, type LiveProvider, type LiveRole, liveRoles, type RoleDetail, tagsOf, urlOfArn } from "./live";

export interface Iam {
  /** The account these credentials belong to, 12 digits. */
  readonly callerAccount: () => Promise<Found<string>>;
  /** Whether the account issues tokens about its identities, and as which issuer. */
  readonly outbound: () => Promise<Found<{ readonly enabled: boolean; readonly issuer: string | null }>>;
  readonly provider: (arn: string) => Promise<Found<LiveProvider>>;
  readonly providers: () => Promise<Found<readonly LiveProvider[]>>;
  readonly role: (name: string) => Promise<Found<LiveRole>>;
  /** Every role of the account, with its policies. */
  readonly roles: () => Promise<Found<readonly LiveRole[]>>;
  /** By the role's ARN what the details of an account leave out: description, and longest session in seconds. */
  readonly roleSettings: () => Promise<Found<ReadonlyMap<string, RoleSettings>>>;
  readonly close: () => void;
}

export interface RoleSettings {
  readonly description: string | null;
  readonly maxSessionDuration: number;
}

export interface IamOptions {
  readonly environment: Environment;
  readonly region: string;
  /** Use endpoints that are neither AWS' nor loopback. */
  readonly allowEndpoint: boolean;
  readonly timeoutMs: number;
  readonly onDate: (host: string, date: string, milliseconds: number) => void;
  /** How often a request is sent that AWS throttles or does not answer; default 3. */
  readonly maxAttempts?: number;
  /** Told how many roles were read so far. */
  readonly onPage?: (roles: number) => void;
}

/** A page of an account's details may hold a hundred roles with ten kilobytes of policies each. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 1000;
const AT_ONCE = 6;

export async function openIam(options: IamOptions): Promise<Iam> {
  const sdk = await import("@aws-sdk/client-iam");
  // the credential chain's own calls (web identity, SSO) use this handler too, so their tokens go to no other host
  const shared = {
    region: options.region,
    maxAttempts: options.maxAttempts ?? 3,
    requestHandler: awsHandler({
      env: options.environment.env,
      timeoutMs: options.timeoutMs,
      maxBytes: MAX_BYTES,
      allow: (host) => checkAwsHost(host, options.allowEndpoint),
      onDate: options.onDate,
    }),
  };
  const client = new sdk.IAMClient(shared);
  const ask = asker();
  const readRole = roleReader(sdk, client, ask);
  const provider = (arn: string): Promise<Found<LiveProvider>> =>
    ask(async () => {
      const { Url, ClientIDList, ThumbprintList, Tags } = await client.send(
        new sdk.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
      );
      return {
        arn,
        url: Url === undefined ? urlOfArn(arn) : /^https?:\/\//.test(Url) ? Url : `https://${Url}`,
        clientIds: ClientIDList ?? [],
        thumbprints: ThumbprintList ?? [],
        tags: tagsOf(Tags),
      };
    });
  return {
    provider,
    callerAccount: () =>
      asked(async () => {
        const sts = await import("@aws-sdk/client-sts");
        const stsClient = new sts.STSClient({ ...shared, credentials: client.config.credentials });
        try {
          const { Account } = await stsClient.send(new sts.GetCallerIdentityCommand({}));
          return Account ?? "";
        } finally {
          stsClient.destroy();
        }
      }),
    outbound: () =>
      asked(async () => {
        const { JwtVendingEnabled, IssuerIdentifier } = await client.send(
          new sdk.GetOutboundWebIdentityFederationInfoCommand({}),
        );
        return { enabled: JwtVendingEnabled === true, issuer: IssuerIdentifier ?? null };
      }),
    providers: () =>
      ask(async () => {
        const { OpenIDConnectProviderList: list = [] } = await client.send(
          new sdk.ListOpenIDConnectProvidersCommand({}),
        );
        const found = await each(
          list.flatMap(({ Arn }) => Arn ?? []),
          AT_ONCE,
          provider,
        );
        const failure = found.find((one) => one.kind === "failed");
        if (failure?.kind === "failed") throw new Failed(failure);
        return found.flatMap((one) => (one.kind === "found" ? [one.value] : []));
      }),
    role: (name) => ask(() => readRole(name)),
    roles: () =>
      ask(() =>
        allRoles(
          async (Marker) =>
            client.send(
              new sdk.GetAccountAuthorizationDetailsCommand({
                Filter: ["Role", "LocalManagedPolicy"],
                MaxItems: 100,
                ...marked(Marker),
              }),
            ),
          options.onPage,
        ),
      ),
    roleSettings: () =>
      ask(async () => {
        const settings = new Map<string, RoleSettings>();
        await everyPage(
          async (Marker) => client.send(new sdk.ListRolesCommand({ MaxItems: 1000, ...marked(Marker) })),
          ({ Roles = [] }) => {
            for (const { Arn: arn = "", Description: description = null, MaxSessionDuration: seconds = 3600 } of Roles)
              settings.set(arn, { description, maxSessionDuration: seconds });
          },
        );
        return settings;
      }),
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

/** Every page's roles. Ends as `everyPage` does. */
export async function allRoles(
  page: (marker: string | undefined) => Promise<DetailsPage>,
  onPage: (roles: number) => void = () => undefined,
): Promise<readonly LiveRole[]> {
  const details: RoleDetail[] = [];
  const policies: unknown[] = [];
  await everyPage(page, ({ RoleDetailList = [], Policies = [] }) => {
    details.push(...(RoleDetailList as readonly RoleDetail[]));
    policies.push(...Policies);
    onPage(details.length);
  });
  return liveRoles(details, policies);
}

interface Page {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

function marked(marker: string | undefined): { readonly Marker?: string } {
  return marker === undefined ? {} : { Marker: marker };
}

/** Takes page after page. A marker that comes twice, and more than a thousand pages, end it with an error. */
async function everyPage<P extends Page>(
  page: (marker: string | undefined) => Promise<P>,
  take: (page: P) => void,
): Promise<void> {
  const seen = new Set<string | undefined>();
  for (let marker: string | undefined; ;) {
    if (seen.has(marker) || seen.size >= MAX_PAGES)
      throw new Failed({
        kind: "failed",
        code: "aws-answer-unreadable",
        message: "The pages of IAM do not end.",
        fix: "Try again; if it continues, check for a proxy between this machine and AWS.",
      });
    seen.add(marker);
    const answer = await page(marker);
    take(answer);
    if (answer.IsTruncated !== true || answer.Marker === undefined) return;
    marker = answer.Marker;
  }
}
