import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { NAMES } from '../names';

export interface NotificationTopicsProps {
  /**
   * Email address subscribed to findings; the subscription must be confirmed.
   *
   * @default - none
   */
  readonly findingsEmail?: string;
  /**
   * Email address subscribed to alarms; the subscription must be confirmed.
   *
   * @default - none
   */
  readonly alarmsEmail?: string;
  /**
   * Key that encrypts both topics. Its policy must let `cloudwatch.amazonaws.com` use it.
   *
   * @default - the AWS managed key of SNS for findings; none for alarms, because CloudWatch cannot use that key
   */
  readonly encryptionKey?: IKey;
}

/** The SNS topics for findings and for alarms about the detector itself. */
export class NotificationTopics extends Construct {
  readonly findings: Topic;
  readonly alarms: Topic;

  constructor(scope: Construct, id: string, props: NotificationTopicsProps = {}) {
    super(scope, id);
    const { findingsEmail, alarmsEmail, encryptionKey } = props;
    this.findings = new Topic(this, 'Findings', {
      topicName: NAMES.findingsTopic,
      displayName: 'credlock findings',
      enforceSSL: true,
      masterKey: encryptionKey ?? Alias.fromAliasName(this, 'SnsKey', 'alias/aws/sns'),
    });
    this.alarms = new Topic(this, 'Alarms', {
      topicName: NAMES.alarmsTopic,
      displayName: 'credlock alarms',
      enforceSSL: true,
      ...(encryptionKey && { masterKey: encryptionKey }),
    });
    this.alarms.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.alarms.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (findingsEmail !== undefined) this.findings.addSubscription(new EmailSubscription(findingsEmail));
    if (alarmsEmail !== undefined) this.alarms.addSubscription(new EmailSubscription(alarmsEmail));
  }
}
