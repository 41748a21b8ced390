# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# Everyday access: to list and to get, and nothing else. Account 444455556666.

# Everyday access: list and get in the buckets of which more can be asked for, nothing else.
resource "aws_iam_policy" "a444455556666_LiftgateReadOnly" {
  provider = aws.account_444455556666
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
        Resource = "arn:aws:s3:::uploads"
      },
      {
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectAttributes",
          "s3:GetObjectTagging",
          "s3:ListMultipartUploadParts",
        ]
        Resource = "arn:aws:s3:::uploads/*"
      },
    ]
  })
}
