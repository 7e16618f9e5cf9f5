/**
 * `token`: get or read a Databricks token. Only its decoded parts are shown; the token itself goes to a pipe or file.
 */
import { existsSync } from "node:fs";
import { flags, GIVEN_TOKEN_EXCLUDES } from "../flags";
import { say, sayResult, tell } from "../run";
import { verb } from "../verb";

export default verb({
  flags: flags("from", "token", "config", "issuer", "tokenFile", "profile", "scope", "raw", "json"),
  exclusive: GIVEN_TOKEN_EXCLUDES,
  examples: [
    ["$0 token", "whose token this machine gets, and whether it fits the federation"],
    ["$0 token --token @token.jwt", "read a token from a file"],
  ],
  run: async (options) => {
    const [{ tokenReport }, { readGivenToken }, { processEnvironment }, { DEFAULT_FEDERATION_FILE, loadFederation }] =
      await Promise.all([
        import("../../token/token-report"),
        import("../../token/token-file"),
        import("../../network/environment"),
        import("../../files/load-federation"),
      ]);
    const file = options.config ?? (existsSync(DEFAULT_FEDERATION_FILE) ? DEFAULT_FEDERATION_FILE : undefined);
    const report = await tokenReport({
      ...options,
      raw: options.raw ? { toTerminal: process.stdout.isTTY === true } : undefined,
      environment: processEnvironment(),
      federation: file === undefined ? undefined : loadFederation(file),
      given:
        options.token === undefined
          ? undefined
          : {
              token: readGivenToken(options.token),
              place: options.token === "-" ? "standard input" : `file ${options.token.slice(1)}`,
            },
    });
    for (const note of report.skipped) tell(`note: ${note}`);
    if (options.raw) say(report.token.reveal());
    else sayResult(options.json, report.document, report.text);
    return options.raw || report.good ? 0 : 1;
  },
});
