"""S3's API operations that are not named like the IAM actions that they need.

Source: "Required permissions for Amazon S3 API operations", Amazon S3 User Guide.
"""

from collections.abc import Mapping
from types import MappingProxyType

# Operation in lower case, to the actions it needs.
OPERATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "headobject": ("s3:GetObject",),
        "headbucket": ("s3:ListBucket",),
        "listobjects": ("s3:ListBucket",),
        "listobjectsv2": ("s3:ListBucket",),
        "listobjectversions": ("s3:ListBucketVersions",),
        "listbuckets": ("s3:ListAllMyBuckets",),
        "listparts": ("s3:ListMultipartUploadParts",),
        "listmultipartuploads": ("s3:ListBucketMultipartUploads",),
        "createmultipartupload": ("s3:PutObject",),
        "uploadpart": ("s3:PutObject",),
        "uploadpartcopy": ("s3:GetObject", "s3:PutObject"),
        "completemultipartupload": ("s3:PutObject",),
        "postobject": ("s3:PutObject",),
        "copyobject": ("s3:GetObject", "s3:PutObject"),
        "deleteobjects": ("s3:DeleteObject",),
        "selectobjectcontent": ("s3:GetObject",),
        "getbucketencryption": ("s3:GetEncryptionConfiguration",),
        "putbucketencryption": ("s3:PutEncryptionConfiguration",),
        "deletebucketencryption": ("s3:PutEncryptionConfiguration",),
        "getbucketlifecycleconfiguration": ("s3:GetLifecycleConfiguration",),
        "putbucketlifecycleconfiguration": ("s3:PutLifecycleConfiguration",),
        "deletebucketlifecycle": ("s3:PutLifecycleConfiguration",),
        "getbucketreplication": ("s3:GetReplicationConfiguration",),
        "putbucketreplication": ("s3:PutReplicationConfiguration",),
        "deletebucketreplication": ("s3:PutReplicationConfiguration",),
        "getpublicaccessblock": ("s3:GetBucketPublicAccessBlock",),
        "putpublicaccessblock": ("s3:PutBucketPublicAccessBlock",),
        "deletepublicaccessblock": ("s3:PutBucketPublicAccessBlock",),
        "deletebucketcors": ("s3:PutBucketCORS",),
        "deletebuckettagging": ("s3:PutBucketTagging",),
        "getobjectlockconfiguration": ("s3:GetBucketObjectLockConfiguration",),
        "putobjectlockconfiguration": ("s3:PutBucketObjectLockConfiguration",),
    }
)
