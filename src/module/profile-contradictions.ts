/** What no single value of a profile shows: parts that clash, and demands that nobody could keep. */
import type { Problem } from "../errors";
import { checkPolicyArn } from "../federation/check-policies";
import { checkTags } from "../federation/check-tags";
import { MAX_TAGS } from "../federation/rules";
import { isAccountsHost } from "../issuer/clouds";
import { PARTITIONS } from "../issuer/rules";
import { quoted } from "../text/text-rule";
import { publishedModules } from "./modules";
import type { Profile } from "./profile-schema";
import { providerRangeProblems } from "./provider-range";
import { SAMPLE_ROLE } from "./sample";

/** Codes: profile-invalid, boundary-arn-invalid, tag-invalid, tag-collision, too-many-tags, host-is-accounts-host. */
export function contradictions(profile: Profile): readonly Problem[] {
  return [
    ...names(profile),
    ...boundaries(profile),
    ...tags(profile),
    ...roomForNames(profile),
    ...hosts(profile),
    ...providerRangeProblems(profile.providerRange),
  ];
}

function invalid(message: string, path: string, fix: string): Problem {
  return { code: "profile-invalid", message, path, fix };
}

function names({ names: renamed = {} }: Profile): readonly Problem[] {
  const given: Readonly<Record<string, string | undefined>> = renamed;
  // a module without a name of its own keeps the one it has
  const chosen = publishedModules().map(({ name }) => given[name] ?? name);
  const twice = chosen.find((name, index) => chosen.indexOf(name) < index);
  return twice === undefined ? [] : [invalid(`Two modules would be called ${twice}.`, "names", "Rename one.")];
}

function boundaries({ defaults = {}, permissionsBoundary }: Profile): readonly Problem[] {
  const boundary = defaults.permissionsBoundaryArn;
  if (boundary === undefined) return [];
  const path = "defaults.permissionsBoundaryArn";
  // Without a default AWS is asked for the partition: then the ARN's own is as good as any.
  const partition = defaults.awsPartition ?? PARTITIONS.find((known) => known === boundary.split(":")[1]) ?? "aws";
  return [
    ...((permissionsBoundary?.allowed?.includes(boundary) ?? true)
      ? []
      : [
          invalid(
            "The default permissions boundary is none of the allowed ones.",
            path,
            "Add it to permissionsBoundary.allowed, or change it.",
          ),
        ]),
    ...checkPolicyArn(boundary, path, "boundary-arn-invalid", [
      { partition, accountId: defaults.awsAccountId ?? null },
    ]),
  ];
}

/** Every resource has the default tags and the mandatory ones: together they must be tags that IAM takes. */
function tags({ defaults = {}, mandatoryTags = [] }: Profile): readonly Problem[] {
  const given = Object.keys(defaults.tags ?? {});
  const more = mandatoryTags.filter((key) => !given.includes(key));
  const mandatory = mandatoryTags.flatMap((key, index): readonly Problem[] => {
    const path = `mandatoryTags[${index}]`;
    const own = checkTags({ [key]: "" }, {}, path).map((problem) => ({ ...problem, path }));
    const clash = (other: string): boolean => other.toLowerCase() === key.toLowerCase();
    const other = mandatoryTags.slice(0, index).find(clash) ?? given.find((name) => name !== key && clash(name));
    return other === undefined
      ? own
      : [
          ...own,
          {
            code: "tag-collision",
            message: `The tags ${quoted(other)} and ${quoted(key)} differ at most in case, which IAM ignores.`,
            path,
            fix: "Keep one.",
          },
        ];
  });
  return [
    ...checkTags(defaults.tags ?? {}, {}, "defaults.tags"),
    ...mandatory,
    ...(more.length === 0 || given.length + more.length <= MAX_TAGS
      ? []
      : [
          {
            code: "too-many-tags" as const,
            message:
              `${given.length + more.length} tags on every resource, the default ones included; IAM ` +
              `takes ${MAX_TAGS}.`,
            path: "mandatoryTags",
            fix: "Remove some.",
          },
        ]),
  ];
}

function roomForNames({ defaults = {} }: Profile): readonly Problem[] {
  const name = (defaults.roleNamePrefix ?? "").length + SAMPLE_ROLE.length;
  const path = (defaults.rolePath ?? "/").length;
  return [
    ...(name <= 64
      ? []
      : [
          invalid(
            `The prefix leaves ${64 - name + SAMPLE_ROLE.length} of a role name's 64 characters, too few ` +
              `for ${SAMPLE_ROLE}.`,
            "defaults.roleNamePrefix",
            "Shorten it.",
          ),
        ]),
    ...(path + name <= 512
      ? []
      : [
          invalid(
            `The path has ${path} characters; with a role's name the IAM limit is 512.`,
            "defaults.rolePath",
            "Shorten it.",
          ),
        ]),
  ];
}

function hosts({ allowedHosts = [] }: Profile): readonly Problem[] {
  return allowedHosts.flatMap((host, index): readonly Problem[] =>
    isAccountsHost(host)
      ? [
          {
            code: "host-is-accounts-host",
            message: `${quoted(host)} is an accounts host, never that of a workspace.`,
            path: `allowedHosts[${index}]`,
            fix: "Bind account issuers by allowedAccountIds.",
          },
        ]
      : [],
  );
}
