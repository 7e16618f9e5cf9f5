/** `lint`: checks federations, policies, roles, plans; compares before and after. */
import { version } from "../../../package.json";
import { inputError } from "../../errors";
import { quoted } from "../../text/text-rule";
import { flags } from "../flags";
import { hide, say, sayJson, sayText, tell } from "../run";
import { verb } from "../verb";

export default verb({
  flags: flags("config", "before", "givenProvider", "maxWarnings", "failOnWidening", "json", "sarif", "markdown"),
  words: {
    name: "FILE",
    many: true,
    about:
      "Federation files, trust policies and roles as IAM prints them, terraform show -json of a plan or state, " +
      "cdk.tf.json, folders of these, or - for standard input (default: federation.yaml)",
  },
  examples: [
    ["$0 lint", "check federation.yaml"],
    ["terraform show -json plan |\n$0 lint - --fail-on-widening", "check a plan, and refuse anyone new"],
  ],
  run: async (options, { words }) => {
    const { readDocuments, readOne } = await import("../../lint/read-documents");
    const { lintDocuments, lintExitCode } = await import("../../lint/lint-documents");
    const { maxWarnings, givenProvider: givenProviders, failOnWidening } = options;
    if (maxWarnings !== undefined && !/^\d+$/.test(maxWarnings))
      throw inputError(
        "wrong-type",
        `--max-warnings must be a whole number, not ${quoted(maxWarnings)}.`,
        "Write it like --max-warnings 0.",
        "max-warnings",
      );
    const odd = givenProviders.find((arn) => !/^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider\/./.test(arn));
    if (odd !== undefined)
      throw inputError(
        "given-provider-invalid",
        `${quoted(odd)} is not the ARN of an OIDC provider.`,
        "Write it like arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc.",
        "given-provider",
      );
    const named = [...(options.config === undefined ? [] : [options.config]), ...words];
    const documents = await readDocuments(named.length === 0 ? ["federation.yaml"] : named, (message) =>
      tell(`note: ${message}`),
    );
    const before = options.before === undefined ? undefined : (await readOne(options.before)).document;
    hide(
      [...documents.map(({ document }) => document), ...(before === undefined ? [] : [before])].flatMap(
        ({ sensitive }) => sensitive,
      ),
    );
    const report = lintDocuments(documents, { before, givenProviders });
    if (options.sarif) sayJson((await import("../../lint/output/sarif")).lintSarif(report, version));
    else if (options.json) sayJson(report);
    else if (options.markdown) say((await import("../../lint/output/markdown")).lintMarkdown(report));
    else sayText((await import("../../lint/output/text")).lintText(report));
    return lintExitCode(report, {
      maxWarnings: maxWarnings === undefined ? undefined : Number(maxWarnings),
      failOnWidening,
    });
  },
});
