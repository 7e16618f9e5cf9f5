/** `credentials`: AWS credentials for a role, without a stored key. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { inputError } from "../../errors";
import { FLAGS, flags } from "../flags";
import { type ExitCode, say, sayJson, tell } from "../run";
import { verb } from "../verb";

export default verb({
  flags: {
    ...flags("via", "credential"),
    ...flags("role", "roleArn", "config", "account", "awsAccountId", "issuer", "from", "tokenFile", "profile", "scope"),
    format: {
      ...FLAGS.format,
      choices: ["process", "env", "profile", "token-file"],
      about: "AWS credential_process (the default), shell exports, an AWS profile, or a token file kept fresh",
    },
    ...flags("profileName"),
    out: { ...FLAGS.out, about: "With --format token-file: the file" },
    ...flags("once", "region", "duration", "sessionName", "wait", "cache", "keepTokenSources", "allowEndpoint", "json"),
  },
  exclusive: [["role", "roleArn"]],
  words: { name: "action", choices: ["purge"], about: "Remove all sessions from the cache" },
  program: true,
  examples: [
    ["$0 credentials --role lake-reader -- aws s3 ls s3://lake", "run a program with credentials that renew"],
    [
      "$0 credentials --role lake-reader \\\n--format profile --profile-name lake",
      "every AWS tool, by AWS_PROFILE=lake",
    ],
    [
      "$0 credentials --via unity-catalog --credential lake \\\n-- aws s3 ls s3://lake",
      "a service credential of Unity Catalog",
    ],
    ['eval "$($0 credentials --role lake-reader --format env)"', "this shell, for an hour"],
  ],
  run: async (options, { words: [action], program, args }) => {
    const [{ processEnvironment }, { cacheFolder, purgeCache }, { chosenSession, sessionOptions }, forms] =
      await Promise.all([
        import("../../network/environment"),
        import("../../credentials/cached-session"),
        import("../../credentials/session-options"),
        import("../../credentials/forms"),
      ]);
    const environment = processEnvironment();
    if (action === "purge") {
      const removed = purgeCache(cacheFolder(environment.env, environment.home));
      if (options.json) sayJson({ removed });
      else tell(`Removed ${removed} cached sessions from this machine; AWS accepts them until they expire.`);
      return 0;
    }
    if (program !== undefined && (options.json || options.format !== undefined))
      throw inputError("usage", "--format and --json do not apply to a program after --.", "Leave them out.");
    const call = { ...options, environment, args, cwd: process.cwd(), note: (text: string) => tell(`note: ${text}`) };
    // a program's own exit code may be any
    if (program !== undefined)
      return (await forms.runWithCredentials(chosenSession(call), program, options.keepTokenSources)) as ExitCode;
    if (options.format === "profile") {
      if (options.profileName === undefined)
        throw inputError("required", "--profile-name is missing.", "Name the AWS profile to write.");
      tell(await forms.writeCredentialsProfile(call, options.profileName, ownProgram()));
      return 0;
    }
    if (options.format === "token-file") {
      if (options.via === "unity-catalog")
        throw inputError(
          "usage",
          "--format token-file does not apply to --via unity-catalog: its session comes without a token for AWS.",
          "Use --format process, env or profile, or a program after --.",
        );
      if (options.out === undefined) throw inputError("required", "--out is missing.", "Name the file for the token.");
      const { sleepByClock } = await import("../../credentials/token-file");
      const stop = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
      await forms.writeTokenFile(sessionOptions(call), {
        file: resolve(options.out),
        once: options.once,
        stop: stop.signal,
        ready: say,
        sleep: (milliseconds) => sleepByClock(milliseconds, stop.signal),
      });
      return 0;
    }
    say(await forms.printedCredentials(chosenSession(call), options.format ?? "process"));
    return 0;
  },
});

/** How this program was started, by full paths: SDKs call it from anywhere. */
function ownProgram(): readonly string[] {
  return [process.execPath, ...process.execArgv, realpathSync(process.argv[1] ?? "")];
}
