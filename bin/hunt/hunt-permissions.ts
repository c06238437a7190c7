import { messageOf } from '../terminal/error-message';
import { awsFault, isDenied } from '../deployment/aws-fault';

/** Where hunts are: the ARN of the state machine, and the name of the bucket of the work. */
export interface HuntLocation {
  readonly stateMachine: string;
  readonly bucket: string;
}

export type HuntAction = keyof ReturnType<typeof huntPermissions>;

/** What a person who hunts needs: each action, and the resources it is needed for. */
export function huntPermissions({ stateMachine, bucket }: HuntLocation) {
  const [, partition = 'aws', , region = '*', account = '*'] = stateMachine.split(':');
  const executions = stateMachine.replace(':stateMachine:', ':execution:');
  const mapRuns = stateMachine.replace(':stateMachine:', ':mapRun:');
  const work = `arn:${partition}:s3:::${bucket}`;
  return {
    'cloudformation:DescribeStacks': [`arn:${partition}:cloudformation:${region}:${account}:stack/credlock-hunt/*`],
    'states:StartExecution': [stateMachine],
    'states:DescribeExecution': [`${executions}:*`, `${executions}/*`],
    'states:ListMapRuns': [`${executions}:*`],
    'states:DescribeMapRun': [`${mapRuns}/*`],
    'states:ListExecutions': [`${mapRuns}/*`],
    'states:StopExecution': [`${executions}:*`],
    'states:RedriveExecution': [`${executions}:*`],
    's3:ListBucket': [work],
    's3:GetObject': [`${work}/hunts/*`],
    's3:PutObject': [`${work}/hunts/*/request/*`],
  } as const satisfies Readonly<Record<string, readonly string[]>>;
}

export interface HuntCall {
  readonly action: HuntAction;
  readonly location: HuntLocation;
  /** What helps against errors other than denials. @default the remedies of all commands */
  readonly hint?: string;
}

/** An error for the user: what failed and why; where it was denied, the statement that allows it, else `hint`. */
export function huntFault(doing: string, error: unknown, { action, location, hint = '' }: HuntCall): Error {
  return awsFault(doing, error, isDenied(error) ? remedyOf(messageOf(error), action, location) : hint);
}

function remedyOf(message: string, action: HuntAction, location: HuntLocation): string {
  if (/explicit deny/i.test(message))
    return `A policy denies ${action} explicitly (of your role, the bucket, the organisation or a permissions boundary): no permission added elsewhere helps`;
  // With a customer managed key, S3 is denied the key.
  const [, keyAction] = /\b(kms:\w+)/.exec(message) ?? [];
  if (keyAction !== undefined)
    return `The bucket is encrypted with a customer managed key. Add to the policy of your role: ${allowing([keyAction], [keyIn(message)])}`;
  return `Add to the policy of your role: ${allowing([action], huntPermissions(location)[action])}`;
}

function keyIn(message: string): string {
  return /arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+/.exec(message)?.[0] ?? 'ARN of the key';
}

function allowing(action: readonly string[], resource: readonly string[]): string {
  return JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
}
