import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

export interface MetadataNoTokenAlarmProps {
  /**
   * ARNs that are told when it goes off and when it is over, as an SNS topic of the same account and Region.
   *
   * @default - nobody: it is there to be looked at
   */
  readonly actionArns?: readonly string[];
  /**
   * Calls of the instance metadata service without a token, in an hour, that are still accepted.
   *
   * @default 0
   */
  readonly accepted?: number;
}

const HOUR_SECONDS = 3_600;

/**
 * Goes off while any instance of the account and Region asks the metadata service without a token (IMDSv1), which no record
 * of CloudTrail shows unless the keys are used. `MetadataNoToken` is a metric of each instance, hence the query over all of
 * them; it looks at the first 10,000 (CloudWatch user guide, "Metrics Insights quotas") and is billed by the metrics it
 * matches. No assets and no parameters.
 */
export class MetadataNoTokenAlarm extends Construct {
  readonly alarm: CfnAlarm;

  constructor(scope: Construct, id: string, { actionArns = [], accepted = 0 }: MetadataNoTokenAlarmProps = {}) {
    super(scope, id);
    const actions = actionArns.length > 0 && { alarmActions: [...actionArns], okActions: [...actionArns] };
    this.alarm = new CfnAlarm(this, 'Alarm', {
      alarmName: 'credlock-metadata-no-token',
      alarmDescription:
        'An instance of this account and Region asks the metadata service without a token (IMDSv1). `credlock replay --posture` tells which roles are concerned; the metric by InstanceId tells the instance.',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: accepted,
      evaluationPeriods: 1,
      treatMissingData: 'notBreaching',
      metrics: [
        {
          id: 'withoutToken',
          expression: 'SELECT SUM(MetadataNoToken) FROM SCHEMA("AWS/EC2", InstanceId)',
          period: HOUR_SECONDS,
          returnData: true,
        },
      ],
      ...actions,
    });
  }
}
