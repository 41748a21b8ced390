# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# Liftgate's own rights. Account 111122223333.

# What lets the broker lend sessions of elevated roles, and take up the revoker and auditor roles.
resource "aws_iam_policy" "a111122223333_LiftgateBrokerLend" {
  provider = aws.account_111122223333
  name     = "LiftgateBrokerLend"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LendSessions"
        Effect = "Allow"
        Action = [
          "sts:AssumeRole",
          "sts:TagSession",
          "sts:SetSourceIdentity",
        ]
        Resource = "arn:aws:iam::111122223333:role/LiftgateReportsWriter"
      },
      {
        Sid    = "LookAtAccounts"
        Effect = "Allow"
        Action = [
          "sts:AssumeRole",
          "sts:SetSourceIdentity",
        ]
        Resource = "arn:aws:iam::111122223333:role/LiftgateAuditor"
      },
    ]
  })
}

resource "aws_iam_user_policy_attachment" "a111122223333_liftgate-broker-LiftgateBrokerLend" {
  provider = aws.account_111122223333
  # checkov:skip=CKV_AWS_40: Liftgate runs as this user, named with --broker: no group would have another member. A role needs no long-term key.
  user       = "liftgate-broker"
  policy_arn = aws_iam_policy.a111122223333_LiftgateBrokerLend.arn
}

# What lets the broker take access back, and read what must be so before it is given.
resource "aws_iam_policy" "a111122223333_LiftgateBrokerTakeBack" {
  provider = aws.account_111122223333
  name     = "LiftgateBrokerTakeBack"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ReadElevatedRoles"
        Effect = "Allow"
        Action = [
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:DeleteRolePolicy",
        ]
        Resource = "arn:aws:iam::111122223333:role/LiftgateReportsWriter"
      },
      {
        Sid      = "DenyUnderTheirBoundary"
        Effect   = "Allow"
        Action   = "iam:PutRolePolicy"
        Resource = "arn:aws:iam::111122223333:role/LiftgateReportsWriter"
        Condition = {
          StringEquals = {
            "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/LiftgateReportsWriterCeiling"
          }
        }
      },
      {
        Sid    = "ReadWhoMaySignIn"
        Effect = "Allow"
        Action = "iam:GetRole"
        Resource = [
          "arn:aws:iam::111122223333:role/*/LakesideReadOnly",
          "arn:aws:iam::111122223333:role/LakesideReadOnly",
        ]
      },
      {
        Sid    = "ReadRolesOpenedInPlace"
        Effect = "Allow"
        Action = [
          "iam:GetRole",
          "iam:ListRolePolicies",
          "iam:GetRolePolicy",
          "iam:ListAttachedRolePolicies",
          "iam:DeleteRolePolicy",
          "iam:SimulatePrincipalPolicy",
        ]
        Resource = "arn:aws:iam::111122223333:role/LakesideReadOnly"
      },
      {
        Sid      = "OpenUnderTheirBoundary"
        Effect   = "Allow"
        Action   = "iam:PutRolePolicy"
        Resource = "arn:aws:iam::111122223333:role/LakesideReadOnly"
        Condition = {
          StringEquals = {
            "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/LakesideReadOnlyInPlaceBoundary"
          }
        }
      },
      {
        Sid    = "ReadTheirPolicies"
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
        Sid      = "AskTheSimulator"
        Effect   = "Allow"
        Action   = "iam:SimulateCustomPolicy"
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_user_policy_attachment" "a111122223333_liftgate-broker-LiftgateBrokerTakeBack" {
  provider = aws.account_111122223333
  # checkov:skip=CKV_AWS_40: Liftgate runs as this user, named with --broker: no group would have another member. A role needs no long-term key.
  user       = "liftgate-broker"
  policy_arn = aws_iam_policy.a111122223333_LiftgateBrokerTakeBack.arn
}

# What lets the broker take CloudTrail's events.
resource "aws_iam_policy" "a111122223333_LiftgateBrokerWatch" {
  provider = aws.account_111122223333
  name     = "LiftgateBrokerWatch"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "TakeEvents"
        Effect = "Allow"
        Action = [
          "sqs:ReceiveMessage",
          "sqs:DeleteMessage",
          "sqs:ChangeMessageVisibility",
          "sqs:GetQueueAttributes",
          "sqs:SendMessage",
        ]
        Resource = [
          "arn:aws:sqs:us-east-1:111122223333:liftgate-cloudtrail",
          "arn:aws:sqs:us-east-1:111122223333:liftgate-cloudtrail-dead-letters",
        ]
      },
      {
        Sid      = "FindLogFiles"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-us-east-1"
      },
      {
        Sid      = "ReadLogFiles"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-us-east-1/AWSLogs/*"
      },
    ]
  })
}

resource "aws_iam_user_policy_attachment" "a111122223333_liftgate-broker-LiftgateBrokerWatch" {
  provider = aws.account_111122223333
  # checkov:skip=CKV_AWS_40: Liftgate runs as this user, named with --broker: no group would have another member. A role needs no long-term key.
  user       = "liftgate-broker"
  policy_arn = aws_iam_policy.a111122223333_LiftgateBrokerWatch.arn
}

# The broker's permissions boundary: whatever policy is added to it, it does no more than this.
resource "aws_iam_policy" "a111122223333_LiftgateBrokerBoundary" {
  provider = aws.account_111122223333
  name     = "LiftgateBrokerBoundary"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LendAndReach"
        Effect = "Allow"
        Action = [
          "sts:AssumeRole",
          "sts:TagSession",
          "sts:SetSourceIdentity",
        ]
        Resource = "arn:aws:iam::111122223333:role/*"
      },
      {
        Sid    = "TakeBack"
        Effect = "Allow"
        Action = [
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:DeleteRolePolicy",
          "iam:PutRolePolicy",
          "iam:ListRolePolicies",
          "iam:ListAttachedRolePolicies",
          "iam:SimulatePrincipalPolicy",
        ]
        Resource = "arn:aws:iam::111122223333:role/*"
      },
      {
        Sid    = "ReadTheirPolicies"
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
        Sid      = "AskTheSimulator"
        Effect   = "Allow"
        Action   = "iam:SimulateCustomPolicy"
        Resource = "*"
      },
      {
        Sid      = "NeverWithoutABoundary"
        Effect   = "Deny"
        Action   = "iam:PutRolePolicy"
        Resource = "*"
        Condition = {
          Null = {
            "iam:PermissionsBoundary" = "true"
          }
        }
      },
      {
        Sid    = "TakeEvents"
        Effect = "Allow"
        Action = [
          "sqs:ReceiveMessage",
          "sqs:DeleteMessage",
          "sqs:ChangeMessageVisibility",
          "sqs:GetQueueAttributes",
          "sqs:SendMessage",
        ]
        Resource = [
          "arn:aws:sqs:us-east-1:111122223333:liftgate-cloudtrail",
          "arn:aws:sqs:us-east-1:111122223333:liftgate-cloudtrail-dead-letters",
        ]
      },
      {
        Sid      = "FindLogFiles"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-us-east-1"
      },
      {
        Sid      = "ReadLogFiles"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-us-east-1/AWSLogs/*"
      },
    ]
  })
}
