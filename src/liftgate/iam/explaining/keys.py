"""What the condition keys mean, in a reader's words.

Sources: "AWS global condition context keys" and "IAM and AWS STS condition context keys", IAM User Guide; "Actions,
resources, and condition keys for Amazon S3" and "… for AWS KMS", Service Authorization Reference.

>>> subject("aws:PrincipalTag/team"), subject("x:Unheard")
("the caller's tag `team`", '`x:Unheard`')
"""

from liftgate.iam.explaining.quoting import quoted

_WORDS = {
    "aws:calledvia": "the services that call on the caller's behalf",
    "aws:calledviafirst": "the first service that calls on the caller's behalf",
    "aws:calledvialast": "the last service that calls on the caller's behalf",
    "aws:currenttime": "the time",
    "aws:epochtime": "the time",
    "aws:federatedprovider": "the identity provider through which the caller signed in",
    "aws:multifactorauthage": "the number of seconds since the caller's sign-in with MFA",
    "aws:principalaccount": "the caller's account",
    "aws:principalarn": "the caller's ARN",
    "aws:principalorgid": "the caller's organization",
    "aws:principalorgpaths": "the caller's paths in the organization",
    "aws:principalservicename": "the AWS service that calls",
    "aws:principalservicenameslist": "the names of the AWS service that calls",
    "aws:principaltype": "the caller's kind",
    "aws:referer": "the Referer header, which any caller can forge,",
    "aws:requestedregion": "the Region that is called",
    "aws:resourceaccount": "the resource's account",
    "aws:resourceorgid": "the resource's organization",
    "aws:resourceorgpaths": "the resource's paths in the organization",
    "aws:sourceaccount": "the account for which the AWS service calls",
    "aws:sourcearn": "the resource for which the AWS service calls",
    "aws:sourceidentity": "the source identity of the caller's session",
    "aws:sourceip": "the caller's address",
    "aws:sourceorgid": "the organization for which the AWS service calls",
    "aws:sourceorgpaths": "the paths in the organization for which the AWS service calls",
    "aws:sourcevpc": "the VPC from which the call comes",
    "aws:sourcevpcarn": "the ARN of the VPC from which the call comes",
    "aws:sourcevpce": "the VPC endpoint through which the call comes",
    "aws:tagkeys": "the names of the tags in the request",
    "aws:tokenissuetime": "the time at which the caller's credentials were issued",
    "aws:useragent": "the User-Agent header, which any caller can forge,",
    "aws:userid": "the caller's unique id, with the session's name,",
    "aws:username": "the caller's user name",
    "aws:vpceaccount": "the account of the VPC endpoint through which the call comes",
    "aws:vpceorgid": "the organization of the VPC endpoint through which the call comes",
    "aws:vpcsourceip": "the caller's address inside its VPC",
    "iam:passedtoservice": "the service to which the role is handed",
    "iam:permissionsboundary": "the permissions boundary that is set",
    "iam:policyarn": "the policy that is attached",
    "kms:calleraccount": "the caller's account",
    "kms:viaservice": "the service through which the KMS key is used",
    "s3:authtype": "how the call is signed",
    "s3:dataaccesspointaccount": "the account of the access point",
    "s3:dataaccesspointarn": "the access point",
    "s3:delimiter": "the delimiter of the list",
    "s3:locationconstraint": "the Region in which the bucket is made",
    "s3:max-keys": "the number of names asked of the list",
    "s3:object-lock-mode": "the lock mode",
    "s3:object-lock-remaining-retention-days": "the days for which the object stays locked",
    "s3:prefix": "the prefix that is listed",
    "s3:resourceaccount": "the account of the bucket",
    "s3:signatureage": "the age of the signature in milliseconds",
    "s3:signatureversion": "the version of the signature",
    "s3:tlsversion": "the version of TLS",
    "s3:versionid": "the object's version",
    "s3:x-amz-acl": "the ACL that the request sets",
    "s3:x-amz-copy-source": "the object that is copied",
    "s3:x-amz-server-side-encryption": "the encryption that the request asks for",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "the KMS key that the request names",
    "s3:x-amz-storage-class": "the storage class that the request asks for",
    "sts:externalid": "the external id",
    "sts:rolesessionname": "the session's name, which the caller chooses,",
    "sts:sourceidentity": "the source identity that the caller sets",
    "sts:transitivetagkeys": "the names of the session tags that are handed on",
}
_WITH_A_NAME = {
    "aws:principaltag/": "the caller's tag",
    "aws:requesttag/": "the request's tag",
    "aws:resourcetag/": "the resource's tag",
    "ec2:resourcetag/": "the resource's tag",
    "iam:resourcetag/": "the resource's tag",
    "s3:buckettag/": "the bucket's tag",
    "s3:existingobjecttag/": "the object's tag",
    "s3:requestobjecttag/": "the object's new tag",
    "kms:encryptioncontext:": "the encryption context's",
}
# Said when true, said when false.
_STATES = {
    "aws:multifactorauthpresent": ("the caller signed in with MFA", "the caller did not sign in with MFA"),
    "aws:principalisawsservice": ("the caller is an AWS service", "the caller is not an AWS service"),
    "aws:securetransport": ("the call is encrypted in transit", "the call is NOT encrypted in transit"),
    "aws:viaawsservice": (
        "an AWS service makes the call on the caller's behalf",
        "the caller makes the call directly",
    ),
    "kms:grantisforawsresource": (
        "the key is granted to an AWS service",
        "the key is not granted to an AWS service",
    ),
}


def subject(key: str) -> str:
    """What a key holds, as a sentence's subject; for an unknown key its name."""
    lower = key.lower()
    if lower in _WORDS:
        return _WORDS[lower]
    head = next((one for one in _WITH_A_NAME if lower.startswith(one) and len(lower) > len(one)), None)
    return quoted(key) if head is None else f"{_WITH_A_NAME[head]} {quoted(key[len(head) :])}"


def state(key: str, *, true: bool) -> str | None:
    """The sentence for a key that is true or false; None for other keys."""
    words = _STATES.get(key.lower())
    return None if words is None else words[0 if true else 1]
