// As an app of a user's: NodeNext, and the types of the kit.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { App, TerraformStack } from "cdktf";
import { InputError } from "databricks-aws-oidc";
import { DatabricksFederation, FederationStack, loadFederation } from "databricks-aws-oidc/cdktf";

const app = new App();
export const own: TerraformStack = new FederationStack(app, loadFederation("federation.yaml"));
const stack = new TerraformStack(app, "lake");
const provider = new AwsProvider(stack, "aws", { region: "us-east-1" });
const federation = new DatabricksFederation(stack, "lakehouse", { provider, issuers: {} });
export const arn: string | undefined = federation.roles["reader"]?.resource.arn;
export const isInput = (error: unknown): boolean => error instanceof InputError;
// @ts-expect-error -- a stack has no such member
export const nothing: unknown = own.nothing;
app.synth();
