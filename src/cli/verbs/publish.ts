/** `publish`: a packed release into a registry: a folder, a bucket, or git repositories. */
import { counted } from "../../text/words";
import { FLAGS, flags } from "../flags";
import { type ExitCode, sayJson, sayLine, tell, withProgress } from "../run";
import { verb } from "../verb";

export default verb({
  flags: {
    ...flags("release", "to"),
    namespace: { ...FLAGS.namespace, about: `${FLAGS.namespace.about} (default: the registry's, where it has one)` },
    ...flags("baseUrl"),
    bucket: { ...FLAGS.bucket, about: "With --to s3: the bucket" },
    ...flags("prefix", "endpoint"),
    region: { ...FLAGS.region, about: "With --to s3: region of the bucket (default: AWS_REGION)" },
    ...flags("repository", "module", "dryRun", "verify", "json"),
  },
  examples: [
    ["$0 publish --to registry --namespace acme", "a folder for any web server"],
    ["$0 publish --to registry --verify", "is every file as it was published?"],
    ["$0 publish --to s3 --bucket acme-registry --namespace acme", "a bucket behind a CDN"],
    [
      "$0 publish --to git \\\n--repository 'https://github.com/acme/terraform-aws-{name}.git'",
      "the public registry's repositories",
    ],
  ],
  run: async (options) => {
    if (options.verify) return verify(options.to, options.json);
    const [{ verifyRelease }, { publish }, { processEnvironment }] = await Promise.all([
      import("../../release/verify"),
      import("../../registry/publish/publish"),
      import("../../network/environment"),
    ]);
    const published = await withProgress("publishing", async () =>
      publish(await verifyRelease(options.release), { ...options, environment: processEnvironment() }),
    );
    if (options.json) sayJson(published);
    else
      for (const { module, version, change } of published.changes)
        sayLine(`${change === "add" ? "+" : "="} ${module} ${version}`);
    tell(summary(published));
    return 0;
  },
});

function summary({
  changes,
  files = [],
  repaired,
  dryRun,
}: import("../../registry/publish/publish").Published): string {
  const added = changes.filter(({ change }) => change === "add").length;
  const repair = `An earlier publish was interrupted here; its remains ${dryRun ? "would be" : "were"} removed. `;
  const versions =
    added === 0
      ? "Every version is published already"
      : `${added} of ${counted(changes.length, "version")} ${dryRun ? "would be added" : "added"}`;
  const written = files.length === 0 ? "" : `, ${counted(files.length, "file")} ${dryRun ? "to write" : "written"}`;
  return `${repaired ? repair : ""}${versions}${written}.`;
}

async function verify(to: string, json: boolean): Promise<ExitCode> {
  const [{ formatProblem }, { readFolderTarget }, { verifyFolder }] = await Promise.all([
    import("../../errors"),
    import("../../registry/publish/publish"),
    import("../../registry/publish/verify-folder"),
  ]);
  const folder = readFolderTarget(to);
  const { problems, versions, modules } = await verifyFolder(folder);
  if (json) sayJson({ registry: folder, problems, versions, modules });
  else for (const problem of problems) sayLine(formatProblem(problem));
  tell(
    problems.length === 0
      ? `${folder} is whole: ${versions} versions of ${modules} modules.`
      : `${folder} differs from what was published.`,
  );
  return problems.length === 0 ? 0 : 1;
}
