import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import type { TrailBucket } from '../../lambda/adapters/s3/log-file-listing';
import type { HuntDeployment } from './hunt-estimate';
import { DEPLOYED } from './hunt-figures';
import { huntFault, type HuntLocation } from './hunt-permissions';

/** Flags for what the stack `credlock-hunt` has as outputs. */
export interface HuntPlace {
  /** Its ARN. */
  readonly stateMachine?: string;
  /** Its name. */
  readonly huntBucket?: string;
}

/** Flags for the trail, which is an output of the stack too. */
export interface TrailPlace {
  readonly trailBucket?: string;
  readonly trailBucketOwner?: string;
  readonly trailPrefix?: string;
}

const STACK = 'credlock-hunt';

/** Where hunts are: as given, else as the outputs of the stack are. Throws an error for the user if neither is known. */
export async function findHunts({ stateMachine, huntBucket }: HuntPlace): Promise<HuntLocation> {
  if (stateMachine !== undefined && huntBucket !== undefined) return { stateMachine, bucket: huntBucket };
  const outputs = await outputsOf(STACK);
  const machine = stateMachine ?? outputs.get('HuntStateMachine');
  const bucket = huntBucket ?? outputs.get('HuntBucket');
  if (machine !== undefined && bucket !== undefined) return { stateMachine: machine, bucket };
  throw new Error(
    `stack ${STACK} has no outputs HuntStateMachine and HuntBucket: deploy it with -c hunt=true, or give --state-machine and --hunt-bucket`,
  );
}

/** The trail of hunts, and how they run: as given, else as the outputs of the stack are. Throws an error for the user. */
export async function findTrail(place: TrailPlace): Promise<{ trail: TrailBucket; deployment: HuntDeployment }> {
  const { trailBucket: given, trailBucketOwner: givenOwner, trailPrefix } = place;
  const outputs = given === undefined ? await outputsOf(STACK) : new Map<string, string>();
  const bucket = given ?? outputs.get('TrailBucket');
  const owner = givenOwner ?? outputs.get('TrailBucketOwner');
  if (bucket === undefined || owner === undefined)
    throw new Error(
      given === undefined
        ? `stack ${STACK} has no outputs TrailBucket and TrailBucketOwner: give --trail-bucket and --trail-bucket-owner`
        : `--trail-bucket ${given} needs --trail-bucket-owner: the account it belongs to`,
    );
  const numberOf = (name: string, standard: number): number => Number(outputs.get(name) ?? standard);
  return {
    trail: { bucket, owner, prefix: trailPrefix ?? outputs.get('TrailPrefix') ?? '' },
    deployment: {
      ...DEPLOYED,
      judgeMegabytes: numberOf('HuntMegabytes', DEPLOYED.judgeMegabytes),
      concurrency: numberOf('HuntConcurrency', DEPLOYED.concurrency),
      workDays: numberOf('HuntWorkDays', DEPLOYED.workDays),
    },
  };
}

async function outputsOf(stack: string): Promise<Map<string | undefined, string | undefined>> {
  const client = new CloudFormationClient(CLIENT_SETTINGS);
  try {
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return new Map(found?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  } catch (error) {
    throw huntFault(`read the outputs of stack ${stack}`, error, {
      action: 'cloudformation:DescribeStacks',
      location: UNKNOWN,
      hint: hintOf(error),
    });
  } finally {
    client.destroy();
  }
}

/** Before the stack is found. */
const UNKNOWN: HuntLocation = { stateMachine: 'arn:aws:states:*:*:stateMachine:credlock-hunt', bucket: '*' };

function hintOf(error: unknown): string {
  return /does not exist/.test(String(error))
    ? 'Deploy it with -c hunt=true, or use its account and Region (AWS_PROFILE, AWS_REGION)'
    : '';
}
