/** A root for one AWS account: what a team without Node reviews and applies. */
import type { AccountView } from "../federation/account-view";
import { inlinePoliciesOf, roleAttributes, roleTags, roleTrustPolicy } from "../federation/account-view";
import { AWS_PROVIDER_RANGE, AWS_PROVIDER_SOURCE, TERRAFORM_RANGE } from "../federation/aws-provider";
import { logicalId } from "../federation/logical-id";
import type { Backend, FederationRole } from "../federation/model";
import { ACCOUNT_ID_PLACEHOLDER } from "../trust/build";
import { inCanonicalOrder } from "../trust/build";
import type { HclValue, References } from "./encode";
import { call, expression, hclAttributes, hclString } from "./encode";
import type { FileSet } from "../files/generated-file";
import { generatedFile } from "../files/generated-file";
import { federationInputs } from "./module-inputs";
import type { ImportBlock } from "./import-blocks";
import type { Move } from "./moves";
import { MODULE_CALL } from "./moves";
import { SourceText } from "./template-helpers";
import { renderTemplate } from "./templates";

/** Where a root takes databricks-federation from. */
export interface ModuleSource {
  readonly source: string;
  /** Of a registry module. */
  readonly version?: string | undefined;
}

export type RootStyle = { readonly style: "modules"; readonly module: ModuleSource } | { readonly style: "resources" };

export interface RootOptions {
  /** Of the generator: is in every file's first line. */
  readonly version: string;
  readonly moves: readonly Move[];
  readonly imports: readonly ImportBlock[];
}

/** Outputs of every root, whatever its style: those of the stack, so that a change of back end shows none. */
const OUTPUTS: Readonly<Record<string, string>> = {
  discovery_urls: "Discovery documents, by issuer",
  issuer_urls: "Issuers as their tokens name them, by issuer",
  oidc_provider_arns: "ARNs of the IAM OIDC providers, by issuer",
  role_arns: "ARNs of the roles, by role",
  role_names: "IAM names of the roles, by role",
  trust_policies: "Trust policies as sent to IAM, by role",
};

/** The root's files by name. */
export function rootFiles(view: AccountView, how: RootStyle, options: RootOptions): FileSet {
  const files = new Map<string, string>();
  const add = (file: string, template: string, content: object): void => {
    const body = `${renderTemplate(`${template}/${file}.hbs`, content).trimEnd()}\n`;
    files.set(file, generatedFile(file, body, "root", options.version));
  };
  const folder = how.style === "modules" ? "root-modules" : "root-resources";
  const content = how.style === "modules" ? callView(view, how.module) : resourcesView(view);
  add("main.tf", folder, content);
  add("outputs.tf", folder, content);
  add("providers.tf", "root", { provider: providerView(view) });
  const { backend } = view.account;
  if (backend.type !== "none") add("backend.tf", "root", { backend: backendView(backend) });
  add("versions.tf", "root", {
    requiredVersion: TERRAFORM_RANGE,
    requiredProviders: { aws: { source: AWS_PROVIDER_SOURCE, version: AWS_PROVIDER_RANGE } },
  });
  if (options.moves.length > 0) {
    add("moved.tf", "root", {
      moved: options.moves.map(({ from, to }) => ({ from: expression(from), to: expression(to) })),
    });
  }
  if (options.imports.length > 0) {
    add("imports.tf", "root", {
      imports: options.imports.map(({ id, to }) => ({ id, to: expression(to) })),
    });
  }
  return files;
}

function callView(view: AccountView, { source, version }: ModuleSource): object {
  return {
    call: { source, ...(version === undefined ? {} : { version }) },
    inputs: Object.fromEntries(federationInputs(view)),
    outputs: outputsView((name) => expression(`module.${MODULE_CALL}.${name}`)),
  };
}

function outputsView(value: (name: string) => HclValue): object {
  return Object.entries(OUTPUTS).map(([name, description]) => ({
    name,
    settings: { description, value: value(name) },
  }));
}

function providerView({ account }: AccountView): object {
  const settings: Readonly<Record<string, HclValue>> = {
    ...(account.region === null ? {} : { region: account.region }),
    // Credentials of another account would make roles that trust a provider which is not theirs.
    ...(account.accountId === null ? {} : { allowed_account_ids: [account.accountId] }),
  };
  const assumeRole = account.assumeRoleArn === null ? null : { role_arn: account.assumeRoleArn };
  const none = Object.keys(settings).length === 0;
  return { empty: none && assumeRole === null, settings: none ? null : settings, assumeRole };
}

function backendView(backend: Exclude<Backend, { readonly type: "none" }>): object {
  if (backend.type === "local")
    return { type: "local", settings: backend.path === null ? null : { path: backend.path } };
  const { bucket, key, region, settings } = backend;
  return { type: "s3", settings: { bucket, key, region, ...settings } };
}

/** Where the account is not known before the plan, AWS is asked once. */
const ASKED_ACCOUNT: References = [[ACCOUNT_ID_PLACEHOLDER, "data.aws_caller_identity.current.account_id"]];

type Entries = readonly (readonly [string, HclValue])[];

function body(entries: Entries, references: References, indent = 2): SourceText {
  return new SourceText(hclAttributes(entries, indent, references));
}

function resourcesView(view: AccountView): object {
  const { federation } = view;
  const asksAccount = view.account.accountId === null;
  const references = asksAccount ? ASKED_ACCOUNT : [];
  const created = view.providers.filter(({ create }) => create);
  const providers = created.map(({ issuer, arn }) => ({
    id: logicalId(federation.name, issuer.key),
    body: body(
      [["client_id_list", issuer.audiences], ...tagsEntry(federation.tags), ["url", issuer.issuer]],
      references,
    ),
    postcondition: body(
      [
        ["condition", expression(`self.arn == ${hclString(arn, references)}`)],
        [
          "error_message",
          `The provider's ARN is not ${arn}: it was made in another account or partition than the federation says.`,
        ],
      ],
      references,
      6,
    ),
  }));
  const createdKeys = new Set(created.map(({ issuer }) => issuer.key));
  const roles = view.roles.map((role) => roleView(role, view, createdKeys, references));
  const ids = view.roles.map((role) => [role.key, logicalId(federation.name, role.key)] as const);
  const byRole = (attribute: string): HclValue =>
    Object.fromEntries(ids.map(([key, id]) => [key, expression(`aws_iam_role.${id}.${attribute}`)]));
  const byIssuer = (text: (provider: AccountView["providers"][number]) => string): HclValue =>
    Object.fromEntries(
      view.providers.map((provider) => [provider.issuer.key, expression(hclString(text(provider), references))]),
    );
  const values: Readonly<Record<string, HclValue>> = {
    discovery_urls: byIssuer(({ issuer }) => issuer.discoveryUrl),
    issuer_urls: byIssuer(({ issuer }) => issuer.issuer),
    oidc_provider_arns: byIssuer(({ arn }) => arn),
    role_arns: byRole("arn"),
    role_names: byRole("name"),
    trust_policies: byRole("assume_role_policy"),
  };
  return { asksAccount, providers, roles, outputs: outputsView((name) => values[name] ?? {}) };
}

function tagsEntry(tags: Readonly<Record<string, string>>): Entries {
  return Object.keys(tags).length === 0 ? [] : [["tags", tags]];
}

function roleView(
  role: FederationRole,
  view: AccountView,
  created: ReadonlySet<string>,
  references: References,
): object {
  const { federation } = view;
  const id = logicalId(federation.name, role.key);
  const roleName = expression(`aws_iam_role.${id}.name`);
  const trusted = new Set(
    role.trusts.flatMap((trust) => (trust.kind === "subjects" && created.has(trust.issuer) ? [trust.issuer] : [])),
  );
  const inline = inlinePoliciesOf(role, view);
  return {
    id,
    body: body(
      [
        ["assume_role_policy", call("jsonencode", roleTrustPolicy(role, view) as unknown as HclValue)],
        ...Object.entries(roleAttributes(role, roleTags(role, federation))),
        // The trust policy names providers by computed ARNs, which give Terraform no order by themselves.
        ...(trusted.size === 0
          ? []
          : [
              [
                "depends_on",
                [...trusted].map((key) =>
                  expression(`aws_iam_openid_connect_provider.${logicalId(federation.name, key)}`),
                ),
              ] as const,
            ]),
      ],
      references,
    ),
    attachments: Object.entries(role.managedPolicyArns).map(([key, arn]) => ({
      id: logicalId(federation.name, role.key, key),
      body: body(
        [
          ["policy_arn", arn],
          ["role", roleName],
        ],
        references,
      ),
    })),
    inlinePolicies: inCanonicalOrder(Object.keys(inline)).map((name) => ({
      id: logicalId(federation.name, role.key, name),
      body: body(
        [
          ["name", name],
          ["policy", call("jsonencode", (inline[name] ?? {}) as HclValue)],
          ["role", roleName],
        ],
        references,
      ),
    })),
  };
}
