/** `issuer`: which issuer, and every URL and ARN derived from it. */
import { flags } from "../flags";
import { sayResult } from "../run";
import { verb } from "../verb";

export default verb({
  flags: flags(
    "host",
    "accountId",
    "unifiedLogin",
    "url",
    "cloud",
    "workspaceId",
    "awsAccountId",
    "partition",
    "allowCustomHost",
    "json",
  ),
  examples: [
    ["$0 issuer \\\n--url 'https://mycompany.cloud.databricks.com/?o=1444828305810485'", "the workspace issuer"],
    ["$0 issuer --cloud azure \\\n--account-id 7d3c2b1a-0f5e-4c8d-9a6b-123456789012", "an account issuer"],
  ],
  run: async (options): Promise<0> => {
    const { chooseIssuer, issuerText } = await import("../../issuer/choose");
    const choice = chooseIssuer(options);
    sayResult(options.json, choice, issuerText(choice));
    return 0;
  },
});
