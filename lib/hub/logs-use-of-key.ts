import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** The statement of a key's policy that lets CloudWatch Logs encrypt log groups whose names begin so. */
export function logsUseOfKey(scope: Construct, beginnings: readonly string[]): PolicyStatement {
  const { partition, region, account } = Stack.of(scope);
  const arns = beginnings.map((name) => `arn:${partition}:logs:${region}:${account}:log-group:${name}*`);
  return new PolicyStatement({
    sid: 'Logs',
    principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arns.length === 1 ? arns[0] : arns } },
  });
}
