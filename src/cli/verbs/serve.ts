/** `serve`: a registry's folder over HTTP on loopback, for trying it. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import type { ExitCode } from "../run";
import { run, say, tell } from "../run";

interface Flags {
  readonly dir: string;
  readonly port: string;
  readonly "tls-cert"?: string;
  readonly "tls-key"?: string;
  readonly quiet?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "serve <dir>",
  describe: "Serve a registry folder over HTTP, for trying it",
  builder: (yargs) =>
    yargs
      .positional("dir", { type: "string", demandOption: true, describe: "The folder that publish --to wrote" })
      .option("port", { type: "string", default: "8080", describe: "Port on 127.0.0.1; 0 takes a free one" })
      .option("tls-cert", { type: "string", describe: "PEM file of a certificate: then https" })
      .option("tls-key", { type: "string", describe: "PEM file of its key" })
      .option("quiet", { type: "boolean", default: false, describe: "No line for each request" })
      .epilogue(
        examples(
          ["$0 serve registry", "Terraform needs a host block for it: docs/registry.md"],
          [
            "$0 serve registry --tls-cert cert.pem --tls-key key.pem",
            'source = "127.0.0.1:8080/acme/databricks-federation/aws"',
          ],
        ),
      ),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const { readPort, readTls } = await import("../../registry/serve/options");
      const { serveRegistry } = await import("../../registry/serve/server");
      const server = await serveRegistry({
        folder: flags.dir,
        port: readPort(flags.port),
        tls: readTls(flags["tls-cert"], flags["tls-key"]),
        ...(flags.quiet === true ? {} : { log: tell }),
      });
      say(`${server.url}/`);
      tell("Only this machine reaches it. Stop it with Ctrl-C.");
      await new Promise<void>((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
      });
      await server.close();
      return 0;
    }),
};

export default command;
