import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { huntFault, type HuntLocation } from './hunt-permissions';

/** Flags for what the stack `credlock-hunt` has as outputs. */
export interface HuntPlace {
  /** Its ARN. */
  readonly stateMachine?: string;
  /** Its name. */
  readonly huntBucket?: string;
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
