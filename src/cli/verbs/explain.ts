/** `explain`: can this token assume this role, and if not, which line refuses it. */
import { inputError } from "../../errors";
import { notFound } from "../../federation/find";
import { quoted } from "../../text/text-rule";
import { listed } from "../../text/words";
import { readSource } from "../federation-source";
import { flags, type Options } from "../flags";
import { type ExitCode, sayResult, hide } from "../run";
import { verb } from "../verb";

const EXPLAIN_FLAGS = flags(
  "config",
  "plan",
  "role",
  "account",
  "policy",
  "providerUrl",
  "clientId",
  "token",
  "claims",
  "jwks",
  "roleArn",
  "now",
  "context",
  "mechanisms",
  "who",
  "json",
);

export default verb({
  flags: EXPLAIN_FLAGS,
  exclusive: [
    ["config", "plan"],
    ["policy", "config"],
    ["policy", "plan"],
    ["policy", "role"],
    ["who", "token"],
    ["who", "claims"],
    ["token", "claims"],
  ],
  examples: [
    ["$0 explain --role lake-reader --token @token.jwt", "a token against the federation"],
    ["$0 explain --who --plan plan.json", "everyone who can assume each role of a plan"],
    [
      "$0 explain --policy trust.json --claims claims.json \\\n--provider-url " +
        "https://mycompany.cloud.databricks.com/oidc \\\n--client-id 1444828305810485",
      "any trust policy",
    ],
  ],
  run: async (options) => {
    if (options.mechanisms) return explainMechanisms(options.json);
    if (options.who) return explainWho(options);
    const [{ explainTexts }, { readText }] = await Promise.all([
      import("../../explain/explain-texts"),
      import("../../files/read-file"),
    ]);
    const read = (file: string): string => readText(file, "Check the path.");
    const { explanation, text } = await explainTexts(
      {
        jwks: options.jwks === undefined ? undefined : { file: options.jwks, text: read(options.jwks) },
        target:
          options.policy === undefined
            ? { federation: (await readSource(options)).federation }
            : { policy: read(options.policy) },
        presented:
          options.claims === undefined
            ? { token: await givenToken(options.token) }
            : { claims: { file: options.claims, text: read(options.claims) } },
        now: Math.floor(Date.now() / 1000),
      },
      options,
    );
    sayResult(options.json, explanation, text);
    return explanation.allowed ? 0 : 1;
  },
});

async function givenToken(given: string | undefined): Promise<string> {
  const [{ readGivenToken }, { processEnvironment, variable }] = await Promise.all([
    import("../../token/token-file"),
    import("../../network/environment"),
  ]);
  const token =
    given === undefined ? variable(processEnvironment(), "DATABRICKS_TOKEN_JWT") : readGivenToken(given).reveal();
  if (token !== undefined) return token;
  throw inputError(
    "explain-needs",
    "No token was given.",
    "Use --token - (standard input), --token @FILE, DATABRICKS_TOKEN_JWT, or --claims FILE.",
    "token",
  );
}

/** Exit code 0: a list neither allows nor refuses. */
async function explainWho(options: Options<typeof EXPLAIN_FLAGS>): Promise<ExitCode> {
  const [{ readOne }, { callersText, whoGetsIn }, { parseRole }, { DEFAULT_FEDERATION_FILE }] = await Promise.all([
    import("../../lint/read-documents"),
    import("../../explain/who-gets-in"),
    import("../../trust/parsed/parse-role"),
    import("../../files/load-federation"),
  ]);
  const { document } = await readOne(
    options.policy ?? options.plan ?? options.config ?? DEFAULT_FEDERATION_FILE,
    "Name a file with --config, --plan or --policy, or run init to write a federation.yaml.",
  );
  hide(document.sensitive);
  const all = document.targets
    .filter(({ name }) => options.account === undefined || name === options.account)
    .flatMap(({ target }) => target.roles);
  const known = [...new Set(all.map(({ path, name }) => name ?? path))];
  const roles = all.filter(({ path, name }) =>
    [path, path.replace(/^roles\./, ""), name, undefined].includes(options.role),
  );
  if (roles.length === 0) {
    const unread = document.targets.flatMap(({ target }) => target.unread ?? []);
    if (options.role === undefined)
      throw inputError(
        "no-role",
        unread.length === 0
          ? "No role in it trusts Databricks."
          : `No trust policy in it is known before apply (${listed(
              unread.map(({ path }) => path),
              3,
            )}).`,
        "Give a federation file, a trust policy, or a plan or state with such a role.",
      );
    throw notFound("role-not-found", `There is no role ${quoted(options.role)}.`, "role", known);
  }
  const callers = roles.map((role) => {
    const { malformed, version, statements } = parseRole(role);
    if (malformed.length > 0)
      throw inputError("trust-policy-unreadable", malformed.join(" "), "Fix the trust policy.", role.path);
    return whoGetsIn(role.path, { version, statements }, { namesOf: document.namesOf });
  });
  sayResult(options.json, { roles: callers }, callersText(callers));
  return 0;
}

async function explainMechanisms(json: boolean): Promise<ExitCode> {
  const { FEATURES, MECHANISMS, mechanismsText } = await import("../../explain/mechanisms");
  sayResult(json, { mechanisms: MECHANISMS, features: FEATURES }, mechanismsText());
  return 0;
}
