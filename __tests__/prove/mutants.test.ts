/** The trial is on trial: an STS or a policy that forgets one rule must be caught. */
import { parseFederation } from "../../src/federation";
import { prove } from "../../src/prove/prove";
import type * as Judge from "../../src/sts/decide-token";

type Judged = typeof Judge.decideClaims;
let mutant: (real: Judged) => Judged = (real) => real;

jest.mock("../../src/sts/decide-token", () => {
  const real = jest.requireActual<typeof Judge>("../../src/sts/decide-token");
  return { ...real, decideClaims: (...asked: Parameters<Judged>) => mutant(real.decideClaims)(...asked) };
});

const NOW = 1_757_600_000;
const { federation } = parseFederation(
  `
name: lakehouse
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
roles:
  reader:
    trusts:
      - { issuer: production, servicePrincipals: [6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b] }
      - issuer: production
        users: [alice@example.com]
        conditions: [{ test: IpAddress, variable: "aws:SourceIp", values: [203.0.113.0/24] }, { test: ` +
    `StringNotEquals, variable: "aws:RequestedRegion", values: [us-west-1] }]
`,
);

type Change = (claims: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
const onText =
  (name: string, change: (text: string) => string): Change =>
  (claims) =>
    typeof claims[name] === "string" ? { ...claims, [name]: change(claims[name]) } : claims;
const NAMES = ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b", "alice@example.com"];
const CYRILLIC: Readonly<Record<string, string>> = { а: "a", с: "c", е: "e", і: "i", о: "o", р: "p", х: "x" };

const FORGETFUL: readonly (readonly [string, Change])[] = [
  ["forgets that tokens end", (claims) => (claims["exp"] === undefined ? claims : { ...claims, exp: NOW + 900 })],
  ["takes a token without exp", (claims) => ({ ...claims, exp: claims["exp"] ?? NOW + 900 })],
  ["takes a token without iat", (claims) => ({ ...claims, iat: claims["iat"] ?? NOW })],
  [
    "takes a token from the future",
    (claims) => (typeof claims["iat"] === "number" ? { ...claims, iat: Math.min(claims["iat"], NOW) } : claims),
  ],
  ["forgets nbf", ({ nbf: _, ...claims }) => claims],
  [
    "rounds fractions of seconds",
    (claims) => (typeof claims["exp"] === "number" ? { ...claims, exp: Math.floor(claims["exp"]) } : claims),
  ],
  ["forgets azp", ({ azp: _, ...claims }) => claims],
  [
    "takes the first of several audiences",
    (claims) => (Array.isArray(claims["aud"]) ? { ...claims, aud: (claims["aud"] as unknown[])[0] } : claims),
  ],
  [
    "takes any audience of digits",
    (claims) => ({
      ...claims,
      aud: typeof claims["aud"] === "string" && /^\d+$/.test(claims["aud"]) ? "1444828305810485" : claims["aud"],
    }),
  ],
  ["takes AWS's own audience", onText("aud", (text) => (text === "sts.amazonaws.com" ? "1444828305810485" : text))],
  ["ignores the case of sub", onText("sub", (text) => text.toLowerCase())],
  ["trims sub", onText("sub", (text) => text.trim())],
  ["cuts sub at NUL", onText("sub", (text) => text.split("\u0000")[0] ?? "")],
  ["drops invisible characters of sub", onText("sub", (text) => text.replace(/[\u00ad\u200b\ufeff]/g, ""))],
  [
    "takes look-alikes in sub",
    onText("sub", (text) => text.replace(/[а-я]|і/g, (letter) => CYRILLIC[letter] ?? letter)),
  ],
  ["takes what begins like sub", onText("sub", (text) => NAMES.find((name) => text.startsWith(name)) ?? text)],
  ["takes what ends like sub", onText("sub", (text) => NAMES.find((name) => text.endsWith(name)) ?? text)],
  ["takes any domain", onText("sub", (text) => text.replace(/^alice@.*/, "alice@example.com"))],
  [
    "takes any UUID",
    onText("sub", (text) =>
      text.replace(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"),
    ),
  ],
  [
    "takes client_id for sub",
    (claims) => ({ ...claims, sub: NAMES.includes(String(claims["client_id"])) ? claims["client_id"] : claims["sub"] }),
  ],
  ["takes email for sub", (claims) => ({ ...claims, sub: claims["email"] ?? claims["sub"] })],
  [
    "takes the first of several subjects",
    (claims) => (Array.isArray(claims["sub"]) ? { ...claims, sub: (claims["sub"] as unknown[])[0] } : claims),
  ],
  ["trims the issuer's slash", onText("iss", (text) => text.replace(/\/$/, ""))],
  ["ignores the issuer's case", onText("iss", (text) => text.toLowerCase())],
  ["takes http", onText("iss", (text) => text.replace(/^http:/, "https:"))],
  [
    "takes every tenant of the region",
    onText("iss", (text) =>
      text.replace(/^https:\/\/[^./]+\.cloud\.databricks\.com\/oidc$/, "https://mycompany.cloud.databricks.com/oidc"),
    ),
  ],
  [
    "takes the account-agnostic issuer",
    onText("iss", (text) =>
      text.replace(/^https:\/\/accounts[^/]*\/oidc$/, "https://mycompany.cloud.databricks.com/oidc"),
    ),
  ],
  [
    "takes a missing issuer",
    (claims) => ({ ...claims, iss: claims["iss"] ?? "https://mycompany.cloud.databricks.com/oidc" }),
  ],
  ["takes the discovery URL", onText("iss", (text) => text.replace("/.well-known/openid-configuration", ""))],
  ["forgets the roles claim", ({ "https://aws.amazon.com/roles": _, ...claims }) => claims],
];

afterEach(() => {
  mutant = (real) => real;
});
const trial = (count = 1000) => prove(federation, { seed: 1, count, now: NOW });

test("a true STS is proven", async () => {
  expect((await trial()).holds).toBe(true);
});

test.each(FORGETFUL)("an STS that %s is caught", async (_name, change) => {
  mutant =
    (real) =>
    (claims, ...rest) =>
      real(change(claims), ...rest);
  expect((await trial()).roles[0]?.letIn.length).toBeGreaterThan(0);
});

test.each([
  ["takes every network", { "aws:SourceIp": ["203.0.113.7"] }],
  ["forgets a negated condition", { "aws:RequestedRegion": ["eu-west-1"] }],
])("a policy that %s is caught", async (_name, context) => {
  mutant = (real) => (claims, providers, role, call) =>
    real(claims, providers, role, { ...call, context: { ...call.context, ...context } });
  expect((await trial()).roles[0]?.letIn.length).toBeGreaterThan(0);
});

test(
  "an STS that takes everybody is caught with every forged token counted, and one that takes " +
    "nobody with everybody shut out",
  async () => {
    mutant =
      (real) =>
      (...asked) => ({ ...real(...asked), allowed: true });
    expect((await trial()).roles[0]).toMatchObject({ declared: 2, declaredIn: 2, forged: 1000, forgedIn: 1000 });
    mutant =
      (real) =>
      (...asked) => ({ ...real(...asked), allowed: false });
    const shut = await trial();
    expect(shut.holds).toBe(false);
    expect(shut.roles[0]).toMatchObject({ declared: 2, declaredIn: 0, forgedIn: 0 });
  },
);
