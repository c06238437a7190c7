import { cidrsIn, publicIpsIn } from './changes/addresses';
import { interfacesIn } from './changes/interfaces';
import { onlyText, parametersOf, type Parameters } from './changes/parameters';
import {
  anything,
  eksTags,
  forwarding,
  instances,
  launches,
  nothing,
  routes,
  starts,
  type Teller,
  type Told,
} from './changes/change-readers';
import type { CloudTrailRecord } from '../model/cloudtrail-record';
import type { Caller, Change } from '../facts/facts';
import type { ChangeAction } from '../vocabulary';
import { accountIdOf, field } from '../model/json-field';

const TELLERS: Readonly<Record<ChangeAction, Teller>> = {
  AllocateAddress: anything,
  ReleaseAddress: anything,
  // Unverified shapes: no public record was found of these two, nor of the four that assign and unassign addresses.
  AssociateAddress: anything,
  DisassociateAddress: anything,
  AssignPrivateIpAddresses: anything,
  UnassignPrivateIpAddresses: anything,
  AssignIpv6Addresses: anything,
  UnassignIpv6Addresses: anything,
  EnableAddressTransfer: anything,
  AcceptAddressTransfer: anything,
  CreateNetworkInterface: anything,
  DeleteNetworkInterface: anything,
  AttachNetworkInterface: anything,
  DetachNetworkInterface: anything,
  CreateNatGateway: anything,
  DeleteNatGateway: anything,
  AssociateNatGatewayAddress: anything,
  DisassociateNatGatewayAddress: anything,
  AssignPrivateNatGatewayAddress: anything,
  UnassignPrivateNatGatewayAddress: anything,
  CreateVpcEndpoint: anything,
  ModifyVpcEndpoint: anything,
  DeleteVpcEndpoints: anything,
  CreateRoute: routes,
  ReplaceRoute: routes,
  ModifySubnetAttribute: nothing,
  AssociateIamInstanceProfile: anything,
  ReplaceIamInstanceProfileAssociation: anything,
  DisassociateIamInstanceProfile: anything,
  ModifyInstanceAttribute: forwarding,
  ModifyNetworkInterfaceAttribute: forwarding,
  CreateTags: eksTags,
  ProvisionByoipCidr: anything,
  AdvertiseByoipCidr: anything,
  RunInstances: launches,
  StartInstances: starts,
  StopInstances: instances,
  TerminateInstances: instances,
};

/** Whether `readChanges` reads records of this name (of EC2). */
export function isChangeAction(eventName: string): eventName is ChangeAction {
  return Object.hasOwn(TELLERS, eventName);
}

/**
 * What an EC2 record says was given, taken, started, stopped or terminated: one change an instance it names, else one
 * without. None for other records, for failed ones, and where nothing changed. `by` is the role session that called.
 */
export function readChanges(record: CloudTrailRecord, by: Caller | null): Change[] {
  const { eventName } = record;
  if (!isChangeAction(eventName) || !record.eventSource.startsWith('ec2.') || hasFailed(record)) return [];
  return TELLERS[eventName](record).map((told) => changeOf(record, eventName, told, by));
}

function hasFailed({ errorCode, response }: CloudTrailRecord): boolean {
  return errorCode !== null || field(response, '_return') === false;
}

const NONE: readonly string[] = [];

function changeOf(record: CloudTrailRecord, action: ChangeAction, told: Told, by: Caller | null): Change {
  const { instanceId, parts } = told;
  const parameters = parametersOf(parts);
  const all = (key: string) => parameters.get(key) ?? NONE;
  return {
    fact: 'change',
    id: `${record.account}/${record.sharedEventId ?? record.eventId}/${instanceId ?? '-'}`,
    eventId: record.eventId,
    time: record.time,
    partition: record.partition,
    account: record.account,
    region: record.region,
    action,
    by,
    instanceId,
    interfaces: interfacesIn(parts),
    allocationIds: [...new Set([...all('allocationid'), ...all('secondaryallocationid')])],
    associationIds: all('associationid'),
    attachmentId: onlyText(parameters, 'attachmentid'),
    publicIps: publicIpsIn(parameters),
    natGatewayId: onlyText(parameters, 'natgatewayid'),
    // DeleteVpcEndpoints answers with the `resourceId` of each that it could not delete.
    endpointIds: all('vpcendpointid').filter((id) => !all('resourceid').includes(id)),
    vpcId: onlyText(parameters, 'vpcid'),
    subnetId: onlyText(parameters, 'subnetid'),
    transferTo: action === 'EnableAddressTransfer' ? transferTarget(parameters) : null,
    sourceDestCheck: told.sourceDestCheck ?? null,
    eksNode: told.eksNode ?? false,
    cidrs: cidrsIn(parameters),
  };
}

/** Made of XML, the account is a number without its leading zeros. */
function transferTarget(parameters: Parameters): string | null {
  const [account] = parameters.get('transferaccountid') ?? NONE;
  return account === undefined ? null : accountIdOf(account.padStart(12, '0'));
}
