import { Option, type Command } from 'commander';
import { flagOf, OUTPUTS, STACKS, type OutputName } from './output-names';

/** What is said of the deployment on the command line. */
export interface DeploymentOptions extends Partial<Readonly<Record<OutputName, string>>> {
  readonly stack?: string;
}

const WHAT: Readonly<Record<OutputName, string>> = {
  lockTable: 'the lock table',
  observeQueueUrl: 'the queue of `observe`',
  delayedQueueUrl: 'the queue of `confirm`',
  quarantineQueueUrl: 'the queue of messages nobody could read',
  configBucket: 'the bucket of settings and ip-ranges.json',
  settingsKey: 'the settings’ key in it',
  ipRangesKey: 'the key of ip-ranges.json in it',
  hubBusName: 'the hub’s event bus',
  hubRules: 'rules of the hub, <rule> or <bus>/<rule>, separated by commas',
  trailBucket: 'the bucket of the trail’s log files',
  trailBucketOwner: 'the account it belongs to',
  trailPrefix: 'what stands before AWSLogs/ in its keys',
  verificationRole: 'name of the read-only role in each account',
  regions: 'Regions with rules, separated by commas',
  workloads: 'kinds with rules, separated by commas',
  forwardAll: 'true where every call is forwarded',
  mode: 'organization, single or trail',
  notCovered: 'what it cannot see',
};

/** Adds `--stack`, and a flag for each output the command reads, for deployments without readable outputs. */
export function withDeployment(command: Command, outputs: readonly OutputName[]): Command {
  command.option('--stack <name>', `the deployed stack (default: ${STACKS.join(', else ')})`);
  for (const output of outputs)
    command.addOption(
      new Option(
        `${flagOf(output)} <value>`,
        `${WHAT[output]} (default: the stack’s output ${OUTPUTS[output]})`,
      ).helpGroup('Instead of the stack’s outputs:'),
    );
  return command;
}

export const CREDENTIALS_HELP = `
Credentials and Region are found as the AWS CLI finds them (AWS_PROFILE,
AWS_REGION, …): those of the hub account, in its Region.`;
