/** `prove`: every declared identity gets in, no generated impostor does. */
import { flags } from "../flags";
import { progress, say, sayJson } from "../run";
import { verb } from "../verb";

export default verb({
  flags: flags("config", "role", "seed", "count", "json"),
  run: async (options) => {
    const [{ readFederationFile }, { readProveOptions }, { prove }, { proofText }] = await Promise.all([
      import("../../files/load-federation"),
      import("../../prove/options"),
      import("../../prove/prove"),
      import("../../prove/text"),
    ]);
    const { federation } = readFederationFile(options.config);
    const proof = await prove(federation, {
      ...readProveOptions(federation, options),
      now: Math.floor(Date.now() / 1000),
      onProgress: (tried) => {
        if (tried % 1000 === 0) progress(`${tried} of ${options.count} impostors tried`);
      },
    });
    if (options.json) sayJson(proof);
    else say(proofText(proof));
    return proof.holds ? 0 : 1;
  },
});
