/** Asks a person for what the flags do not give. Every answer becomes a flag. */
import { FederationError } from "../errors";
import {
  BUCKET,
  FEDERATION_NAME,
  MAX_SESSION_SECONDS,
  MIN_SESSION_SECONDS,
  POLICY_ARN,
  REASON,
  REGION,
  ROLE_KEY,
} from "../federation/rules";
import { partitionOfRegion } from "../federation/accounts";
import { secondsOf } from "../federation/time";
import { CLOUD_NAMES } from "../issuer/clouds";
import { AWS_ACCOUNT_ID, DATABRICKS_ACCOUNT_ID, type Partition, WORKSPACE_ID } from "../issuer/rules";
import type { DatabricksConfig } from "../network/databricks-config";
import { quoted, satisfies, type TextRule, violation } from "../text/text-rule";
import { SERVICE_PRINCIPAL, USER } from "../trust/rules";
import { findIssuer, type IssuerFinding } from "./find-issuer";
import type { InitFlags, IssuerFlags } from "./flags";
import type { Prompter } from "./prompter";

/** Several values on one line. */
export function listOf(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}

function wrongFor(rule: TextRule): (text: string) => string | undefined {
  return (text) => {
    const problem = violation(rule, text, "");
    return problem === undefined ? undefined : `${problem.message} ${problem.fix}`;
  };
}

/** Nothing, or something that satisfies the rule. */
function optional(wrong: (text: string) => string | undefined): (text: string) => string | undefined {
  return (text) => (text === "" ? undefined : wrong(text));
}

/** A list whose entries each satisfy one of the rules. */
function listed(...rules: readonly TextRule[]): (text: string) => string | undefined {
  return (text) => {
    const parts = listOf(text);
    if (parts.length === 0) return "Name at least one.";
    const bad = parts.find((part) => !rules.some((rule) => satisfies(rule, part)));
    const [first] = rules;
    if (bad === undefined || first === undefined) return undefined;
    return `${JSON.stringify(bad.slice(0, 80))} must be ${rules.map(({ says }) => says).join(" or ")}.`;
  };
}

/** The issuer's part. `lookUp` asks the workspace; it is called once the address is known. */
export async function askIssuer(
  flags: IssuerFlags,
  ask: Prompter,
  lookUp: (flags: IssuerFlags) => Promise<DatabricksConfig | null>,
): Promise<{ readonly flags: IssuerFlags; readonly config: DatabricksConfig | null }> {
  let known = flags;
  if (known.url === undefined && known.accountId === undefined) {
    const pasted = await ask.text({
      message: "Address of the workspace (paste it from the browser), or Databricks account ID:",
      wrong: wrongPlace(flags),
    });
    known = satisfies(DATABRICKS_ACCOUNT_ID, pasted.toLowerCase())
      ? { ...known, accountId: pasted }
      : { ...known, url: pasted };
  }
  if (known.url === undefined && known.cloud === undefined) {
    known = {
      ...known,
      cloud: await ask.choose(
        "Which Databricks cloud is the account in?",
        CLOUD_NAMES.map((cloud) => [cloud, cloud]),
      ),
    };
  }
  const config = await lookUp(known);
  // the rule of docs/issuer.md depends on it, and no document of the workspace says it
  if (
    known.unifiedLogin === undefined &&
    known.accountId === undefined &&
    leadsToWorkspace(findIssuer(known, config))
  ) {
    known = {
      ...known,
      unifiedLogin: await ask.yesNo(
        "Does the workspace have unified login (single sign-on set up at account level)?",
        true,
      ),
    };
  }
  for (;;) {
    const found = findIssuer(known, config);
    if (found.found || found.needs === "url") return { flags: known, config };
    if (found.needs === "account-id")
      known = {
        ...known,
        accountId: await ask.text({
          message: `Databricks account ID (${found.why}):`,
          wrong: (text) => wrongFor(DATABRICKS_ACCOUNT_ID)(text.toLowerCase()),
        }),
      };
    else
      known = {
        ...known,
        workspaceId: await ask.text({ message: `Workspace ID (${found.why}):`, wrong: wrongFor(WORKSPACE_ID) }),
      };
  }
}

function leadsToWorkspace(found: IssuerFinding): boolean {
  return found.found ? found.choice.level === "workspace" : found.needs === "workspace-id";
}

function wrongPlace(flags: IssuerFlags): (text: string) => string | undefined {
  return (text) => {
    if (satisfies(DATABRICKS_ACCOUNT_ID, text.toLowerCase())) return undefined;
    try {
      findIssuer({ ...flags, url: text }, null);
      return undefined;
    } catch (error) {
      // a custom host may name its issuer once it is asked
      if (
        !(error instanceof FederationError) ||
        (error.code === "host-not-databricks" && /\.databricks\.com\b/i.test(text))
      )
        return undefined;
      return `${error.problem.message} ${error.fix}`;
    }
  };
}

/** Roles, identities and what they may do; then the AWS account and the federation's name. */
export async function askRest(
  flags: InitFlags,
  ask: Prompter,
  usual: { readonly name: string; readonly partition: Partition },
): Promise<InitFlags> {
  let known: InitFlags = flags;
  if (known.role.length === 0) {
    do known = await askRole(known, ask);
    while (await ask.yesNo("Another role?", false));
  } else {
    for (const key of known.role) if (!hasIdentity(known, key)) known = await askIdentities(known, key, ask);
  }
  if (known.user.length > 0 && known.usersReason === undefined) {
    const reason = await ask.text({
      message:
        "Why may users assume it? Stored as lint's reason (leave empty to keep lint's warning about e-mail addresses):",
      wrong: optional(wrongFor(REASON)),
    });
    if (reason !== "") known = { ...known, usersReason: reason };
  }
  if (known.awsAccountId === undefined) {
    const account = await ask.text({
      message: "AWS account ID, 12 digits (leave empty to detect at plan time):",
      wrong: optional(wrongFor(AWS_ACCOUNT_ID)),
    });
    if (account !== "") known = { ...known, awsAccountId: account };
  }
  if (known.region === undefined) {
    const region = await ask.text({
      message: "AWS region of the provider (leave empty to use AWS_REGION or the AWS profile):",
      wrong: optional(
        (text) =>
          wrongFor(REGION)(text) ??
          (partitionOfRegion(text) === usual.partition
            ? undefined
            : `${quoted(text)} is in partition ${partitionOfRegion(text)}, not in ${usual.partition}.`),
      ),
    });
    if (region !== "") known = { ...known, region };
  }
  if (known.name === undefined)
    known = {
      ...known,
      name: await ask.text({
        message: "Name of the federation:",
        default: usual.name,
        wrong: wrongFor(FEDERATION_NAME),
      }),
    };
  return known;
}

function hasIdentity(flags: InitFlags, key: string): boolean {
  return [...flags.servicePrincipal, ...flags.user].some(
    (text) => text.startsWith(`${key}=`) || flags.role.length === 1,
  );
}

async function askRole(flags: InitFlags, ask: Prompter): Promise<InitFlags> {
  const key = await ask.text({
    message: "Name of the AWS role:",
    ...(flags.role.length === 0 ? { default: "lake-reader" } : {}),
    wrong: (text) => (flags.role.includes(text) ? "This role already exists." : wrongFor(ROLE_KEY)(text)),
  });
  // answers name their role, so that they stay its own when a second role comes
  const known = await askIdentities({ ...flags, role: [...flags.role, key] }, key, ask);
  const may = await ask.choose(`What may ${key} do?`, [
    ["buckets", "Read S3 buckets"],
    ["policies", "Attach managed policies"],
    ["nothing", "Nothing yet"],
  ]);
  const of = (text: string): string => `${key}=${text}`;
  const buckets =
    may === "buckets" ? listOf(await ask.text({ message: "Buckets, by name:", wrong: listed(BUCKET) })) : [];
  const policies =
    may === "policies" ? listOf(await ask.text({ message: "ARNs of the policies:", wrong: listed(POLICY_ARN) })) : [];
  const session = await ask.text({ message: "Longest session:", default: "1h", wrong: wrongSession });
  return {
    ...known,
    bucket: [...known.bucket, ...buckets.map(of)],
    policyArn: [...known.policyArn, ...policies.map(of)],
    maxSession: [...known.maxSession, of(session)],
  };
}

async function askIdentities(flags: InitFlags, key: string, ask: Prompter): Promise<InitFlags> {
  const identities = listOf(
    await ask.text({
      message: `Who may assume ${key}? Application IDs of service principals, e-mail addresses of users:`,
      wrong: listed(SERVICE_PRINCIPAL, USER),
    }),
  );
  const of = (rule: TextRule): readonly string[] =>
    identities.filter((identity) => satisfies(rule, identity)).map((identity) => `${key}=${identity}`);
  return {
    ...flags,
    servicePrincipal: [...flags.servicePrincipal, ...of(SERVICE_PRINCIPAL)],
    user: [...flags.user, ...of(USER)],
  };
}

function wrongSession(text: string): string | undefined {
  const seconds = secondsOf(text);
  return seconds !== null && seconds >= MIN_SESSION_SECONDS && seconds <= MAX_SESSION_SECONDS
    ? undefined
    : "Write 1h to 12h.";
}
