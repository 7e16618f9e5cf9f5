/** Checks a federation against the real endpoints and AWS, and reports what it found. */
import type { Federation } from "../federation/model";
import type { DoctorOptions } from "./options";
import { scopeOf } from "./options";
import type { DoctorReport } from "./report";
import { doctorText, reportOf } from "./report";
import { runChecks } from "./run-checks";

/** Runs every check that was asked for. Faults found are in the report; throws InputError for wrong options. */
export async function doctor(
  federation: Federation,
  options: DoctorOptions,
): Promise<{ readonly report: DoctorReport; readonly text: string }> {
  const scope = scopeOf(federation, options);
  const report = reportOf(federation.name, await runChecks(options, scope), {
    ...options,
    role: scope.role?.key ?? null,
    roles: scope.roles.map(({ key }) => key),
  });
  return { report, text: doctorText(report) };
}
