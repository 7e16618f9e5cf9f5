/** The federation of an account that exists, proven to be the same, and what is not in it. Pure. */
import { refuse } from "../errors";
import { parsePath } from "../federation/path";
import { yamlDocument } from "../federation/yaml-document";
import { concernsDatabricks } from "../trust/documents/relevance";
import { parseRole } from "../trust/parsed/parse-role";
import { asRecord, type Members } from "../text/members";
import { TRUST_POLICY_DEFAULT_QUOTA, TRUST_POLICY_MAX_QUOTA } from "../trust/rules";
import type { ExistingAccount, ExistingProvider, ExistingRole } from "./account";
import type { Adoption, KeyedRole, UndecidedRole } from "./adoption";
import type { Evidence } from "./evidence";
import { type AdoptedIssuer, type AdoptedIssuers, adoptedIssuers, isLookAlike } from "./issuers";
import { assumptions } from "./assumptions";
import { getsIn } from "./gets-in";
import { importsOf } from "./imports-of";
import { Keys } from "./keys";
import { proposedRole } from "./propose";
import { readInput } from "./read-input";
import { fault } from "./reasons";
import { declaredIssuers, type LeftRole, readRole, type RoleContext, type WrittenRole } from "./role";

export interface AdoptOptions {
  /** Of the federation. */
  readonly name: string;
  /** Where an editor finds the JSON Schema. */
  readonly schema: string;
  /** The state that was read is the one that the new configuration takes over. */
  readonly sameState: boolean;
  /** Who assumed what; null where no trail was given. */
  readonly evidence: Evidence | null;
  /** Seconds since the epoch, which no revocation may be far ahead of. */
  readonly now: number;
  readonly onRole?: (done: number, of: number) => void;
}

/** Takes over `account`, as far as a federation file can say it. */
export function adopt(account: ExistingAccount, options: AdoptOptions): Adoption {
  const found = adoptedIssuers(account);
  const context: RoleContext = {
    accountId: account.accountId,
    partition: account.partition,
    issuers: new Map(found.issuers.map((issuer) => [issuer.provider.arn, issuer])),
    now: options.now,
  };
  const ours = account.roles.filter(concerns);
  const read = ours.map((role, at) => {
    options.onRole?.(at + 1, ours.length);
    const one = readRole(role, context);
    const lacksIssuer = "faults" in one && one.faults.every(({ place }) => place === "issuers");
    return lacksIssuer ? { role, faults: [fault("no-issuer")] } : one;
  });
  const written = read.flatMap((role) => ("declaration" in role ? [role] : []));
  const left = read.flatMap((role) => ("faults" in role ? [role] : []));
  return wholeFederation(account, { ...found, ...sharedTags(found.issuers, written) }, context, written, left, options);
}

/** Whether a role trusts Databricks, might, trusts what resembles it, or lets everyone in whatever vouches for them. */
function concerns({ lint }: ExistingRole): boolean {
  return (
    concernsDatabricks(lint) ||
    parseRole(lint).statements.some(
      ({ providers, trusted, letsWebIdentitiesIn }) =>
        providers.some(({ issuerPath }) => isLookAlike(issuerPath.split("/", 1)[0] ?? "")) ||
        (letsWebIdentitiesIn && trusted.some(({ value }) => value === "*")),
    )
  );
}

interface TaggedIssuers extends AdoptedIssuers {
  /** Of every resource. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * A federation file has tags for everything in it, and a role's own. So a provider's tags are in the file where all
 * providers have these and every role does too; else a provider that has tags is used as it is.
 */
function sharedTags(
  issuers: readonly AdoptedIssuer[],
  written: readonly WrittenRole[],
): Pick<TaggedIssuers, "issuers" | "tags"> {
  const managed = issuers.filter(({ unmanaged }) => unmanaged === null);
  const tags = ownTags(managed[0]?.provider);
  const same = managed.every(({ provider }) => JSON.stringify(ownTags(provider)) === JSON.stringify(tags));
  const shared =
    same &&
    written.every(({ role }) => Object.entries(tags).every(([key, value]) => role.details?.tags[key] === value));
  if (shared) return { issuers, tags };
  return {
    tags: {},
    issuers: issuers.map((issuer) => {
      const own = Object.entries(ownTags(issuer.provider));
      return issuer.unmanaged !== null || own.length === 0
        ? issuer
        : { ...issuer, unmanaged: fault("provider-tags", "", own.map(([key, value]) => `${key}=${value}`).join(", ")) };
    }),
  };
}

function ownTags(provider: ExistingProvider | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(provider?.tags ?? {})
      .filter(([key]) => !/^aws:/i.test(key))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function wholeFederation(
  account: ExistingAccount,
  found: TaggedIssuers,
  context: RoleContext,
  written: readonly WrittenRole[],
  left: readonly LeftRole[],
  options: AdoptOptions,
): Adoption {
  const keys = new Keys(options.name);
  const keyed = written.map((role): KeyedRole => ({
    ...role,
    ...keys.take(role.role.name, role.declaration),
  }));
  const input = federationInput(account, found, keyed, options.name);
  // without any issuer there is no federation
  const read = found.issuers.length === 0 ? null : readInput(input);
  if (read !== null && "problems" in read) {
    // what only shows beside the others: that role is left, and the rest is read again
    const refused = new Map(
      read.problems.flatMap(({ path = "", message }) => {
        const [list, key] = parsePath(path);
        return list === "roles" && typeof key === "string" ? [[key, message] as const] : [];
      }),
    );
    const without = keyed.filter(({ key }) => !refused.has(key));
    if (without.length === keyed.length) refuse(read.problems);
    const more = keyed.flatMap(({ key, role }) => {
      const message = refused.get(key);
      return message === undefined ? [] : [{ role, faults: [fault("not-allowed", "", message)] }];
    });
    return wholeFederation(account, found, context, without, [...left, ...more], options);
  }
  const issuers = new Map(found.issuers.map((issuer) => [issuer.provider.arn, issuer]));
  const undecided = left.map((role): UndecidedRole => {
    const proposal = proposedRole(role, { ...context, issuers }, options.evidence);
    return {
      ...role,
      getsIn: getsIn(role.role, found.left),
      proposal: proposal === null ? null : { ...proposal, ...keys.take(role.role.name, proposal.declaration) },
    };
  });
  return {
    account,
    federation: read?.federation ?? null,
    text: read === null ? null : textOf(input, account, options.schema),
    imports: importsOf(account, found.issuers, keyed, undecided, options.sameState),
    issuers: found.issuers,
    written: keyed,
    leftProviders: found.left,
    leftRoles: undecided,
    aside: { roles: account.roles.length - written.length - left.length, providers: found.aside },
    assumed: assumptions(
      account,
      [...written, ...left].map(({ role }) => role),
      found.issuers,
    ),
  };
}

function federationInput(
  { accountId, partition }: ExistingAccount,
  { issuers, tags }: TaggedIssuers,
  roles: readonly KeyedRole[],
  name: string,
): Members {
  const domains = [...new Set(roles.flatMap(({ emailDomains }) => emailDomains))].sort();
  const long = roles.some(({ characters }) => characters > TRUST_POLICY_DEFAULT_QUOTA);
  return {
    name,
    aws: { accountId, partition },
    ...(domains.length === 0 ? {} : { emailDomains: domains }),
    ...(long ? { trustPolicyMaxLength: TRUST_POLICY_MAX_QUOTA } : {}),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    issuers: declaredIssuers(issuers),
    roles: Object.fromEntries(
      roles.map(({ key, role, declaration }) => [
        key,
        { ...(key === role.name ? {} : { name: role.name }), ...withoutTags(declaration, tags) },
      ]),
    ),
  };
}

/** A role without the tags that it has from the federation. */
function withoutTags(declaration: Members, shared: Readonly<Record<string, string>>): Members {
  const own = Object.entries(asRecord(declaration["tags"]) ?? {}).filter(([key]) => !Object.hasOwn(shared, key));
  const { tags: _, ...others } = declaration;
  return own.length === 0 ? others : { ...others, tags: Object.fromEntries(own) };
}

function textOf(input: Members, { accountId }: ExistingAccount, schema: string): string {
  const document = yamlDocument(input);
  document.commentBefore =
    ` yaml-language-server: $schema=${schema}\n` +
    ` What AWS account ${accountId} has, taken over by \`databricks-aws-oidc adopt\`. What is not in it: adopted.md.`;
  return document.toString({ lineWidth: 0 });
}
