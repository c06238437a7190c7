import type { FindingEvent } from '../model/finding';

/** What a successful call gives its caller, the gravest first. */
export const IMPACTS = ['secret', 'data', 'privilege', 'role', 'console', 'change', 'discovery'] as const;
export type Impact = (typeof IMPACTS)[number];

/** Actions by impact and service, without the version suffix of Lambda's event names. */
const ACTIONS: readonly (readonly [Impact, Readonly<Record<string, RegExp>>])[] = [
  [
    'secret',
    {
      'cognito-identity': /^GetCredentialsForIdentity$/,
      codeartifact: /^GetAuthorizationToken$/,
      ec2: /^GetPasswordData$/,
      ecr: /^GetAuthorizationToken$/,
      kubernetes: /^(?:(?:get|list|watch|request) secrets|create serviceaccounts\/token)$/,
      lightsail: /^(?:GetInstanceAccessDetails|DownloadDefaultKeyPair|GetRelationalDatabaseMasterUserPassword)$/,
      redshift: /^GetClusterCredentials/,
      'redshift-serverless': /^GetCredentials$/,
      secretsmanager: /^(?:Batch)?GetSecretValue$/,
      ssm: /^(?:GetParameter|GetParameters|GetParametersByPath|GetParameterHistory)$/,
      sso: /^GetRoleCredentials$/,
    },
  ],
  [
    'data',
    {
      athena: /^(?:StartQueryExecution|GetQueryResults)$/,
      codecommit: /^(?:GitPull|GetFile|GetBlob|GetFolder)$/,
      dynamodb:
        /^(?:GetItem|BatchGetItem|TransactGetItems|Query|Scan|ExecuteStatement|BatchExecuteStatement|ExportTableToPointInTime)$/,
      ebs: /^GetSnapshotBlock$/,
      ec2: /^(?:ModifySnapshotAttribute|ModifyImageAttribute|GetConsoleOutput|GetConsoleScreenshot|DescribeInstanceAttribute|CreateStoreImageTask|ExportImage|CreateInstanceExportTask)$/,
      ecr: /^(?:BatchGetImage|GetDownloadUrlForLayer)$/,
      kinesis: /^GetRecords$/,
      kms: /^(?:Decrypt|ReEncrypt)$/,
      lambda: /^GetFunction$/,
      logs: /^(?:GetLogEvents|FilterLogEvents|GetQueryResults|CreateExportTask)$/,
      rds: /^(?:ModifyDBSnapshotAttribute|ModifyDBClusterSnapshotAttribute|StartExportTask|DownloadDBLogFilePortion)$/,
      'rds-data': /^(?:Batch)?ExecuteStatement$/,
      'redshift-data': /^(?:GetStatementResult|(?:Batch)?ExecuteStatement)$/,
      s3: /^(?:GetObject|GetObjectVersion|SelectObjectContent|CopyObject|UploadPartCopy)$/,
      sqs: /^ReceiveMessage$/,
    },
  ],
  [
    'privilege',
    {
      cloudformation: /^(?:CreateStack|UpdateStack|CreateChangeSet|ExecuteChangeSet)$/,
      codebuild: /^(?:CreateProject|UpdateProject|StartBuild)$/,
      'cognito-idp': /^Admin(?:CreateUser|SetUserPassword|AddUserToGroup)$/,
      ec2: /^(?:AuthorizeSecurityGroupIngress|RunInstances|CreateKeyPair|ImportKeyPair|ModifyInstanceAttribute|AssociateIamInstanceProfile|ReplaceIamInstanceProfileAssociation)$/,
      'ec2-instance-connect': /^Send/,
      ecs: /^(?:RunTask|ExecuteCommand|RegisterTaskDefinition|UpdateService)$/,
      eks: /^(?:CreateAccessEntry|AssociateAccessPolicy|UpdateAccessEntry|CreatePodIdentityAssociation)$/,
      glue: /^(?:CreateDevEndpoint|UpdateDevEndpoint|CreateJob|UpdateJob)$/,
      iam: /^(?:Create|Add|Attach|Put|Update|Set|Upload|ChangePassword|Enable|DeactivateMFA|DeleteUserPermissionsBoundary|DeleteRolePermissionsBoundary)/,
      identitystore: /^Create/,
      kms: /^(?:PutKeyPolicy|CreateGrant)$/,
      kubernetes:
        /^(?:(?:create|update|patch) (?:cluster)?rolebindings|\w+ pods\/(?:exec|attach|ephemeralcontainers))$/,
      lambda:
        /^(?:AddPermission|CreateFunction|UpdateFunctionCode|UpdateFunctionConfiguration|CreateFunctionUrlConfig|CreateEventSourceMapping|PublishLayerVersion)$/,
      organizations:
        /^(?:CreateAccount|InviteAccountToOrganization|LeaveOrganization|DetachPolicy|RegisterDelegatedAdministrator)$/,
      rolesanywhere: /^Create/,
      s3: /^(?:PutBucketPolicy|PutBucketAcl|PutObjectAcl|PutBucketReplication|DeletePublicAccessBlock|PutBucketPublicAccessBlock)$/,
      sagemaker: /^CreatePresigned/,
      secretsmanager: /^PutResourcePolicy$/,
      sns: /^AddPermission$/,
      sqs: /^AddPermission$/,
      ssm: /^(?:SendCommand|StartSession|StartAutomationExecution|CreateAssociation|CreateActivation|ModifyDocumentPermission)$/,
      sso: /^(?:CreateAccountAssignment|AttachManagedPolicyToPermissionSet|PutInlinePolicyToPermissionSet)$/,
      sts: /^(?:GetFederationToken|GetSessionToken)$/,
    },
  ],
  ['role', { sts: /^AssumeRole/ }],
  ['console', { signin: /^(?:ConsoleLogin|GetSigninToken)$/ }],
  [
    'discovery',
    {
      'eks-auth': /./,
      kubernetes: /^(?:get|list|watch|head|options|request) /,
      ecs: /^(?:DiscoverPollEndpoint|Poll|Submit\w+|RegisterContainerInstance)$/,
      logs: /^(?:CreateLogStream|PutLogEvents)$/,
      ssm: /^(?:UpdateInstanceInformation|RequestManagedInstanceRoleToken|PutInventory|PutComplianceItems)$/,
      xray: /^Put/,
    },
  ],
];

const READS =
  /^(?:Get|List|Describe|Head|Lookup|Search|BatchGet|Query|Scan|Check|Preview|Simulate|Validate|Select|View|Filter|Estimate|Decode|Discover|Count|Is|Has)/;

/** What a successful call gives its caller. */
export function impactOf({ source, name }: Pick<FindingEvent, 'source' | 'name'>): Impact {
  const service = serviceOf(source);
  const action = actionName(name);
  const row = ACTIONS.find(([, services]) => services[service]?.test(action));
  return row?.[0] ?? (READS.test(action) ? 'discovery' : 'change');
}

/** `s3` of `s3.amazonaws.com` */
export function serviceOf(source: string): string {
  return source.replace(/\.amazonaws\.com(?:\.cn)?$/, '');
}

/** Without the version of the API that Lambda's event names end with. */
export function actionName(name: string): string {
  return name.replace(/\d{8}(?:v\d+)?$/, '');
}
