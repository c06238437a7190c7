import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** KMS operations that DynamoDB, SQS, S3 and SNS call for the principal (their guides, on customer managed keys). */
const OPERATIONS = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];

/** Grants encryption and decryption with the key. Unlike CDK's grants, without wildcards in the actions. */
export function grantUseOfKey(key: IKey | undefined, grantee: IGrantable): void {
  key?.grant(grantee, ...OPERATIONS.map((operation) => `kms:${operation}`));
}
