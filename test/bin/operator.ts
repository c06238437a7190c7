import { credlock, type Around, type Run } from './credlock-command';
import { HUB, REGION, startHub, TRAIL_OWNER, type Hub, type HubOptions } from '../lambda/hub';

export const SHOP = '111122223333';
export const SHOP_REGION = 'eu-west-1';
export const OTHER = '444455556666';
export const VERIFICATION_ROLE = 'credlock-verification';

/** A deployed hub, and a person at the command line. */
export interface Operator {
  readonly hub: Hub;
  /** The stack's outputs; changed before a command is run. */
  readonly outputs: Record<string, string>;
  run(args: readonly string[], around?: Around): Promise<Run>;
  close(): Promise<void>;
}

export async function startOperator(options: HubOptions = {}): Promise<Operator> {
  const hub = await startHub(options);
  const { wire, variables } = hub;
  const where = { account: HUB, region: REGION };
  const outputs: Record<string, string> = {
    LockTable: variables['CREDLOCK_LOCK_TABLE'] ?? '',
    ObserveQueueUrl: hub.queue('observe').url,
    DelayedQueueUrl: hub.queue('confirm').url,
    QuarantineQueueUrl: hub.queue('quarantine').url,
    ConfigBucket: 'credlock-config',
    SettingsKey: 'settings.json',
    IpRangesKey: 'ip-ranges.json',
    LearningKey: 'learning.json',
    HubBusName: 'credlock-hub',
    TrailBucket: 'organization-trail',
    TrailBucketOwner: TRAIL_OWNER,
    VerificationRole: VERIFICATION_ROLE,
    Regions: SHOP_REGION,
    Workloads: 'ec2-instance,ecs-task',
    ForwardAll: 'false',
    Mode: 'organization',
    NotCovered:
      'eks-pod: calls that name nobody; any: calls of sessions assumed; the assuming is seen; any: data-plane calls',
  };
  wire.cloudFormation.createStack('credlock-hub', where, outputs);
  wire.eventBridge.createBus('credlock-hub', where);
  for (const account of [SHOP, OTHER, HUB]) wire.sts.createRole(VERIFICATION_ROLE, { account, trusts: [HUB] });
  const { accessKeyId, secretAccessKey } = wire.clientConfig().credentials;
  const environment = {
    AWS_ENDPOINT_URL: wire.endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_MAX_ATTEMPTS: '2',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return {
    hub,
    outputs,
    run: (args, around = {}) => credlock(args, { ...around, env: { ...environment, ...around.env } }),
    close: () => hub.close(),
  };
}
