/** The verb `sandbox`, from its flags to a running sandbox. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputError, outsideError } from "../errors";
import { quoted, satisfies } from "../text/text-rule";
import { EXTERNAL_ID } from "../trust/rules";
import { asRecord } from "../text/members";
import type { FederationPolicy } from "./databricks/grants";
import { readPort } from "../network/loopback-server";
import { readContext } from "../explain/explain-texts";
import { readFederationFile } from "../files/load-federation";
import { readText } from "../files/read-file";
import { makeLoopbackCertificate } from "./authority";
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
  readonly tls: boolean;
  readonly context: readonly string[];
  /** `ROLE=ID`. */
  readonly externalId?: readonly string[] | undefined;
  /** Files. */
  readonly federationPolicy?: readonly string[] | undefined;
  /** Reports why something was refused; undefined: not wanted. */
  readonly onRefusal: ((text: string) => void) | undefined;
}

export interface StartedSandbox {
  readonly sandbox: Sandbox;
  /** Ends the sandbox and removes the file of its authority. */
  readonly stop: () => Promise<void>;
  /** Each in a sentence. */
  readonly notes: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/**
 * Starts the sandbox. Throws InputError sandbox-needs, port-invalid, context-invalid, those of a federation file
 * and of `directoryOfPlan`; OutsideError port-unusable, file-not-found, file-unreadable, file-unwritable.
 */
export async function openSandbox(request: SandboxFlags): Promise<StartedSandbox> {
  const port = readPort(request.port ?? "0");
  const context = readContext(request.context);
  const directory = directoryOf(request);
  const certificate = request.tls ? await makeLoopbackCertificate(Date.now()) : undefined;
  const sandbox = await startSandbox({
    directory,
    port,
    context,
    ...(certificate === undefined ? {} : { tls: certificate }),
    federationPolicies: (request.federationPolicy ?? []).map(federationPolicyIn),
    externalIds: externalIdsOf(request.externalId ?? [], directory),
    ...(request.onRefusal === undefined ? {} : { onRefusal: request.onRefusal }),
  });
  const authority = certificate === undefined ? undefined : await writeAuthority(certificate.authority, sandbox);
  const region = directory.accounts.find((account) => account.region !== null)?.region ?? "us-east-1";
  const caFile = authority?.file ?? null;
  return {
    sandbox,
    notes: directory.notes,
    document: sandboxDocument(sandbox, caFile),
    text: sandboxText(sandbox, caFile, region),
    stop: async () => {
      authority?.remove();
      await sandbox.stop();
    },
  };
}

/** In a folder of its own below the temporary one. Without it the sandbox is of no use: it is ended then. */
async function writeAuthority(
  pem: string,
  sandbox: Sandbox,
): Promise<{ readonly file: string; readonly remove: () => void }> {
  try {
    const folder = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-sandbox-"));
    const file = join(folder, "ca.pem");
    writeFileSync(file, pem);
    return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
  } catch (cause) {
    await sandbox.stop();
    const fix = "Set TMPDIR to a folder that you can write to.";
    throw outsideError("file-unwritable", "Cannot write the certificate authority's file.", fix, "tls", cause);
  }
}

/** Reads a federation policy as Databricks' CLI takes it. Throws InputError `json-syntax`, and as `readText`. */
function federationPolicyIn(file: string): FederationPolicy {
  const text = readText(file, "Name the JSON of a federation policy with --federation-policy.");
  try {
    const { audiences = [], subject } = asRecord(asRecord(JSON.parse(text))?.["oidc_policy"]) ?? {};
    const isText = (value: unknown): value is string => typeof value === "string";
    if (isText(subject) && Array.isArray(audiences) && audiences.every(isText)) return { subject, audiences };
  } catch {
    // reported below
  }
  throw inputError(
    "json-syntax",
    `${file} is not a federation policy in JSON.`,
    'Write it like {"oidc_policy":{"issuer":"https://…","audiences":["…"],"subject":"arn:aws:iam::…:role/…"}}.',
    "federation-policy",
  );
}

/** Reads `--external-id ROLE=ID`. Throws InputError `external-id-invalid`, `role-not-found`. */
function externalIdsOf(given: readonly string[], { accounts }: SimulatedDirectory): Readonly<Record<string, string>> {
  const names = accounts.flatMap(({ roles }) =>
    roles.flatMap(({ name, arn }) => [name, arn.slice(arn.lastIndexOf("/") + 1)]),
  );
  return Object.fromEntries(
    given.map((text) => {
      const at = text.lastIndexOf("=");
      const [role, id] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
      if (at < 1 || !satisfies(EXTERNAL_ID, id))
        throw inputError(
          "external-id-invalid",
          `${quoted(text)} is not a role and an external ID.`,
          "Write it like --external-id lake-storage=0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b.",
          "external-id",
        );
      if (!names.includes(role))
        throw inputError(
          "role-not-found",
          `No role ${quoted(role)}.`,
          `Use one of: ${names.join(", ")}.`,
          "external-id",
        );
      return [role, id];
    }),
  );
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
