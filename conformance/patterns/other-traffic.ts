import { otherKeys } from './issuances';
import { otherChanges } from './network-changes';
import { call, person, service, session, SHOP, type TrailRecord } from './record-shapes';

const ROOT = { type: 'Root', principalId: SHOP, arn: `arn:aws:iam::${SHOP}:root`, accountId: SHOP };

/** What else goes over a default bus: of no use to the detector. */
export function otherTraffic(): Readonly<Record<string, TrailRecord>> {
  return { ...otherKeys(), ...otherChanges(), ...callsOfOthers(), ...otherKinds() };
}

function callsOfOthers(): Record<string, TrailRecord> {
  return {
    'person: looks around': call({ name: 'DescribeInstances', service: 'ec2', identity: person() }),
    'person: an instance name that looks like one': call({
      name: 'ListBuckets',
      service: 's3',
      identity: person('i-0a11ce00'),
    }),
    'person: asks who it is': call({ name: 'GetCallerIdentity', service: 'sts', identity: person() }),
    'person: reads a key': call({
      name: 'Decrypt',
      service: 'kms',
      identity: person(),
      extra: { errorCode: 'AccessDenied' },
    }),
    'root: signs in': call({
      name: 'ConsoleLogin',
      service: 'signin',
      identity: ROOT,
      extra: { eventType: 'AwsConsoleSignIn' },
    }),
    'another account: reads a bucket': call({
      name: 'GetObject',
      service: 's3',
      identity: { type: 'AWSAccount', principalId: 'AROAEXAMPLEEXAMPLE009:job', accountId: '444455556666' },
      extra: { managementEvent: false, eventCategory: 'Data' },
    }),
    'service: for itself': call({
      name: 'GenerateDataKey',
      service: 'kms',
      from: 'cloudtrail.amazonaws.com',
      identity: service('cloudtrail.amazonaws.com'),
    }),
    'service: EC2 for itself': call({
      name: 'CreateGrant',
      service: 'kms',
      from: 'ec2.amazonaws.com',
      identity: service('ec2.amazonaws.com'),
    }),
    'token: asks for its role only': call({
      name: 'GetRoleCredentials',
      service: 'sso',
      identity: { type: 'Unknown', principalId: '444455556666', accountId: SHOP, userName: 'dana@example.com' },
    }),
  };
}

/** Calls of role sessions that are no workload's, by any field: only their key's issuance tells so. */
export function otherSessions(): Readonly<Record<string, TrailRecord>> {
  const by = (what: string, role: string, name: string): [string, TrailRecord] => [
    what,
    call({ name: 'DescribeInstances', service: 'ec2', identity: session({ role, session: name }) }),
  ];
  const signOn = 'AWSReservedSSO_Operator_0123456789abcdef';
  return Object.fromEntries([
    by('session: single sign-on', signOn, 'dana@example.de'),
    by('session: a name at a place', 'admin', 'dana@shopde'),
    by('session: single sign-on, no mail address', signOn, 'dana.d'),
    by('session: a pipeline', 'deploy', 'GitHubActions'),
    by('session: a build', 'build', 'AWSCodeBuild-3f2b8c1d-4e5f-6071-8293-a4b5c6d7e8f9'),
    by('session: AWS CLI', 'admin', 'botocore-session-1756713600'),
    by('session: a name with a dash', 'admin', 'dana-2'),
    by('session: a name with a line below', 'admin', 'dana_d'),
    by('session: a scanner', 'scanner', 'nightlyscan'),
    by('session: a service-linked role', 'AWSServiceRoleForConfig', 'AWSConfig-Describe'),
    by('session: a role whose name looks like an instance', 'i-0a11ce00', 'dana.d'),
    by('session: a role whose name looks like a pod', 'eks-shop', 'nightlyscan'),
  ]);
}

function otherKinds(): Record<string, TrailRecord> {
  return {
    'service event: a key was rotated': call({
      name: 'RotateKey',
      service: 'kms',
      from: 'AWS Internal',
      identity: { accountId: SHOP, invokedBy: 'AWS Internal' },
      extra: { eventType: 'AwsServiceEvent', serviceEventDetails: { keyId: '3f2b8c1d-4e5f-6071-8293-a4b5c6d7e8f9' } },
    }),
    'insight: more calls than usual': {
      eventVersion: '1.11',
      eventTime: '2026-09-01T08:00:00Z',
      awsRegion: 'eu-central-1',
      eventID: '3f2b8c1d-4e5f-4071-8293-a4b5c6d7e8f9',
      eventType: 'AwsCloudTrailInsight',
      recipientAccountId: SHOP,
      sharedEventID: '3f2b8c1d-4e5f-4071-8293-a4b5c6d7e8fa',
      insightDetails: {
        state: 'Start',
        eventSource: 'ec2.amazonaws.com',
        eventName: 'RunInstances',
        insightType: 'ApiCallRateInsight',
      },
      eventCategory: 'Insight',
    },
    'network activity: refused by an endpoint': call({
      name: 'ListKeys',
      service: 'kms',
      from: '10.0.12.9',
      identity: { type: 'AWSAccount', principalId: 'AROAEXAMPLEEXAMPLE009', accountId: '444455556666' },
      extra: {
        eventType: 'AwsVpceEvent',
        eventCategory: 'NetworkActivity',
        errorCode: 'VpceAccessDenied',
        vpcEndpointId: 'vpce-0a1b2c3d4e5f60718',
      },
    }),
  };
}
