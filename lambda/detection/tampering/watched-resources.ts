import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { actIn, type Act, type Deployed, type WatchedCalls } from './act';
import { CONSUMER, BUS, QUEUE, RULE } from './resources/routing';
import { BUCKET, KEY, LOG_GROUP, TABLE } from './resources/storage';
import { AGENT_LOG, DELIVERY_STREAM, DESTINATION, SUBSCRIPTION } from './resources/audit-logs';
import { FUNCTION, ROLE, STACK } from './resources/compute';
import { ALARM, TOPIC } from './resources/notifying';
import {
  ACCOUNT,
  POLICY,
  POLICY_TYPE,
  REGION,
  SECURITY_HUB,
  STACK_SETS_ACCESS,
  TRUSTED_ACCESS,
} from './resources/organization';
import { TRAIL } from './resources/trail';

/** The calls that are watched for each type of resource in the templates; a text is the reason why there are none. */
export const WATCHED_RESOURCES: Readonly<Record<string, readonly WatchedCalls[] | string>> = {
  'AWS::CloudFormation::StackSet': [STACK],
  'AWS::CloudWatch::Alarm': [ALARM],
  'AWS::CloudWatch::Dashboard': 'nothing depends on it',
  'AWS::DynamoDB::Table': [TABLE],
  'AWS::Events::EventBus': [BUS],
  'AWS::Events::EventBusPolicy': [BUS],
  'AWS::Events::Rule': [RULE],
  'AWS::IAM::Policy': [ROLE],
  'AWS::IAM::Role': [ROLE],
  'AWS::KMS::Alias': 'resources name the key by its ARN',
  'AWS::KMS::Key': [KEY],
  'AWS::KinesisFirehose::DeliveryStream': [DELIVERY_STREAM],
  'AWS::Lambda::EventInvokeConfig': [FUNCTION],
  'AWS::Lambda::EventSourceMapping': [FUNCTION],
  'AWS::Lambda::Function': [FUNCTION],
  'AWS::Lambda::Permission': [FUNCTION],
  'AWS::Logs::Destination': [DESTINATION],
  'AWS::Logs::LogGroup': [LOG_GROUP],
  'AWS::Organizations::Policy': [POLICY],
  'AWS::S3::Bucket': [BUCKET],
  'AWS::S3::BucketPolicy': [BUCKET],
  'AWS::SNS::Subscription': [TOPIC],
  'AWS::SNS::Topic': [TOPIC],
  'AWS::SNS::TopicPolicy': [TOPIC],
  'AWS::SQS::Queue': [QUEUE, CONSUMER],
  'AWS::SQS::QueuePolicy': [QUEUE, CONSUMER],
  'Custom::AWS': 'has written its document once',
};

/** What the detector depends on and no template creates. */
const DEPENDENCIES: readonly WatchedCalls[] = [
  SUBSCRIPTION,
  AGENT_LOG,
  TRAIL,
  SECURITY_HUB,
  ACCOUNT,
  POLICY_TYPE,
  TRUSTED_ACCESS,
  STACK_SETS_ACCESS,
  REGION,
];

/** All calls that are watched, each sort once. */
export const WATCHED_CALLS: readonly WatchedCalls[] = [
  ...new Set([
    ...Object.values(WATCHED_RESOURCES).flatMap((calls) => (typeof calls === 'string' ? [] : calls)),
    ...DEPENDENCIES,
  ]),
];

const BY_SERVICE = new Map(
  WATCHED_CALLS.map(({ service }) => [service, WATCHED_CALLS.filter((calls) => calls.service === service)]),
);

/** The act in a call; null where it harms nothing of the detector. */
export function actOf(call: CloudTrailRecord, deployed: Deployed): Act | null {
  const [service = ''] = call.eventSource.split('.');
  const action = actionOf(call.eventName);
  for (const watched of BY_SERVICE.get(service) ?? []) {
    const act = actIn(watched, action, { call, deployed });
    if (act) return act;
  }
  return null;
}

/** Names of the actions of all acts. */
export const WATCHED_ACTIONS: ReadonlySet<string> = new Set(
  WATCHED_CALLS.flatMap(({ actions }) => Object.keys(actions)),
);

/** CloudTrail appends Lambda's API version to the action: `DeleteFunction20150331`, `UpdateFunctionCode20150331v2`. */
export function actionOf(eventName: string): string {
  return eventName.replace(/\d{8}(?:v\d+)?$/, '');
}
