/** From an issuer as declared to what its provider says: one function for single providers and for federations. */
import type { Problem } from "../errors";
import { canonicalInput } from "../federation/canonical-input";
import { checkExistingProvider } from "../federation/check";
import type { FederationIssuer } from "../federation/model";
import { readIssuer } from "../federation/read";
import type { IssuerDeclaration } from "../federation/schema";
import { providerArn } from "../issuer/issuer";
import type { Partition } from "../issuer/rules";
import { PARTITIONS } from "../issuer/rules";
import type { AwsIdentity } from "./aws-identity";
import { reservedTextProblems } from "./reserved-text";
import { setTokensAside } from "./tokens-aside";

/** A provider whose issuer has passed every rule. */
export interface IssuerPlan {
  readonly issuer: FederationIssuer;
  /** Computed or adopted; may hold placeholders and tokens. */
  readonly arn: string;
  /** The same, computed in any case. */
  readonly computedArn: string;
  /** False: adopted, no resource is made. */
  readonly create: boolean;
}

export type PlannedIssuer =
  | { readonly plan: IssuerPlan; readonly problems: readonly [] }
  | { readonly plan: undefined; readonly problems: readonly Problem[] };

/** Reads and checks an issuer declared in TypeScript. `existingProviderArn` may be a token. */
export function planDeclaredIssuer(key: string, declaration: IssuerDeclaration, identity: AwsIdentity): PlannedIssuer {
  const at = ["issuers", key];
  const aside = setTokensAside(declaration, at, [{ path: ["existingProviderArn"], standIn: () => undefined }]);
  const early = [...aside.problems, ...reservedTextProblems(aside.clean, at)];
  if (early.length > 0) return { plan: undefined, problems: early };
  const existing = aside.tokenAt("existingProviderArn");
  const partition =
    identity.known.partition ?? partitionOfArn(existing === undefined ? declaration.existingProviderArn : undefined);
  const canonical = canonicalInput(aside.clean);
  const read = readIssuer(key, canonical.value, () => undefined);
  const problems = [
    ...canonical.problems,
    ...read.problems,
    ...(read.value === undefined
      ? []
      : checkExistingProvider(read.value, {
          partition: partition ?? "aws",
          accounts: [{ accountId: identity.known.accountId }],
        })),
  ];
  if (read.value === undefined || problems.length > 0) return { plan: undefined, problems };
  const issuer = read.value;
  const arn = existing ?? issuer.existingProviderArn;
  const computedArn = computedProviderArn(issuer, identity);
  return { plan: { issuer, arn: arn ?? computedArn, computedArn, create: arn === null }, problems: [] };
}

/** The ARN of `issuer`'s provider in `identity`'s account; may hold placeholders. */
export function computedProviderArn(issuer: FederationIssuer, identity: AwsIdentity): string {
  return providerArn(identity.partition, identity.accountId, issuer.issuerPath);
}

/** An adopted provider tells its partition, where it is not given. */
function partitionOfArn(arn: string | undefined): Partition | undefined {
  const partition = arn?.split(":")[1];
  return PARTITIONS.find((known) => known === partition);
}
