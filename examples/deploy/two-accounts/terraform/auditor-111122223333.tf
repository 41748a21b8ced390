# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# The role by which Liftgate sees whether this account is still as it was deployed. Account 111122223333.

# What lets the auditor read settings: of the plan's things, and of IAM.
resource "aws_iam_policy" "a111122223333_LiftgateAuditorLook" {
  provider = aws.account_111122223333
  name     = "LiftgateAuditorLook"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LookAtTheWhole"
        Effect = "Allow"
        Action = [
          "iam:GetAccountAuthorizationDetails",
          "cloudtrail:DescribeTrails",
          "s3:GetAccountPublicAccessBlock",
          "s3:ListAccessPoints",
        ]
        Resource = "*"
      },
      {
        Sid      = "LookAtRoles"
        Effect   = "Allow"
        Action   = "iam:GetRole"
        Resource = "arn:aws:iam::111122223333:role/*"
      },
      {
        Sid    = "LookAtPolicies"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
        ]
        Resource = [
          "arn:aws:iam::111122223333:policy/*",
          "arn:aws:iam::aws:policy/*",
        ]
      },
      {
        Sid    = "LookAtBuckets"
        Effect = "Allow"
        Action = [
          "s3:GetBucketPolicy",
          "s3:GetBucketPublicAccessBlock",
          "s3:GetBucketVersioning",
          "s3:GetLifecycleConfiguration",
        ]
        Resource = [
          "arn:aws:s3:::report-drafts",
          "arn:aws:s3:::reports",
          "arn:aws:s3:::liftgate-trail-111122223333-eu-central-1",
        ]
      },
      {
        Sid      = "LookAtAccessPoints"
        Effect   = "Allow"
        Action   = "s3:GetAccessPointPolicy"
        Resource = "arn:aws:s3:*:111122223333:accesspoint/*"
      },
      {
        Sid    = "LookAtTrails"
        Effect = "Allow"
        Action = [
          "cloudtrail:GetEventSelectors",
          "cloudtrail:GetTrailStatus",
        ]
        Resource = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/liftgate"
      },
      {
        Sid    = "LookAtRules"
        Effect = "Allow"
        Action = [
          "events:DescribeRule",
          "events:ListTargetsByRule",
        ]
        Resource = [
          "arn:aws:events:eu-central-1:111122223333:rule/liftgate-cloudtrail",
          "arn:aws:events:us-east-1:111122223333:rule/liftgate-cloudtrail-forward",
        ]
      },
      {
        Sid      = "LookAtTheBus"
        Effect   = "Allow"
        Action   = "events:DescribeEventBus"
        Resource = "arn:aws:events:eu-central-1:111122223333:event-bus/default"
      },
      {
        Sid    = "LookAtQueues"
        Effect = "Allow"
        Action = "sqs:GetQueueAttributes"
        Resource = [
          "arn:aws:sqs:eu-central-1:111122223333:liftgate-cloudtrail",
          "arn:aws:sqs:eu-central-1:111122223333:liftgate-cloudtrail-dead-letters",
        ]
      },
    ]
  })
}

# The auditor's permissions boundary: whatever policy is added to it, it does no more than this.
resource "aws_iam_policy" "a111122223333_LiftgateAuditorBoundary" {
  provider = aws.account_111122223333
  name     = "LiftgateAuditorBoundary"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LookAtTheWhole"
        Effect = "Allow"
        Action = [
          "iam:GetAccountAuthorizationDetails",
          "cloudtrail:DescribeTrails",
          "s3:GetAccountPublicAccessBlock",
          "s3:ListAccessPoints",
        ]
        Resource = "*"
      },
      {
        Sid      = "LookAtRoles"
        Effect   = "Allow"
        Action   = "iam:GetRole"
        Resource = "arn:aws:iam::111122223333:role/*"
      },
      {
        Sid    = "LookAtPolicies"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
        ]
        Resource = [
          "arn:aws:iam::111122223333:policy/*",
          "arn:aws:iam::aws:policy/*",
        ]
      },
      {
        Sid    = "LookAtBuckets"
        Effect = "Allow"
        Action = [
          "s3:GetBucketPolicy",
          "s3:GetBucketPublicAccessBlock",
          "s3:GetBucketVersioning",
          "s3:GetLifecycleConfiguration",
        ]
        Resource = "arn:aws:s3:::*"
      },
      {
        Sid      = "LookAtAccessPoints"
        Effect   = "Allow"
        Action   = "s3:GetAccessPointPolicy"
        Resource = "arn:aws:s3:*:111122223333:accesspoint/*"
      },
      {
        Sid    = "LookAtKeys"
        Effect = "Allow"
        Action = [
          "kms:DescribeKey",
          "kms:GetKeyPolicy",
        ]
        Resource = "arn:aws:kms:*:111122223333:key/*"
      },
      {
        Sid    = "LookAtTrails"
        Effect = "Allow"
        Action = [
          "cloudtrail:GetEventSelectors",
          "cloudtrail:GetTrailStatus",
        ]
        Resource = "arn:aws:cloudtrail:*:*:trail/*"
      },
      {
        Sid    = "LookAtRules"
        Effect = "Allow"
        Action = [
          "events:DescribeRule",
          "events:ListTargetsByRule",
        ]
        Resource = "arn:aws:events:*:111122223333:rule/*"
      },
      {
        Sid      = "LookAtTheBus"
        Effect   = "Allow"
        Action   = "events:DescribeEventBus"
        Resource = "arn:aws:events:*:111122223333:event-bus/*"
      },
      {
        Sid      = "LookAtQueues"
        Effect   = "Allow"
        Action   = "sqs:GetQueueAttributes"
        Resource = "arn:aws:sqs:*:111122223333:*"
      },
    ]
  })
}

# Taken up by the broker to see whether this account is still as it was deployed. It changes nothing and reads
# no object.
resource "aws_iam_role" "a111122223333_LiftgateAuditor" {
  provider             = aws.account_111122223333
  name                 = "LiftgateAuditor"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "TheBrokerAlone"
        Effect = "Allow"
        Principal = {
          AWS = aws_iam_role.a111122223333_LiftgateBroker.arn
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "sts:RoleSessionName" = "liftgate-LiftgateBroker"
            "sts:SourceIdentity"  = "liftgate-LiftgateBroker"
          }
        }
      },
      {
        Sid    = "NameTheBroker"
        Effect = "Allow"
        Principal = {
          AWS = aws_iam_role.a111122223333_LiftgateBroker.arn
        }
        Action = "sts:SetSourceIdentity"
        Condition = {
          StringEquals = {
            "sts:SourceIdentity" = "liftgate-LiftgateBroker"
          }
        }
      },
    ]
  })
  permissions_boundary = aws_iam_policy.a111122223333_LiftgateAuditorBoundary.arn
}

resource "aws_iam_role_policy_attachment" "a111122223333_LiftgateAuditor-LiftgateAuditorLook" {
  provider   = aws.account_111122223333
  role       = aws_iam_role.a111122223333_LiftgateAuditor.name
  policy_arn = aws_iam_policy.a111122223333_LiftgateAuditorLook.arn
}
