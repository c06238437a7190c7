import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import type { DeploymentOptions } from './deployment-options';
import { messageOf } from '../terminal/error-message';
import { awsFault, nameOf } from './aws-fault';
import { flagOf, OUTPUTS, STACKS, type OutputName } from './output-names';

/** A deployed hub and the caller's identity. */
export interface Deployment {
  /** Null if the flags give every output needed. */
  readonly stack: string | null;
  /** The caller's, 12 digits, which is the hub's. */
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  /** ARN. */
  readonly caller: string;
  /** Throws, naming the output and the flag, if neither has a value. */
  need(output: OutputName): string;
  find(output: OutputName): string | null;
}

/** Reads the stack's outputs, unless the flags give all that are `needed`. Throws errors for the user. */
export async function findDeployment(options: DeploymentOptions, needed: readonly OutputName[]): Promise<Deployment> {
  const identity = await callerIdentity();
  const missing = needed.filter((output) => options[output] === undefined);
  const readsStack = missing.length > 0 || options.stack !== undefined;
  const stack = readsStack ? await findStack(options.stack, identity) : null;
  const outputs = new Map(stack?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const find = (output: OutputName): string | null => options[output] ?? outputs.get(OUTPUTS[output]) ?? null;
  const name = stack?.StackName ?? null;
  return {
    ...identity,
    stack: name,
    find,
    need(output) {
      const value = find(output);
      if (value !== null && value !== '') return value;
      const where = name === null ? 'no stack was read' : `stack ${name} has no output ${OUTPUTS[output]}`;
      throw new Error(`${where}: give ${flagOf(output)}`);
    },
  };
}

type Identity = Pick<Deployment, 'account' | 'partition' | 'region' | 'caller'>;

async function callerIdentity(): Promise<Identity> {
  const sts = new STSClient(CLIENT_SETTINGS);
  try {
    const region = await sts.config.region();
    const { Account: account = '', Arn: caller = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return { account, caller, region, partition: caller.split(':')[1] ?? 'aws' };
  } catch (error) {
    throw awsFault('ask AWS who you are', error);
  } finally {
    sts.destroy();
  }
}

async function findStack(named: string | undefined, { account, region }: Identity): Promise<Stack> {
  const client = new CloudFormationClient(CLIENT_SETTINGS);
  try {
    for (const name of named === undefined ? STACKS : [named]) {
      const stack = await stackNamed(client, name);
      if (stack) return stack;
    }
  } finally {
    client.destroy();
  }
  const names = named ?? STACKS.join(' and no stack ');
  throw new Error(
    `no stack ${names} in account ${account}, ${region}: give --stack, or use the hub’s account and Region (AWS_PROFILE, AWS_REGION)`,
  );
}

async function stackNamed(client: CloudFormationClient, name: string): Promise<Stack | null> {
  try {
    const { Stacks: stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return stacks[0] ?? null;
  } catch (error) {
    if (nameOf(error) === 'ValidationError' && /does not exist/.test(messageOf(error))) return null;
    throw awsFault(`read the outputs of stack ${name}`, error, `Or give the values by flags`);
  }
}
