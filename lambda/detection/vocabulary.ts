/** Records of EC2 that give or take an address, or start or stop an instance, whatever else they say. */
export const NETWORK_ACTIONS = [
  'AllocateAddress',
  'ReleaseAddress',
  'AssociateAddress',
  'DisassociateAddress',
  'AssignPrivateIpAddresses',
  'UnassignPrivateIpAddresses',
  'AssignIpv6Addresses',
  'UnassignIpv6Addresses',
  'EnableAddressTransfer',
  'AcceptAddressTransfer',
  'CreateNetworkInterface',
  'DeleteNetworkInterface',
  'AttachNetworkInterface',
  'DetachNetworkInterface',
  'CreateNatGateway',
  'DeleteNatGateway',
  'AssociateNatGatewayAddress',
  'DisassociateNatGatewayAddress',
  'AssignPrivateNatGatewayAddress',
  'UnassignPrivateNatGatewayAddress',
  'CreateVpcEndpoint',
  'ModifyVpcEndpoint',
  'DeleteVpcEndpoints',
  'CreateRoute',
  'ReplaceRoute',
  'AssociateIamInstanceProfile',
  'ReplaceIamInstanceProfileAssociation',
  'DisassociateIamInstanceProfile',
  'ModifyInstanceAttribute',
  'ModifyNetworkInterfaceAttribute',
  'ProvisionByoipCidr',
  'AdvertiseByoipCidr',
  'RunInstances',
  'StartInstances',
  'StopInstances',
  'TerminateInstances',
] as const;

/** The EC2 actions that give or take an address, or start, stop or terminate. */
export const CHANGE_ACTIONS = [
  'AllocateAddress',
  'ReleaseAddress',
  'AssociateAddress',
  'DisassociateAddress',
  'EnableAddressTransfer',
  'AcceptAddressTransfer',
  'CreateNetworkInterface',
  'DeleteNetworkInterface',
  'AttachNetworkInterface',
  'DetachNetworkInterface',
  'AssignPrivateIpAddresses',
  'UnassignPrivateIpAddresses',
  'AssignIpv6Addresses',
  'UnassignIpv6Addresses',
  'CreateNatGateway',
  'DeleteNatGateway',
  'AssociateNatGatewayAddress',
  'DisassociateNatGatewayAddress',
  'AssignPrivateNatGatewayAddress',
  'UnassignPrivateNatGatewayAddress',
  'CreateVpcEndpoint',
  'ModifyVpcEndpoint',
  'DeleteVpcEndpoints',
  'CreateRoute',
  'ReplaceRoute',
  'ModifySubnetAttribute',
  'AssociateIamInstanceProfile',
  'ReplaceIamInstanceProfileAssociation',
  'DisassociateIamInstanceProfile',
  'ModifyInstanceAttribute',
  'ModifyNetworkInterfaceAttribute',
  'CreateTags',
  'ProvisionByoipCidr',
  'AdvertiseByoipCidr',
  'RunInstances',
  'StartInstances',
  'StopInstances',
  'TerminateInstances',
] as const;

export type ChangeAction = (typeof CHANGE_ACTIONS)[number];

/** Session name of the call by which the way from CloudTrail to the lock table is proven to work. */
export const CANARY_SESSION = 'credlock-canary';

/** What a sample theft is put on the hub bus with; AWS lets nobody use an `aws.` source. */
export const SIMULATION = { source: 'credlock.simulation', detailType: 'AWS API Call via CloudTrail' } as const;

/** With what every physical name of a deployment begins. */
export const NAME_PREFIX = 'credlock';
