import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

export interface MetadataNoTokenAlarmProps {
  /**
   * ARNs of actions for when the alarm begins and ends, such as an SNS topic of the same account and Region.
   *
   * @default - no actions
   */
  readonly actionArns?: readonly string[];
  /**
   * Accepted number of metadata requests without a token in an hour.
   *
   * @default 0
   */
  readonly accepted?: number;
}

const HOUR_SECONDS = 3_600;

/**
 * Alarm for instances of the account and Region that request metadata without a token (IMDSv1); CloudTrail shows this only
 * once the credentials are used. It is a Metrics Insights query over the instances' metric `MetadataNoToken`: limited to
 * 10,000 instances (CloudWatch user guide, "Metrics Insights quotas") and billed by the number of metrics matched.
 */
export class MetadataNoTokenAlarm extends Construct {
  readonly alarm: CfnAlarm;

  constructor(scope: Construct, id: string, { actionArns = [], accepted = 0 }: MetadataNoTokenAlarmProps = {}) {
    super(scope, id);
    const actions = actionArns.length > 0 && { alarmActions: [...actionArns], okActions: [...actionArns] };
    this.alarm = new CfnAlarm(this, 'Alarm', {
      alarmName: 'credlock-metadata-no-token',
      alarmDescription:
        'An instance of this account and Region requests metadata without a token (IMDSv1). `credlock replay --posture` lists the roles concerned; the metric by InstanceId shows the instance.',
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
