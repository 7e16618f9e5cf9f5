/** `doctor`: the real endpoints, the real AWS, one real call; and the one next thing to do. */
import { existsSync } from "node:fs";
import { version } from "../../../package.json";
import { inputError } from "../../errors";
import { quoted } from "../../text/text-rule";
import { readSource } from "../federation-source";
import { flags, GIVEN_TOKEN_EXCLUDES } from "../flags";
import { sayResult, withProgress } from "../run";
import { verb } from "../verb";

/** A record is read by itself: whatever chooses what is checked would be ignored. */
const OF_A_RUN = [
  ...(["config", "plan", "assume", "record", "issuer", "role", "token", "from", "tokenFile", "profile"] as const),
  ...(["scope", "aws", "all", "account", "awsAccountId", "region", "timeout", "allowEndpoint"] as const),
] as const;

export default verb({
  flags: flags(
    "config",
    "plan",
    "issuer",
    "role",
    "token",
    "from",
    "tokenFile",
    "profile",
    "scope",
    "aws",
    "all",
    "assume",
    "record",
    "replay",
    "account",
    "awsAccountId",
    "region",
    "timeout",
    "allowEndpoint",
    "json",
  ),
  exclusive: [["config", "plan"], ...GIVEN_TOKEN_EXCLUDES, ...OF_A_RUN.map((flag) => ["replay", flag] as const)],
  examples: [
    ["$0 doctor", "the issuers of the federation, as AWS sees them"],
    ["$0 doctor --role lake-reader --aws --assume", "one role, to the end"],
    ["$0 doctor --plan plan.json --aws", "a Terraform plan or state against what is deployed"],
    ["$0 doctor --role lake-reader --assume --record record.json", "evidence, fit to be published"],
    ["$0 doctor --all --json", "every night: exit 1 on drift"],
  ],
  run: async (options) => {
    if (options.replay !== undefined) {
      const [{ readText }, { readRecord, replay, replayText }] = await Promise.all([
        import("../../files/read-file"),
        import("../../doctor/record/replay"),
      ]);
      const text = readText(options.replay, "Name a file that doctor --assume --record wrote.");
      const found = replay(readRecord(text, options.replay));
      sayResult(options.json, found, replayText(found));
      return found.exitCode;
    }
    const { record: file } = options;
    if (file !== undefined && !options.assume)
      throw inputError("usage", "--record has no effect without --assume.", "Add --assume.", "record");
    if (file !== undefined && existsSync(file))
      throw inputError("usage", `--record: ${quoted(file)} exists.`, "Name a new file.", "record");
    const [{ doctor }, { processEnvironment }] = await Promise.all([
      import("../../doctor/doctor"),
      import("../../network/environment"),
    ]);
    const source = await readSource(options);
    const { report, text, record } = await withProgress("checking", () =>
      doctor(source.federation, {
        ...options,
        config: source.file,
        environment: processEnvironment(),
        ...(file === undefined ? {} : { recordBy: version }),
      }),
    );
    if (file !== undefined) await writeRecord(file, record);
    sayResult(options.json, report, text);
    return report.exitCode;
  },
});

async function writeRecord(file: string, record: unknown): Promise<void> {
  const { unwritable, writeWhole } = await import("../../files/write-file");
  try {
    writeWhole(file, `${JSON.stringify(record, null, 2)}\n`, { onlyNew: true });
  } catch (cause) {
    throw unwritable(quoted(file), cause, "Name a new file in a folder that you can write to.", "record");
  }
}
