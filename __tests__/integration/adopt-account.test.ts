/** An account that exists is taken over by a Terraform root, of either style, without a change to it. */
import fc from "fast-check";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountView, readFederation, type RoleDeclaration } from "../../src/federation";
import { adoptLive, call, differencesOf, makeByApi, makeByCommandLine } from "../support/adopted-account";
import { arbitraryRole, EMAIL_DOMAINS, IDENTITIES } from "../support/arbitrary-federation";
import { arbitrarySpelling, iamDocuments } from "../support/existing-account";
import {
  ACCOUNT,
  FATES,
  type IamCall,
  IMPORTED,
  LEFT_POLICIES,
  LEFT_PROVIDERS,
  READER,
} from "../support/hand-made-account";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import type { Plan } from "../support/terraform";
import { terraformIn } from "../support/terraform";

type Style = "modules" | "resources";

/** The first plan of the root that is generated from an adopted account. */
async function firstPlan(moto: Moto, folder: string, style: Style): Promise<Plan> {
  const args = ["generate", "root", "--config", "federation.yaml", "--imports", "imports.json"];
  await call(moto, folder, [...args, "--style", style, "--out", style]);
  const terraform = terraformIn(join(folder, style), moto.env);
  await terraform.init();
  return terraform.plan();
}

function imported(plan: Plan): number {
  return Number(/Plan: (\d+) to import/.exec(plan.text)?.[1] ?? 0);
}

describeWith({ terraform: true, moto: true }, "adopt", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({ accountId: ACCOUNT });
  });
  beforeEach(() => moto.reset());
  afterAll(() => moto.stop());

  test("takes over 40 roles made by hand: what the file can say is imported, and nothing else changes", async () => {
    await makeByCommandLine(moto);
    expect(Object.keys(FATES).length).toBe(40);
    const { folder, document } = await adoptLive(moto);

    const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
    const found = Object.fromEntries([
      ...document.roles.map(({ arn, differences }) => [
        nameIn(arn),
        {
          add: differences.filter(({ change }) => change === "add").length,
          update: differences.filter(({ change }) => change === "update").length,
        },
      ]),
      ...document.leftRoles.map(({ arn, reasons }) => [nameIn(arn), { left: reasons[0]?.reason }]),
    ]);
    const named = Object.entries(FATES).filter(([, fate]) => fate !== "aside");
    expect(found).toEqual(Object.fromEntries(named));
    expect(document.aside).toEqual({ roles: 1, providers: 1 });
    expect(document.leftProviders.map(({ reasons }) => reasons[0]?.reason).sort()).toEqual([...LEFT_PROVIDERS].sort());
    const policies = document.roles.flatMap(({ role, leftPolicies }) =>
      leftPolicies.length === 0 ? [] : [[role, leftPolicies.length]],
    );
    expect(Object.fromEntries(policies)).toEqual(LEFT_POLICIES);

    const report = readFileSync(join(folder, "adopted.md"), "utf8");
    expect(report).toContain("anyone of https://mycompany.cloud.databricks.com/oidc, audience 1444828305810485");
    for (const name of Object.keys(FATES).filter((role) => role !== "lambda")) {
      const fate = FATES[name];
      if (typeof fate === "object" && "left" in fate) expect(report).toContain(name);
    }
    for (const style of ["modules", "resources"] as const) {
      const plan = await firstPlan(moto, folder, style);
      expect({ imported: imported(plan), ...plan.counts }).toEqual({
        imported: IMPORTED,
        ...differencesOf(document),
        destroy: 0,
        moved: 0,
      });
    }

    // after the apply of one, nothing is left to do; and no role that was left was touched
    const terraform = terraformIn(join(folder, "resources"), moto.env);
    const before = await iamOf(moto).trustPolicy("no-subject");
    await terraform.apply();
    expect((await terraform.plan()).counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 0 });
    expect(await iamOf(moto).trustPolicy("no-subject")).toBe(before);

    // the state of one configuration moves to another by the addresses in it
    const state = await terraform.run(["show", "-json"]);
    const moved = join(folder, "moved");
    const file = join(folder, "state.json");
    writeFileSync(file, state.stdout);
    const args = ["adopt", file, "--same-state", "--name", "moved", "--out", moved, "--json"];
    await call(moto, folder, args, [0, 1]);
    const root = ["generate", "root", "--config", "moved/federation.yaml", "--imports", "moved/imports.json"];
    await call(moto, folder, [...root, "--out", "resources", "--style", "modules"]);
    await terraform.init();
    const again = await terraform.plan();
    expect({ imported: imported(again), ...again.counts }).toMatchObject({
      imported: 0,
      add: 0,
      change: 0,
      destroy: 0,
    });
    expect(again.counts.moved).toBe(IMPORTED + differencesOf(document).add);
  });

  test("takes over 20 generated accounts' roles, each in a spelling of its own", async () => {
    const accounts = Array.from({ length: 20 }, (_, index) => generatedAccount(index));
    const { federation } = readFederation({
      ...GENERATED,
      issuers: Object.fromEntries(accounts.map(({ key, issuer }) => [key, issuer])),
      roles: Object.fromEntries(
        accounts.flatMap(({ key, roles }) => roles.map((role, index) => [`${key}-${index}`, role])),
      ),
    });
    const [account] = federation.accounts;
    if (account === undefined) throw new RangeError("the account is named");
    const view = accountView(federation, account);
    const spellings = fc.sample(arbitrarySpelling, { numRuns: 20, seed: 14 });
    await makeByApi(moto, callsOf(iamDocuments(view, spellings)));
    const { folder, document } = await adoptLive(moto);
    expect(document.roles.length).toBeGreaterThan(20);
    for (const style of ["modules", "resources"] as const) {
      const { counts } = await firstPlan(moto, folder, style);
      expect(counts).toEqual({ ...differencesOf(document), destroy: 0, moved: 0 });
    }
  });

  test("proposes who was seen in CloudTrail, and the reader's choice is imported with the rest", async () => {
    await makeByApi(moto);
    const trail = join((await adoptLive(moto)).folder, "trail.json");
    const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/mycompany.cloud.databricks.com/oidc`;
    const record = {
      eventVersion: "1.08",
      eventTime: "2026-11-01T08:00:00Z",
      eventSource: "sts.amazonaws.com",
      eventName: "AssumeRoleWithWebIdentity",
      awsRegion: "us-east-1",
      sourceIPAddress: "203.0.113.7",
      readOnly: true,
      eventID: "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b",
      recipientAccountId: ACCOUNT,
      userIdentity: { type: "WebIdentityUser", userName: READER, identityProvider: provider },
      requestParameters: { roleArn: `arn:aws:iam::${ACCOUNT}:role/no-subject`, roleSessionName: "job" },
      responseElements: {
        subjectFromWebIdentityToken: READER,
        audience: "1444828305810485",
        provider,
        credentials: { accessKeyId: "ASIAIOSFODNN7EXAMPLE" },
      },
    };
    writeFileSync(trail, JSON.stringify({ Records: [record] }));
    const { folder, document } = await adoptLive(moto, "--trail", trail);
    const proposal = document.leftRoles.find(({ arn }) => arn.endsWith("/no-subject"))?.proposal;
    expect(proposal).toEqual({
      trusts: [{ issuer: "mycompany", servicePrincipals: [READER] }],
    });
    appendFileSync(
      join(folder, "federation.yaml"),
      `  no-subject:\n    trusts: [{ issuer: mycompany, servicePrincipals: [${READER}] }]\n`,
    );
    const plan = await firstPlan(moto, folder, "resources");
    expect({ imported: imported(plan), ...plan.counts }).toEqual({
      imported: IMPORTED + 1,
      add: differencesOf(document).add,
      change: differencesOf(document).change + 1,
      destroy: 0,
      moved: 0,
    });
  });
});

const GENERATED = {
  name: "generated",
  aws: { accountId: ACCOUNT },
  emailDomains: EMAIL_DOMAINS,
  identities: IDENTITIES,
  trustPolicyMaxLength: 8192,
};

/** A workspace, and two roles that trust it. */
function generatedAccount(index: number) {
  const key = `w${index}`;
  const issuer = {
    level: "workspace" as const,
    host: `${key}.cloud.databricks.com`,
    workspaceId: `14448283058104${index + 10}`,
  };
  // the local AWS takes no other resources
  const hasArns = ({ inlinePolicies = {} }: RoleDeclaration): boolean =>
    !/"Resource":"(?!arn:)/.test(JSON.stringify(inlinePolicies));
  const isValid = (role: RoleDeclaration): boolean => {
    try {
      return readFederation({ ...GENERATED, issuers: { [key]: issuer }, roles: { role } }).federation.roles.length > 0;
    } catch {
      return false;
    }
  };
  const roles = fc
    .sample(arbitraryRole({ [key]: issuer }, "aws", ACCOUNT), { numRuns: 30, seed: index })
    // such patterns let in identities that no one named, and wait for a decision
    .map((role) => ({
      ...role,
      trusts: role.trusts.map((trust) => ("issuer" in trust ? { ...trust, wideSubjectPatterns: [] } : trust)),
    }));
  return { key, issuer, roles: roles.filter(hasArns).filter(isValid).slice(0, 2) };
}

/** What makes the account that `aws iam` would print so. */
function callsOf({ details, roles, providers }: ReturnType<typeof iamDocuments>): readonly (readonly IamCall[])[] {
  type Members = Readonly<Record<string, unknown>>;
  const detailed = (details as { readonly RoleDetailList: readonly Members[] }).RoleDetailList;
  const settings = (roles as { readonly Roles: readonly Members[] }).Roles;
  const attached = (role: Members): readonly string[] =>
    (role["AttachedManagedPolicies"] as readonly { readonly PolicyArn: string }[]).map(({ PolicyArn }) => PolicyArn);
  const anything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';
  const boundary = (role: Members): string | undefined =>
    (role["PermissionsBoundary"] as { readonly PermissionsBoundaryArn: string } | undefined)?.PermissionsBoundaryArn;
  const arns = new Set(detailed.flatMap((role) => [...attached(role), boundary(role) ?? []].flat()));
  return [
    [
      ...[...arns].flatMap((arn): readonly IamCall[] => {
        const name = /:policy\/(.+)$/.exec(arn)?.[1];
        return name === undefined ? [] : [["create-policy", { PolicyName: name, PolicyDocument: anything }]];
      }),
      ...providers.map((provider): IamCall => [
        "create-open-id-connect-provider",
        { ...(provider as Members), Url: `https://${String((provider as Members)["Url"])}` },
      ]),
    ],
    detailed.map((role, index): IamCall => [
      "create-role",
      {
        RoleName: role["RoleName"],
        Path: role["Path"],
        AssumeRolePolicyDocument: JSON.stringify(role["AssumeRolePolicyDocument"]),
        Description: settings[index]?.["Description"],
        MaxSessionDuration: settings[index]?.["MaxSessionDuration"],
        PermissionsBoundary: boundary(role),
        Tags: role["Tags"],
      },
    ]),
    detailed.flatMap((role): readonly IamCall[] => [
      ...attached(role).map((PolicyArn): IamCall => ["attach-role-policy", { RoleName: role["RoleName"], PolicyArn }]),
      ...(role["RolePolicyList"] as readonly Members[]).map(({ PolicyName, PolicyDocument }): IamCall => [
        "put-role-policy",
        { RoleName: role["RoleName"], PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) },
      ]),
    ]),
  ];
}
