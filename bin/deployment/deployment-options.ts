import { Option, type Command } from 'commander';
import { flagOf, OUTPUTS, STACKS, type OutputName } from './output-names';

/** The flags that describe the deployment. */
export interface DeploymentOptions extends Partial<Readonly<Record<OutputName, string>>> {
  readonly stack?: string;
}

const DESCRIPTIONS: Readonly<Record<OutputName, string>> = {
  lockTable: 'the DynamoDB table',
  observeQueueUrl: 'the queue of `observe`',
  delayedQueueUrl: 'the queue of `confirm`',
  quarantineQueueUrl: 'the queue of quarantined messages',
  configBucket: 'the bucket of settings and ip-ranges.json',
  settingsKey: 'object key of the settings',
  ipRangesKey: 'object key of ip-ranges.json',
  hubBusName: 'the hub’s event bus',
  hubRules: 'EventBridge rules of the hub, <rule> or <bus>/<rule>, comma-separated',
  trailBucket: 'the bucket of the trail’s log files',
  trailBucketOwner: 'account that owns that bucket',
  trailPrefix: 'key prefix before AWSLogs/, ending in a slash',
  auditBucket: 'the bucket of audit records of clusters',
  verificationRole: 'name of the read-only role in each account',
  regions: 'Regions with rules, comma-separated',
  workloads: 'kinds of workload with rules, comma-separated',
  forwardAll: 'true if every call is forwarded',
  mode: 'organization, single or trail',
  notCovered: 'gaps in coverage',
};

/** Adds `--stack`, and a flag for each output that the command reads, for users who may not read the outputs. */
export function withDeployment(command: Command, outputs: readonly OutputName[]): Command {
  command.option('--stack <name>', `name of the deployed stack (default: ${STACKS.join(', then ')})`);
  for (const output of outputs)
    command.addOption(
      new Option(`${flagOf(output)} <value>`, `${DESCRIPTIONS[output]} (default: output ${OUTPUTS[output]})`).helpGroup(
        'Instead of the stack’s outputs:',
      ),
    );
  return command;
}

export const CREDENTIALS_HELP = `
Uses the credentials and Region of the AWS CLI (AWS_PROFILE, AWS_REGION, …),
which must be those of the hub account.`;
