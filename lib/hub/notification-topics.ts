import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { NAMES } from '../names';

export interface PeopleProps {
  /**
   * Who gets findings by mail, once the subscription is confirmed.
   *
   * @default - nobody
   */
  readonly findingsEmail?: string;
  /**
   * Who gets alarms by mail, once the subscription is confirmed.
   *
   * @default - nobody
   */
  readonly alarmsEmail?: string;
  /**
   * Key that encrypts both topics. Its policy must let `cloudwatch.amazonaws.com` use it.
   *
   * @default - SNS's own key for findings; none for alarms, as CloudWatch may not use that one
   */
  readonly encryptionKey?: IKey;
}

/** The topics by which people are told: of findings, and of the detector's own troubles. */
export class People extends Construct {
  readonly findings: Topic;
  readonly alarms: Topic;

  constructor(scope: Construct, id: string, props: PeopleProps = {}) {
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
