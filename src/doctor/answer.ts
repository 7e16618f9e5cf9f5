/** The verb `doctor`, from its flags to its report. */
import { DEFAULT_FEDERATION_FILE, readFederationFile } from "../files/load-federation";
import type { DoctorQuestion } from "./question";
import { scopeOf } from "./question";
import type { DoctorReport } from "./report";
import { doctorText, reportOf } from "./report";
import { runChecks } from "./run-checks";

/**
 * Runs every check that was asked for. Faults found are in the report; throws InputError for wrong options or a wrong
 * federation file, OutsideError for a file that cannot be read.
 */
export async function answerDoctor(
  question: DoctorQuestion,
): Promise<{ readonly report: DoctorReport; readonly text: string }> {
  const { federation } = readFederationFile(question.config);
  const scope = scopeOf(federation, question);
  const report = reportOf(federation.name, await runChecks(question, scope), {
    ...question,
    config: question.config ?? DEFAULT_FEDERATION_FILE,
    role: scope.role?.key ?? null,
    roles: scope.roles.map(({ key }) => key),
  });
  return { report, text: doctorText(report) };
}
