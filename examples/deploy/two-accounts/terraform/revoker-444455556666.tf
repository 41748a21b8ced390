# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# The role by which Liftgate takes access back in this account. Account 444455556666.

# What lets the revoker take access back, and read what must be so before it is given.
resource "aws_iam_policy" "a444455556666_LiftgateRevokerTakeBack" {
  provider = aws.account_444455556666
  name     = "LiftgateRevokerTakeBack"
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
        Resource = "arn:aws:iam::444455556666:role/uploads-quarantine"
      },
      {
        Sid      = "DenyUnderTheirBoundary"
        Effect   = "Allow"
        Action   = "iam:PutRolePolicy"
        Resource = "arn:aws:iam::444455556666:role/uploads-quarantine"
        Condition = {
          StringEquals = {
            "iam:PermissionsBoundary" = "arn:aws:iam::444455556666:policy/uploads-quarantineCeiling"
          }
        }
      },
      {
        Sid    = "ReadWhoMaySignIn"
        Effect = "Allow"
        Action = "iam:GetRole"
        Resource = [
          "arn:aws:iam::444455556666:role/*/scanner",
          "arn:aws:iam::444455556666:role/scanner",
        ]
      },
    ]
  })
}

# The revoker's permissions boundary: whatever policy is added to it, it does no more than this.
resource "aws_iam_policy" "a444455556666_LiftgateRevokerBoundary" {
  provider = aws.account_444455556666
  name     = "LiftgateRevokerBoundary"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "TakeBack"
        Effect = "Allow"
        Action = [
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:DeleteRolePolicy",
          "iam:PutRolePolicy",
        ]
        Resource = "arn:aws:iam::444455556666:role/*"
      },
      {
        Sid    = "NeverItself"
        Effect = "Deny"
        Action = [
          "iam:PutRolePolicy",
          "iam:DeleteRolePolicy",
        ]
        Resource = "arn:aws:iam::444455556666:role/LiftgateRevoker"
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
    ]
  })
}

# Taken up by the broker to put denies on this account's elevated roles. It lends nothing and reads no object.
resource "aws_iam_role" "a444455556666_LiftgateRevoker" {
  provider             = aws.account_444455556666
  name                 = "LiftgateRevoker"
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
            "sts:ExternalId"      = var.external_id_444455556666
            "aws:PrincipalOrgID"  = "o-a1b2c3d4e5"
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
  permissions_boundary = aws_iam_policy.a444455556666_LiftgateRevokerBoundary.arn
}

resource "aws_iam_role_policy_attachment" "a444455556666_LiftgateRevoker-LiftgateRevokerTakeBack" {
  provider   = aws.account_444455556666
  role       = aws_iam_role.a444455556666_LiftgateRevoker.name
  policy_arn = aws_iam_policy.a444455556666_LiftgateRevokerTakeBack.arn
}
