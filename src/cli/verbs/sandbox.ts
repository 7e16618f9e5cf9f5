/** `sandbox`: a local Databricks and STS for trying all of it offline. */
import { flags } from "../flags";
import { say, tell, untilSignal } from "../run";
import { verb } from "../verb";

export default verb({
  flags: flags(
    "config",
    "plan",
    "account",
    "awsAccountId",
    "port",
    "tls",
    "context",
    "externalId",
    "federationPolicy",
    "explain",
    "json",
  ),
  examples: [
    ["$0 sandbox --explain", "the federation, and a reason for every refusal"],
    ["$0 sandbox --tls --port 443", "over https, for SDKs that speak nothing else"],
    ["$0 sandbox --plan plan.json", "what a plan would let in, before it is applied"],
  ],
  run: async (options): Promise<0> => {
    const { openSandbox } = await import("../../sandbox/open-sandbox");
    const ended = untilSignal();
    const { stop, notes, document, text } = await openSandbox({
      ...options,
      onRefusal: options.explain ? tell : undefined,
    });
    for (const note of notes) tell(`note: ${note}`);
    // one line, so that a program can read it and go on
    say(options.json ? JSON.stringify(document) : text);
    await ended;
    await stop();
    return 0;
  },
});
