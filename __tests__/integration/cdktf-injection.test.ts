/**
 * Hostile strings through every field of a federation file into the JSON that CDKTF writes, read as Terraform reads it:
 * unchanged after NFC, in the place they were put and nowhere else, or refused with a code.
 */
import { App } from "cdktf";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { FederationStack } from "../../src/cdktf";
import { ERROR_CODES } from "../../src/errors";
import type { AccountView } from "../../src/federation/account-view";
import { accountView, inlinePoliciesOf, roleTags, roleTrustPolicy } from "../../src/federation/account-view";
import type { Federation } from "../../src/federation/model";
import { trustPolicyJson } from "../../src/trust/build";
import { LINT_RULES } from "../../src/lint/all-rules";
import { canonicalJson } from "../../src/trust/canonical-json";
import { FIELDS, hostileTexts, readOrRefused, SEED } from "../support/hostile-fields";
import { describeWith } from "../support/requirements";
import type { SynthesisedStack } from "../support/synthesise";
import { codes } from "../support/synthesise";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";
import type { Members } from "../../src/text/members";

const OUTDIR = "cdktf.out";
const CODES = new Set([...Object.keys(ERROR_CODES), ...LINT_RULES.map(({ id }) => id)]);
/** What we write for Terraform to evaluate: an attribute of another resource, and the check of a provider's ARN. */
const REFERENCE = /^\$\{aws_iam_[a-z_]+\.[A-Za-z0-9_-]+\.(?:arn|name)\}$/;

function viewOf(federation: Federation): AccountView {
  const [account] = federation.accounts;
  if (account === undefined) throw new RangeError("a federation has an account");
  return accountView(federation, account);
}

/** The stack's JSON, or undefined where CDKTF's own words are refused: with codes, and nothing but codes. */
function stackOrRefused(federation: Federation): SynthesisedStack | undefined {
  const [account] = federation.accounts;
  const stack = new FederationStack(
    new App({ outdir: OUTDIR }),
    federation,
    account?.key === null || account === undefined ? {} : { account: account.key },
  );
  stack.prepareStack();
  const complaints = stack.node.findAll().flatMap((construct) => construct.node.validate());
  expect(codes(complaints).filter((code) => !CODES.has(code))).toEqual([]);
  return complaints.length > 0 ? undefined : (JSON.parse(JSON.stringify(stack.toTerraform())) as SynthesisedStack);
}

/** Strings that mean something to Terraform; all others are what they look like. */
function templatesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return /[$%]\{/.test(value) && !REFERENCE.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [...templatesIn(key), ...templatesIn(member)]);
}

/** `value` with its strings as Terraform reads them. */
function read(value: unknown, evaluated: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return evaluated.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => read(item, evaluated));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [evaluated.get(key) ?? key, read(member, evaluated)]),
  );
}

/** What the federation means, by resource type; each list in the federation's order. */
function meant(view: AccountView): Members {
  const { federation, account } = view;
  const tagged = (tags: Members): Members => (Object.keys(tags).length === 0 ? {} : { tags });
  const some = (name: string, value: unknown): Members => (value === null ? {} : { [name]: value });
  return {
    aws: [
      {
        ...(account.accountId === null ? {} : { allowed_account_ids: [account.accountId] }),
        ...(account.assumeRoleArn === null ? {} : { assume_role: [{ role_arn: account.assumeRoleArn }] }),
        ...some("region", account.region),
      },
    ],
    aws_iam_openid_connect_provider: view.providers
      .filter(({ create }) => create)
      .map(({ issuer }) => ({ client_id_list: issuer.audiences, url: issuer.issuer, ...tagged(federation.tags) })),
    aws_iam_role: view.roles.map((role) => ({
      assume_role_policy: trustPolicyJson(roleTrustPolicy(role, view)),
      max_session_duration: role.maxSessionDuration,
      name: role.name,
      path: role.path,
      ...some("description", role.description),
      ...some("permissions_boundary", role.permissionsBoundaryArn),
      ...tagged(roleTags(role, federation)),
    })),
    aws_iam_role_policy: view.roles.flatMap((role) =>
      Object.entries(inlinePoliciesOf(role, view)).map(([name, document]) => ({
        name,
        policy: canonicalJson(document),
      })),
    ),
    aws_iam_role_policy_attachment: view.roles.flatMap((role) =>
      Object.values(role.managedPolicyArns).map((policyArn) => ({ policy_arn: policyArn })),
    ),
  };
}

/** The same of what was synthesised; members that only name other resources left out. */
function said(stack: SynthesisedStack): Members {
  const none: SynthesisedStack["resource"] = {
    aws_iam_openid_connect_provider: {},
    aws_iam_role: {},
    aws_iam_role_policy: {},
    aws_iam_role_policy_attachment: {},
  };
  const own = ({ "//": _, depends_on: __, role: ___, lifecycle: ____, ...rest }: Members): Members => rest;
  return {
    aws: stack.provider["aws"],
    ...Object.fromEntries(
      Object.entries({ ...none, ...stack.resource }).map(([type, blocks]) => [type, Object.values(blocks).map(own)]),
    ),
  };
}

/** Terraform does not evaluate a backend: it is compared as it stands. */
function backendOf({ account }: AccountView): unknown {
  const { backend, stackName } = account;
  if (backend.type === "none") return {};
  const path = relative(
    join(OUTDIR, "stacks", stackName),
    backend.type === "local" ? (backend.path ?? `terraform.${stackName}.tfstate`) : "",
  );
  if (backend.type === "local") return { local: { path } };
  const snake = Object.entries(backend.settings).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return {
    s3: { ...(Object.fromEntries(snake) as Members), bucket: backend.bucket, key: backend.key, region: backend.region },
  };
}

describeWith({ terraform: true }, "hostile strings in a federation, synthesised", () => {
  test(
    "over 14,000 come back from Terraform unchanged but for NFC, or are refused with a code; none changes " +
      "the structure",
    async () => {
      let tried = 0;
      const synthesised: { readonly field: string; readonly view: AccountView; readonly stack: SynthesisedStack }[] =
        [];
      Object.entries(FIELDS).forEach(([field, put], index) => {
        for (const text of hostileTexts(SEED + index)) {
          tried += 1;
          const federation = readOrRefused(put, text);
          const stack = federation === undefined ? undefined : stackOrRefused(federation);
          if (federation !== undefined && stack !== undefined)
            synthesised.push({ field, view: viewOf(federation), stack });
        }
      });

      const templates = [...new Set(synthesised.flatMap(({ stack }) => templatesIn(said(stack))))];
      const folder = temporaryFolder("evaluated");
      writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ output: { read: { value: templates } } }));
      const terraform = terraformIn(folder);
      await terraform.init();
      await terraform.apply();
      const texts = (await terraform.outputs())["read"] as readonly string[];
      const evaluated = new Map(templates.map((template, index) => [template, texts[index] ?? ""]));

      const wrong = synthesised.flatMap(({ field, view, stack }) => {
        const [found, wanted] = [read(said(stack), evaluated), meant(view)].map(sorted);
        return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [{ field, found, wanted }];
      });
      expect(wrong).toEqual([]);
      for (const { view, stack } of synthesised) {
        expect(Object.keys(stack).sort()).toEqual(["//", "output", "provider", "resource", "terraform"]);
        expect(stack.terraform.backend).toEqual(backendOf(view));
        const providers = Object.values(stack.resource["aws_iam_openid_connect_provider"] ?? {});
        expect(providers.map((provider) => JSON.stringify(provider["lifecycle"]).match(/\$\{/g)?.length)).toEqual(
          providers.map(() => 1),
        );
      }
      expect(tried).toBeGreaterThanOrEqual(14_000);
      // Both happen, or the test has lost its teeth.
      expect(synthesised.length).toBeGreaterThan(2_000);
      expect(templates.length).toBeGreaterThan(300);
    },
  );

  test("a state's name with template marks is the same for Terraform from the stack as from the root", async () => {
    const folder = temporaryFolder("backend");
    const path = `${folder}/a$\{b}%{c}.tfstate`;
    const federation = readOrRefused(
      () => ({
        name: "lakehouse",
        aws: { accountId: "111122223333", backend: { type: "local", path } },
        issuers: { company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" } },
        roles: {},
      }),
      "",
    );
    const stack = federation === undefined ? undefined : stackOrRefused(federation);
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { backend: stack?.terraform.backend } }));
    await terraformIn(folder).init();
    const recorded = (
      JSON.parse(readFileSync(join(folder, ".terraform", "terraform.tfstate"), "utf8")) as {
        readonly backend: { readonly config: { readonly path: string } };
      }
    ).backend.config.path;
    expect(resolve(OUTDIR, "stacks", "lakehouse", recorded)).toBe(path);
  });
});

/** Members by name; lists stay in order, but for those of resources, whose order CDKTF decides. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
