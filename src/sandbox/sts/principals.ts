/** AWS principals with keys generated for the run: those that Unity Catalog trusts name, and an undeclared one. */
import { parseRole } from "../../trust/parsed/parse-role";
import type { Seal } from "../seal";
import { openSession } from "./session";
import { EXAMPLE_ACCOUNT_ID, type SimulatedDirectory } from "../directory/directory";

export interface AwsPrincipal {
  /** Its role. */
  readonly arn: string;
  readonly declared: boolean;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A workload of the account: a role that the directory does not have, which may do what it asks for. */
export function workloadOf(directory: SimulatedDirectory, seal: Seal): AwsPrincipal {
  const [account] = directory.accounts;
  const arn = `arn:${account?.partition ?? "aws"}:iam::${account?.accountId ?? EXAMPLE_ACCOUNT_ID}:role/workload`;
  return { arn, declared: false, ...openSession(seal, { roleArn: arn, ...UNCHAINED }, "") };
}

const UNCHAINED = {
  sessionName: "sandbox",
  issued: null,
  expires: null,
  tags: {},
  sourceIdentity: null,
  federatedProvider: null,
};

/**
 * The roles that statements for `sts:AssumeRole` name, and a role of no account here; none where there is no such
 * statement.
 */
export function principalsOf(directory: SimulatedDirectory, seal: Seal): readonly AwsPrincipal[] {
  const named = new Set<string>();
  for (const { source } of directory.accounts.flatMap(({ roles }) => roles)) {
    for (const { effect, trusted } of parseRole(source).statements) {
      if (effect === "Allow")
        for (const { kind, value } of trusted)
          if (kind === "AWS" && /^arn:[a-z-]+:iam::[0-9]{12}:role\/[^*?]+$/.test(value)) named.add(value);
    }
  }
  if (named.size === 0) return [];
  const principal = (arn: string, declared: boolean): AwsPrincipal => ({
    arn,
    declared,
    ...openSession(seal, { roleArn: arn, ...UNCHAINED }, ""),
  });
  return [
    ...[...named].map((arn) => principal(arn, true)),
    principal("arn:aws:iam::000000000000:role/undeclared", false),
  ];
}
