/** STS in its Query protocol: reads a call, decides it, writes the response. */
import { randomUUID } from "node:crypto";
import type { KeySet } from "../../sts/verify-signature";
import { type Exchange, formOf, type Reply } from "../exchange";
import type { SimulatedDirectory } from "../directory/directory";
import { assumeRole } from "./assume-role";
import { type Sts, type StsAccount, type StsCall, StsRefusal } from "./call";
import { assumedRoleUser, callerOf, openSession, type Session } from "./session";
import { assumeRoleWithWebIdentity } from "./web-identity";
import { webIdentityToken } from "./web-identity-token";
import { type Elements, stsErrorReply, stsResult } from "./xml";

/** The accounts of the directory, their providers with the keys of this run. */
export function stsAccounts(directory: SimulatedDirectory, keys: KeySet): ReadonlyMap<string, StsAccount> {
  return new Map(
    directory.accounts.map(({ accountId, providers, roles }) => [
      accountId,
      {
        providers: providers.map((provider) => ({ ...provider, keys })),
        roles: new Map(roles.map((role) => [role.arn, role])),
      },
    ]),
  );
}

/** Of the service's API; IAM's for its one action here. */
const VERSION = "2011-06-15";
const IAM_VERSION = "2010-05-08";

/** Answers `exchange`. Never throws for anything a caller sends. */
export async function stsReply(sts: Sts, exchange: Exchange): Promise<Reply> {
  const requestId = randomUUID();
  try {
    const parameters = exchange.method === "GET" ? exchange.query : (formOf(exchange) ?? new URLSearchParams());
    const action = actionOf(parameters);
    const call: StsCall = { ...sts, parameters, now: sts.now() };
    return stsResult(
      action,
      await ACTIONS[action](call, () => callerOf(sts.seal, exchange.headers, exchange.query, call.now)),
      requestId,
    );
  } catch (error) {
    if (!(error instanceof StsRefusal)) throw error;
    if (!error.explained) sts.explain?.(`✗ STS refused a call: ${error.code}: ${error.message}`);
    return stsErrorReply(error.code, error.message, requestId);
  }
}

type Action =
  | "AssumeRoleWithWebIdentity"
  | "AssumeRole"
  | "GetCallerIdentity"
  | "GetWebIdentityToken"
  | "GetOutboundWebIdentityFederationInfo";

const ACTIONS: Readonly<Record<Action, (call: StsCall, caller: () => Session) => Promise<Elements> | Elements>> = {
  AssumeRoleWithWebIdentity: async (call) => {
    const { session, subject, audience, providerArn } = await assumeRoleWithWebIdentity(call);
    return {
      ...opened(call, session),
      SubjectFromWebIdentityToken: subject,
      Audience: audience,
      Provider: providerArn,
    };
  },
  AssumeRole: (call, caller) => {
    const { session } = assumeRole(call, caller());
    return { ...opened(call, session), SourceIdentity: session.sourceIdentity ?? undefined };
  },
  GetWebIdentityToken: (call, caller) => webIdentityToken(call, caller()),
  // IAM's, for whoever asks which issuer the account has
  GetOutboundWebIdentityFederationInfo: (call, caller) => ({
    IssuerIdentifier: call.outbound.issuerOf(caller().roleArn.split(":")[4] ?? ""),
    JwtVendingEnabled: "true",
  }),
  GetCallerIdentity: (_call, caller) => {
    const session = caller();
    const { Arn, AssumedRoleId } = assumedRoleUser(session);
    return { Arn, UserId: AssumedRoleId, Account: session.roleArn.split(":")[4] ?? "" };
  },
};

function opened({ seal }: StsCall, session: Session): Elements {
  const keys = openSession(seal, session, randomUUID());
  return {
    Credentials: {
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      SessionToken: keys.sessionToken,
      Expiration: new Date((session.expires ?? 0) * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
    },
    AssumedRoleUser: { ...assumedRoleUser(session) },
    ...(Object.keys(session.tags).length > 0 ? { PackedPolicySize: 1 } : {}),
  };
}

/** Throws StsRefusal MissingAction, InvalidAction. */
function actionOf(parameters: URLSearchParams): Action {
  const name = parameters.get("Action");
  if (name === null || name === "") throw new StsRefusal("MissingAction", "Missing Action");
  const version = parameters.get("Version");
  const wanted = name === "GetOutboundWebIdentityFederationInfo" ? IAM_VERSION : VERSION;
  if (version !== wanted || !Object.hasOwn(ACTIONS, name)) {
    throw new StsRefusal(
      "InvalidAction",
      `Could not find operation ${name.slice(0, 100)} for ` +
        `version ${version === null || version === "" ? "NO_VERSION_SPECIFIED" : version.slice(0, 40)}`,
    );
  }
  return name as Action;
}
