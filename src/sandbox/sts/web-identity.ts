/** `sts:AssumeRoleWithWebIdentity`, decided by the code that explain and prove use. */
import { explain, type Explanation } from "../../explain/explain";
import { explanationText } from "../../explain/text";
import type { WebIdentityProvider, WebIdentityRole } from "../../sts/web-identity";
import { decideToken } from "../../sts/decide-token";
import { readToken } from "../../sts/read-token";
import { TAGS_CLAIM } from "../../sts/request-keys";
import { listed } from "../../text/words";
import { compilePolicy } from "../../trust/decide/decide";
import type { SimulatedRole } from "../directory/directory";
import {
  checkSessionPolicy,
  checkShapes,
  durationOf,
  roleArnOf,
  SHAPES,
  type StsAccount,
  type StsCall,
  StsRefusal,
} from "./call";
import type { Session } from "./session";
import { asRecord } from "../../text/members";

export interface AssumedByToken {
  readonly session: Session;
  readonly seconds: number;
  readonly subject: string;
  readonly audience: string;
  readonly providerArn: string;
}

/** AWS' default, in seconds. */
const DEFAULT_DURATION = 3600;

/** The policy of a role that does not exist: it refuses everyone, so the answer does not tell that it is missing. */
const NOBODY = compilePolicy({ version: "2012-10-17", statements: [] });

/** Throws StsRefusal with what AWS would answer. */
export async function assumeRoleWithWebIdentity(call: StsCall): Promise<AssumedByToken> {
  const { parameters, now } = call;
  checkShapes(parameters, SHAPES.AssumeRoleWithWebIdentity);
  const { arn, accountId } = roleArnOf(parameters);
  const durationSeconds = durationOf(parameters);
  checkSessionPolicy(parameters);
  const account = call.accounts.get(accountId);
  const found = account?.roles.get(arn);
  const providers = account?.providers ?? [];
  const role: WebIdentityRole = found ?? { arn, trust: NOBODY, maxSessionDuration: 43_200 };
  const token = parameters.get("WebIdentityToken") ?? "";
  const sessionName = parameters.get("RoleSessionName") ?? "";
  const web = { roleSessionName: sessionName, durationSeconds, context: call.context, now };
  const answer = await decideToken(token, providers, role, web);
  if (answer.error !== null) {
    if (call.explain !== null) call.explain(await reasonOf(token, providers, role, web, { call, account, found }));
    throw new StsRefusal(answer.error.code, answer.error.message, true);
  }
  const seconds = durationSeconds ?? DEFAULT_DURATION;
  const providerArn = providers.find(({ issuer }) => issuer === answer.issuer)?.arn ?? "";
  return {
    session: {
      roleArn: arn,
      sessionName,
      issued: now,
      expires: now + seconds,
      tags: tagsOfToken(token),
      sourceIdentity: null,
      federatedProvider: providerArn,
    },
    seconds,
    subject: answer.subject ?? "",
    audience: answer.audience ?? "",
    providerArn,
  };
}

/** For a person; without the token. */
async function reasonOf(
  token: string,
  providers: readonly WebIdentityProvider[],
  role: WebIdentityRole,
  web: Parameters<typeof explain>[3],
  known: {
    readonly call: StsCall;
    readonly account: StsAccount | undefined;
    readonly found: SimulatedRole | undefined;
  },
): Promise<string> {
  const explanation: Explanation = await explain({ kind: "token", text: token }, providers, role, web);
  const text = explanationText(explanation, known.found?.name ?? role.arn);
  if (known.found !== undefined) return text;
  const { accounts } = known.call;
  const arns = [...accounts.values()].flatMap(({ roles }) => [...roles.keys()]);
  const missing =
    known.account === undefined
      ? `the AWS account of ${role.arn} is not in the sandbox`
      : `${role.arn} is not in the sandbox`;
  return `${text}\n\nno such role: ${missing}. Its roles: ${listed(arns, 10)}.`;
}

/** The session tags in a token, one value each. */
function tagsOfToken(token: string): Readonly<Record<string, string>> {
  const reading = readToken(token);
  const claim: unknown = reading.ok ? reading.token.claims[TAGS_CLAIM] : undefined;
  return Object.fromEntries(
    Object.entries(asRecord(asRecord(claim)?.["principal_tags"]) ?? {}).map(([name, values]) => [
      name,
      String(Array.isArray(values) ? values[0] : values),
    ]),
  );
}
