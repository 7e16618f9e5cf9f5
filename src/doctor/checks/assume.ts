/** Judges the one real call, and puts AWS' answer into the words of `explain`. Pure. */
import type { Explanation } from "../../explain/explain";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";

/** A session that may do nothing: the call is about getting in. */
export const DENY_ALL = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
});
/** STS' least. */
export const SHORTEST_SESSION_SECONDS = 900;

export type AssumeOutcome =
  | { readonly kind: "in"; readonly assumedRoleArn: string | null; readonly expires: number }
  /** AWS said no. */
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly awsCode: string;
      readonly awsMessage: string;
      readonly status: number;
      readonly message: string;
      readonly fix: string;
    }
  /** AWS was not asked, or did not answer. */
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly fix: string;
      readonly ours: boolean;
    };

/** What the refusal is explained by: what stands in AWS, or only what the federation says should. */
export interface Translation {
  readonly by: "what is deployed" | "the federation";
  readonly explanation: Explanation;
}

export function assumeCheck(role: string, outcome: AssumeOutcome, translation: Translation | null): Check {
  const subject = `session of ${role}`;
  if (outcome.kind === "in") {
    return pass(
      "assume",
      subject,
      `AWS let it in as ${outcome.assumedRoleArn ?? "the role"}, for ${SHORTEST_SESSION_SECONDS} s and with a ` +
        `policy that denies everything.`,
    );
  }
  if (outcome.kind === "failed") {
    return outcome.ours
      ? fail("assume", subject, outcome.message, outcome.fix)
      : unknown("assume", subject, outcome.message, outcome.fix, outcome.code);
  }
  const isAnswer = outcome.status >= 400 && outcome.status < 500;
  if (outcome.code === "aws-throttled" || !isAnswer || outcome.awsCode === "IDPCommunicationError")
    return unknown("assume", subject, outcome.message, outcome.fix, outcome.code);
  const says = `AWS answers ${outcome.awsCode}: ${outcome.awsMessage.replace(/\.?$/, ".")}`;
  if (translation === null) return fail("assume", subject, says, outcome.fix);
  const { by, explanation } = translation;
  if (explanation.allowed)
    return fail(
      "assume",
      subject,
      `${says} By ${by} the token would get in.`,
      unexplained(outcome.awsCode, outcome.awsMessage, by),
    );
  const miss = explanation.misses[0];
  const same =
    explanation.error?.code === outcome.awsCode.replace(/Exception$/, "") ||
    explanation.error?.code === outcome.awsCode;
  return fail(
    "assume",
    subject,
    `${says} ${same ? `By ${by}: ` : `That is not what was ` + `expected ` + `by ${by}, which ` + `is ${explanation.error?.code ?? "no"}: `}${miss?.what ?? explanation.error?.message ?? "no statement lets it in"}.`,
    miss?.fix ?? outcome.fix,
  );
}

function unexplained(awsCode: string, message: string, by: Translation["by"]): string {
  if (message.includes("verification key"))
    return (
      "AWS can not reach the issuer's keys though this machine can: its documents are not public " +
      "(PrivateLink, IP access list), or slow from there."
    );
  if (message.includes("No OpenIDConnect provider"))
    return "Deploy the federation to this account, or check which account the role's ARN names.";
  if (awsCode !== "AccessDenied")
    return by === "the federation" ? "Add --aws, to see what is deployed." : "Try again in a minute.";
  return by === "the federation"
    ? "Add --aws: the role is not deployed, differs from the federation, or was made a few seconds ago."
    : "Try again in a minute: a role that was just made or changed answers so for some seconds. If it stays, an " +
        "organisation's policy (SCP, RCP) denies it.";
}
