import type { Instance } from '../trail-writer/identities';
import { hexFor } from '../trail-writer/ids';
import {
  allocationOf,
  createNatGateway as createNat,
  type Interface,
  type NatGateway,
} from '../trail-writer/network-changes';
import type { Action } from '../trail-writer/record';

/** A read without parameters that matter. */
export function read(service: string, name: string, request: object | null = null): Action {
  return { service, name, readOnly: true, request };
}

/** A write whose answer says no more than that it was done. */
export function write(service: string, name: string, request: object, response: object = { _return: true }): Action {
  return { service, name, readOnly: false, request, response: (requestId) => ({ requestId, ...response }) };
}

const ec2 = (name: string, request: object, response?: object): Action => write('ec2', name, request, response);

/** Newer actions of EC2 come as JSON made of XML. */
function ec2Xml(name: string, request: object, response: object): Action {
  return ec2(name, { [`${name}Request`]: request }, { [`${name}Response`]: response });
}

export { allocationOf, createNat };

export function associationOf(address: string, target: string): string {
  return `eipassoc-0${hexFor(`association ${address} ${target}`, 16)}`;
}

export function disassociateAddress(address: string, { id }: Pick<Instance, 'id'>): Action {
  return ec2('DisassociateAddress', { associationId: associationOf(address, id) });
}

export function releaseAddress(address: string): Action {
  return ec2('ReleaseAddress', { allocationId: allocationOf(address) });
}

export function associateToInterface(address: string, eniId: string, privateIpAddress?: string): Action {
  return ec2(
    'AssociateAddress',
    { allocationId: allocationOf(address), networkInterfaceId: eniId, ...(privateIpAddress && { privateIpAddress }) },
    { _return: true, associationId: associationOf(address, eniId) },
  );
}

export function disassociateNatAddress({ id }: NatGateway, address: string): Action {
  return ec2Xml(
    'DisassociateNatGatewayAddress',
    { NatGatewayId: id, AssociationId: { tag: 1, content: associationOf(address, id) } },
    {
      natGatewayId: id,
      natGatewayAddressSet: { item: { allocationId: allocationOf(address), status: 'disassociating' } },
    },
  );
}

/** A regional NAT gateway; without addresses in automatic mode: AWS gives it addresses that no record names. */
export function createRegionalNat({ id, vpcId }: NatGateway, addresses: readonly string[] = []): Action {
  return ec2Xml(
    'CreateNatGateway',
    {
      AvailabilityMode: 'regional',
      ConnectivityType: 'public',
      VpcId: vpcId,
      ...(addresses.length > 0 && {
        AvailabilityZoneAddress: addresses.map((address, tag) => ({
          tag,
          AvailabilityZone: `eu-west-1${'abc'.charAt(tag)}`,
          AllocationIds: { tag: 1, content: allocationOf(address) },
        })),
      }),
    },
    {
      natGateway: {
        natGatewayId: id,
        vpcId,
        connectivityType: 'public',
        availabilityMode: 'regional',
        autoScalingIps: addresses.length > 0 ? 'disabled' : 'enabled',
        ...(addresses.length > 0 && {
          natGatewayAddressSet: {
            item: addresses.map((address) => ({ allocationId: allocationOf(address), status: 'associating' })),
          },
        }),
        state: 'pending',
      },
    },
  );
}

export function createPrivateNat({ id, vpcId, subnetId }: NatGateway, privateIp: string): Action {
  return ec2Xml(
    'CreateNatGateway',
    { ConnectivityType: 'private', SubnetId: subnetId },
    {
      natGateway: {
        natGatewayId: id,
        vpcId,
        subnetId,
        connectivityType: 'private',
        natGatewayAddressSet: { item: { privateIp, isPrimary: true, status: 'associating' } },
        state: 'pending',
      },
    },
  );
}

export function createEndpoint(id: string, vpcId: string, service: string, ownerId: string): Action {
  return ec2Xml(
    'CreateVpcEndpoint',
    { VpcId: vpcId, ServiceName: `com.amazonaws.eu-west-1.${service}`, VpcEndpointType: 'Interface' },
    { vpcEndpoint: { vpcEndpointId: id, vpcId, ownerId, vpcEndpointType: 'Interface', state: 'pending' } },
  );
}

export function deleteEndpoint(id: string): Action {
  return ec2Xml('DeleteVpcEndpoints', { VpcEndpointId: { tag: 1, content: id } }, { unsuccessful: '' });
}

export function detachInterface({ eniId }: Interface, { id }: Pick<Instance, 'id'>): Action {
  return ec2('DetachNetworkInterface', { attachmentId: `eni-attach-0${hexFor(`attachment ${eniId} ${id}`, 16)}` });
}

export function disableSourceCheck({ id }: Pick<Instance, 'id'>): Action {
  return ec2('ModifyInstanceAttribute', { instanceId: id, sourceDestCheck: { value: false } });
}

export function disableInterfaceSourceCheck({ eniId }: Interface): Action {
  return ec2('ModifyNetworkInterfaceAttribute', { networkInterfaceId: eniId, sourceDestCheck: { value: false } });
}

export function routeTo(vpcId: string, target: object): Action {
  const routeTableId = `rtb-0${hexFor(`routes ${vpcId}`, 16)}`;
  return ec2('CreateRoute', { routeTableId, destinationCidrBlock: '0.0.0.0/0', ...target });
}

export function deleteRoute(vpcId: string): Action {
  const routeTableId = `rtb-0${hexFor(`routes ${vpcId}`, 16)}`;
  return ec2('DeleteRoute', { routeTableId, destinationCidrBlock: '0.0.0.0/0' });
}

/** A subnet gets the other route table of its VPC. */
export function replaceTableAssociation({
  vpcId,
  subnetId,
}: {
  readonly vpcId: string;
  readonly subnetId: string;
}): Action {
  const associationId = `rtbassoc-0${hexFor(`table of ${subnetId}`, 16)}`;
  const routeTableId = `rtb-0${hexFor(`other routes ${vpcId}`, 16)}`;
  const newAssociationId = `rtbassoc-0${hexFor(`other table of ${subnetId}`, 16)}`;
  return ec2('ReplaceRouteTableAssociation', { routeTableId, associationId }, { newAssociationId });
}

/** Auto Scaling is asked to end an instance of a group. */
export function terminateInGroup({ id }: Pick<Instance, 'id'>): Action {
  const request = { instanceId: id, shouldDecrementDesiredCapacity: true };
  const activity = {
    activityId: hexFor(`activity ${id}`, 32),
    statusCode: 'InProgress',
    autoScalingGroupName: 'workers',
  };
  return write('autoscaling', 'TerminateInstanceInAutoScalingGroup', request, { activity });
}

/** The agent of a container instance reports that a task has ended. */
export function taskStateChange(id: string, { account, region }: Pick<Instance, 'account' | 'region'>): Action {
  const request = { cluster: 'prod', task: `arn:aws:ecs:${region}:${account}:task/prod/${id}`, status: 'STOPPED' };
  return write('ecs', 'SubmitTaskStateChange', request, { acknowledgment: 'ACCEPT' });
}

export function rebootInstance({ id }: Pick<Instance, 'id'>): Action {
  return ec2('RebootInstances', { instancesSet: { items: [{ instanceId: id }] } });
}

export function hibernate({ id }: Pick<Instance, 'id'>): Action {
  const currentState = { code: 64, name: 'stopping' };
  return ec2(
    'StopInstances',
    { instancesSet: { items: [{ instanceId: id }] }, hibernate: true },
    { instancesSet: { items: [{ instanceId: id, currentState, previousState: { code: 16, name: 'running' } }] } },
  );
}

/** A prefix of 16 addresses for the pods of a node. */
export function assignPrefix({ eniId }: Interface, prefix: string): Action {
  return ec2(
    'AssignPrivateIpAddresses',
    { networkInterfaceId: eniId, ipv4PrefixCount: 1 },
    {
      networkInterfaceId: eniId,
      assignedIpv4PrefixesSet: { assignedIpv4PrefixSpecificationType: [{ ipv4Prefix: prefix }] },
      _return: true,
    },
  );
}

export function assignIpv6Prefix({ eniId }: Interface, prefix: string): Action {
  return ec2Xml(
    'AssignIpv6Addresses',
    { NetworkInterfaceId: eniId, Ipv6PrefixCount: 1 },
    { networkInterfaceId: eniId, assignedIpv6PrefixSet: { item: prefix } },
  );
}

/** The interface's address set as the CNI asks for it: one primary address and secondary ones for pods. */
export function createPodInterface({ eniId, privateIp }: Interface, node: Instance, pods: readonly string[]): Action {
  const { vpcId, subnetId, account } = node;
  return ec2(
    'CreateNetworkInterface',
    {
      subnetId,
      description: `aws-K8S-${node.id}`,
      secondaryPrivateIpAddressCount: pods.length,
      groupSet: {},
      privateIpAddressesSet: {},
    },
    {
      networkInterface: {
        networkInterfaceId: eniId,
        subnetId,
        vpcId,
        ownerId: account,
        description: `aws-K8S-${node.id}`,
        status: 'pending',
        privateIpAddress: privateIp,
        sourceDestCheck: true,
        interfaceType: 'interface',
        privateIpAddressesSet: {
          item: [privateIp, ...pods].map((address, at) => ({ privateIpAddress: address, primary: at === 0 })),
        },
        ipv6AddressesSet: {},
        tagSet: { items: [{ key: 'node.k8s.amazonaws.com/instance_id', value: node.id }] },
      },
    },
  );
}
