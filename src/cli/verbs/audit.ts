/** `audit`: what CloudTrail shows of a federation. */
import { inputError } from "../../errors";
import { readSource } from "../federation-source";
import { flags } from "../flags";
import { say, sayJson, sayText, tell } from "../run";
import { auditTrail, readDays } from "../trail";
import { verb } from "../verb";

export default verb({
  flags: flags("config", "plan", "days", "narrow", "json", "csv"),
  exclusive: [
    ["config", "plan"],
    ["plan", "narrow"],
  ],
  words: {
    name: "TRAIL",
    many: true,
    required: true,
    about: "Files and folders of CloudTrail (JSON or .gz, as in S3), or - for standard input",
  },
  examples: [
    ["aws s3 sync s3://acme-trail/AWSLogs trail && $0 audit trail", "who used what in the last 90 days"],
    ["$0 audit trail --days 180 --narrow", "the federation without identities unseen for half a year, as a diff"],
  ],
  run: async (options, { words }) => {
    const days = readDays(options.days);
    const source = await readSource(options);
    const found = await auditTrail(source.federation, words, days);
    if (options.narrow) return proposeNarrower(source.file, found);
    if (options.json) sayJson(found);
    else if (options.csv) say((await import("../../audit/csv")).auditCsv(found));
    else sayText((await import("../../audit/text")).auditText(found));
    return found.uses.some(({ undeclared }) => undeclared !== null) ? 1 : 0;
  },
});

/** Prints a diff of the federation file; nothing where the trail does not prove that an identity is unused. */
async function proposeNarrower(
  file: string,
  { coverage, unseen }: import("../../audit/read-audit").AuditedTrail,
): Promise<0 | 1> {
  if (coverage.gaps.length > 0)
    throw inputError(
      "trail-incomplete",
      `The trail does not prove that an identity is unused: ${coverage.gaps.join("; ")}.`,
      "Give a trail of all management events, reads included, that covers these days; or fewer --days.",
    );
  const [{ narrowed }, { readText }, { createTwoFilesPatch }] = await Promise.all([
    import("../../audit/narrow"),
    import("../../files/read-file"),
    import("diff"),
  ]);
  const text = readText(file);
  const narrower = narrowed(text, unseen.identities);
  if (narrower === text) tell("Nothing to leave out: every identity was seen, or is the last of its role.");
  else say(createTwoFilesPatch(file, file, text, narrower, "", ""));
  return 0;
}
