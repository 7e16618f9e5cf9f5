/** Outbound identity federation: the issuers of AWS accounts, and their keys for this run. */
import { makeKeys, type SigningKeys } from "../keys";
import type { Seal } from "../seal";
import type { Outbound } from "./call";

/** An issuer for each account, the same as long as the sandbox runs. Its keys are none of Databricks'. */
export async function makeOutbound(seal: Seal): Promise<Outbound> {
  const rsa = await makeKeys();
  let elliptic: Promise<SigningKeys> | undefined;
  return {
    keys: rsa.set,
    issuerOf: (accountId) => {
      const hex = seal.derive("outbound issuer", accountId).toString("hex");
      const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
      return `https://${uuid.join("-")}.tokens.sts.global.api.aws`;
    },
    sign: async (algorithm, claims) => {
      const keys = algorithm === "RS256" ? rsa : await (elliptic ??= makeKeys("ES384"));
      return keys.sign(claims, { typ: "JWT" });
    },
  };
}
