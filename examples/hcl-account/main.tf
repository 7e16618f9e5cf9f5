# All workspaces of one Databricks account, and Unity Catalog: tokens of the account issuer, and a storage credential.

module "databricks" {
  source = "../../modules/databricks-account-oidc"
  # From a registry instead:
  # source  = "registry.example.com/acme/databricks-account-oidc/aws"
  # version = "~> 0.1"

  databricks_account_id = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012"
  # On Azure:
  # databricks_account_host = "accounts.azuredatabricks.net"

  permissions_boundary_arn = aws_iam_policy.boundary.arn

  # Subject patterns may match addresses of these domains, and of those below them.
  email_domains = ["data.example.com"]

  roles = {
    # Every mailbox of the domain belongs to the data team; others cannot get an address there.
    data-team = {
      description      = "The data team, from any workspace of the account"
      subject_patterns = ["*@data.example.com"]
      inline_policies  = { read-lake = local.read_lake }
    }
    lake-location = {
      description = "Unity Catalog's storage credential for the lake"
      unity_catalog = {
        external_ids = ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"]
      }
      inline_policies = { read-lake = local.read_lake }
      path            = "/unity-catalog/"
    }
  }
}

locals {
  read_lake = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = ["arn:aws:s3:::mycompany-lake"]
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["arn:aws:s3:::mycompany-lake/*"]
      },
    ]
  })
}

# Whatever policies the roles get, they read, and assume themselves (which Unity Catalog needs).
resource "aws_iam_policy" "boundary" {
  name = "databricks-boundary"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:Get*", "s3:List*", "sts:AssumeRole"]
      Resource = ["*"]
    }]
  })
}
