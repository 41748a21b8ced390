# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# Everyday access: to list and to get, and nothing else. Account 111122223333.

# Everyday access: list and get in the buckets of which more can be asked for, nothing else.
resource "aws_iam_policy" "a111122223333_LiftgateReadOnly" {
  provider = aws.account_111122223333
  name     = "LiftgateReadOnly"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "s3:GetBucketLocation",
          "s3:ListBucket",
          "s3:ListBucketMultipartUploads",
        ]
        Resource = [
          "arn:aws:s3:::exports",
          "arn:aws:s3:::reports",
        ]
      },
      {
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectAttributes",
          "s3:GetObjectTagging",
          "s3:ListMultipartUploadParts",
        ]
        Resource = [
          "arn:aws:s3:::exports/*",
          "arn:aws:s3:::reports/*",
        ]
      },
      {
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:eu-central-1:111122223333:key/0d1f8a5e-9c3b-4b55-8a55-2f4d7c1e9a10"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "s3.eu-central-1.amazonaws.com"
          }
        }
      },
    ]
  })
}
