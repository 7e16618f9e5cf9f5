# One workspace, and two roles for it: a job that reads the lake, and people at the office who look at reports.

module "databricks" {
  source = "../../modules/databricks-workspace-oidc"
  # From a registry instead:
  # source  = "registry.example.com/acme/databricks-workspace-oidc/aws"
  # version = "~> 0.1"

  databricks_workspace_host = "mycompany.cloud.databricks.com"
  databricks_workspace_id   = "1444828305810485"

  role_path = "/databricks/"

  roles = {
    lake-reader = {
      description         = "Nightly jobs read the lake"
      service_principals  = ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"]
      managed_policy_arns = { read = aws_iam_policy.read_lake.arn }
    }
    report-viewer = {
      description = "People at the office look at reports"
      users       = ["alice@example.com", "bob@example.com"]
      conditions = [{
        test     = "IpAddress"
        variable = "aws:SourceIp"
        values   = ["203.0.113.0/24"]
      }]
      inline_policies = {
        reports = jsonencode({
          Version = "2012-10-17"
          Statement = [{
            Effect   = "Allow"
            Action   = ["s3:GetObject"]
            Resource = ["arn:aws:s3:::mycompany-lake/reports/*"]
          }]
        })
      }
    }
  }

  tags = {
    managed-by = "terraform"
    team       = "data"
  }
}

# An ARN that is known only when this has been applied: the keys of managed_policy_arns are what Terraform needs to plan.
resource "aws_iam_policy" "read_lake" {
  name = "read-lake"
  policy = jsonencode({
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
