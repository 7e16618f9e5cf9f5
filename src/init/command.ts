/** The call of `init` that asks nothing: what was answered, as flags for a POSIX shell. Pure. */
import { shellWord } from "../text/escape";
import type { InitFlags } from "./flags";

/** `databricks-aws-oidc init --url … --role …`, on one line. */
export function commandOf(flags: InitFlags, out: string | undefined): string {
  const one = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name}`, value];
  const each = (name: string, values: readonly string[]): readonly string[] =>
    values.flatMap((value) => [`--${name}`, value]);
  const words = [
    ...one("url", flags.url),
    ...one("account-id", flags.accountId),
    ...one("workspace-id", flags.workspaceId),
    ...one("cloud", flags.cloud),
    ...(flags.unifiedLogin === undefined ? [] : [flags.unifiedLogin ? "--unified-login" : "--no-unified-login"]),
    ...(flags.allowCustomHost === true ? ["--allow-custom-host"] : []),
    ...each("role", flags.roles),
    ...each("service-principal", flags.servicePrincipals),
    ...each("user", flags.users),
    ...one("users-reason", flags.usersReason),
    ...each("bucket", flags.buckets),
    ...each("policy-arn", flags.policyArns),
    ...each("max-session", flags.maxSessions),
    ...one("aws-account-id", flags.awsAccountId),
    ...one("partition", flags.partition),
    ...one("region", flags.region),
    ...one("name", flags.name),
    ...one("out", out),
  ];
  return ["databricks-aws-oidc", "init", ...words.map(shellWord)].join(" ");
}
