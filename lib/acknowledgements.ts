import { Validations, type Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { NAMES } from './names';

/** A finding of cdk-nag that is meant to be, where, and why. */
export interface Acknowledgement {
  /** The end of the construct's path. */
  readonly at: string;
  /** The rule, and for rules with several findings which of them; `PARTITION` stands for the stack's. */
  readonly id: string;
  readonly reason: string;
}

const IAM5 = 'AwsSolutions::AwsSolutions-IAM5';

/** All of them: each at its place and by its own id, so that the same anywhere else still fails. */
export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    at: 'Detector/Config/Resource',
    id: 'AwsSolutions::AwsSolutions-S1',
    reason:
      'Changes of settings are versions of the object; who made them is in CloudTrail where its data events are on.',
  },
  {
    at: 'Detector/quarantine-queue',
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason: 'It is where messages end; nobody consumes it but people.',
  },
  {
    at: 'Intake/Undelivered',
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason: 'It is the dead-letter queue of rules, which the rule does not know of.',
  },
  {
    at: 'AWS679f53fac002430cb0da5b7982bd2287/ServiceRole',
    id: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    reason: "CDK's own function that writes the first settings once: it may write logs, and that.",
  },
  {
    at: 'Detector/watch/Role/DefaultPolicy',
    id: `${IAM5}[Resource::arn:PARTITION:iam::*:role/${NAMES.verificationRole}]`,
    reason: 'One role by its name, in accounts that are yet to come; a condition keeps it to the organisation.',
  },
  {
    at: 'Detector/watch/Role/DefaultPolicy',
    id: `${IAM5}[Resource::*]`,
    reason: 'AWS lets nobody narrow the list of rules to a resource.',
  },
  {
    at: 'Verification',
    id: `${IAM5}[Resource::*]`,
    reason: 'AWS lets nobody narrow descriptions and lists to a resource.',
  },
  {
    at: 'Verification',
    id: `${IAM5}[Resource::arn:PARTITION:cloudtrail:*:*:trail/*]`,
    reason: 'Reads the state of trails, whichever account and Region has them.',
  },
  {
    at: 'Verification',
    id: `${IAM5}[Resource::arn:PARTITION:events:*:*:rule/credlock-*]`,
    reason: 'Reads the targets of our own rules, in every Region.',
  },
];

/** Tells cdk-nag which of its findings in this stack are meant. */
export function acknowledge(stack: Stack): void {
  for (const construct of stack.node.findAll()) {
    for (const { at, id, reason } of ACKNOWLEDGEMENTS) {
      if (construct.node.path.endsWith(`/${at}`)) for (const each of spellings(id)) tell(construct, each, reason);
    }
  }
}

/** That all log files under a prefix of one bucket may be read: the only finding whose id is not known beforehand. */
export function acknowledgeTrail(reader: IConstruct, objects: string): void {
  tell(reader, `${IAM5}[Resource::${objects}]`, 'Reads log files of the one trail that was named.');
}

/** A partition is written out where it is known. */
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

function tell(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}
