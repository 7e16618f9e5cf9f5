/** The verb `doctor`, from its flags to its report. */
import { DEFAULT_FEDERATION_FILE, readFederationFile } from "../files/load-federation";
import { runChecks } from "./run-checks";
import type { DoctorQuestion } from "./question";
import { scopeOf } from "./question";
import type { DoctorReport } from "./report";
import { reportOf } from "./report";
import { doctorText } from "./text";

/**
 * Looks at everything that was asked for. What is wrong with the world is in the report; throws InputError for what is
 * wrong with the question or the federation file, OutsideError for a file that cannot be read.
 */
export async function answerDoctor(
  question: DoctorQuestion,
): Promise<{ readonly report: DoctorReport; readonly text: string }> {
  const { federation } = readFederationFile(question.config);
  const scope = scopeOf(federation, question);
  const report = reportOf(federation.name, await runChecks(question, scope), {
    config: question.config ?? DEFAULT_FEDERATION_FILE,
    role: scope.role?.key ?? null,
    roles: scope.roles.map(({ key }) => key),
    aws: question.aws,
    account: question.account,
    assume: question.assume,
  });
  return { report, text: doctorText(report) };
}
