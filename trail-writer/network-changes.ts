import type { Instance } from './identities';
import { hexFor, upperFor, uuidFor } from './ids';
import type { Action } from './record';

/** The allocation of an Elastic IP address, by the address. */
export function allocationOf(address: string): string {
  return `eipalloc-0${hexFor(`allocation ${address}`, 16)}`;
}

function change(name: string, request: unknown, response: object): Action {
  return {
    service: 'ec2',
    name,
    readOnly: false,
    request,
    response: (requestId) => ({ requestId, ...response }),
  };
}

/** Newer actions of EC2 come as JSON made of XML. */
function xmlChange(name: string, request: object, response: object): Action {
  return {
    service: 'ec2',
    name,
    readOnly: false,
    request: { [`${name}Request`]: request },
    response: (requestId) => ({
      [`${name}Response`]: { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/', requestId, ...response },
    }),
  };
}

export function allocateAddress(address: string): Action {
  return change(
    'AllocateAddress',
    { domain: 'vpc' },
    { publicIp: address, domain: 'vpc', allocationId: allocationOf(address), publicIpv4Pool: 'amazon' },
  );
}

/** The record names the allocation, never the address. */
export function associateAddress(address: string, { id }: Instance, allowReassociation = false): Action {
  return change(
    'AssociateAddress',
    { allocationId: allocationOf(address), instanceId: id, allowReassociation },
    { _return: true, associationId: `eipassoc-0${hexFor(`association ${address} ${id}`, 16)}` },
  );
}

export interface NatGateway {
  readonly id: string;
  readonly vpcId: string;
  readonly subnetId: string;
}

export function natGateway(name: string, vpcId: string): NatGateway {
  return { id: `nat-0${hexFor(`nat ${name}`, 16)}`, vpcId, subnetId: `subnet-0${hexFor(`public ${vpcId}`, 16)}` };
}

export function createNatGateway({ id, vpcId, subnetId }: NatGateway, address: string): Action {
  const clientToken = uuidFor(`token ${id}`).toUpperCase();
  return xmlChange(
    'CreateNatGateway',
    { ConnectivityType: 'public', AllocationId: allocationOf(address), SubnetId: subnetId, ClientToken: clientToken },
    {
      clientToken,
      natGateway: {
        connectivityType: 'public',
        subnetId,
        natGatewayAddressSet: {
          item: { isPrimary: true, allocationId: allocationOf(address), status: 'associating' },
        },
        vpcId,
        natGatewayId: id,
        state: 'pending',
      },
    },
  );
}

/** One more Elastic IP address for a NAT gateway. */
export function associateNatGatewayAddress({ id }: NatGateway, address: string): Action {
  return xmlChange(
    'AssociateNatGatewayAddress',
    { NatGatewayId: id, AllocationId: { tag: 1, content: allocationOf(address) } },
    {
      natGatewayId: id,
      natGatewayAddressSet: { item: { isPrimary: false, allocationId: allocationOf(address), status: 'associating' } },
    },
  );
}

export function deleteNatGateway({ id }: NatGateway): Action {
  return xmlChange('DeleteNatGateway', { NatGatewayId: id }, { natGatewayId: id });
}

export function replaceRoute(vpcId: string, target: { natGatewayId?: string; transitGatewayId?: string }): Action {
  return change(
    'ReplaceRoute',
    { routeTableId: `rtb-0${hexFor(`routes ${vpcId}`, 16)}`, destinationCidrBlock: '0.0.0.0/0', ...target },
    { _return: true },
  );
}

export interface Interface {
  readonly eniId: string;
  readonly privateIp: string;
}

export function createInterface({ eniId, privateIp }: Interface, { vpcId, subnetId, account }: Instance): Action {
  return change(
    'CreateNetworkInterface',
    { subnetId, groupSet: {}, privateIpAddressesSet: {} },
    {
      networkInterface: {
        networkInterfaceId: eniId,
        subnetId,
        vpcId,
        ownerId: account,
        status: 'pending',
        privateIpAddress: privateIp,
        sourceDestCheck: true,
        interfaceType: 'interface',
        privateIpAddressesSet: { item: [{ privateIpAddress: privateIp, primary: true }] },
        ipv6AddressesSet: {},
        tagSet: {},
      },
    },
  );
}

export function attachInterface({ eniId }: Interface, { id }: Instance): Action {
  return change(
    'AttachNetworkInterface',
    { networkInterfaceId: eniId, instanceId: id, deviceIndex: 1 },
    { attachmentId: `eni-attach-0${hexFor(`attachment ${eniId} ${id}`, 16)}`, networkCardIndex: 0 },
  );
}

export function assignPrivateAddress({ eniId }: Instance, address: string): Action {
  return change(
    'AssignPrivateIpAddresses',
    { networkInterfaceId: eniId, secondaryPrivateIpAddressCount: 1 },
    {
      networkInterfaceId: eniId,
      assignedPrivateIpAddressesSet: { assignedPrivateIpAddressSetType: [{ privateIpAddress: address }] },
      _return: true,
    },
  );
}

export function assignIpv6Address({ eniId }: Instance, address: string): Action {
  return xmlChange(
    'AssignIpv6Addresses',
    { NetworkInterfaceId: eniId, Ipv6AddressCount: 1 },
    { networkInterfaceId: eniId, assignedIpv6Addresses: { item: address } },
  );
}

type Power = readonly [code: number, name: string];
const PENDING: Power = [0, 'pending'];
const RUNNING: Power = [16, 'running'];
const SHUTTING_DOWN: Power = [32, 'shutting-down'];
const STOPPING: Power = [64, 'stopping'];
const STOPPED: Power = [80, 'stopped'];

export function stop(instance: Instance): Action {
  return power('StopInstances', instance, STOPPING, RUNNING);
}

export function start(instance: Instance): Action {
  return power('StartInstances', instance, PENDING, STOPPED);
}

export function terminate(instance: Pick<Instance, 'id'>): Action {
  return power('TerminateInstances', instance, SHUTTING_DOWN, RUNNING);
}

function power(name: string, { id }: Pick<Instance, 'id'>, current: Power, previous: Power): Action {
  const states = {
    currentState: { code: current[0], name: current[1] },
    previousState: { code: previous[0], name: previous[1] },
  };
  return change(
    name,
    { instancesSet: { items: [{ instanceId: id }] } },
    { instancesSet: { items: [{ instanceId: id, ...states }] } },
  );
}

/** The record of a launch has the private addresses, never the public one. */
export function run(instance: Instance, tags: Readonly<Record<string, string>> = {}): Action {
  const tagSet = { items: Object.entries(tags).map(([key, value]) => ({ key, value })) };
  const image = { imageId: 'ami-0b36d73b344885ea0', minCount: 1, maxCount: 1 };
  return change(
    'RunInstances',
    { instancesSet: { items: [image] }, instanceType: 't3.large', subnetId: instance.subnetId },
    {
      reservationId: `r-0${hexFor(`reservation ${instance.name}`, 16)}`,
      ownerId: instance.account,
      groupSet: {},
      instancesSet: { items: [launched(instance, tagSet)] },
    },
  );
}

function launched({ id, account, region, role, privateIp, vpcId, subnetId, eniId }: Instance, tagSet: object): object {
  const networkInterface = {
    networkInterfaceId: eniId,
    subnetId,
    vpcId,
    ownerId: account,
    status: 'in-use',
    privateIpAddress: privateIp,
    sourceDestCheck: true,
    interfaceType: 'interface',
    attachment: { attachmentId: `eni-attach-0${eniId.slice(-16)}`, deviceIndex: 0, status: 'attaching' },
    privateIpAddressesSet: { item: [{ privateIpAddress: privateIp, primary: true }] },
    ipv6AddressesSet: {},
    tagSet: {},
  };
  return {
    instanceId: id,
    imageId: 'ami-0b36d73b344885ea0',
    instanceState: { code: 0, name: 'pending' },
    instanceType: 't3.large',
    placement: { availabilityZone: `${region}a`, tenancy: 'default' },
    subnetId,
    vpcId,
    privateIpAddress: privateIp,
    tagSet,
    sourceDestCheck: true,
    networkInterfaceSet: { items: [networkInterface] },
    iamInstanceProfile: {
      arn: `arn:aws:iam::${account}:instance-profile/${role}`,
      id: `AIPA${upperFor(`profile ${account} ${role}`, 17)}`,
    },
  };
}
