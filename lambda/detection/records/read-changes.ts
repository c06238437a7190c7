import { factId } from './fact-id';
import { cidrsIn, publicIpsIn } from './changes/addresses';
import { interfacesIn, natInterfacesIn } from './changes/interfaces';
import { onlyText, type Parameters } from './changes/parameters';
import {
  anything,
  eksTags,
  evictions,
  attributes,
  instances,
  launches,
  endedTasks,
  routes,
  routeTables,
  functions,
  starts,
  stoppedTasks,
  type ChangeDetail,
  type ChangeReader,
} from './changes/change-readers';
import type { CloudTrailRecord } from '../model/cloudtrail-record';
import type { Caller, Change } from '../facts/facts';
import { CHANGE_ACTIONS, type ChangeAction } from '../vocabulary';
import { accountIdOf, field } from '../model/json-field';

/** Readers of the actions for which `anything` does not fit. */
const READERS: Partial<Readonly<Record<ChangeAction, ChangeReader>>> = {
  CreateRoute: routes,
  ReplaceRoute: routes,
  DeleteRoute: routes,
  AssociateRouteTable: routeTables,
  ReplaceRouteTableAssociation: routeTables,
  ModifyInstanceAttribute: attributes,
  ModifyNetworkInterfaceAttribute: attributes,
  CreateTags: eksTags,
  BidEvictedEvent: evictions,
  StopTask: stoppedTasks,
  SubmitTaskStateChange: endedTasks,
  TerminateInstanceInAutoScalingGroup: instances,
  CreateFunction20150331: functions,
  UpdateFunctionConfiguration20150331v2: functions,
  RunInstances: launches,
  StartInstances: starts,
  StopInstances: instances,
  TerminateInstances: instances,
};

/** Of the actions that are no calls of EC2. */
const SERVICES: Partial<Readonly<Record<ChangeAction, string>>> = {
  StopTask: 'ecs.',
  SubmitTaskStateChange: 'ecs.',
  TerminateInstanceInAutoScalingGroup: 'autoscaling.',
  CreateFunction20150331: 'lambda.',
  UpdateFunctionConfiguration20150331v2: 'lambda.',
};

const ACTIONS: ReadonlySet<string> = new Set(CHANGE_ACTIONS);

/** True for the actions that `readChanges` reads. */
export function isChangeAction(eventName: string): eventName is ChangeAction {
  return ACTIONS.has(eventName);
}

/**
 * The changes a record describes: one for each instance it names, else one without an instance. None for other
 * records, for failed calls, and where nothing changed. `by` is the role session that called.
 */
export function readChanges(record: CloudTrailRecord, by: Caller | null): Change[] {
  const { eventName } = record;
  if (!isChangeAction(eventName) || !record.eventSource.startsWith(SERVICES[eventName] ?? 'ec2.') || hasFailed(record))
    return [];
  const read = READERS[eventName] ?? anything;
  return read(record).map((detail) => changeOf(record, eventName, detail, by));
}

function hasFailed({ errorCode, response }: CloudTrailRecord): boolean {
  return errorCode !== null || field(response, '_return') === false;
}

const NAT_ACTION = /NatGateway/;

const NONE: readonly string[] = [];

function changeOf(record: CloudTrailRecord, action: ChangeAction, detail: ChangeDetail, by: Caller | null): Change {
  const { instanceId, parts, parameters } = detail;
  const all = (key: string) => parameters.get(key) ?? NONE;
  return {
    fact: 'change',
    id: factId(record, instanceId ?? '-'),
    eventId: record.eventId,
    time: record.time,
    partition: record.partition,
    account: record.account,
    region: record.region,
    action,
    by,
    instanceId,
    interfaces: NAT_ACTION.test(action) ? natInterfacesIn(parts, parameters) : interfacesIn(parts, parameters),
    allocationIds: together(all('allocationid'), all('secondaryallocationid')),
    associationIds: all('associationid'),
    attachmentId: onlyText(parameters, 'attachmentid'),
    publicIps: publicIpsIn(parameters),
    natGatewayId: onlyText(parameters, 'natgatewayid'),
    endpointIds: without(all('vpcendpointid'), all('resourceid')),
    vpcId: onlyText(parameters, 'vpcid'),
    subnetId: onlyText(parameters, 'subnetid'),
    transferTo: action === 'EnableAddressTransfer' ? transferTarget(parameters) : null,
    sourceDestCheck: detail.sourceDestCheck ?? null,
    eksNode: detail.eksNode ?? false,
    cidrs: cidrsIn(parameters),
  };
}

function together(some: readonly string[], others: readonly string[]): readonly string[] {
  return others.length === 0 ? some : [...new Set([...some, ...others])];
}

/** DeleteVpcEndpoints answers with the `resourceId` of each that it could not delete. */
function without(endpoints: readonly string[], kept: readonly string[]): readonly string[] {
  return endpoints.length === 0 ? NONE : endpoints.filter((id) => !kept.includes(id));
}

/** In JSON converted from XML the account is a number without its leading zeros. */
function transferTarget(parameters: Parameters): string | null {
  const [account] = parameters.get('transferaccountid') ?? NONE;
  return account === undefined ? null : accountIdOf(account.padStart(12, '0'));
}
