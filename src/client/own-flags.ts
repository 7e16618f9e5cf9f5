/** Which options a client file takes, by the way it goes: another one would be ignored without a word. */
import { inputError } from "../errors";
import { flagName } from "../text/words";

/** Options of `generate client` that not every file takes. */
export interface ClientFlags {
  readonly for: string;
  readonly via?: string | undefined;
  readonly credential?: string | undefined;
  readonly role?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly account?: string | undefined;
  readonly awsAccountId?: string | undefined;
  readonly servicePrincipal?: string | undefined;
}

/** Throws InputError `usage` for an option that the file does not take. */
export function checkClientFlags(flags: ClientFlags): void {
  const { what, not } = refusedBy(flags);
  const misplaced = not.find((name) => flags[name] !== undefined);
  if (misplaced === undefined) return;
  const name = flagName(misplaced);
  const fix = misplaced === "credential" ? "Add --via unity-catalog, or leave --credential out." : "Leave it out.";
  throw inputError("usage", `--${name} does not apply to ${what}.`, fix, name);
}

function refusedBy({ for: place, via }: ClientFlags): {
  readonly what: string;
  readonly not: readonly (keyof ClientFlags)[];
} {
  if (via === "unity-catalog")
    return {
      what: `--for ${place} --via unity-catalog: the service credential names the role`,
      not: [
        "role",
        "roleArn",
        "account",
        "awsAccountId",
        ...(place === "github-actions" ? [] : (["servicePrincipal"] as const)),
      ],
    };
  if (place === "aws")
    return {
      what: "--for aws: --role-arn names the role that the workload runs as",
      not: ["role", "account", "awsAccountId", "credential"],
    };
  return { what: `--for ${place}`, not: ["credential", "roleArn", "servicePrincipal"] };
}
