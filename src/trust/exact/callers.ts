/**
 * Every caller that the Principal and Action of some policies distinguish: those they name, those their patterns match,
 * and of all others one of each kind: another role, user and root of each account that is named, of an account that
 * is not named, another provider, another service.
 */
import type { PolicyRequest } from "../decide/decide";
import type { PolicyDocument, PolicyStatement } from "../decide/document";
import { instanceOf, stringLike } from "../string-like";
import { PARTITIONS } from "../../issuer/rules";
import { exampleAccounts } from "./accounts";
import type { Domain } from "./domain";

export interface Caller {
  readonly kind: PolicyRequest["principal"]["kind"];
  /** The provider's ARN, the service's name, the AWS principal's ARN; an example where `others` is set. */
  readonly arn: string;
  readonly action: string;
  /** Twelve digits; null where the principal belongs to none. */
  readonly account: string | null;
  /** `aws:PrincipalType`; null where not known. */
  readonly type: string | null;
  /** Of an OIDC provider, in lower case: what its claims' keys begin with. */
  readonly issuerPath: string | null;
  /** What `aws:PrincipalArn` can be; null where that is not known. */
  readonly arns: Domain | null;
  /** Whether it stands for all of its kind that nobody names: its ARN is then `aws:PrincipalArn`. */
  readonly others: boolean;
}

type Principal = Omit<Caller, "action">;

const ACTIONS: Readonly<Record<Caller["kind"], readonly string[]>> = {
  AWS: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"],
  Service: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"],
  Federated: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"],
};
const SAML_ACTIONS = ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"];

/** Actions that give a session; the others of a trust policy only say what it may carry. */
export const ASSUME_ACTIONS: readonly string[] = [
  "sts:AssumeRoleWithWebIdentity",
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
];

/**
 * Every caller that `policies` tell apart, by every action of a trust policy; those who get a session first. `charge`
 * counts the work.
 */
export function callersOf(policies: readonly PolicyDocument[], charge: (steps: number) => void): readonly Caller[] {
  const principals = principalsOf(policies, charge);
  const order = [...ASSUME_ACTIONS, ...ACTIONS.AWS.slice(1)];
  return order.flatMap((action) =>
    principals.flatMap((principal) => {
      const saml = principal.kind === "Federated" && principal.arn.includes(":saml-provider/");
      return (saml ? SAML_ACTIONS : ACTIONS[principal.kind]).includes(action) ? [{ ...principal, action }] : [];
    }),
  );
}

function principalsOf(policies: readonly PolicyDocument[], charge: (steps: number) => void): readonly Principal[] {
  const statements = policies.flatMap((policy) => policy.statements);
  const named = (kind: string): readonly string[] => [
    ...new Set(statements.flatMap(({ principals }) => principals?.[kind] ?? [])),
  ];
  const [federated, aws, services] = [named("Federated"), named("AWS"), named("Service")];
  const wide = statements.some(
    ({ notPrincipal, principals }) => notPrincipal || principals?.["AWS"]?.includes("*") === true,
  );
  const texts = statements.flatMap(({ conditions }) => conditions.flatMap(({ values }) => values));
  return [
    ...[...providerNames(federated, statements, wide)].map(providerOf),
    ...awsPrincipals(aws, wide ? exampleAccounts([...aws, ...federated, ...texts], charge) : aws.flatMap(accountOf), {
      texts,
      anyPrincipal: wide,
    }),
    ...services.map((name) => serviceOf(instanceOf(name))),
    ...(wide ? [serviceOf(unlike(services, "other", ".amazonaws.com"))] : []),
  ];
}

/**
 * The providers that are named, those that a pattern stands for (each issuer whose claims a condition asks for, and one
 * more), and where others are meant too, each such issuer in an account that nobody names.
 */
function providerNames(
  names: readonly string[],
  statements: readonly PolicyStatement[],
  wide: boolean,
): ReadonlySet<string> {
  const issuerPaths = new Set(
    statements.flatMap(({ conditions }) =>
      conditions.flatMap(({ key }) => (/[./]/.test(key) ? [key.slice(0, key.lastIndexOf(":"))] : [])),
    ),
  );
  const patterns = names.filter((name) => /[*?]/.test(name));
  const found = new Set(names.map((name) => instanceOf(name)));
  const accounts = new Set([...names.flatMap((name) => /\d{12}/.exec(name) ?? []), UNNAMED_ACCOUNT]);
  const all = (account: string): readonly string[] =>
    [...issuerPaths].map((path) => `arn:aws:iam::${account}:oidc-provider/${path}`);
  for (const pattern of patterns)
    for (const arn of [...accounts].flatMap(all)) if (stringLike(pattern, arn)) found.add(arn);
  if (wide)
    for (const arn of [
      unlike(names, `arn:aws:iam::${UNNAMED_ACCOUNT}:oidc-provider/other`, ".example"),
      ...all(UNNAMED_ACCOUNT),
    ])
      found.add(arn);
  return found;
}

const UNNAMED_ACCOUNT = "999988887777";

function providerOf(arn: string): Principal {
  const name = /^arn:[^:]*:iam::([^:]*):oidc-provider\/(.*)$/s.exec(arn);
  const [, account = "", path] = name ?? [];
  // the four that AWS knows by a name alone are OIDC providers too
  const issuerPath = path ?? (arn.startsWith("arn:") ? null : arn);
  return {
    kind: "Federated",
    arn,
    account: /^\d{12}$/.test(account) ? account : null,
    type: null,
    issuerPath: issuerPath?.toLowerCase() ?? null,
    arns: null,
    others: false,
  };
}

function serviceOf(arn: string): Principal {
  return { kind: "Service", arn, account: null, type: null, issuerPath: null, arns: null, others: false };
}

function awsPrincipals(
  names: readonly string[],
  accounts: readonly string[],
  { texts, anyPrincipal }: { readonly texts: readonly string[]; readonly anyPrincipal: boolean },
): readonly Principal[] {
  const arns = names.filter((name) => name.startsWith("arn:"));
  const written = [...names, ...texts].flatMap((text) => /^arn:([^:]+)/.exec(text)?.[1] ?? []);
  const partitions = new Set([
    "aws",
    ...written.flatMap((partition) =>
      /[*?]/.test(partition) ? PARTITIONS : /^aws[a-z-]*$/.test(partition) ? [partition] : [],
    ),
  ]);
  return [
    ...names.filter((name) => name !== "*" && !/^\d{12}$|:root$/.test(name)).map(namedPrincipal),
    ...[...partitions].flatMap((partition) =>
      [...new Set(accounts)].flatMap((account) => {
        const root = `arn:${partition}:iam::${account}:root`;
        if (!anyPrincipal && !names.includes(root) && !names.includes(account)) return [];
        return [
          ...(["role", "user"] as const).map((resource) => others(partition, account, resource, arns)),
          namedPrincipal(root),
        ];
      }),
    ),
  ];
}

/** The account that a principal names, or is of. */
function accountOf(name: string): readonly string[] {
  const account = name.startsWith("arn:") ? (name.split(":", 5)[4] ?? "") : name;
  return /^\d{12}$/.test(account) ? [account] : [];
}

function namedPrincipal(arn: string): Principal {
  const [, , , , account = "", ...rest] = arn.split(":");
  const resource = rest.join(":");
  const session = /^assumed-role\/([^/]+)\//.exec(resource);
  const [, partition = "aws"] = arn.split(":", 2);
  const arns: Domain | null =
    session !== null
      ? {
          kind: "patterns",
          patterns: [
            `arn:${partition}:iam::${account}:role/${session[1] ?? ""}`,
            `arn:${partition}:iam::${account}:role/*/${session[1] ?? ""}`,
          ],
          except: [],
        }
      : arn.startsWith("arn:")
        ? { kind: "values", values: [arn] }
        : null;
  const type = resource.startsWith("user/")
    ? "User"
    : resource === "root"
      ? "Account"
      : resource.startsWith("role/") || session !== null
        ? "AssumedRole"
        : null;
  return {
    kind: "AWS",
    arn,
    account: /^\d{12}$/.test(account) ? account : null,
    type,
    issuerPath: null,
    arns,
    others: false,
  };
}

function others(partition: string, account: string, resource: "role" | "user", named: readonly string[]): Principal {
  const prefix = `arn:${partition}:iam::${account}:${resource}/`;
  const except = named.filter((name) => name.startsWith(prefix));
  return {
    kind: "AWS",
    arn: unlike(except, `${prefix}someone`, ""),
    account,
    type: resource === "user" ? "User" : "AssumedRole",
    issuerPath: null,
    arns: { kind: "patterns", patterns: [`${prefix}?*`], except },
    others: true,
  };
}

/** A name that is not among `names`. */
function unlike(names: readonly string[], prefix: string, suffix: string): string {
  let name = `${prefix}${suffix}`;
  for (let number = 2; names.includes(name); number += 1) name = `${prefix}-${number}${suffix}`;
  return name;
}
