/** Makes an account in a local AWS, and adopts it as a user does. */
import * as sdk from "@aws-sdk/client-iam";
import { join } from "node:path";
import type { AdoptionDocument } from "../../src/adopt/text";
import { findOnPath } from "./found-programs";
import { type IamCall, STEPS } from "./hand-made-account";
import { iamOf } from "./iam";
import { REPOSITORY } from "./markdown";
import type { Moto } from "./moto";
import { runProgram } from "./run-program";
import { temporaryFolder } from "./temporary-folder";

const CLI = [join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs"), join(REPOSITORY, "src", "cli", "cli.ts")];

/** Runs the command line of this project in `cwd`, at the local AWS. */
export async function call(moto: Moto, cwd: string, args: readonly string[], accept: readonly number[] = [0]) {
  return runProgram(process.execPath, [...CLI, ...args], { cwd, env: { ...process.env, ...moto.env }, accept });
}

/** By the AWS CLI: four at a time. */
export async function makeByCommandLine(moto: Moto): Promise<void> {
  const aws = findOnPath("aws") ?? "aws";
  const env = { ...process.env, ...moto.env, AWS_DEFAULT_REGION: "us-east-1", AWS_PAGER: "" };
  const make = ([operation, input]: IamCall): Promise<unknown> =>
    runProgram(aws, ["iam", operation, "--cli-input-json", JSON.stringify(input)], { cwd: REPOSITORY, env });
  for (const step of STEPS) await atOnce(step, 4, make);
}

type Command = Parameters<sdk.IAMClient["send"]>[0];

/** The same by the SDK, which takes a tenth of the time. */
export async function makeByApi(moto: Moto, steps: readonly (readonly IamCall[])[] = STEPS): Promise<void> {
  const { client } = iamOf(moto);
  const commands = sdk as unknown as Readonly<Record<string, new (input: unknown) => Command>>;
  for (const step of steps)
    await atOnce(step, 8, async ([operation, input]) => {
      const name = operation
        .split("-")
        .map((word) => (word === "id" ? "ID" : word.charAt(0).toUpperCase() + word.slice(1)))
        .join("");
      const Make = commands[`${name}Command`];
      if (Make === undefined) throw new RangeError(`the SDK has no ${name}`);
      await client.send(new Make(input));
    });
  client.destroy();
}

async function atOnce<T>(items: readonly T[], most: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: most }, worker));
}

export interface AdoptedFolder {
  /** It holds federation.yaml, imports.json and adopted.md. */
  readonly folder: string;
  readonly document: AdoptionDocument;
}

/** `adopt --aws`, into a folder of its own. */
export async function adoptLive(moto: Moto, ...args: readonly string[]): Promise<AdoptedFolder> {
  const folder = join(temporaryFolder("adopt"), "adopted");
  const { stdout } = await call(moto, REPOSITORY, ["adopt", "--aws", "--out", folder, "--json", ...args], [0, 1]);
  return { folder, document: JSON.parse(stdout) as AdoptionDocument };
}

/** How many resources the first plan adds and updates, beside its imports. */
export function differencesOf({ roles }: AdoptionDocument): { readonly add: number; readonly change: number } {
  const all = roles.flatMap(({ differences }) => differences);
  const count = (change: "add" | "update"): number => all.filter((difference) => difference.change === change).length;
  return { add: count("add"), change: count("update") };
}
