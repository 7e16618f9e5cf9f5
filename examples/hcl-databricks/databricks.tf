# The Databricks half: the service principal, its federation policy for CI, the service credential, a compute policy, and
# the grants. aws.tf reads two values of it, application_id and external_id, both known once Databricks has made them.

terraform {
  required_providers {
    databricks = {
      source  = "databricks/databricks"
      version = ">= 1.99.0"
    }
  }
}

provider "databricks" {
  alias      = "account"
  host       = "https://accounts.cloud.databricks.com"
  account_id = local.databricks_account_id
}

provider "databricks" {
  host = "https://${local.workspace_host}"
}

locals {
  application_id = databricks_service_principal.etl.application_id
  external_id    = databricks_credential.lake.aws_iam_role[0].external_id
}

resource "databricks_service_principal" "etl" {
  provider = databricks.account

  display_name = "etl"
}

resource "databricks_mws_permission_assignment" "etl" {
  provider = databricks.account

  permissions  = ["USER"]
  principal_id = databricks_service_principal.etl.id
  workspace_id = local.workspace_id
}

# CI is this service principal without a secret: GitHub's own token is exchanged for one of Databricks.
resource "databricks_service_principal_federation_policy" "ci" {
  provider = databricks.account

  policy_id            = "github-actions"
  service_principal_id = databricks_service_principal.etl.id

  oidc_policy = {
    issuer    = "https://token.actions.githubusercontent.com"
    audiences = [local.databricks_account_id]
    subject   = "repo:mycompany/etl:environment:production"
  }
}

resource "databricks_credential" "lake" {
  name    = "lake"
  purpose = "SERVICE"
  comment = "The role ${local.role_name} in AWS, made by the same configuration"

  aws_iam_role {
    # Computed: the role waits for this credential's external ID, so this must not wait for the role.
    role_arn = local.role_arn
  }

  # The role is made after this.
  skip_validation = true
}

resource "databricks_grants" "lake" {
  credential = databricks_credential.lake.name

  grant {
    principal  = databricks_service_principal.etl.application_id
    privileges = ["ACCESS"]
  }

  # Whoever uses the credential finds a role that lets Unity Catalog in.
  depends_on = [databricks_mws_permission_assignment.etl, module.aws]
}

# Clusters of the service principal alone, without stored AWS keys.
resource "databricks_cluster_policy" "etl" {
  name = "etl, AWS without stored keys"

  definition = jsonencode({
    data_security_mode                     = { type = "fixed", value = "SINGLE_USER" }
    single_user_name                       = { type = "allowlist", values = [databricks_service_principal.etl.application_id] }
    "spark_env_vars.AWS_REGION"            = { type = "fixed", value = local.region }
    "spark_env_vars.AWS_ACCESS_KEY_ID"     = { type = "forbidden" }
    "spark_env_vars.AWS_SECRET_ACCESS_KEY" = { type = "forbidden" }
    "spark_env_vars.AWS_SESSION_TOKEN"     = { type = "forbidden" }
  })
}

resource "databricks_permissions" "etl" {
  cluster_policy_id = databricks_cluster_policy.etl.id

  access_control {
    permission_level       = "CAN_USE"
    service_principal_name = databricks_service_principal.etl.application_id
  }

  depends_on = [databricks_mws_permission_assignment.etl]
}
