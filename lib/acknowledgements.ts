import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { NAMES } from './names';

/** A finding of cdk-nag that is accepted, where, and why. */
export interface Acknowledgement {
  /** The end of the construct's path. */
  readonly at: string;
  /** Id of the rule, with its finding where a rule has several; `PARTITION` stands for the stack's partition. */
  readonly id: string;
  readonly reason: string;
}

const IAM5 = 'AwsSolutions::AwsSolutions-IAM5';

/** All accepted findings, each by path and id: the same finding elsewhere still fails. */
export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    at: 'Detector/Config/Resource',
    id: 'AwsSolutions::AwsSolutions-S1',
    reason: 'The bucket is versioned; CloudTrail records who changed an object where its data events are enabled.',
  },
  {
    at: 'Hunt/Work/Resource',
    id: 'AwsSolutions::AwsSolutions-S1',
    reason:
      'It keeps intermediate results for some days; CloudTrail records who read them where its data events are enabled.',
  },
  {
    at: 'AuditLogs/Bucket/Resource',
    id: 'AwsSolutions::AwsSolutions-S1',
    reason: 'Its objects are copies that are deleted after three days; the originals are in CloudWatch Logs.',
  },
  {
    at: 'Detector/quarantine-queue',
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason: 'It is the last stop of messages and is inspected manually.',
  },
  {
    at: 'Intake/Undelivered',
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason: 'It is the dead-letter queue of event rules, which cdk-nag does not recognise.',
  },
  {
    at: 'AWS679f53fac002430cb0da5b7982bd2287/ServiceRole',
    id: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    reason: "CDK's function that writes the initial settings once; it needs permission to write its log.",
  },
  {
    at: 'Detector/watch/Role/DefaultPolicy',
    id: `${IAM5}[Resource::arn:PARTITION:iam::*:role/${NAMES.verificationRole}]`,
    reason: 'One role name in accounts that may not exist yet; a condition limits it to the organisation.',
  },
  {
    at: 'Detector/watch/Role/DefaultPolicy',
    id: `${IAM5}[Resource::arn:PARTITION:iam::*:role/${NAMES.subscribeRole}]`,
    reason: 'One role name in accounts that may not exist yet; a condition limits it to the organisation.',
  },
  {
    at: 'Subscribe',
    id: `${IAM5}[Resource::*]`,
    reason: 'eks:ListClusters does not support resource-level permissions.',
  },
  {
    at: 'Detector/verify/Role/DefaultPolicy',
    id: `${IAM5}[Resource::arn:PARTITION:iam::*:role/${NAMES.verificationRole}]`,
    reason: 'One role name in accounts that may not exist yet; a condition limits it to the organisation.',
  },
  {
    at: 'Detector/verify/Role/DefaultPolicy',
    id: `${IAM5}[Resource::*]`,
    reason: 'These describe actions do not support resource-level permissions.',
  },
  {
    at: 'Detector/watch/Role/DefaultPolicy',
    id: `${IAM5}[Resource::*]`,
    reason: 'events:ListRules does not support resource-level permissions.',
  },
  {
    at: 'Verification',
    id: `${IAM5}[Resource::*]`,
    reason: 'These describe and list actions do not support resource-level permissions.',
  },
  {
    at: 'Verification',
    id: `${IAM5}[Resource::arn:PARTITION:cloudtrail:*:*:trail/*]`,
    reason: 'Reads the state of trails in any account and Region.',
  },
  {
    at: 'Verification',
    id: `${IAM5}[Resource::arn:PARTITION:events:*:*:rule/credlock-*]`,
    reason: "Reads the targets of credlock's own rules, in every Region.",
  },
];

/** Acknowledges the accepted findings of a stack. */
export function acknowledge(stack: Stack): void {
  for (const construct of stack.node.findAll()) {
    for (const { at, id, reason } of ACKNOWLEDGEMENTS) {
      if (construct.node.path.endsWith(`/${at}`))
        for (const spelling of spellings(id)) accept(construct, spelling, reason);
    }
  }
}

/** Acknowledges reading of a trail's log files; the id of this finding contains the bucket. */
export function acknowledgeTrail(reader: IConstruct, objects: string): void {
  accept(reader, `${IAM5}[Resource::${objects}]`, 'Reads the log files of one named trail.');
}

/** Acknowledges a construct's permissions on resources with wildcards; tokens may be spelled as cdk-nag does. */
export function acknowledgeWildcards(construct: IConstruct, resources: readonly string[], reason: string): void {
  const stack = Stack.of(construct);
  for (const resource of resources)
    accept(construct, `${IAM5}[Resource::${spelledText(stack.resolve(resource))}]`, reason);
}

/** What is only known at deployment, as cdk-nag spells it: `<AWS::Partition>`, `<Bucket.Arn>`. */
function spelledText(resolved: unknown): string {
  if (typeof resolved !== 'object' || resolved === null) return String(resolved);
  if ('Ref' in resolved) return `<${String(resolved.Ref)}>`;
  if ('Fn::GetAtt' in resolved && Array.isArray(resolved['Fn::GetAtt'])) return `<${resolved['Fn::GetAtt'].join('.')}>`;
  const joined: unknown = 'Fn::Join' in resolved ? resolved['Fn::Join'] : null;
  const parts: unknown = Array.isArray(joined) ? joined[1] : null;
  return Array.isArray(parts) ? parts.map(spelledText).join('') : '';
}

/** cdk-nag spells out a partition that is known at synthesis. */
function spellings(id: string): string[] {
  const partitions = [
    '<AWS::Partition>',
    'aws',
    'aws-cn',
    'aws-us-gov',
    'aws-eusc',
    'aws-iso',
    'aws-iso-b',
    'aws-iso-e',
    'aws-iso-f',
  ];
  return id.includes('PARTITION:') ? partitions.map((partition) => id.replace('PARTITION', partition)) : [id];
}

function accept(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}
