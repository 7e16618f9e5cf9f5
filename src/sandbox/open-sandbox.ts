/** The verb `sandbox`, from its flags to a running sandbox. */
import { inputError } from "../errors";
import { readPort } from "../network/loopback-server";
import { readContext } from "../explain/explain-texts";
import { readFederationFile } from "../files/load-federation";
import { readText } from "../files/read-file";
import { sandboxDocument, sandboxText } from "./announce";
import { type Sandbox, startSandbox } from "./sandbox";
import type { SimulatedDirectory } from "./directory/directory";
import { directoryOfFederation } from "./directory/of-federation";
import { directoryOfPlan } from "./directory/of-plan";

/** Values as typed; undefined where not given. */
export interface SandboxFlags {
  readonly config: string | undefined;
  readonly plan: string | undefined;
  readonly account: string | undefined;
  readonly awsAccountId: string | undefined;
  readonly port: string | undefined;
  readonly context: readonly string[];
  /** Reports why something was refused; undefined: not wanted. */
  readonly onRefusal: ((text: string) => void) | undefined;
}

export interface StartedSandbox {
  readonly sandbox: Sandbox;
  /** Each in a sentence. */
  readonly notes: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/**
 * Starts the sandbox. Throws InputError sandbox-needs, port-invalid, context-invalid, those of a federation file
 * and of `directoryOfPlan`; OutsideError port-unusable, file-not-found, file-unreadable.
 */
export async function openSandbox(request: SandboxFlags): Promise<StartedSandbox> {
  const port = readPort(request.port ?? "0");
  const context = readContext(request.context);
  const directory = directoryOf(request);
  const sandbox = await startSandbox({
    directory,
    port,
    context,
    ...(request.onRefusal === undefined ? {} : { onRefusal: request.onRefusal }),
  });
  const region = directory.accounts.find((account) => account.region !== null)?.region ?? "us-east-1";
  return { sandbox, notes: directory.notes, document: sandboxDocument(sandbox), text: sandboxText(sandbox, region) };
}

function directoryOf({ config, plan, account, awsAccountId }: SandboxFlags): SimulatedDirectory {
  if (plan === undefined)
    return directoryOfFederation(readFederationFile(config).federation, { account, awsAccountId });
  for (const [flag, value] of [
    ["config", config],
    ["account", account],
    ["aws-account-id", awsAccountId],
  ] as const) {
    if (value !== undefined)
      throw inputError(
        "sandbox-needs",
        `--${flag} has no effect with --plan: the plan names its accounts.`,
        `Remove --${flag} or --plan.`,
        flag,
      );
  }
  return directoryOfPlan(readText(plan, "Name the output of terraform show -json with --plan."), plan);
}
