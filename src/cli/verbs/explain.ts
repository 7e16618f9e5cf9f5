/** `explain`: would this token get this role, and if not, which line says no. */
import { InputError } from "../../errors";
import { readSource } from "../federation-source";
import { flags } from "../flags";
import type { ExitCode } from "../run";
import { say, sayJson } from "../run";
import { verb } from "../verb";

export default verb({
  flags: flags(
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
    "json",
  ),
  exclusive: [
    ["config", "plan"],
    ["policy", "config"],
    ["policy", "plan"],
    ["policy", "role"],
    ["token", "claims"],
  ],
  examples: [
    ["$0 explain --role lake-reader --token @token.jwt", "a token against the federation"],
    [
      "$0 explain --policy trust.json --claims claims.json \\\n--provider-url " +
        "https://mycompany.cloud.databricks.com/oidc \\\n--client-id 1444828305810485",
      "any trust policy",
    ],
  ],
  run: async (options) => {
    if (options.mechanisms) return explainMechanisms(options.json);
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
    if (options.json) sayJson(explanation);
    else say(text);
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
  throw new InputError({
    code: "explain-needs",
    message: "No token was given.",
    path: "token",
    fix: "Use --token - (standard input), --token @FILE, DATABRICKS_TOKEN_JWT, or --claims FILE.",
  });
}

async function explainMechanisms(json: boolean): Promise<ExitCode> {
  const { MECHANISMS, mechanismsText } = await import("../../explain/mechanisms");
  if (json) sayJson({ mechanisms: MECHANISMS });
  else say(mechanismsText());
  return 0;
}
