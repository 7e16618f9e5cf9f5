/** Peer measurement: one stack of N roles through the constructs. `tsx`-free: bundled by the benchmark first. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { FederationStack } from "../src/cdktf";
import { parseFederation } from "../src/federation";
import { federationText } from "./federations";

const { federation } = parseFederation(federationText(Number(process.argv[2])));
const started = process.hrtime.bigint();
const app = new App({ outdir: mkdtempSync(join(tmpdir(), "databricks-aws-oidc-bench-")) });
FederationStack.forEachAccount(app, federation);
app.synth();
process.stdout.write(`${Number(process.hrtime.bigint() - started) / 1e9}\n`);
