import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** What DynamoDB, SQS, S3 and SNS do in the name of whoever uses something encrypted (their guides, on customer managed keys). */
const USES = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];

/** Lets somebody read and write what a key encrypts: without the wildcards in the actions of CDK's own grants. */
export function grantUseOfKey(key: IKey | undefined, grantee: IGrantable): void {
  key?.grant(grantee, ...USES.map((use) => `kms:${use}`));
}
