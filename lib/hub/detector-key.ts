import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { NAME_PREFIX } from '../patterns/event-patterns';
import { named } from '../names';
import { logsUseOfKey } from './logs-use-of-key';

/** A customer managed key for everything credlock stores, rotated every year. Retained like the data it encrypts. */
export class DetectorKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { account } = Stack.of(this);
    this.key = new Key(this, 'Resource', {
      alias: `alias/${named('key')}`,
      description: 'credlock: table, queues, bucket, topics and logs',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RulesAndAlarms',
        principals: [new ServicePrincipal('events.amazonaws.com'), new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    this.key.addToResourcePolicy(logsUseOfKey(this, [`/aws/lambda/${NAME_PREFIX}-`]));
  }
}
