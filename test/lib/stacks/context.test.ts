import { DEFAULT_SETTINGS, parseSettings } from '../../../lambda/detection/parse-settings';
import { bucketNameOf, readContext } from '../../../lib/stacks/context';

const READER = {
  names: Object.keys(DEFAULT_SETTINGS),
  faultsOf: (settings: unknown): readonly string[] => {
    const read = parseSettings(settings);
    return 'faults' in read ? [...read.faults] : [];
  },
};
const ORGANIZATION = {
  mode: 'organization',
  organizationId: 'o-exampleorgid',
  hubAccount: '111122223333',
  hubRegion: 'eu-west-1',
  targetOus: 'ou-abcd-12345678,r-abcd',
};

const read = (given: Readonly<Record<string, unknown>>) => readContext(given, READER);

test('nothing but a mode is needed for a single account', () => {
  expect(read({ mode: 'single' })).toEqual({
    mode: 'single',
    stackSetCaller: 'management',
    forwardAll: false,
    verificationRole: true,
    operatorRoles: [],
    customerKey: false,
    metadataNoTokenAlarm: false,
    postureSummary: false,
    recoveryMails: false,
    hunt: false,
    kubernetes: false,
    logRetentionDays: 90,
    settings: {},
  });
});

test('lists come with commas or as lists, truths as words or as they are, numbers as text', () => {
  const given = { ...ORGANIZATION, regions: ['eu-west-1', 'us-gov-west-1'], forwardAll: true, customerKey: 'true' };
  expect(read({ ...given, logRetentionDays: '30' })).toMatchObject({
    targetOus: ['ou-abcd-12345678', 'r-abcd'],
    regions: ['eu-west-1', 'us-gov-west-1'],
    forwardAll: true,
    customerKey: true,
    logRetentionDays: 30,
  });
});

test('settings come under their own names, as JSON, as lists with commas or as they are', () => {
  const given = {
    mode: 'single',
    findingsMode: '{"default":"live","111122223333":"report"}',
    organizationAccounts: '111122223333, 444455556666',
    privateNetworks: '["203.0.113.0/24"]',
    sharedEgress: { minimumWorkloads: 5 },
    holdMinutes: '0',
    runbookUrl: 'https://wiki.example.com/credlock',
  };
  expect(read(given).settings).toEqual({
    mode: { default: 'live', '111122223333': 'report' },
    organizationAccounts: ['111122223333', '444455556666'],
    privateNetworks: ['203.0.113.0/24'],
    sharedEgress: { minimumWorkloads: 5 },
    holdMinutes: 0,
    runbookUrl: 'https://wiki.example.com/credlock',
  });
});

test('keys of CDK itself pass, and so does a key that is given empty', () => {
  const cdk = {
    '@aws-cdk/aws-iam:minimizePolicies': true,
    'aws:cdk:enable-path-metadata': true,
    'acknowledged-issue-numbers': [1],
  };
  expect(read({ mode: 'single', ...cdk, 'availability-zones:account=1:region=x': [], regions: '' })).toMatchObject({
    mode: 'single',
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ['no mode', {}, 'context key mode must be organization or single or trail, got nothing'],
  ['a mode there is not', { mode: 'org' }, 'context key mode must be organization or single or trail, got "org"'],
  [
    'an account that is none',
    { mode: 'single', hubAccount: '1234' },
    'context key hubAccount must be an account id of 12 digits, got "1234"',
  ],
  [
    'an account as a number',
    { mode: 'single', hubAccount: 111122223333 },
    'context key hubAccount must be an account id of 12 digits, got 111122223333',
  ],
  [
    'a Region that is none',
    { mode: 'single', hubRegion: 'Ireland' },
    'context key hubRegion must be a Region like eu-west-1, got "Ireland"',
  ],
  [
    'one bad Region among good ones',
    { mode: 'single', hubRegion: 'eu-west-1', regions: 'eu-west-1,west' },
    'context key regions must be a Region like eu-west-1, got "eu-west-1,west"',
  ],
  [
    'Regions without the hub’s',
    { mode: 'single', regions: 'eu-west-1' },
    'context key hubRegion must be given with regions',
  ],
  [
    'neither true nor false',
    { mode: 'single', forwardAll: 'yes' },
    'context key forwardAll must be true or false, got "yes"',
  ],
  [
    'days that CloudWatch does not know',
    { mode: 'single', logRetentionDays: '31' },
    'context key logRetentionDays must be one of these numbers of days: 1, 3,',
  ],
  [
    'an unknown key',
    { mode: 'single', hubAcount: '1' },
    'context key hubAcount is not known, got "1": known keys are mode,',
  ],
  [
    'a setting with a fault',
    { mode: 'single', doorHours: '0' },
    'context key doorHours must be a number above 0 and at most 168, got 0',
  ],
  ['a mode of findings that is none', { mode: 'single', findingsMode: 'loud' }, 'context key findingsMode must be'],
  [
    'an organisation without its units',
    { ...ORGANIZATION, targetOus: '' },
    'context key targetOus must be given in mode organization: ids of',
  ],
  [
    'a trail without its bucket',
    { mode: 'trail' },
    'context key trailBucketArn must be given in mode trail: the ARN of a bucket',
  ],
  [
    'a bucket by its name',
    { mode: 'trail', trailBucketArn: 'org-trail' },
    'context key trailBucketArn must be the ARN of a bucket like arn:aws:s3:::name, got "org-trail"',
  ],
  [
    'somebody’s bucket without the hub’s account',
    { mode: 'trail', trailBucketArn: 'arn:aws:s3:::a-b-c', trailBucketOwner: '444455556666' },
    'context key hubAccount must be given with trailBucketOwner',
  ],
  [
    'a prefix without its slash',
    { mode: 'trail', trailBucketArn: 'arn:aws:s3:::a-b-c', trailPrefix: 'logs' },
    'context key trailPrefix must be the key prefix before AWSLogs/, ending in a slash, got "logs"',
  ],
  [
    'guardrails without an organisation',
    { mode: 'single', guardrails: '{"protect-credlock":true}' },
    'context key guardrails must not be given in mode single: policies belong to an organisation',
  ],
  [
    'a guardrail there is not',
    { ...ORGANIZATION, guardrails: '{"protect":true}' },
    'context key guardrails must be valid: ',
  ],
  [
    'everybody as an operator',
    { mode: 'single', operatorRoles: '*' },
    'context key operatorRoles must be names of roles',
  ],
  [
    'no mail address',
    { mode: 'single', alarmsEmail: 'me' },
    'context key alarmsEmail must be a mail address, got "me"',
  ],
])('fails for %s', (_, given, fault) => {
  expect(() => read(given)).toThrow(fault);
});

test('all faults are told at once', () => {
  const faults = /hubAccount[^]*hubRegion[^]*holdMinutes/;
  expect(() => read({ mode: 'single', hubAccount: '1', hubRegion: '1', holdMinutes: '60' })).toThrow(faults);
});

test('the bucket is known by its ARN, in every partition', () => {
  expect(bucketNameOf('arn:aws:s3:::org-trail')).toBe('org-trail');
  expect(bucketNameOf('arn:aws-us-gov:s3:::org.trail')).toBe('org.trail');
});

test.each([15, '30', '60'])('canaries are sent every %s minutes', (canaryMinutes) => {
  expect(read({ mode: 'single', canaryMinutes })).toMatchObject({ canaryMinutes: Number(canaryMinutes) });
});

test('canaries are sent at no other interval', () => {
  expect(() => read({ mode: 'single', canaryMinutes: '5' })).toThrow('canaryMinutes must be 15, 30 or 60, got "5"');
});
