/** How fast is decided: policies alone, with signatures beside jose's own check, and a whole proof. One core. */
import { compactVerify, exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { readTrustPolicy, webIdentityRole } from "../src/explain/role-in-question";
import { parseFederation } from "../src/federation";
import { accountView } from "../src/federation/account-view";
import { declaredPolicies, undeclaredCallers } from "../src/prove/declared-policies";
import { prove } from "../src/prove/prove";
import type { WebIdentityRole } from "../src/sts/web-identity";
import { decideToken } from "../src/sts/decide-token";
import { keySet } from "../src/sts/verify-signature";
import type { PolicyRequest } from "../src/trust/decide/decide";
import { compilePolicy, decide } from "../src/trust/decide/decide";
import { readPolicy } from "../src/trust/decide/document";
import { comparisonRow } from "./exact";
import { federationText, servicePrincipal } from "./federations";
import type { Row } from "./measure";
import { median } from "./measure";

const PATH = "mycompany.cloud.databricks.com/oidc";
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${PATH}`;
const NOW = 1_757_600_000;
const SUBJECTS = Array.from({ length: 40 }, (_, index) => servicePrincipal(index));
const ROUNDS = 9;

function roleOf(sub: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>): WebIdentityRole {
  const reading = readPolicy({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: PROVIDER },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { ...sub, StringEquals: { ...sub["StringEquals"], [`${PATH}:aud`]: "1444828305810485" } },
      },
    ],
  });
  if (!reading.ok) throw new Error(reading.why);
  return {
    arn: "arn:aws:iam::111122223333:role/bench",
    trust: compilePolicy(reading.policy),
    maxSessionDuration: 3600,
  };
}

export async function decisions(): Promise<readonly Row[]> {
  const exact = roleOf({ StringEquals: { [`${PATH}:sub`]: SUBJECTS } });
  const patterns = roleOf({ StringLike: { [`${PATH}:sub`]: SUBJECTS.map((subject) => `*${subject.slice(4)}`) } });
  return [
    decisionsRow("decisions a second, 40 subjects", exact),
    decisionsRow("decisions a second, 40 subject patterns", patterns),
    await signatureRow(exact),
    ...(await proofRows()),
    await comparisonRow(),
  ];
}

/** Every second request is refused, and each asks for another subject. */
function decisionsRow(what: string, role: WebIdentityRole): Row {
  const requests = SUBJECTS.flatMap((subject) => [subject, `${subject}x`]).map((subject): PolicyRequest => ({
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { kind: "Federated", arn: PROVIDER },
    keys: new Map([
      [`${PATH}:aud`, ["1444828305810485"]],
      [`${PATH}:sub`, [subject]],
    ]),
  }));
  const times = 2500;
  const perSecond = Array.from({ length: ROUNDS }, () => {
    let allowed = 0;
    const started = performance.now();
    for (let round = 0; round < times; round += 1)
      for (const request of requests) if (decide(role.trust, request)) allowed += 1;
    const seconds = (performance.now() - started) / 1000;
    if (allowed * 2 !== times * requests.length)
      throw new Error(`${allowed} of ${times * requests.length} were let in`);
    return (times * requests.length) / seconds;
  });
  const ours = median(perSecond);
  return { what, peer: "", ours, theirs: null, unit: "/s", reach: "at least 200,000", reached: ours >= 200_000 };
}

/** The whole answer (reading, signature, claims, policy) beside jose's check of the same token with the key at hand. */
async function signatureRow(role: WebIdentityRole): Promise<Row> {
  const pair = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "bench" };
  const claims = {
    iss: `https://${PATH}`,
    aud: "1444828305810485",
    sub: SUBJECTS[39] ?? "",
    iat: NOW,
    exp: NOW + 3600,
    jti: "00000000-0000-4000-8000-000000000000",
    client_id: SUBJECTS[39] ?? "",
    scope: "all-apis",
  };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", kid: "bench", typ: "at+jwt" })
    .sign(pair.privateKey);
  const key = await importJWK(jwk, "RS256");
  const providers = [
    { arn: PROVIDER, issuer: `https://${PATH}`, clientIds: ["1444828305810485"], keys: keySet({ keys: [jwk] }) },
  ];
  const call = { roleSessionName: "bench", durationSeconds: null, context: {}, now: NOW };
  const times = 2000;
  const rate = async (one: () => Promise<boolean>): Promise<number> => {
    const started = performance.now();
    for (let at = 0; at < times; at += 1) if (!(await one())) throw new Error("an honest token is refused");
    return times / ((performance.now() - started) / 1000);
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    theirs.push(await rate(async () => (await compactVerify(token, key)).payload.length > 0));
    ours.push(await rate(async () => (await decideToken(token, providers, role, call)).allowed));
  }
  return {
    what: "answers a second with RS256, keys cached",
    peer: "jose's `compactVerify` alone",
    ours: median(ours),
    theirs: median(theirs),
    unit: "/s",
    reach: "at least 0.95 times",
    reached: median(ours) >= 0.95 * median(theirs),
  };
}

/** The proof as a whole; and its decision for every kind of caller beside the rest of it: the forged tokens. */
async function proofRows(): Promise<readonly Row[]> {
  const { federation } = parseFederation(federationText(100));
  const [account] = federation.accounts;
  if (account === undefined) throw new RangeError("a federation has an account");
  const view = accountView(federation, account);
  const wholes: number[] = [];
  const callers: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const proof = await prove(federation, { seed: 1, count: 1000, now: NOW });
    wholes.push((performance.now() - started) / 1000);
    if (!proof.holds) throw new Error("the benchmark's federation is not proven");
    const again = performance.now();
    for (const role of view.roles) {
      const declared = declaredPolicies(role, view, webIdentityRole(role, view).arn);
      const { witnesses, unsure } = undeclaredCallers(readTrustPolicy(role, view), declared);
      if (witnesses.length > 0 || unsure !== null) throw new Error("an undeclared caller gets in");
    }
    callers.push((performance.now() - again) / 1000);
  }
  const [seconds, ours] = [median(wholes), median(callers)];
  const theirs = seconds - ours;
  return [
    {
      what: "`prove` of 100 roles × 1,000 forged tokens",
      peer: "",
      ours: seconds,
      theirs: null,
      unit: "s",
      reach: "under 5 s",
      reached: seconds < 5,
    },
    {
      what: "`prove` of 100 roles, every kind of caller",
      peer: "its 1,000 forged tokens for each, in the same run",
      ours,
      theirs,
      unit: "s",
      reach: "not slower",
      reached: ours <= theirs,
    },
  ];
}
