/** Checks the result of the one real call, and explains a refusal of AWS as `explain` does. Pure. */
import type { Explanation } from "../../explain/explain";
import { type Check, checkOf } from "../check";
import { type AssumeOutcome, SHORTEST_SESSION_SECONDS } from "../fetch/assume";

/** What a refusal is explained by: what is deployed in AWS, or only what the federation declares. */
export interface Translation {
  readonly by: "what is deployed" | "the federation";
  readonly explanation: Explanation;
}

export function assumeCheck(role: string, outcome: AssumeOutcome, translation: Translation | null): Check {
  const { pass, fail, unread } = checkOf("assume", `session of ${role}`);
  if (outcome.kind === "in")
    return pass(
      `AWS gave a session of ${outcome.assumedRoleArn ?? "the role"}, for ${SHORTEST_SESSION_SECONDS} s and with a ` +
        "policy that denies everything.",
    );
  if (outcome.kind === "failed") return outcome.ours ? fail(outcome.message, outcome.fix) : unread(outcome);
  const { awsCode, awsMessage, status } = outcome;
  const refused = status >= 400 && status < 500;
  if (outcome.code === "aws-throttled" || !refused || /^IDPCommunicationError(?:Exception)?$/.test(awsCode))
    return unread(outcome);
  const answer = `AWS answers ${awsCode}: ${awsMessage.replace(/\.?$/, ".")}`;
  if (translation === null) return fail(answer, outcome.fix);
  const { by, explanation } = translation;
  if (explanation.allowed)
    return fail(`${answer} By ${by} the token would be accepted.`, unexplained(awsCode, awsMessage, by));
  const { error } = explanation;
  const expected = error?.code === awsCode.replace(/Exception$/, "") || error?.code === awsCode;
  const basis = expected ? `By ${by}` : `By ${by}, AWS would return ${error?.code ?? "no error"}`;
  const reason = explanation.reasons[0];
  return fail(
    `${answer} ${basis}: ${reason?.what ?? error?.message ?? "no statement allows it"}.`,
    reason?.fix ?? outcome.fix,
  );
}

function unexplained(awsCode: string, message: string, by: Translation["by"]): string {
  if (message.includes("verification key"))
    return (
      "AWS cannot fetch the issuer's keys though this machine can: its documents are not public (PrivateLink, IP " +
      "access list), or slow from there."
    );
  if (message.includes("No OpenIDConnect provider"))
    return "Deploy the federation to this account, or check which account the role's ARN names.";
  if (awsCode !== "AccessDenied")
    return by === "the federation" ? "Add --aws, to see what is deployed." : "Try again in a minute.";
  return by === "the federation"
    ? "Add --aws: the role is not deployed, differs from the federation, or was created a few seconds ago."
    : "Try again in a minute: AWS answers so for some seconds after a role was created or changed. If it continues, " +
        "an organization's policy (SCP, RCP) denies it.";
}
