import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** KMS operations that DynamoDB, SQS, S3 and SNS call for the principal (their guides, on customer managed keys). */
export const KEY_OPERATIONS = [
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'ReEncryptFrom',
  'ReEncryptTo',
].map((operation) => `kms:${operation}`);

/** Grants encryption and decryption with the key. Unlike CDK's grants, without wildcards in the actions. */
export function grantUseOfKey(key: IKey | undefined, grantee: IGrantable): void {
  key?.grant(grantee, ...KEY_OPERATIONS);
}
