/** `adopt`: an account that exists as a federation file, with what to import and what to decide. */
import { resolve } from "node:path";
import { version } from "../../../package.json";
import { inputError } from "../../errors";
import { FLAGS, flags } from "../flags";
import { progress, sayJson, sayText } from "../run";
import { showTrailProgress } from "../trail";
import { verb } from "../verb";

export default verb({
  flags: {
    aws: { about: "Read the account of the AWS credentials in use; reads IAM only" },
    out: { ...FLAGS.out, required: true, about: "Folder for federation.yaml, imports.json and adopted.md" },
    name: { ...FLAGS.name, about: "Name of the federation (default: adopted)" },
    ...flags("trail", "sameState"),
    awsAccountId: { ...FLAGS.awsAccountId, about: "AWS account to take over, where the files are of several" },
    ...flags("region", "timeout", "allowEndpoint", "json"),
  },
  words: {
    name: "FILE",
    many: true,
    about:
      "What aws iam get-account-authorization-details, list-roles, get-role or get-open-id-connect-provider printed, " +
      "terraform show -json of a state, or - for standard input",
  },
  examples: [
    ["$0 adopt --aws --out federation", "the account of the AWS credentials in use"],
    [
      "aws iam get-account-authorization-details > details.json\naws iam list-roles > roles.json\n" +
        "$0 adopt details.json roles.json \\\n--out federation --trail trail",
      "from files, and with what CloudTrail shows",
    ],
  ],
  run: async (options, { words }) => {
    if (!options.aws && words.length === 0)
      throw inputError("usage", "adopt needs --aws, or a file.", "See adopt --help.");
    const [{ accountOf }, { adopt }, { adoptedFiles }, { adoptionDocument, adoptionText }, { replaceTree }] =
      await Promise.all([
        import("../../adopt/account"),
        import("../../adopt/adopt"),
        import("../../adopt/files"),
        import("../../adopt/text"),
        import("../../files/replace-tree"),
      ]);
    const { name = "adopted", out } = options;
    await checkName(name);
    const files = await read(words);
    const states = files.filter(({ roles, providers }) =>
      [...roles.map(({ addresses }) => addresses.role), ...providers.map(({ address }) => address)].some(Boolean),
    );
    if (options.sameState && states.length > 1)
      throw inputError(
        "usage",
        `--same-state is of one state, and ${states.map(({ source }) => source).join(" and ")} are several.`,
        "Give the state that the new configuration takes over, or leave --same-state out.",
        "same-state",
      );
    const account = accountOf([...(await live(options)), ...files], options.awsAccountId);
    const evidence = await trailOf(options.trail);
    const { schemaFor } = await import("../../init/init");
    const adoption = adopt(account, {
      name,
      schema: schemaFor(resolve(out, "federation.yaml")),
      sameState: options.sameState,
      evidence,
      now: Date.now() / 1000,
      onRole: (done, of) => progress(`compared ${done} of ${of} roles`),
    });
    const concerned = adoption.issuers.length + adoption.leftProviders.length + adoption.leftRoles.length;
    if (concerned === 0)
      throw inputError(
        "nothing-to-adopt",
        `No role and no OIDC provider of AWS account ${account.accountId} concerns Databricks.`,
        "Check the account; databricks-aws-oidc init begins a federation that does not exist yet.",
      );
    const tree = adoptedFiles(adoption, { out, version, evidence });
    replaceTree(out, tree);
    if (options.json) sayJson(adoptionDocument(adoption, [...tree.files.keys()]));
    else sayText(adoptionText(adoption, out));
    return adoption.leftRoles.length + adoption.leftProviders.length > 0 ? 1 : 0;
  },
});

async function checkName(name: string): Promise<void> {
  const [{ violation }, { FEDERATION_NAME }, { refuse }] = await Promise.all([
    import("../../text/text-rule"),
    import("../../federation/rules"),
    import("../../errors"),
  ]);
  const problem = violation(FEDERATION_NAME, name, "name");
  if (problem !== undefined) refuse([problem]);
}

async function live(options: {
  readonly aws: boolean;
  readonly region: string | undefined;
  readonly timeout: string | undefined;
  readonly allowEndpoint: boolean;
}): Promise<readonly import("../../adopt/account").AccountPart[]> {
  if (!options.aws) return [];
  const [{ liveAccount }, { processEnvironment }, { limitsOf }] = await Promise.all([
    import("../../adopt/live-account"),
    import("../../network/environment"),
    import("../../doctor/options"),
  ]);
  return [
    await liveAccount({
      environment: processEnvironment(),
      region: options.region,
      allowEndpoint: options.allowEndpoint,
      timeoutMs: limitsOf({ timeout: options.timeout }).timeoutMs,
      onProgress: progress,
    }),
  ];
}

async function read(files: readonly string[]): Promise<readonly import("../../adopt/account").AccountPart[]> {
  const [{ readAccountText }, { readText }] = await Promise.all([
    import("../../adopt/read-account"),
    import("../../files/read-file"),
  ]);
  return files.map((file) =>
    readAccountText(readText(file, "Name a file that aws iam or terraform show wrote."), file),
  );
}

async function trailOf(paths: readonly string[]): Promise<import("../../adopt/evidence").Evidence | null> {
  if (paths.length === 0) return null;
  const [{ readEvidence }, { requireRecords }] = await Promise.all([
    import("../../adopt/evidence"),
    import("../../audit/read-events"),
  ]);
  const evidence = await readEvidence(paths, showTrailProgress);
  requireRecords(evidence.trail, "trail");
  return evidence;
}
