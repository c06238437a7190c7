import {
  DescribeStacks$,
  type DescribeStacksCommandInput,
  type DescribeStacksOutput,
} from '@aws-sdk/client-cloudformation';
import { operation, type Call, type Service } from './operation';
import { query } from './protocols/query';
import { WireError } from './wire-error';

export interface CloudFormation {
  /** Makes a stack that is complete, with these outputs. */
  createStack(
    name: string,
    where: { readonly account: string; readonly region: string },
    outputs: Readonly<Record<string, string>>,
  ): void;
}

export function cloudFormation(): { state: CloudFormation; service: Service } {
  const stacks = new Map<string, Readonly<Record<string, string>>>();

  function describeStacks({ StackName: name = '' }: DescribeStacksCommandInput, call: Call): DescribeStacksOutput {
    const outputs = stacks.get(keyOf(name, call));
    // As AWS words it (seen in hashicorp/terraform#1264 and many others).
    if (!outputs) throw new WireError('ValidationError', `Stack with id ${name} does not exist`);
    const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    return { Stacks: [{ StackName: name, CreationTime: new Date(call.now), StackStatus: 'CREATE_COMPLETE', Outputs }] };
  }

  return {
    service: {
      name: 'cloudformation',
      protocol: query('2010-05-15', 'http://cloudformation.amazonaws.com/doc/2010-05-15/'),
      refusal: { missing: 'ValidationError', invalid: 'ValidationError' },
      throttle: { code: 'Throttling', message: 'Rate exceeded', status: 400 },
      operations: [operation(DescribeStacks$, { honours: ['StackName'] }, describeStacks)],
    },
    state: {
      createStack: (name, where, outputs) => void stacks.set(keyOf(name, where), outputs),
    },
  };
}

function keyOf(name: string, { account, region }: { readonly account: string; readonly region: string }): string {
  return `${account}/${region}/${name}`;
}
