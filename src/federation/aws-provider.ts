/** Which Terraform provider both back ends ask for: one answer for stacks, roots and modules. */
export const AWS_PROVIDER_SOURCE = "hashicorp/aws";
/** From 5.81.0 on an OIDC provider needs no thumbprint; 6 supports the resources we write. */
export const AWS_PROVIDER_RANGE = ">= 5.81.0, < 7.0.0";
/** The oldest Terraform the modules are written for; OpenTofu's versions lie above it. */
export const TERRAFORM_RANGE = ">= 1.5.7";
