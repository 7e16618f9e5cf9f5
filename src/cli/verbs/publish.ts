/** `publish`: a packed release into a registry: a folder, a bucket, or git repositories. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import type { ExitCode } from "../run";
import { run, say, sayJson, tell } from "../run";

interface Flags {
  readonly from: string;
  readonly to: string;
  readonly namespace?: string;
  readonly "base-url"?: string;
  readonly bucket?: string;
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly repository?: string;
  readonly module?: string;
  readonly "dry-run"?: boolean;
  readonly verify?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "publish",
  describe: "Put releases into a registry",
  builder: (yargs) =>
    yargs
      .option("from", { type: "string", default: "out/release", describe: "The release, as pack wrote it" })
      .option("to", { type: "string", demandOption: true, describe: "A folder to serve, s3, or git" })
      .option("namespace", {
        type: "string",
        describe: "Namespace of the modules (default: the registry's, where it has one)",
      })
      .option("base-url", {
        type: "string",
        describe: "Where the registry is served, e.g. https://registry.example.com (default: as it was)",
      })
      .option("bucket", { type: "string", describe: "For --to s3: the bucket" })
      .option("prefix", { type: "string", default: "", describe: "For --to s3: where in the bucket" })
      .option("endpoint", { type: "string", describe: "For --to s3: of an S3-compatible server" })
      .option("region", { type: "string", describe: "For --to s3: of the bucket (default: AWS_REGION)" })
      .option("repository", {
        type: "string",
        describe: "For --to git: URL or folder; {name} stands for the module's name",
      })
      .option("module", { type: "string", describe: "For --to git: this module only" })
      .option("dry-run", {
        type: "boolean",
        default: false,
        describe: "Say what would be published, and publish nothing",
      })
      .option("verify", {
        type: "boolean",
        default: false,
        describe: "For a folder: check the registry there whole, and publish nothing",
      })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" })
      .epilogue(
        examples(
          ["$0 publish --to registry --namespace acme", "a folder for any web server"],
          ["$0 publish --to registry --verify", "is every file as it was published?"],
          ["$0 publish --to s3 --bucket acme-registry --namespace acme", "a bucket behind a CDN"],
          [
            "$0 publish --to git \\\n--repository 'https://github.com/acme/terraform-aws-{name}.git'",
            "the public registry's repositories",
          ],
        ),
      ),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      if (flags.verify === true) return verify(flags);
      const { verifyRelease } = await import("../../release/verify");
      const release = await verifyRelease(flags.from);
      const { answerPublish } = await import("../../registry/publish/answer");
      const { processEnvironment } = await import("../../network/environment");
      const answer = await answerPublish(release, {
        ...flags,
        baseUrl: flags["base-url"],
        dryRun: flags["dry-run"],
        environment: processEnvironment(),
      });
      if (flags.json === true) sayJson(answer);
      else
        for (const { module, version, change } of answer.changes)
          say(`${change === "add" ? "+" : "="} ${module} ${version}`);
      tell(summary(flags, answer));
      return 0;
    }, flags),
};

function summary(
  flags: Flags,
  { changes, files, repaired }: import("../../registry/publish/answer").PublishAnswer,
): string {
  const added = changes.filter(({ change }) => change === "add").length;
  const versions =
    added === 0
      ? "Every version is published already"
      : `${added} of ${changes.length} versions ${flags["dry-run"] === true ? "would be added" : "added"}`;
  const written =
    files === undefined || files.length === 0
      ? ""
      : `, ${files.length} files ${flags["dry-run"] === true ? "to write" : "written"}`;
  return `${repaired ? `An earlier publish was stopped here; what it ` + `left ${flags["dry-run"] === true ? "would be" : "is"} cleared away. ` : ""}${versions}${written}.`;
}

async function verify(flags: Flags): Promise<ExitCode> {
  const { formatProblem } = await import("../../errors");
  const { readFolderTarget } = await import("../../registry/publish/answer");
  const { verifyFolder } = await import("../../registry/publish/verify-folder");
  const folder = readFolderTarget(flags.to);
  const answer = await verifyFolder(folder);
  if (flags.json === true) sayJson({ registry: folder, ...answer });
  else for (const problem of answer.problems) say(formatProblem(problem));
  tell(
    answer.problems.length === 0
      ? `${folder} is whole: ${answer.versions} versions of ${answer.modules} modules.`
      : `${folder} is not as it was published.`,
  );
  return answer.problems.length === 0 ? 0 : 1;
}

export default command;
