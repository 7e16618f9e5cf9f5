import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import type { Moto } from "./moto";

/** What the local AWS holds, read through the AWS SDK. */
export interface Iam {
  readonly client: IAMClient;
  readonly providerArns: () => Promise<readonly string[]>;
  readonly roleNames: () => Promise<readonly string[]>;
  /** As stored, percent-encoding undone. */
  readonly trustPolicy: (role: string) => Promise<string>;
  readonly inlinePolicies: (role: string) => Promise<Readonly<Record<string, string>>>;
  readonly attachedPolicyArns: (role: string) => Promise<readonly string[]>;
}

/** An IAM client for `moto`; call `client.destroy()` when done. */
export function iamOf(moto: Moto): Iam {
  const client = new IAMClient({
    endpoint: moto.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  });
  return {
    client,
    providerArns: async () => {
      const { OpenIDConnectProviderList: list = [] } = await client.send(new ListOpenIDConnectProvidersCommand({}));
      return list.flatMap((provider) => provider.Arn ?? []).sort();
    },
    roleNames: async () =>
      (await client.send(new ListRolesCommand({}))).Roles?.flatMap((role) => role.RoleName ?? []).sort() ?? [],
    trustPolicy: async (role) =>
      decodeURIComponent(
        (await client.send(new GetRoleCommand({ RoleName: role }))).Role?.AssumeRolePolicyDocument ?? "",
      ),
    inlinePolicies: async (role) => {
      const { PolicyNames: names = [] } = await client.send(new ListRolePoliciesCommand({ RoleName: role }));
      const documents = await Promise.all(
        names.map(
          async (name) =>
            [
              name,
              decodeURIComponent(
                (await client.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }))).PolicyDocument ??
                  "",
              ),
            ] as const,
        ),
      );
      return Object.fromEntries(documents);
    },
    attachedPolicyArns: async (role) =>
      (await client.send(new ListAttachedRolePoliciesCommand({ RoleName: role }))).AttachedPolicies?.flatMap(
        (policy) => policy.PolicyArn ?? [],
      ).sort() ?? [],
  };
}
