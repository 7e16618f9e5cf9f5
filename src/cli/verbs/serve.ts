/** `serve`: a registry's folder over HTTP on loopback, for trying it. */
import { FLAGS, flags } from "../flags";
import { say, tell, untilSignal } from "../run";
import { verb } from "../verb";

export default verb({
  flags: { port: { ...FLAGS.port, default: "8080" }, ...flags("tlsCert", "tlsKey", "quiet") },
  words: { name: "DIR", required: true, about: "The folder that publish --to wrote" },
  examples: [
    ["$0 serve registry", "Terraform needs a host block for it: docs/registry.md"],
    [
      "$0 serve registry --tls-cert cert.pem --tls-key key.pem",
      'source = "127.0.0.1:8080/acme/databricks-federation/aws"',
    ],
  ],
  run: async (options, { words: [folder = ""] }): Promise<0> => {
    const [{ readTls, serveRegistry }, { readPort }] = await Promise.all([
      import("../../registry/serve/server"),
      import("../../network/loopback-server"),
    ]);
    const server = await serveRegistry({
      folder,
      port: readPort(options.port),
      tls: readTls(options.tlsCert, options.tlsKey),
      ...(options.quiet ? {} : { log: tell }),
    });
    say(`${server.url}/`);
    tell("Only this machine reaches it. Stop it with Ctrl-C.");
    await untilSignal();
    await server.close();
    return 0;
  },
});
