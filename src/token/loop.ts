/** AWS to Databricks and back into the role that it began with: reported, since such a session never ends. Pure. */
import { roleArn } from "../trust/build";
import { findAccounts } from "../federation/find";
import type { Federation } from "../federation/model";
import type { ObtainedToken } from "./obtain";

/** A sentence for a token that was exchanged for one of the AWS role `arn`, and may open it; null where it was not. */
export function loopText({ exchanged }: Pick<ObtainedToken, "exchanged">, arn: string): string | null {
  if (exchanged?.subject !== arn) return null;
  return (
    `A loop: this runs as ${arn} in AWS, and the Databricks token that it was exchanged for opens a new session of ` +
    "the same role. Such a session outlives its end and a revocation: do not trust that identity in that role."
  );
}

/** The same for every role of a federation, in every account that it names. */
export function loopsIn(federation: Federation, obtained: Pick<ObtainedToken, "exchanged">): readonly string[] {
  if (obtained.exchanged === null) return [];
  return federation.roles.flatMap((role) =>
    findAccounts(federation, role, undefined).flatMap(({ partition, accountId }) => {
      // an account that is not named is the caller's own
      const account = accountId ?? obtained.exchanged?.subject?.split(":")[4] ?? "";
      const trusts = role.trusts.some(({ kind }) => kind === "subjects");
      return (trusts ? loopText(obtained, roleArn({ partition, accountId: account }, role)) : null) ?? [];
    }),
  );
}
