/** EC2 actions that may lead a subnet's traffic to another egress. */
export const ROUTE_ACTIONS = [
  'CreateRoute',
  'ReplaceRoute',
  'DeleteRoute',
  'AssociateRouteTable',
  'ReplaceRouteTableAssociation',
  'DisassociateRouteTable',
] as const;

/**
 * EC2 actions that change the owner of an address, what an address belongs to, or the state of an instance. A new one is
 * a line here, and a reader in `records/read-changes.ts` where the usual one does not fit.
 */
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
  ...ROUTE_ACTIONS,
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

/** Ends of workloads that are no call of EC2: an event of the spot service, and calls of ECS and Auto Scaling. */
export const END_ACTIONS = [
  'BidEvictedEvent',
  'StopTask',
  'SubmitTaskStateChange',
  'TerminateInstanceInAutoScalingGroup',
] as const;

/** Calls of Lambda that put a function into a VPC or take it out. */
export const FUNCTION_ACTIONS = ['CreateFunction20150331', 'UpdateFunctionConfiguration20150331v2'] as const;

/** Also those that matter only for what they are called with: tags may make an instance a node of an EKS cluster. */
export const CHANGE_ACTIONS = [...NETWORK_ACTIONS, 'CreateTags', ...END_ACTIONS, ...FUNCTION_ACTIONS] as const;

export type ChangeAction = (typeof CHANGE_ACTIONS)[number];

/** Tags that EKS, its node groups and eksctl give their nodes, and the prefix of the one that self-managed nodes must have. */
export const EKS_NODE_TAGS = {
  keys: ['eks:cluster-name', 'aws:eks:cluster-name', 'alpha.eksctl.io/cluster-name'],
  prefix: 'kubernetes.io/cluster/',
} as const;

/** STS actions that issue the credentials of a role session. */
export const ISSUING_ACTIONS: readonly string[] = ['AssumeRole', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'];

/** Actions that make a principal, or give credentials of one, by the first part of the service's name. */
export const GRANT_ACTIONS = {
  iam: [
    'CreateUser',
    'CreateAccessKey',
    'UpdateAccessKey',
    'CreateLoginProfile',
    'UpdateLoginProfile',
    'UploadSigningCertificate',
    'CreateRole',
    'UpdateAssumeRolePolicy',
    'CreateSAMLProvider',
    'UpdateSAMLProvider',
    'CreateOpenIDConnectProvider',
    'AddClientIDToOpenIDConnectProvider',
    'UpdateOpenIDConnectProviderThumbprint',
  ],
  sts: ['GetFederationToken', 'GetSessionToken', 'AssumeRoot'],
  rolesanywhere: ['CreateTrustAnchor', 'UpdateTrustAnchor', 'EnableTrustAnchor', 'CreateProfile', 'UpdateProfile'],
  sso: ['CreateAccountAssignment'],
  identitystore: ['CreateUser', 'CreateGroupMembership'],
} as const;

/** Sign-in actions by which credentials become a console session. */
export const CONSOLE_ACTIONS: readonly string[] = ['GetSigninToken', 'ConsoleLogin'];

/** The EKS action by which a node gets the credentials of a pod. */
export const POD_IDENTITY_ACTION = 'AssumeRoleForPodIdentity';

/** CloudTrail actions that can stop or narrow a trail. */
export const TRAIL_ACTIONS: readonly string[] = ['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors'];

/** Actions on an organisation and its accounts, by service, that can take members or trails away. */
export const ORGANIZATION_ACTIONS = {
  organizations: [
    'LeaveOrganization',
    'RemoveAccountFromOrganization',
    'CloseAccount',
    'MoveAccount',
    'AttachPolicy',
    'DetachPolicy',
    'UpdatePolicy',
    'DeletePolicy',
    'DisablePolicyType',
    'DisableAWSServiceAccess',
    'DeregisterDelegatedAdministrator',
  ],
  cloudformation: ['DeactivateOrganizationsAccess'],
  account: ['DisableRegion'],
} as const;

/** Security Hub actions that can keep findings from being imported or shown. */
export const SECURITY_HUB_ACTIONS = [
  'DisableSecurityHub',
  'DisableImportFindingsForProduct',
  'DeleteFindingAggregator',
  'UpdateFindingAggregator',
  'CreateAutomationRule',
  'BatchUpdateAutomationRules',
  'CreateAutomationRuleV2',
  'UpdateAutomationRuleV2',
] as const;

/** Session name of the test call that shows that events arrive in the lock table. */
export const CANARY_SESSION = 'credlock-canary';

/** Source and detail type of sample events on the hub bus; `aws.` sources are reserved for AWS. */
export const SIMULATION = { source: 'credlock.simulation', detailType: 'AWS API Call via CloudTrail' } as const;

/** Prefix of every physical name of a deployment. */
export const NAME_PREFIX = 'credlock';

/** The sinks of `publish`: `lambda/adapters/sinks` delivers to each, `lib/hub/finding-destination.ts` deploys each. */
export const SINK_NAMES = ['security-hub', 'event-bridge', 'sns'] as const;
export type SinkName = (typeof SINK_NAMES)[number];

/** What an SNS topic gets: plain text, or custom notifications of Amazon Q Developer in chat applications. */
export const TOPIC_FORMATS = ['text', 'amazon-q'] as const;
export type TopicFormat = (typeof TOPIC_FORMATS)[number];

/** Names by which the hub and the accounts of clusters find each other's parts. */
export const AUDIT_LOG = {
  /** Beginning of the keys of objects with audit records in the hub's bucket. */
  prefix: 'kubernetes/',
  /** Those of `credlock simulate`, whose findings are samples. */
  samples: 'kubernetes/simulation/',
  /** Destination of audit records in each Region of the hub account. */
  destination: `${NAME_PREFIX}-kubernetes`,
  /** Role with which CloudWatch Logs delivers an account's audit records. */
  deliveryRole: `${NAME_PREFIX}-log-delivery`,
  /** Subscription filter of a log group, before its Region: what is delivered names the filter, and no Region. */
  filterPrefix: `${NAME_PREFIX}-kubernetes-`,
} as const;

/** Agents that watch what runs in containers. Each has a log group for each cluster: this prefix, agent, `/`, cluster. */
export const RUNTIME_AGENTS = ['falco', 'tetragon'] as const;
export type RuntimeAgent = (typeof RUNTIME_AGENTS)[number];
export const RUNTIME_LOG_GROUPS = `/${NAME_PREFIX}/`;

/** The audit logs of clusters among the kinds of workload in the setting `workloads`. */
export const KUBERNETES = 'kubernetes';
