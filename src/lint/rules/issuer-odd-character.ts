import { quotedAscii } from "../../text/text-rule";
import { EXACT, providerRule } from "../provider-rule";

export const issuerOddCharacter = providerRule({
  id: "issuer-odd-character",
  title: "Issuer with a character that no Databricks issuer has",
  why:
    `A look-alike letter of another script makes it a different host; white space or an invisible character ` +
    `makes it match no token. ${EXACT}`,
  fix: "Retype the issuer in ASCII letters.",
  bad: "https://mycompany.cloud.d\u0430tabricks.com/oidc",
  broken: (_, url) =>
    /[^\x21-\x7e]/.test(url) ? `${quotedAscii(url)} contains a character that is not visible ASCII.` : undefined,
});
