"""S3's API operations, and the IAM actions that each needs.

Sources: "Required permissions for Amazon S3 API operations", Amazon S3 User Guide, and the sections "Permissions" of the
Amazon S3 API Reference. The operations are those of the models of S3 and S3 Control, and the names that CloudTrail gives to some of
them; a test compares with the model. ``calls`` fills the table in for one call.
"""

from collections.abc import Mapping
from types import MappingProxyType

from liftgate.iam.s3.need import Need, On


def _object(action: str, versioned: str | None = None, *, when: tuple[str, ...] = ()) -> Need:
    return Need(f"s3:{action}", On.OBJECT, f"s3:{versioned}" if versioned else None, when)


def _source(action: str, versioned: str) -> Need:
    return Need(f"s3:{action}", On.SOURCE, f"s3:{versioned}")


def _bucket(*actions: str, when: tuple[str, ...] = ()) -> tuple[Need, ...]:
    return tuple(Need(f"s3:{action}", On.BUCKET, when=when) for action in actions)


def _account(action: str) -> tuple[Need, ...]:
    return (Need(f"s3:{action}", On.ACCOUNT),)


_GRANTS = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
_BYPASS = _object("BypassGovernanceRetention", when=("BypassGovernanceRetention",))
_GET = _object("GetObject", "GetObjectVersion")
_READ_SOURCE = _source("GetObject", "GetObjectVersion")
_PUT = _object("PutObject")
_WITH = (  # what a new object is given besides its bytes
    _object("PutObjectTagging", when=("Tagging",)),
    _object("PutObjectAcl", when=_GRANTS),
    _object("PutObjectRetention", when=("ObjectLockMode", "ObjectLockRetainUntilDate")),
    _object("PutObjectLegalHold", when=("ObjectLockLegalHoldStatus",)),
)
_SEAL = Need("kms:GenerateDataKey", On.KMS_KEY, when=("SSEKMSKeyId",))
_UNSEAL = Need("kms:Decrypt", On.KMS_KEY, when=("SSEKMSKeyId",))

_OBJECTS: dict[str, tuple[Need, ...]] = {
    "GetObject": (_GET,),
    "HeadObject": (_GET,),
    "SelectObjectContent": (_object("GetObject"),),
    "GetObjectAttributes": (_GET, _object("GetObjectAttributes", "GetObjectVersionAttributes")),
    "GetObjectAcl": (_object("GetObjectAcl", "GetObjectVersionAcl"),),
    "GetObjectTagging": (_object("GetObjectTagging", "GetObjectVersionTagging"),),
    "GetObjectTorrent": (_object("GetObjectTorrent"),),
    "GetObjectLegalHold": (_object("GetObjectLegalHold"),),
    "GetObjectRetention": (_object("GetObjectRetention"),),
    "PutObject": (_PUT, *_WITH, _SEAL),
    "PostObject": (_PUT, *_WITH, _SEAL),
    "CreateMultipartUpload": (_PUT, *_WITH, _SEAL, _UNSEAL),
    "UploadPart": (_PUT,),
    "CompleteMultipartUpload": (_PUT,),
    "CopyObject": (_READ_SOURCE, _PUT, *_WITH, _SEAL),
    "UploadPartCopy": (_READ_SOURCE, _PUT),
    "AbortMultipartUpload": (_object("AbortMultipartUpload"),),
    "ListParts": (_object("ListMultipartUploadParts"),),
    "DeleteObject": (_object("DeleteObject", "DeleteObjectVersion"), _BYPASS),
    "DeleteObjects": (_object("DeleteObject", "DeleteObjectVersion"), _BYPASS),
    "DeleteObjectTagging": (_object("DeleteObjectTagging", "DeleteObjectVersionTagging"),),
    "PutObjectTagging": (_object("PutObjectTagging", "PutObjectVersionTagging"),),
    "PutObjectAcl": (_object("PutObjectAcl", "PutObjectVersionAcl"),),
    "PutObjectLegalHold": (_object("PutObjectLegalHold"),),
    "PutObjectRetention": (_object("PutObjectRetention"), _BYPASS),
    "RestoreObject": (_object("RestoreObject"),),
    "UpdateObjectEncryption": (_object("UpdateObjectEncryption"), _PUT),
}

_LISTS: dict[str, tuple[Need, ...]] = {
    "ListBuckets": _account("ListAllMyBuckets"),
    "HeadBucket": _bucket("ListBucket"),
    "ListObjects": _bucket("ListBucket"),
    "ListObjectsV2": _bucket("ListBucket"),
    "ListObjectVersions": _bucket("ListBucketVersions"),
    "ListMultipartUploads": _bucket("ListBucketMultipartUploads"),
}

_BUCKETS: dict[str, tuple[Need, ...]] = {
    "CreateBucket": (
        *_bucket("CreateBucket"),
        *_bucket("PutBucketAcl", when=_GRANTS),
        *_bucket(
            "PutBucketObjectLockConfiguration", "PutBucketVersioning", when=("ObjectLockEnabledForBucket",)
        ),
        *_bucket("PutBucketOwnershipControls", when=("ObjectOwnership",)),
        *_bucket("TagResource", when=("CreateBucketConfiguration.Tags",)),
    ),
    "DeleteBucket": _bucket("DeleteBucket"),
    "GetBucketLocation": _bucket("GetBucketLocation"),
    "GetBucketPolicyStatus": _bucket("GetBucketPolicyStatus"),
    "DeleteBucketPolicy": _bucket("DeleteBucketPolicy"),
    "DeleteBucketWebsite": _bucket("DeleteBucketWebsite"),
    "GetAccountPublicAccessBlock": _account("GetAccountPublicAccessBlock"),
    "PutAccountPublicAccessBlock": _account("PutAccountPublicAccessBlock"),
    "DeleteAccountPublicAccessBlock": _account("PutAccountPublicAccessBlock"),
    "PutBucketReplication": (
        *_bucket("PutReplicationConfiguration"),
        Need("iam:PassRole", On.ROLE, when=("ReplicationConfiguration.Role",)),
    ),
    "CreateBucketMetadataConfiguration": _bucket("CreateBucketMetadataTableConfiguration"),
    "CreateBucketMetadataTableConfiguration": _bucket("CreateBucketMetadataTableConfiguration"),
    "GetBucketMetadataConfiguration": _bucket("GetBucketMetadataTableConfiguration"),
    "GetBucketMetadataTableConfiguration": _bucket("GetBucketMetadataTableConfiguration"),
    "DeleteBucketMetadataConfiguration": _bucket("DeleteBucketMetadataTableConfiguration"),
    "DeleteBucketMetadataTableConfiguration": _bucket("DeleteBucketMetadataTableConfiguration"),
    "UpdateBucketMetadataInventoryTableConfiguration": _bucket(
        "UpdateBucketMetadataInventoryTableConfiguration"
    ),
    "UpdateBucketMetadataJournalTableConfiguration": _bucket("UpdateBucketMetadataJournalTableConfiguration"),
}

# Operations of S3 Control that are named like their actions: CloudTrail writes them as S3's.
_CONTROL = (
    ("AccessGrant", "Create Delete Get"),
    ("AccessGrants", "List"),
    ("AccessGrantsIdentityCenter", "Associate Dissociate"),
    ("AccessGrantsInstance", "Create Delete Get"),
    ("AccessGrantsInstanceForPrefix", "Get"),
    ("AccessGrantsInstanceResourcePolicy", "Delete Get Put"),
    ("AccessGrantsInstances", "List"),
    ("AccessGrantsLocation", "Create Delete Get Update"),
    ("AccessGrantsLocations", "List"),
    ("AccessPoint", "Create Delete Get"),
    ("AccessPointConfigurationForObjectLambda", "Get Put"),
    ("AccessPointForObjectLambda", "Create Delete Get"),
    ("AccessPointPolicy", "Delete Get Put"),
    ("AccessPointPolicyForObjectLambda", "Delete Get Put"),
    ("AccessPointPolicyStatus", "Get"),
    ("AccessPointPolicyStatusForObjectLambda", "Get"),
    ("AccessPoints", "List"),
    ("AccessPointsForObjectLambda", "List"),
    ("CallerAccessGrants", "List"),
    ("DataAccess", "Get"),
    ("Job", "Create Describe"),
    ("JobPriority", "Update"),
    ("JobStatus", "Update"),
    ("JobTagging", "Delete Get Put"),
    ("Jobs", "List"),
    ("MultiRegionAccessPoint", "Create Delete Get"),
    ("MultiRegionAccessPointOperation", "Describe"),
    ("MultiRegionAccessPointPolicy", "Get Put"),
    ("MultiRegionAccessPointPolicyStatus", "Get"),
    ("MultiRegionAccessPointRoutes", "Get Submit"),
    ("MultiRegionAccessPoints", "List"),
    ("Resource", "Tag Untag"),
    ("StorageLensConfiguration", "Delete Get Put"),
    ("StorageLensConfigurationTagging", "Delete Get Put"),
    ("StorageLensConfigurations", "List"),
    ("StorageLensGroup", "Create Delete Get Update"),
    ("StorageLensGroups", "List"),
    ("TagsForResource", "List"),
)

# A bucket's settings: the operations' name for each, the actions', and the verbs that there are. Deleting is putting.
_SETTINGS = (
    ("BucketAbac", "BucketAbac", "Get Put"),
    ("BucketAccelerateConfiguration", "AccelerateConfiguration", "Get Put"),
    ("BucketAcl", "BucketAcl", "Get Put"),
    ("BucketAnalyticsConfiguration", "AnalyticsConfiguration", "Get Put Delete List"),
    ("BucketCors", "BucketCORS", "Get Put Delete"),
    ("BucketEncryption", "EncryptionConfiguration", "Get Put Delete"),
    ("BucketIntelligentTieringConfiguration", "IntelligentTieringConfiguration", "Get Put Delete List"),
    ("BucketInventoryConfiguration", "InventoryConfiguration", "Get Put Delete List"),
    ("BucketLifecycle", "LifecycleConfiguration", "Get Put Delete"),
    ("BucketLifecycleConfiguration", "LifecycleConfiguration", "Get Put"),
    ("BucketLogging", "BucketLogging", "Get Put"),
    ("BucketMetricsConfiguration", "MetricsConfiguration", "Get Put Delete List"),
    ("BucketNotification", "BucketNotification", "Get Put"),
    ("BucketNotificationConfiguration", "BucketNotification", "Get Put"),
    ("BucketObjectLockConfiguration", "BucketObjectLockConfiguration", "Get Put"),
    ("BucketOwnershipControls", "BucketOwnershipControls", "Get Put Delete"),
    ("BucketPolicy", "BucketPolicy", "Get Put"),
    ("BucketPublicAccessBlock", "BucketPublicAccessBlock", "Get Put Delete"),
    ("BucketReplication", "ReplicationConfiguration", "Get Put Delete"),
    ("BucketRequestPayment", "BucketRequestPayment", "Get Put"),
    ("BucketTagging", "BucketTagging", "Get Put Delete"),
    ("BucketVersioning", "BucketVersioning", "Get Put"),
    ("BucketWebsite", "BucketWebsite", "Get Put"),
    # Names without "Bucket" that the list of S3's CloudTrail events has (Amazon S3 User Guide, "Amazon S3 CloudTrail events").
    ("AccelerateConfiguration", "AccelerateConfiguration", "Get Put"),
    ("AnalyticsConfiguration", "AnalyticsConfiguration", "Get Put Delete List"),
    ("IntelligentTieringConfiguration", "IntelligentTieringConfiguration", "Get Put Delete List"),
    ("InventoryConfiguration", "InventoryConfiguration", "Get Put Delete List"),
    ("MetricsConfiguration", "MetricsConfiguration", "Get Put Delete List"),
    ("ObjectLockConfiguration", "BucketObjectLockConfiguration", "Get Put"),
    ("PublicAccessBlock", "BucketPublicAccessBlock", "Get Put Delete"),
)
_ACTION_VERB = {"Get": "Get", "List": "Get", "Put": "Put", "Delete": "Put"}


def _settings() -> dict[str, tuple[Need, ...]]:
    return {
        f"{verb}{operation}{'s' if verb == 'List' else ''}": _bucket(f"{_ACTION_VERB[verb]}{action}")
        for operation, action, verbs in _SETTINGS
        for verb in verbs.split()
    }


def _control() -> dict[str, tuple[Need, ...]]:
    names = (f"{verb}{thing}" for thing, verbs in _CONTROL for verb in verbs.split())
    return {name: (Need(f"s3:{name}", On.BESIDE),) for name in names}


NEEDS: Mapping[str, tuple[Need, ...]] = MappingProxyType(
    _control() | _OBJECTS | _LISTS | _settings() | _BUCKETS
)

_EXPRESS = "it is for directory buckets, whose permissions are those of s3express"
_OUTPOSTS = "it is for buckets on Outposts, whose permissions are those of s3-outposts"
_UNLISTED = "the action reference does not list an action for it yet"
# Operations that are not mapped, and why.
UNMAPPED: Mapping[str, str] = MappingProxyType(
    {
        "CreateSession": _EXPRESS,
        "ListDirectoryBuckets": _EXPRESS,
        "RenameObject": _EXPRESS,
        "DeleteAccessPointScope": _EXPRESS,
        "GetAccessPointScope": _EXPRESS,
        "ListAccessPointsForDirectoryBuckets": _EXPRESS,
        "PutAccessPointScope": _EXPRESS,
        "DeleteBucketLifecycleConfiguration": _OUTPOSTS,
        "GetBucket": _OUTPOSTS,
        "ListRegionalBuckets": _OUTPOSTS,
        "WriteGetObjectResponse": "it answers an object lambda, with a permission of s3-object-lambda",
        "DeleteObjectAnnotation": _UNLISTED,
        "GetObjectAnnotation": _UNLISTED,
        "ListObjectAnnotations": _UNLISTED,
        "PutObjectAnnotation": _UNLISTED,
        "UpdateBucketMetadataAnnotationTableConfiguration": _UNLISTED,
    }
)

# Operations that are not named like an action, in lower case, to the actions that each always needs.
OPERATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        name.lower(): tuple(need.action for need in needs if not need.when)
        for name, needs in NEEDS.items()
        if f"s3:{name}".lower() not in {need.action.lower() for need in needs}
    }
)
