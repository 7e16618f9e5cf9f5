/** `sts:GetWebIdentityToken`: a token about the AWS identity that asks. */
import { randomUUID } from "node:crypto";
import { compilePolicy, decide } from "../../trust/decide/decide";
import { statementsIn } from "../../trust/parsed/parse-role";
import { readPolicy } from "../../trust/decide/document";
import type { LintRole } from "../../trust/parsed/target";
import { type StsCall, StsRefusal } from "./call";
import { assumedRoleUser, type Session } from "./session";
import type { Elements } from "./xml";

const DEFAULT_SECONDS = 300;

/** Throws StsRefusal with what AWS would answer. */
export async function webIdentityToken(call: StsCall, caller: Session): Promise<Elements> {
  const { parameters, now, outbound } = call;
  const audiences = audiencesOf(parameters);
  const algorithm = parameters.get("SigningAlgorithm");
  if (algorithm !== "RS256" && algorithm !== "ES384")
    throw invalid(`Value at 'signingAlgorithm' failed to satisfy constraint: Member must be RS256 or ES384`);
  const given = parameters.get("DurationSeconds");
  const seconds = given === null ? DEFAULT_SECONDS : Number(given);
  if (!Number.isInteger(seconds) || seconds < 60 || seconds > 3600)
    throw invalid("Value at 'durationSeconds' failed to satisfy constraint: Member must have value from 60 to 3600");
  const accountId = caller.roleArn.split(":")[4] ?? "";
  // a role of the directory may do what its policies allow; what is known of others is nothing
  const own = call.accounts.get(accountId)?.roles.get(caller.roleArn);
  if (own !== undefined && !allows(own.source, call, caller, { audiences, algorithm, given })) {
    call.explain?.(
      `✗ ${caller.roleArn} may not get a token for ${audiences.join(", ")}: no inline policy of the role allows ` +
        "sts:GetWebIdentityToken with this audience, duration and algorithm",
    );
    throw new StsRefusal(
      "AccessDenied",
      `User: ${assumedRoleUser(caller).Arn} is not authorized to perform: sts:GetWebIdentityToken`,
      true,
    );
  }
  if (caller.expires !== null && now + seconds > caller.expires)
    throw new StsRefusal(
      "SessionDurationEscalationException",
      "The requested token duration would extend the session beyond its original expiration time.",
    );
  const token = await outbound.sign(algorithm, {
    iss: outbound.issuerOf(accountId),
    sub: caller.roleArn,
    aud: audiences.length === 1 ? audiences[0] : audiences,
    iat: now,
    exp: now + seconds,
    jti: randomUUID(),
    "https://sts.amazonaws.com/": { aws_account: accountId, principal_id: caller.roleArn },
  });
  return { WebIdentityToken: token, Expiration: new Date((now + seconds) * 1000).toISOString() };
}

function invalid(constraint: string): StsRefusal {
  return new StsRefusal("ValidationError", `1 validation error detected: ${constraint}`);
}

/** `Audience.member.1` and so on, 1 to 10 of them. */
function audiencesOf(parameters: URLSearchParams): readonly string[] {
  const audiences: string[] = [];
  for (let number = 1; parameters.has(`Audience.member.${number}`); number += 1)
    audiences.push(parameters.get(`Audience.member.${number}`) ?? "");
  if (audiences.length >= 1 && audiences.length <= 10 && audiences.every(({ length }) => length >= 1 && length <= 1000))
    return audiences;
  throw invalid(
    "Value at 'audience' failed to satisfy constraint: Member must have 1 to 10 items of 1 to 1000 characters",
  );
}

/** Whether the role's inline policies allow the call: they are decided as a trust policy is, without a principal. */
function allows(
  { policies }: LintRole,
  { context, now }: StsCall,
  caller: Session,
  { audiences, algorithm, given }: { audiences: readonly string[]; algorithm: string; given: string | null },
): boolean {
  const statements = Object.values(policies)
    .flatMap(statementsIn)
    .map(({ Resource: _resource, NotResource: _others, Sid: _sid, ...statement }) => ({
      ...statement,
      Principal: { AWS: caller.roleArn },
    }));
  const read = readPolicy({ Version: "2012-10-17", Statement: statements });
  if (!read.ok) return false;
  const keys = new Map<string, readonly string[]>([
    ["sts:identitytokenaudience", audiences],
    ["sts:signingalgorithm", [algorithm]],
    ...(given === null ? [] : [["sts:durationseconds", [given]] as const]),
    ["aws:principalarn", [caller.roleArn]],
    ["aws:securetransport", ["true"]],
    ["aws:currenttime", [new Date(now * 1000).toISOString()]],
  ]);
  for (const [name, values] of Object.entries(context)) keys.set(name.toLowerCase(), values);
  return decide(compilePolicy(read.policy), {
    action: "sts:GetWebIdentityToken",
    principal: { kind: "AWS", arn: caller.roleArn },
    keys,
  });
}
