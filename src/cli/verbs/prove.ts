/** `prove`: every declared identity gets in, and no other. */
import { readSource } from "../federation-source";
import { flags } from "../flags";
import { progress, sayResult } from "../run";
import { verb } from "../verb";

export default verb({
  flags: flags("config", "plan", "role", "seed", "count", "json"),
  exclusive: [["config", "plan"]],
  run: async (options) => {
    const [{ readProveOptions }, { prove }, { proofText }] = await Promise.all([
      import("../../prove/options"),
      import("../../prove/prove"),
      import("../../prove/text"),
    ]);
    const { federation } = await readSource(options);
    const proof = await prove(federation, {
      ...readProveOptions(federation, options),
      now: Math.floor(Date.now() / 1000),
      onProgress: (tried) => {
        if (tried % 1000 === 0) progress(`${tried} of ${options.count} forged tokens tried`);
      },
    });
    sayResult(options.json, proof, proofText(proof));
    return proof.holds ? 0 : 1;
  },
});
