import { EKS_NODE_TAGS, NETWORK_ACTIONS } from '../../lambda/detection/vocabulary';
import { call, person, service, session, type CallShape, type TrailRecord } from './record-shapes';

const INSTANCE = 'i-0a11ce0000c0ffee1';
const ENI = 'eni-0a11ce0000c0ffee2';
const ALLOCATION = 'eipalloc-0a11ce0000c0ffee3';
const ASSOCIATION = 'eipassoc-0a11ce0000c0ffee4';
const NAT = 'nat-0a11ce0000c0ffee5';
const ADDRESS = '198.51.100.61';

const VPC_CONFIG = { vpcId: 'vpc-0a11ce00', subnetIds: ['subnet-0a11ce00'], securityGroupIds: ['sg-0a11ce00'] };

const EC2_CHANGES = [...NETWORK_ACTIONS, 'CreateTags'] as const;
type Ec2Change = (typeof EC2_CHANGES)[number];

type Told = Pick<CallShape, 'request' | 'response'>;

const RUNNING = { instancesSet: { items: [{ instanceId: INSTANCE, currentState: { code: 0, name: 'pending' } }] } };

/** One record of each action, as far as public records show its shape. */
const TOLD: Readonly<Record<Ec2Change, Told>> = {
  AllocateAddress: { request: { domain: 'vpc' }, response: { publicIp: ADDRESS, allocationId: ALLOCATION } },
  ReleaseAddress: { request: { allocationId: ALLOCATION }, response: { _return: true } },
  AssociateAddress: {
    request: { allocationId: ALLOCATION, instanceId: INSTANCE },
    response: { _return: true, associationId: ASSOCIATION },
  },
  DisassociateAddress: { request: { associationId: ASSOCIATION }, response: { _return: true } },
  EnableAddressTransfer: { request: { AllocationId: ALLOCATION, TransferAccountId: 444_455_556_666 } },
  AcceptAddressTransfer: { request: { Address: ADDRESS }, response: { publicIp: ADDRESS } },
  CreateNetworkInterface: {
    request: { subnetId: 'subnet-0a11ce00' },
    response: { networkInterface: { networkInterfaceId: ENI, privateIpAddress: '10.0.12.9' } },
  },
  DeleteNetworkInterface: { request: { networkInterfaceId: ENI }, response: { _return: true } },
  AttachNetworkInterface: {
    request: { networkInterfaceId: ENI, instanceId: INSTANCE, deviceIndex: 1 },
    response: { attachmentId: 'eni-attach-0a11ce00' },
  },
  DetachNetworkInterface: { request: { attachmentId: 'eni-attach-0a11ce00' }, response: { _return: true } },
  AssignPrivateIpAddresses: { request: { networkInterfaceId: ENI, secondaryPrivateIpAddressCount: 1 } },
  UnassignPrivateIpAddresses: { request: { networkInterfaceId: ENI } },
  AssignIpv6Addresses: { request: { AssignIpv6AddressesRequest: { NetworkInterfaceId: ENI, Ipv6AddressCount: 1 } } },
  UnassignIpv6Addresses: { request: { UnassignIpv6AddressesRequest: { NetworkInterfaceId: ENI } } },
  CreateNatGateway: {
    request: { CreateNatGatewayRequest: { AllocationId: ALLOCATION, SubnetId: 'subnet-0a11ce00' } },
    response: { CreateNatGatewayResponse: { natGateway: { natGatewayId: NAT, vpcId: 'vpc-0a11ce00' } } },
  },
  DeleteNatGateway: { request: { DeleteNatGatewayRequest: { NatGatewayId: NAT } } },
  AssociateNatGatewayAddress: { request: { NatGatewayId: NAT, AllocationId: ALLOCATION } },
  DisassociateNatGatewayAddress: { request: { NatGatewayId: NAT, AssociationId: ASSOCIATION } },
  AssignPrivateNatGatewayAddress: { request: { NatGatewayId: NAT } },
  UnassignPrivateNatGatewayAddress: { request: { NatGatewayId: NAT } },
  CreateVpcEndpoint: {
    request: { CreateVpcEndpointRequest: { VpcId: 'vpc-0a11ce00' } },
    response: { CreateVpcEndpointResponse: { vpcEndpoint: { vpcEndpointId: 'vpce-0a1b2c3d4e5f60718' } } },
  },
  ModifyVpcEndpoint: { request: { ModifyVpcEndpointRequest: { VpcEndpointId: 'vpce-0a1b2c3d4e5f60718' } } },
  DeleteVpcEndpoints: { request: { DeleteVpcEndpointsRequest: { VpcEndpointId: 'vpce-0a1b2c3d4e5f60718' } } },
  CreateRoute: { request: { routeTableId: 'rtb-0a11ce00', destinationCidrBlock: '0.0.0.0/0', natGatewayId: NAT } },
  DeleteRoute: { request: { routeTableId: 'rtb-0a11ce00', destinationCidrBlock: '0.0.0.0/0' } },
  AssociateRouteTable: { request: { routeTableId: 'rtb-0a11ce00', subnetId: 'subnet-0a11ce00' } },
  ReplaceRouteTableAssociation: { request: { routeTableId: 'rtb-0a11ce00', associationId: 'rtbassoc-0a11ce00' } },
  DisassociateRouteTable: { request: { associationId: 'rtbassoc-0a11ce00' } },
  ReplaceRoute: { request: { routeTableId: 'rtb-0a11ce00', destinationCidrBlock: '0.0.0.0/0', natGatewayId: NAT } },
  AssociateIamInstanceProfile: { request: { AssociateIamInstanceProfileRequest: { InstanceId: INSTANCE } } },
  ReplaceIamInstanceProfileAssociation: {
    request: { ReplaceIamInstanceProfileAssociationRequest: { AssociationId: 'iip-assoc-0a11ce00' } },
  },
  DisassociateIamInstanceProfile: {
    request: { DisassociateIamInstanceProfileRequest: { AssociationId: 'iip-assoc-0a11ce00' } },
  },
  ModifyInstanceAttribute: { request: { instanceId: INSTANCE, sourceDestCheck: { value: false } } },
  ModifyNetworkInterfaceAttribute: { request: { networkInterfaceId: ENI, sourceDestCheck: { value: false } } },
  CreateTags: tagged('kubernetes.io/cluster/shop-prod'),
  ProvisionByoipCidr: { request: { ProvisionByoipCidrRequest: { Cidr: '203.0.113.0/24' } } },
  AdvertiseByoipCidr: { request: { AdvertiseByoipCidrRequest: { Cidr: '203.0.113.0/24' } } },
  RunInstances: {
    request: { instanceType: 'm7g.large' },
    response: {
      instancesSet: {
        items: [
          {
            instanceId: INSTANCE,
            privateIpAddress: '10.0.12.9',
            instanceState: { code: 0, name: 'pending' },
            networkInterfaceSet: { items: [{ networkInterfaceId: ENI, privateIpAddress: '10.0.12.9' }] },
          },
        ],
      },
    },
  },
  StartInstances: { request: { instancesSet: { items: [{ instanceId: INSTANCE }] } }, response: RUNNING },
  StopInstances: { request: { instancesSet: { items: [{ instanceId: INSTANCE }] } }, response: RUNNING },
  TerminateInstances: { request: { instancesSet: { items: [{ instanceId: INSTANCE }] } }, response: RUNNING },
};

/** Records by which the book learns who had which address. All of them matter, whoever made the call. */
export function networkChanges(): Readonly<Record<string, TrailRecord>> {
  const byPerson = EC2_CHANGES.map((name) => [`change: ${name}`, change(name, TOLD[name], person())]);
  const scaling = { from: 'autoscaling.amazonaws.com' };
  const scaled = session({
    role: 'AWSServiceRoleForAutoScaling',
    session: 'AutoScaling',
    also: { invokedBy: 'autoscaling.amazonaws.com' },
  });
  return {
    ...Object.fromEntries(byPerson),
    ...Object.fromEntries(
      EKS_NODE_TAGS.keys.map((key) => [`change: CreateTags with ${key}`, change('CreateTags', tagged(key), person())]),
    ),
    'change: Auto Scaling launches an instance': change('RunInstances', TOLD.RunInstances, scaled, scaling),
    'change: Spot takes an instance back': change(
      'TerminateInstances',
      TOLD.TerminateInstances,
      service('spot.amazonaws.com'),
      { from: 'spot.amazonaws.com' },
    ),
    'change: Spot stops or ends an instance': call({
      name: 'BidEvictedEvent',
      service: 'ec2',
      from: 'ec2.amazonaws.com',
      identity: service('ec2.amazonaws.com'),
      extra: { eventType: 'AwsServiceEvent', serviceEventDetails: { instanceIdSet: [INSTANCE] } },
    }),
    'change: a task is stopped': call({
      name: 'StopTask',
      service: 'ecs',
      identity: person(),
      request: { cluster: 'prod', task: '3f2b8c1d4e5f60718293a4b5c6d7e8f9' },
      response: {
        task: { taskArn: 'arn:aws:ecs:eu-central-1:111122223333:task/prod/3f2b8c1d4e5f60718293a4b5c6d7e8f9' },
      },
    }),
    'change: a task has ended, as its agent reports': call({
      name: 'SubmitTaskStateChange',
      service: 'ecs',
      identity: person(),
      request: {
        cluster: 'prod',
        task: 'arn:aws:ecs:eu-central-1:111122223333:task/prod/3f2b8c1d4e5f60718293a4b5c6d7e8f9',
        status: 'STOPPED',
      },
    }),
    'change: Auto Scaling is asked to end an instance': call({
      name: 'TerminateInstanceInAutoScalingGroup',
      service: 'autoscaling',
      identity: person(),
      request: { instanceId: INSTANCE, shouldDecrementDesiredCapacity: true },
    }),
    'change: a function is made in a VPC': call({
      name: 'CreateFunction20150331',
      service: 'lambda',
      identity: person(),
      request: { functionName: 'orders', vpcConfig: VPC_CONFIG },
      response: { functionName: 'orders', vpcConfig: VPC_CONFIG },
    }),
    'change: a function gets another VPC': call({
      name: 'UpdateFunctionConfiguration20150331v2',
      service: 'lambda',
      identity: person(),
      request: { functionName: 'orders', vpcConfig: VPC_CONFIG },
      response: { functionName: 'orders', vpcConfig: VPC_CONFIG },
    }),
    'change: a single sign-on session moves an address': change(
      'AssociateAddress',
      TOLD.AssociateAddress,
      session({ role: 'AWSReservedSSO_Operator_0123456789abcdef', session: 'dana@example.com' }),
    ),
  };
}

/** Records of the same actions, and of their neighbours, that change no address. */
export function otherChanges(): Readonly<Record<string, TrailRecord>> {
  const refused = { extra: { errorCode: 'Client.UnauthorizedOperation', responseElements: null } };
  return {
    'a launch that was refused': change('RunInstances', { request: { instanceType: 'm7g.large' } }, person(), refused),
    'an address that was not to be had': change('AllocateAddress', { request: { domain: 'vpc' } }, person(), refused),
    'addresses of later launches': change(
      'ModifySubnetAttribute',
      { request: { subnetId: 'subnet-0a11ce00' } },
      person(),
    ),
    'a route to a gateway': change(
      'CreateRoute',
      { request: { routeTableId: 'rtb-0a11ce00', gatewayId: 'igw-0a11ce00' } },
      person(),
    ),
    'an instance gets another type': change(
      'ModifyInstanceAttribute',
      { request: { instanceId: INSTANCE, instanceType: { value: 'm7g.xlarge' } } },
      person(),
    ),
    'a node loses its tag': change('DeleteTags', tagged('kubernetes.io/cluster/shop-prod'), person()),
    'a volume gets a tag': change(
      'CreateTags',
      {
        request: {
          resourcesSet: { items: [{ resourceId: 'vol-0a11ce00' }] },
          tagSet: { items: [{ key: 'team', value: 'shop' }] },
        },
      },
      person(),
    ),
    'a name of EC2 in another service': call({
      name: 'CreateTags',
      service: 'workspaces',
      identity: person(),
      request: { resourceId: 'ws-0a11ce00' },
    }),
  };
}

function tagged(key: string): Told {
  return {
    request: {
      resourcesSet: { items: [{ resourceId: INSTANCE }] },
      tagSet: {
        items: [
          { key: 'Name', value: 'node' },
          { key, value: 'shop-prod' },
        ],
      },
    },
    response: { _return: true },
  };
}

function change(name: string, told: Told, identity: object, more: Partial<CallShape> = {}): TrailRecord {
  return call({ name, service: 'ec2', identity, ...told, ...more });
}
