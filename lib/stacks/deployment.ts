import { Annotations, Aws, RemovalPolicy, type App, type Environment, type Stack, type StackProps } from 'aws-cdk-lib';
import { bucketNameOf, type DeploymentContext } from './context';
import { NAME_PREFIX } from '../patterns/event-patterns';
import { DEFAULT_WORKLOADS, WORKLOADS, type WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import { DestinationStack } from './destination-stack';
import { HubStack } from './hub-stack';
import { HuntStack } from './hunt-stack';
import type { TrailLocation } from '../hub/intake';
import { ManagementStack } from './management-stack';
import type { MemberSettings } from '../member/member';
import { MemberStack } from './member-stack';
import { STACKS } from '../names';
import { TrailStack } from './trail-stack';

/** Creates the stacks for a context. */
export function deploy(app: App, context: DeploymentContext): readonly Stack[] {
  const stacks = detectorStacks(app, context);
  const hub = stacks.find((stack) => stack instanceof HubStack);
  return [...stacks, ...huntStacks(app, context, hub)];
}

function detectorStacks(app: App, context: DeploymentContext): readonly Stack[] {
  switch (context.mode) {
    case 'single':
      return [hubStack(app, STACKS.single, context), ...memberStacks(app, context)];
    case 'trail':
      return [hubStack(app, STACKS.hub, context), trailStack(app, context)];
    case 'organization':
      return [hubStack(app, STACKS.hub, context), ...organizationStacks(app, context)];
    default:
      return context.mode satisfies never;
  }
}

function hubStack(app: App, name: string, context: DeploymentContext): HubStack {
  const { mode, hubAccount, hubRegion, logRetentionDays, settings } = context;
  const trail = trailOf(context);
  const { runbookUrl } = settings;
  const stack = new HubStack(app, name, {
    ...context,
    ...envOf(hubAccount, hubRegion),
    workloads: workloadsOf(context),
    verificationRole: mode === 'organization' && context.verificationRole,
    logRetention: logRetentionDays,
    ...(trail && { trail }),
    ...(typeof runbookUrl === 'string' && { runbookUrl }),
  });
  if (mode !== 'trail' && hubRegion !== undefined) warnAboutGlobalRegion(stack, regionsOf(context), hubRegion);
  return stack;
}

/** Members in the hub account's other Regions. */
function memberStacks(app: App, context: DeploymentContext): Stack[] {
  const { hubAccount, hubRegion, regions = [] } = context;
  const others = regions.filter((region) => region !== hubRegion);
  return others.flatMap((region) => [
    ...destinationStacks(app, context, `${STACKS.destination}-${region}`, envOf(hubAccount, region)),
    memberStack(app, context, `${STACKS.member}-${region}`, envOf(hubAccount, region)),
  ]);
}

/** The destination of audit logs in a Region of the hub account, if they are read. */
function destinationStacks(app: App, context: DeploymentContext, id: string, place: InEnvironment): Stack[] {
  const { kubernetes, hubRegion = Aws.REGION, organizationId } = context;
  if (!kubernetes) return [];
  const settings = { hubRegion, ...(organizationId !== undefined && { organizationId }) };
  return [new DestinationStack(app, id, { stackName: STACKS.destination, ...settings, ...place })];
}

function memberStack(app: App, context: DeploymentContext, id: string, place: InEnvironment): MemberStack {
  return new MemberStack(app, id, { stackName: STACKS.member, ...memberSettings(context), ...place });
}

/**
 * The StackSet; the management account's members in each Region, which a StackSet does not reach; and the member template
 * for accounts outside the target units, likewise that of destinations for a hub account which is one of these.
 */
function organizationStacks(app: App, context: DeploymentContext): Stack[] {
  const { hubRegion, managementAccount, stackSetCaller, targetOus = [], hubAccount, organizationId } = context;
  const regions = regionsOf(context);
  const delegated = stackSetCaller === 'delegated-admin';
  const management = new ManagementStack(app, STACKS.management, {
    ...memberSettings(context),
    ...envOf(delegated ? hubAccount : managementAccount, hubRegion),
    targetOus,
    regions,
    caller: stackSetCaller,
    ...(context.kubernetes && organizationId !== undefined && { destinations: { organizationId } }),
    ...(context.guardrails && { guardrails: context.guardrails }),
  });
  const ownRegions = delegated ? regions : regions.filter((region) => region !== hubRegion);
  return [
    management,
    ...ownRegions.map((region) =>
      memberStack(app, context, `${STACKS.management}-${region}`, envOf(managementAccount, region)),
    ),
    memberStack(app, context, STACKS.member, {}),
    ...destinationStacks(app, context, STACKS.destination, {}),
  ];
}

function trailStack(app: App, context: DeploymentContext): TrailStack {
  const { hubAccount = Aws.ACCOUNT_ID, hubRegion, trailBucketOwner } = context;
  const trail = trailOf(context);
  if (!trail) throw new Error('trail mode needs a trail bucket');
  return new TrailStack(app, STACKS.trail, {
    trail,
    hubAccount,
    operatorRoles: context.operatorRoles,
    ...envOf(trailBucketOwner ?? context.hubAccount, hubRegion),
  });
}

/** Where hunts are asked for. */
function huntStacks(app: App, context: DeploymentContext, hub: HubStack | undefined): HuntStack[] {
  const { hunt, hubAccount, hubRegion, logRetentionDays, customerKey } = context;
  const trail = trailOf(context);
  if (!hunt || !trail) return [];
  const { huntWorkDays, huntRemovalPolicy, huntTags, huntKeyArn, huntMegabytes, huntConcurrency } = context;
  const { huntPublish = false, huntStoreFacts = false } = context;
  const props = {
    ...envOf(hubAccount, hubRegion),
    trail,
    logRetention: logRetentionDays,
    customerKey,
    removalPolicy: huntRemovalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    ...(huntWorkDays !== undefined && { workDays: huntWorkDays }),
    ...(huntTags && { resourceTags: huntTags }),
    ...(huntKeyArn !== undefined && { encryptionKeyArn: huntKeyArn }),
    ...(huntMegabytes !== undefined && { judgeMegabytes: huntMegabytes }),
    ...(huntConcurrency !== undefined && { concurrency: huntConcurrency }),
    ...(hub && { detector: hub.hub.detector }),
    publish: huntPublish,
    storeFacts: huntStoreFacts,
  };
  return [new HuntStack(app, STACKS.hunt, props)];
}

function memberSettings(context: DeploymentContext): MemberSettings {
  const { mode, hubAccount = Aws.ACCOUNT_ID, hubRegion = Aws.REGION, forwardAll, operatorRoles } = context;
  const regions = regionsOf(context);
  const [first] = regions;
  const roleRegion = regions.includes(hubRegion) ? hubRegion : first;
  const verified = mode === 'organization' && context.verificationRole && roleRegion !== undefined;
  return {
    hubAccount,
    hubRegion,
    forwardAll,
    operatorRoles,
    metadataNoTokenAlarm: context.metadataNoTokenAlarm,
    workloads: workloadsOf(context),
    ...(verified && { verificationRoleRegion: roleRegion }),
    ...(mode === 'organization' &&
      context.kubernetes &&
      roleRegion !== undefined && { subscriptionRolesRegion: roleRegion }),
  };
}

function trailOf(context: DeploymentContext): TrailLocation | undefined {
  const { trailBucketArn, trailBucketOwner, hubAccount, trailPrefix, trailKeyArn } = context;
  if (trailBucketArn === undefined) return undefined;
  return {
    bucketName: bucketNameOf(trailBucketArn),
    bucketOwner: trailBucketOwner ?? hubAccount ?? Aws.ACCOUNT_ID,
    ...(trailPrefix !== undefined && { prefix: trailPrefix }),
    ...(trailKeyArn !== undefined && { keyArn: trailKeyArn }),
  };
}

function workloadsOf({ settings: { workloads } }: DeploymentContext): readonly WorkloadName[] {
  return Array.isArray(workloads) ? WORKLOADS.filter((workload) => workloads.includes(workload)) : DEFAULT_WORKLOADS;
}

function regionsOf({ regions, hubRegion }: DeploymentContext): readonly string[] {
  return regions ?? (hubRegion === undefined ? [] : [hubRegion]);
}

type InEnvironment = Pick<StackProps, 'env'>;

/** A stack's environment as far as the context gives it; otherwise the deploying account and Region apply. */
function envOf(account: string | undefined, region: string | undefined): InEnvironment {
  const env: Environment = { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
  return { env };
}

/** The Region in which each partition records calls of global services. */
const GLOBAL_REGIONS: readonly (readonly [startsWith: string, region: string])[] = [
  ['us-gov-', 'us-gov-west-1'],
  ['cn-', 'cn-north-1'],
  ['eusc-', 'eusc-de-east-1'],
  ['us-iso-', 'us-iso-east-1'],
  ['us-isob-', 'us-isob-east-1'],
];

function warnAboutGlobalRegion(stack: Stack, regions: readonly string[], hubRegion: string): void {
  const region = GLOBAL_REGIONS.find(([start]) => hubRegion.startsWith(start))?.[1] ?? 'us-east-1';
  if (regions.includes(region)) return;
  Annotations.of(stack).addWarningV2(
    `${NAME_PREFIX}:global-region`,
    `regions should include ${region}: calls of IAM and of the global STS endpoint are recorded only there`,
  );
}
