import { RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { logsUseOfKey } from '../hub/logs-use-of-key';
import { named } from '../names';

/** Beginnings of the names of all log groups of hunts. */
const LOG_GROUPS = [`/aws/lambda/${named('hunt')}-`, `/aws/vendedlogs/states/${named('hunt')}`];

/** A customer managed key for what hunts write, rotated every year. Retained, since logs and work may outlive the stack. */
export class HuntKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.key = new Key(this, 'Resource', {
      alias: `alias/${named('hunt-key')}`,
      description: 'credlock: work and logs of hunts',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.key.addToResourcePolicy(logsUseOfKey(this, LOG_GROUPS));
  }
}
