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
        Resource = [
          "arn:aws:iam::111122223333:role/liftgate/export-publish",
          "arn:aws:iam::111122223333:role/liftgate/reports-write",
        ]
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
        Resource = [
          "arn:aws:iam::111122223333:role/liftgate/export-publish",
          "arn:aws:iam::111122223333:role/liftgate/reports-write",
        ]
      },
      {
        Sid    = "DenyUnderTheirBoundary"
        Effect = "Allow"
        Action = "iam:PutRolePolicy"
        Resource = [
          "arn:aws:iam::111122223333:role/liftgate/export-publish",
          "arn:aws:iam::111122223333:role/liftgate/reports-write",
        ]
        Condition = {
          StringEquals = {
            "iam:PermissionsBoundary" = [
              "arn:aws:iam::111122223333:policy/liftgate/export-publishCeiling",
              "arn:aws:iam::111122223333:policy/liftgate/reports-writeCeiling",
            ]
          }
        }
      },
      {
        Sid    = "ReadWhoMaySignIn"
        Effect = "Allow"
        Action = "iam:GetRole"
        Resource = [
          "arn:aws:iam::111122223333:role/*/baseline",
          "arn:aws:iam::111122223333:role/baseline",
        ]
      },
    ]
  })
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
          "arn:aws:sqs:eu-central-1:111122223333:liftgate-cloudtrail",
          "arn:aws:sqs:eu-central-1:111122223333:liftgate-cloudtrail-dead-letters",
        ]
      },
      {
        Sid      = "FindLogFiles"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-eu-central-1"
      },
      {
        Sid      = "ReadLogFiles"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-eu-central-1/AWSLogs/*"
      },
    ]
  })
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
        ]
        Resource = "arn:aws:iam::111122223333:role/*"
      },
      {
        Sid    = "NeverItself"
        Effect = "Deny"
        Action = [
          "iam:PutRolePolicy",
          "iam:DeleteRolePolicy",
        ]
        Resource = "arn:aws:iam::111122223333:role/LiftgateBroker"
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
          "arn:aws:sqs:eu-central-1:111122223333:liftgate-cloudtrail",
          "arn:aws:sqs:eu-central-1:111122223333:liftgate-cloudtrail-dead-letters",
        ]
      },
      {
        Sid      = "FindLogFiles"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-eu-central-1"
      },
      {
        Sid      = "ReadLogFiles"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-eu-central-1/AWSLogs/*"
      },
    ]
  })
}

# Liftgate itself. It may lend the elevated roles and take back what it lent; it reads no object but log
# files.
resource "aws_iam_role" "a111122223333_LiftgateBroker" {
  provider             = aws.account_111122223333
  name                 = "LiftgateBroker"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "RunAsTheBroker"
        Effect = "Allow"
        Principal = {
          Service = "ec2.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })
  permissions_boundary = aws_iam_policy.a111122223333_LiftgateBrokerBoundary.arn
}

resource "aws_iam_role_policy_attachment" "a111122223333_LiftgateBroker-LiftgateBrokerLend" {
  provider   = aws.account_111122223333
  role       = aws_iam_role.a111122223333_LiftgateBroker.name
  policy_arn = aws_iam_policy.a111122223333_LiftgateBrokerLend.arn
}

resource "aws_iam_role_policy_attachment" "a111122223333_LiftgateBroker-LiftgateBrokerTakeBack" {
  provider   = aws.account_111122223333
  role       = aws_iam_role.a111122223333_LiftgateBroker.name
  policy_arn = aws_iam_policy.a111122223333_LiftgateBrokerTakeBack.arn
}

resource "aws_iam_role_policy_attachment" "a111122223333_LiftgateBroker-LiftgateBrokerWatch" {
  provider   = aws.account_111122223333
  role       = aws_iam_role.a111122223333_LiftgateBroker.name
  policy_arn = aws_iam_policy.a111122223333_LiftgateBrokerWatch.arn
}

# By which EC2 hands the role to the machine that Liftgate runs on.
resource "aws_iam_instance_profile" "a111122223333_LiftgateBroker" {
  provider = aws.account_111122223333
  name     = "LiftgateBroker"
  role     = aws_iam_role.a111122223333_LiftgateBroker.name
}
