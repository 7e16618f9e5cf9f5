/** `generate client`: files for whoever uses a role from inside Databricks, from a laptop or from CI, without Node. */
import type { CommandModule } from "yargs";
import { examples } from "../../examples";
import { version } from "../../../../package.json";
import type { ClientPlace } from "../../../client/places";
import { CLIENT_PLACES } from "../../../client/places";
import { run, tell } from "../../run";

interface Flags {
  readonly config: string;
  readonly for: ClientPlace;
  readonly role?: string;
  readonly issuer?: string;
  readonly account?: string;
  readonly "aws-account-id"?: string;
  readonly out: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "client",
  describe: "Files that use a role without a stored key: Python, a cluster policy, a bundle, a workflow",
  builder: (yargs) =>
    yargs
      .option("config", { type: "string", default: "federation.yaml", describe: "Federation file" })
      .option("for", { choices: CLIENT_PLACES, demandOption: true, describe: "Where it runs" })
      .option("role", { type: "string", describe: "Role of the federation (its key or name); default: the only one" })
      .option("issuer", {
        type: "string",
        describe: "Key of the issuer whose tokens to use, where the role trusts several",
      })
      .option("account", { type: "string", describe: "Key of the AWS account, where the federation has several" })
      .option("aws-account-id", { type: "string", describe: "12 digits, where the federation names no account" })
      .option("out", { type: "string", demandOption: true, describe: "Folder for the files" })
      .option("check", { type: "boolean", default: false, describe: "Write nothing; exit 1 and list what differs" })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" })
      .epilogue(
        examples([
          "$0 generate client --for notebook --role lake-reader \\\n--out clients/notebook",
          "a self-renewing boto3 session in one file",
        ]),
      ),
  handler: (flags) =>
    run(async () => {
      const [{ readFederationFile }, { clientOf }, { clientTree }, { deliver }] = await Promise.all([
        import("../../../files/load-federation"),
        import("../../../client/client"),
        import("../../../client/files"),
        import("./deliver"),
      ]);
      const { federation, warnings } = readFederationFile(flags.config);
      for (const warning of warnings) tell(`warning: ${warning.message} [${warning.code}]`);
      const client = clientOf(federation, {
        place: flags.for,
        role: flags.role,
        issuer: flags.issuer,
        account: flags.account,
        awsAccountId: flags["aws-account-id"],
      });
      return deliver(flags.out, clientTree(client, version), flags);
    }, flags),
};

export default command;
