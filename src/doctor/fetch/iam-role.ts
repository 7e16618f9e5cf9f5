/** Reads one role with its policies. What may not be read is reported; the rest is still read. */
import type { IAMClient } from "@aws-sdk/client-iam";
import { each } from "./fetch-url";
import { type Ask, Failed } from "./iam-error";
import type { Failure } from "../check";
import { type Found, type LiveRole, liveRoles } from "./live";

const AT_ONCE = 6;

/** A function that reads a role by its name; what several roles attach is read once. It throws what GetRole throws. */
export function roleReader(
  sdk: typeof import("@aws-sdk/client-iam"),
  client: IAMClient,
  ask: Ask,
): (name: string) => Promise<LiveRole> {
  const documents = new Map<string, Promise<Found<object>>>();
  const documentOf = (arn: string): Promise<Found<object>> => {
    const known =
      documents.get(arn) ??
      ask(async () => {
        const { Policy } = await client.send(new sdk.GetPolicyCommand({ PolicyArn: arn }));
        const { PolicyVersion } = await client.send(
          new sdk.GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId }),
        );
        return { Arn: arn, PolicyVersionList: [{ IsDefaultVersion: true, Document: PolicyVersion?.Document }] };
      });
    documents.set(arn, known);
    return known;
  };
  const policiesOf = async (RoleName: string) => {
    const [attached, names] = await Promise.all([
      everyPage(
        async (marker) => client.send(new sdk.ListAttachedRolePoliciesCommand({ RoleName, ...marker })),
        (page) => page.AttachedPolicies ?? [],
      ),
      everyPage(
        async (marker) => client.send(new sdk.ListRolePoliciesCommand({ RoleName, ...marker })),
        (page) => page.PolicyNames ?? [],
      ),
    ]);
    const inline = await each(names, AT_ONCE, async (PolicyName) => ({
      PolicyName,
      PolicyDocument: (await client.send(new sdk.GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument,
    }));
    return { attached, inline };
  };
  return async (name) => {
    const [{ Role }, policies] = await Promise.all([
      client.send(new sdk.GetRoleCommand({ RoleName: name })),
      ask(() => policiesOf(name)),
    ]);
    const { attached, inline } = policies.kind === "found" ? policies.value : { attached: [], inline: [] };
    // like GetAccountAuthorizationDetails, which has no documents of AWS' own policies
    const opened = await each(
      attached.flatMap(({ PolicyArn }) =>
        PolicyArn === undefined || PolicyArn.includes(":iam::aws:") ? [] : PolicyArn,
      ),
      AT_ONCE,
      documentOf,
    );
    const [role] = liveRoles(
      [{ ...Role, AttachedManagedPolicies: attached, RolePolicyList: inline }],
      opened.flatMap((one) => (one.kind === "found" ? [one.value] : [])),
    );
    if (role === undefined)
      throw new Failed({
        kind: "failed",
        code: "aws-answer-unreadable",
        message: `IAM answered for role ${name} with something that is not a role.`,
        fix: "Check for a proxy between this machine and AWS.",
      });
    return {
      ...role,
      policiesUnread: failureOf(policies),
      documentsUnread: failureOf(opened.find(({ kind }) => kind === "failed")),
    };
  };
}

/** A role that was deleted a moment ago is reported by GetRole. */
function failureOf(found: Found<unknown> | undefined): Failure | null {
  return found?.kind === "failed" ? found : null;
}

async function everyPage<
  P extends { readonly IsTruncated?: boolean | undefined; readonly Marker?: string | undefined },
  T,
>(page: (marker: { readonly Marker?: string }) => Promise<P>, items: (page: P) => readonly T[]): Promise<readonly T[]> {
  const all: T[] = [];
  let marker: string | undefined;
  // a role has at most a few dozen policies
  for (let pages = 0; pages < 20; pages += 1) {
    const answer = await page(marker === undefined ? {} : { Marker: marker });
    all.push(...items(answer));
    marker = answer.IsTruncated === true ? answer.Marker : undefined;
    if (marker === undefined) break;
  }
  return all;
}
