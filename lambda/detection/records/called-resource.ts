import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { field, textOf } from '../model/json-field';
import { parametersOf, type Parameters } from './changes/parameters';

/** Longest text kept of a resource, in characters. */
const LONGEST = 160;
/** Names listed of a call that is about several resources. */
const MOST_NAMES = 3;

/**
 * Request parameters that name what a call is about, by service, in lower case. Of each list the first that is present
 * counts; several lists give several names. Other services are described by the record's `resources`.
 */
const PARAMETERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  acm: [['certificatearn', 'domainname']],
  apigateway: [['restapiid', 'apikey', 'apiid', 'domainname']],
  appsync: [['apiid', 'name']],
  athena: [['workgroup'], ['database', 'queryexecutionid', 'name']],
  autoscaling: [['autoscalinggroupname', 'launchconfigurationname']],
  backup: [['backupvaultname', 'recoverypointarn', 'resourcearn', 'backupplanid']],
  batch: [['jobdefinition', 'jobqueue', 'jobname']],
  bedrock: [['modelid', 'agentid', 'knowledgebaseid']],
  cloudformation: [['stackname', 'stacksetname', 'changesetname']],
  cloudfront: [['id', 'distributionid']],
  cloudtrail: [['name', 'trailname', 'eventdatastore', 'trailnamelist']],
  codebuild: [['projectname', 'name', 'names']],
  codecommit: [['repositoryname', 'repositorynames']],
  'cognito-identity': [['identitypoolid', 'identityid']],
  'cognito-idp': [['userpoolid'], ['username', 'clientid']],
  config: [['configurationrecordername', 'deliverychannelname', 'configrulename']],
  dynamodb: [['tablename', 'tablearn', 'globaltablename', 'backuparn', 'exportarn']],
  ebs: [['snapshotid']],
  ec2: [
    [
      'snapshotid',
      'volumeid',
      'instanceid',
      'imageid',
      'keyname',
      'groupid',
      'networkinterfaceid',
      'natgatewayid',
      'allocationid',
      'routetableid',
      'subnetid',
      'vpcendpointid',
      'vpcid',
      'launchtemplateid',
      'flowlogid',
    ],
  ],
  ecr: [['repositoryname', 'repositorynames']],
  ecs: [['cluster'], ['service', 'services', 'task', 'tasks', 'taskdefinition', 'family']],
  eks: [
    ['name', 'clustername'],
    ['principalarn', 'nodegroupname', 'addonname'],
  ],
  elasticache: [['cacheclusterid', 'replicationgroupid', 'snapshotname']],
  elasticfilesystem: [['filesystemid', 'accesspointid']],
  elasticloadbalancing: [['loadbalancername', 'loadbalancerarn', 'loadbalancernames', 'targetgrouparn']],
  elasticmapreduce: [['jobflowid', 'clusterid', 'name']],
  es: [['domainname']],
  events: [['eventbusname'], ['name', 'rule']],
  firehose: [['deliverystreamname']],
  glue: [['databasename'], ['tablename', 'name', 'jobname', 'connectionname']],
  guardduty: [['detectorid'], ['filtername']],
  iam: [
    [
      'username',
      'rolename',
      'groupname',
      'instanceprofilename',
      'samlproviderarn',
      'openidconnectproviderarn',
      'accesskeyid',
    ],
    ['policyarn', 'policyname'],
  ],
  identitystore: [['groupid', 'userid', 'username']],
  kinesis: [['streamname', 'streamarn']],
  kms: [['keyid', 'aliasname']],
  kubernetes: [['object']],
  lambda: [['functionname', 'layername']],
  lightsail: [['instancename', 'keypairname', 'relationaldatabasename']],
  logs: [['loggroupname', 'loggroupidentifier', 'loggroupnames', 'destinationname']],
  organizations: [['accountid', 'policyid', 'targetid', 'childid']],
  ram: [['resourcesharearn', 'name']],
  rds: [
    [
      'dbsnapshotidentifier',
      'dbclustersnapshotidentifier',
      'dbinstanceidentifier',
      'dbclusteridentifier',
      'exporttaskidentifier',
    ],
  ],
  'rds-data': [['resourcearn'], ['database']],
  redshift: [['clusteridentifier', 'snapshotidentifier']],
  'redshift-data': [['clusteridentifier', 'workgroupname'], ['database']],
  route53: [['hostedzoneid', 'id', 'name']],
  sagemaker: [['notebookinstancename', 'endpointname', 'modelname', 'domainid']],
  secretsmanager: [['secretid', 'secretidlist', 'name']],
  securityhub: [['standardsarn', 'productarn', 'hubarn']],
  ses: [['source', 'identity', 'emailidentity']],
  signin: [],
  sns: [['topicarn', 'subscriptionarn', 'phonenumber', 'name']],
  sqs: [['queueurl', 'queuename']],
  ssm: [['name', 'names', 'path', 'target', 'instanceids', 'instanceid', 'documentname']],
  sso: [['permissionsetarn', 'accountid']],
  states: [['statemachinearn', 'executionarn', 'name']],
  sts: [['rolearn', 'name']],
  transfer: [['serverid'], ['username']],
  wafv2: [['name', 'resourcearn']],
  workspaces: [['workspaceid', 'workspaceids', 'directoryid']],
};

/**
 * What a call is about, as the record names it: a bucket and the folder of the key, a secret, a table, a role, … At most
 * 160 characters, without query strings and texts that look like credentials; null where the record names nothing.
 */
export function calledResource({
  eventSource,
  request,
  resources,
}: Pick<CloudTrailRecord, 'eventSource' | 'request' | 'resources'>): string | null {
  const service = eventSource.split('.')[0] ?? '';
  const parameters = parametersOf([request]);
  const named = /^s3(?:express|-outposts)?$/.test(service) ? bucketIn(parameters) : namesIn(parameters, service);
  const resource = named ?? arnIn(resources);
  return resource === null ? null : bounded(withoutCredentials(resource));
}

function bucketIn(parameters: Parameters): string | null {
  const bucket = parameters.get('bucketname')?.[0];
  if (bucket === undefined) return null;
  const key = parameters.get('key')?.[0] ?? parameters.get('prefix')?.[0] ?? '';
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  return folder === '' ? bucket : `${bucket}/${folder}`;
}

function namesIn(parameters: Parameters, service: string): string | null {
  const names = (PARAMETERS[service] ?? []).flatMap((alternatives) => {
    const texts = alternatives.map((key) => parameters.get(key)).find((found) => found !== undefined);
    return texts === undefined ? [] : [listed(texts)];
  });
  return names.length === 0 ? null : names.join(' ');
}

function listed(texts: readonly string[]): string {
  const more = texts.length - MOST_NAMES;
  return `${texts.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function arnIn(resources: unknown): string | null {
  if (!Array.isArray(resources)) return null;
  const arns = resources.flatMap((one) => textOf(field(one, 'ARN')) ?? textOf(field(one, 'arn')) ?? []);
  return arns.length === 0 ? null : listed([...new Set(arns)]);
}

/** JSON Web Tokens, session tokens and other long runs of letters; secret access keys; values named as secret. */
const CREDENTIALS: readonly RegExp[] = [
  /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
  /[A-Za-z0-9+=_-]{80,}/g,
  /(?<![\w+=-])(?=[\w+/]{0,39}[A-Z])(?=[\w+/]{0,39}[a-z])(?=[\w+/]{0,39}\d)[A-Za-z0-9+/]{40}(?![\w+=-])/g,
  /(?<=(?:token|password|secret|signature|credential|passwd|pwd)=)[^&\s/]+/gi,
];

function withoutCredentials(text: string): string {
  const [path = ''] = text.split(/[?#]/, 1);
  return CREDENTIALS.reduce((cleaned, pattern) => cleaned.replace(pattern, '…'), path);
}

function bounded(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
