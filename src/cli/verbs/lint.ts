/** `lint`: judges federations, policies, roles, plans; compares before and after. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import { version } from "../../../package.json";
import type { ExitCode } from "../run";
import { run, say, sayJson, tell } from "../run";

interface Flags {
  /** The verb and its files. */
  readonly _: readonly (string | number)[];
  readonly config?: string;
  readonly before?: string;
  readonly "given-provider"?: readonly string[];
  readonly "max-warnings"?: string;
  readonly "fail-on-widening"?: boolean;
  readonly json?: boolean;
  readonly sarif?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "lint",
  describe: "Judge a federation, a policy, a Terraform plan",
  builder: (yargs) =>
    yargs
      .usage(
        "$0 lint [FILE…]\n\nJudges federation files, trust policies and roles as IAM prints them, terraform " +
          "show -json of a plan or state, cdk.tf.json, folders of these, or - for standard input. Default: " +
          "federation.yaml.",
      )
      // A declared positional would lose a lone -, so files are read from what is left over.
      .strict(false)
      .strictOptions()
      .option("config", { type: "string", describe: "The same as FILE" })
      .option("before", {
        type: "string",
        nargs: 1,
        describe: "Compare with this document: who gains and who loses a role",
      })
      .option("given-provider", {
        type: "string",
        array: true,
        nargs: 1,
        describe: "ARN of an OIDC provider that exists already",
      })
      .option("max-warnings", { type: "string", describe: "Exit 1 with more warnings than this" })
      .option("fail-on-widening", {
        type: "boolean",
        default: false,
        describe: "Exit 1 where somebody gets in who did not before",
      })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" })
      .option("sarif", { type: "boolean", default: false, describe: "SARIF 2.1.0 on stdout, for code scanning" })
      .epilogue(
        examples(
          ["$0 lint", "judge federation.yaml"],
          ["terraform show -json plan |\n$0 lint - --fail-on-widening", "judge a plan, and refuse anyone new"],
        ),
      ),
  handler: (flags) =>
    run(
      async (): Promise<ExitCode> => {
        const { InputError } = await import("../../errors");
        const { readDocuments, readOne } = await import("../../lint/read-documents");
        const { lintDocuments, lintExitCode } = await import("../../lint/lint-documents");
        const maxWarnings = flags["max-warnings"];
        if (maxWarnings !== undefined && !/^\d+$/.test(maxWarnings)) {
          throw new InputError([
            {
              code: "wrong-type",
              message: `--max-warnings ${maxWarnings} is no number.`,
              path: "max-warnings",
              fix: "Write a whole number, e.g. --max-warnings 0.",
            },
          ]);
        }
        const givenProviders = flags["given-provider"] ?? [];
        const odd = givenProviders.find((arn) => !/^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider\/./.test(arn));
        if (odd !== undefined) {
          throw new InputError([
            {
              code: "given-provider-invalid",
              message: `${JSON.stringify(odd)} is not the ARN of an OIDC provider.`,
              path: "given-provider",
              fix: "Write it like arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc.",
            },
          ]);
        }
        const named = [...(flags.config === undefined ? [] : [flags.config]), ...flags._.slice(1).map(String)];
        const documents = await readDocuments(named.length === 0 ? ["federation.yaml"] : named, (message) =>
          tell(`note: ${message}`),
        );
        const before = flags.before === undefined ? undefined : (await readOne(flags.before)).document;
        const report = lintDocuments(documents, { before, givenProviders });
        if (flags.sarif === true) sayJson((await import("../../lint/output/sarif")).lintSarif(report, version));
        else if (flags.json === true) sayJson(report);
        else
          say(
            (await import("../../lint/output/text")).lintText(
              report,
              process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined,
            ),
          );
        return lintExitCode(report, {
          maxWarnings: maxWarnings === undefined ? undefined : Number(maxWarnings),
          failOnWidening: flags["fail-on-widening"],
        });
      },
      { json: flags.json === true || flags.sarif === true },
    ),
};

export default command;
