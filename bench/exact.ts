/**
 * The exact engine: how long a comparison of two large policies takes beside Node's own start, and a million random
 * pairs of policies against a slow search of small worlds. `EXACT_PAIRS` sets another number of pairs.
 */
import { compare } from "../src/trust/exact/compare";
import { compilePolicy, verdict } from "../src/trust/decide/decide";
import type { PolicyDocument } from "../src/trust/decide/document";
import { readPolicy } from "../src/trust/decide/document";
import { pairFor, widerInSmallWorld } from "../__tests__/support/small-worlds";
import { servicePrincipal } from "./federations";
import type { Row } from "./measure";
import { median, ratioRow, runOnce } from "./measure";

const PATH = "mycompany.cloud.databricks.com/oidc";
const PAIRS = Number(process.env["EXACT_PAIRS"] ?? 1_000_000);
const ROUNDS = 9;

export async function exact(): Promise<readonly Row[]> {
  return [await comparisonRow(), ...pairRows()];
}

/** A policy of about 2,048 characters: 40 subjects and three conditions. */
function largePolicy(last: number): PolicyDocument {
  const subjects = Array.from({ length: 40 }, (_, index) => servicePrincipal(index === 39 ? last : index));
  const reading = readPolicy({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${PATH}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"] },
          StringEquals: {
            [`${PATH}:aud`]: "1444828305810485",
            [`${PATH}:sub`]: subjects,
            "aws:RequestedRegion": ["us-east-1", "eu-west-1"],
          },
          StringLike: { "aws:SourceVpce": "vpce-0*" },
        },
      },
    ],
  });
  if (!reading.ok) throw new Error(reading.why);
  return reading.policy;
}

/** How long a comparison takes, beside Node's own start. */
export async function comparisonRow(): Promise<Row> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    theirs.push((await runOnce({ program: process.execPath, args: ["-e", "0"] })).seconds * 1000);
    const [before, after] = [largePolicy(39), largePolicy(40 + round)];
    const started = performance.now();
    const [gained, kept] = [compare(after, before), compare(before, before)];
    ours.push((performance.now() - started) / 2);
    if (gained.kind !== "wider" || kept.kind !== "none") throw new Error("the comparison is wrong");
  }
  return ratioRow({
    what: "compare two policies of 2,048 characters, 40 subjects and 3 conditions each",
    peer: "`node -e 0`",
    ours: median(ours),
    theirs: median(theirs),
    unit: "ms",
    atMost: 1,
  });
}

function pairRows(): readonly Row[] {
  const counts = { missed: 0, unconfirmed: 0, "cannot tell": 0, wider: 0 };
  for (let seed = 1; seed <= PAIRS; seed += 1) {
    const pair = pairFor(seed);
    const comparison = compare(pair.a, pair.b);
    if (comparison.kind === "none" && widerInSmallWorld(pair) !== null) counts.missed += 1;
    if (comparison.kind === "cannot tell") counts["cannot tell"] += 1;
    if (comparison.kind !== "wider") continue;
    counts.wider += 1;
    const { request, assumes } = comparison.witness;
    const reading = (open: string): boolean => assumes.find(({ test }) => test === open)?.holds ?? false;
    const confirmed =
      verdict(compilePolicy(pair.a), request, reading) === "yes" &&
      verdict(compilePolicy(pair.b), request, reading) === "no";
    if (!confirmed) counts.unconfirmed += 1;
  }
  const row = (what: string, count: number, reach: string, reached: boolean): Row => ({
    what: `${PAIRS.toLocaleString("en")} random pairs: ${what}`,
    peer: "every request of a small model",
    ours: count,
    theirs: null,
    unit: "",
    reach,
    reached,
  });
  return [
    row("widening missed", counts.missed, "0", counts.missed === 0),
    row("requests that `decide` does not confirm", counts.unconfirmed, "0", counts.unconfirmed === 0),
    row("cannot tell", counts["cannot tell"], "under 1 in 100", counts["cannot tell"] * 100 < PAIRS),
    row("wider", counts.wider, "about half", Math.abs(counts.wider / PAIRS - 0.5) < 0.15),
  ];
}
