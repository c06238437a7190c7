import * as fc from 'fast-check';
import { DEFAULT_SETTINGS, parseSettings } from '../../../lambda/detection/parse-settings';

const SUPPRESSION = {
  account: '111122223333',
  reason: 'known scanner',
  owner: 'sec@example.org',
  expires: '2027-01-31',
};

test('nothing given: the defaults', () => {
  expect(parseSettings({})).toEqual({ value: DEFAULT_SETTINGS });
  expect(DEFAULT_SETTINGS).toMatchObject({
    organizationAccounts: [],
    sharedEgress: { minimumWorkloads: 3, share: 0.1 },
    doorHours: 24,
    maxOriginsPerWorkload: 20,
    retentionDays: 90,
    holdMinutes: 5,
    workloads: ['ec2-instance', 'ecs-task', 'eks-pod', 'lambda-function', 'kubernetes'],
    kubernetes: { systemNamespaces: ['kube-system'], execAllowed: [] },
    serviceCallerFindings: false,
    mode: { default: 'live' },
    learnDays: 7,
    noEventsHours: 24,
  });
});

test('the defaults are settings themselves', () => {
  expect(parseSettings(DEFAULT_SETTINGS)).toEqual({ value: DEFAULT_SETTINGS });
});

test('everything given: as given, networks canonical', () => {
  const role = 'arn:aws-us-gov:iam::111122223333:role/path/to/web';
  const given = {
    organizationAccounts: ['000000000001'],
    trustedNetworks: [
      {
        cidr: '2001:DB8:0::/48',
        accounts: ['111122223333'],
        roles: ['web', role, 'aws:ec2-infrastructure'],
        why: 'office',
      },
    ],
    privateNetworks: ['198.51.100.7'],
    relays: [{ action: 'sts:GetCallerIdentity', cidr: '203.0.113.0/24', why: 'vault' }],
    suppressions: [
      {
        ...SUPPRESSION,
        role,
        workload: 'i-0a1',
        cidr: '203.0.113.9',
        cluster: 'arn:aws:eks:eu-west-1:111122223333:cluster/demo',
        namespace: 'shop',
        image: 'registry.example/agent',
        types: ['OutsideAWS'],
        expires: '2027-01-31T10:00:00+02:00',
      },
    ],
    sharedEgress: { minimumWorkloads: 2, share: 0 },
    doorHours: 0.5,
    maxOriginsPerWorkload: 1000,
    retentionDays: 1,
    holdMinutes: 0,
    workloads: ['service-session', 'kubernetes'],
    kubernetes: {
      systemNamespaces: ['kube-system', 'istio-system'],
      execAllowed: [{ user: 'ana', group: 'g', namespace: 'kube-system', pod: 'web-', command: 'sh', why: 'shell' }],
      anonymousPaths: ['/healthz', '/livez/*'],
      privilegedImages: ['nginx', 'quay.io/cilium/*'],
      mountImages: ['localhost:5000/agent'],
      sensitivePaths: ['/etc/*', '!/etc/hosts'],
      runtimeImages: ['gcr.io/kaniko-project/executor'],
      libraryPaths: ['/tmp/libnetty*.so'],
      runtimeRules: { 'our rule': 'CryptoMining', process_exec: null },
      unboundTokens: true,
    },
    serviceCallerFindings: true,
    mode: { default: 'learn', '111122223333': 'live' },
    learnDays: 0,
    noEventsHours: 168,
    postureQuietDays: 45,
    runbookUrl: 'https://wiki.example.org/credlock',
  };
  expect(parseSettings(given)).toEqual({
    value: {
      ...given,
      trustedNetworks: [{ ...given.trustedNetworks[0], cidr: '2001:db8::/48' }],
      privateNetworks: ['198.51.100.7/32'],
      suppressions: [{ ...given.suppressions[0], cidr: '203.0.113.9/32' }],
      kubernetes: {
        ...given.kubernetes,
        runtimeRules: { ...DEFAULT_SETTINGS.kubernetes.runtimeRules, ...given.kubernetes.runtimeRules },
      },
    },
  });
});

test('half of the shared egress given: the other half has its default', () => {
  expect(parseSettings({ sharedEgress: { share: 0.5 } })).toMatchObject({
    value: { sharedEgress: { minimumWorkloads: 3, share: 0.5 } },
  });
});

test('a part of the Kubernetes settings given: the others have their defaults', () => {
  expect(parseSettings({ kubernetes: { mountImages: [] } })).toMatchObject({
    value: { kubernetes: { ...DEFAULT_SETTINGS.kubernetes, mountImages: [] } },
  });
});

test.each([
  [{ role: 'web' }],
  [{ workload: 'i-0a1' }],
  [{ cidr: '10.0.0.0/8' }],
  [{ cluster: 'demo' }],
  [{ namespace: 'shop' }],
  [{ image: 'quay.io/cilium/*' }],
  [{ types: ['SameOrigin'] }],
])('a suppression may be about %j alone', (about) => {
  const { account: _, ...rest } = SUPPRESSION;
  expect(parseSettings({ suppressions: [{ ...rest, ...about }] })).toHaveProperty('value');
});

const ACCOUNT = 'must be an account id, a string of 12 digits (a number would lose leading zeros)';
const ROLE = 'must be a role name, or a role ARN like arn:aws:iam::111122223333:role/name';
const NETWORK = 'is neither an address nor a network like 10.0.0.0/8 or 2001:db8::/32';
const EXPIRES = 'must be a date like 2027-01-31, or a time with its zone like 2027-01-31T12:00:00Z';
const IMAGE =
  'must be an image without a tag like "quay.io/cilium/cilium", of which the end may be left open ("quay.io/cilium/*")';
const MODE = 'must be "learn" or "report" or "live"';

test.each<[unknown, string]>([
  [undefined, 'settings must be an object, got nothing'],
  [null, 'settings must be an object, got null'],
  [['x'], 'settings must be an object, got ["x"]'],
  [{ organizationAccounts: '111122223333' }, 'organizationAccounts must be a list, got "111122223333"'],
  [{ organizationAccounts: [111122223333] }, `organizationAccounts[0] ${ACCOUNT}, got 111122223333`],
  [{ organizationAccounts: ['11112222333'] }, `organizationAccounts[0] ${ACCOUNT}, got "11112222333"`],
  [{ organizationAccounts: ['1111222233334'] }, `organizationAccounts[0] ${ACCOUNT}, got "1111222233334"`],
  [{ trustedNetworks: [{}] }, 'trustedNetworks[0].cidr must be a network, a string like "10.0.0.0/8", got nothing'],
  [
    { trustedNetworks: [{ cidr: '10.0.0.1/8' }] },
    'trustedNetworks[0].cidr must be a network, got "10.0.0.1/8", which has bits set behind its prefix (the network is 10.0.0.0/8)',
  ],
  [{ trustedNetworks: ['10.0.0.0/8'] }, 'trustedNetworks[0] must be an object, got "10.0.0.0/8"'],
  [{ trustedNetworks: [{ cidr: '::/0', accounts: ['x'] }] }, `trustedNetworks[0].accounts[0] ${ACCOUNT}, got "x"`],
  [{ trustedNetworks: [{ cidr: '::/0', roles: 'web' }] }, 'trustedNetworks[0].roles must be a list, got "web"'],
  [{ trustedNetworks: [{ cidr: '::/0', roles: ['a b'] }] }, `trustedNetworks[0].roles[0] ${ROLE}, got "a b"`],
  [
    { trustedNetworks: [{ cidr: '::/0', roles: ['arn:aws:sts::111122223333:assumed-role/web/i-0a1'] }] },
    `trustedNetworks[0].roles[0] ${ROLE}, got "arn:aws:sts::111122223333:assumed-role/web/i-0a1"`,
  ],
  [{ trustedNetworks: [{ cidr: '::/0', why: 5 }] }, 'trustedNetworks[0].why must be a string, got 5'],
  [{ privateNetworks: ['ten'] }, `privateNetworks[0] must be a network, got "ten", which ${NETWORK}`],
  [{ relays: [{ cidr: '::/0' }] }, 'relays[0].action must be "sts:GetCallerIdentity", got nothing'],
  [{ relays: [{ cidr: '::/0', action: 's3:Get' }] }, 'relays[0].action must be "sts:GetCallerIdentity", got "s3:Get"'],
  [
    { suppressions: [{ ...SUPPRESSION, reason: '  ' }] },
    'suppressions[0].reason must be a string that is not blank, got "  "',
  ],
  [
    { suppressions: [{ ...SUPPRESSION, owner: '' }] },
    'suppressions[0].owner must be a string that is not blank, got ""',
  ],
  [
    { suppressions: [{ ...SUPPRESSION, workload: '' }] },
    'suppressions[0].workload must be a string that is not blank, got ""',
  ],
  [
    { suppressions: [{ ...SUPPRESSION, types: [] }] },
    'suppressions[0].types must be a list with at least one entry, got []',
  ],
  [
    { suppressions: [{ ...SUPPRESSION, expires: '2027-02-30' }] },
    `suppressions[0].expires ${EXPIRES}, got "2027-02-30"`,
  ],
  [
    { suppressions: [{ ...SUPPRESSION, expires: '2027-01-31T12:00:00' }] },
    `suppressions[0].expires ${EXPIRES}, got "2027-01-31T12:00:00"`,
  ],
  [{ suppressions: [{ ...SUPPRESSION, expires: 1801353600 }] }, `suppressions[0].expires ${EXPIRES}, got 1801353600`],
  [{ sharedEgress: 3 }, 'sharedEgress must be an object, got 3'],
  [
    { sharedEgress: { minimumWorkloads: 1 } },
    'sharedEgress.minimumWorkloads must be a whole number of at least 2, got 1',
  ],
  [
    { sharedEgress: { minimumWorkloads: 2.5 } },
    'sharedEgress.minimumWorkloads must be a whole number of at least 2, got 2.5',
  ],
  [{ sharedEgress: { share: 1.1 } }, 'sharedEgress.share must be a number from 0 to 1, got 1.1'],
  [{ sharedEgress: { share: -0.1 } }, 'sharedEgress.share must be a number from 0 to 1, got -0.1'],
  [{ doorHours: 0 }, 'doorHours must be a number above 0 and at most 168, got 0'],
  [{ doorHours: 168.5 }, 'doorHours must be a number above 0 and at most 168, got 168.5'],
  [{ doorHours: '24' }, 'doorHours must be a number above 0 and at most 168, got "24"'],
  [{ maxOriginsPerWorkload: 0 }, 'maxOriginsPerWorkload must be a whole number from 1 to 1000, got 0'],
  [{ maxOriginsPerWorkload: 1001 }, 'maxOriginsPerWorkload must be a whole number from 1 to 1000, got 1001'],
  [{ retentionDays: 0 }, 'retentionDays must be a whole number from 1 to 3650, got 0'],
  [{ retentionDays: 3651 }, 'retentionDays must be a whole number from 1 to 3650, got 3651'],
  [{ holdMinutes: -1 }, 'holdMinutes must be a number from 0 to 15, got -1'],
  [{ holdMinutes: 15.5 }, 'holdMinutes must be a number from 0 to 15, got 15.5'],
  [{ workloads: [] }, 'workloads must be a list with at least one entry, got []'],
  [
    { workloads: ['ec2'] },
    'workloads[0] must be "ec2-instance" or "ecs-task" or "eks-pod" or "lambda-function" or "service-session" or "kubernetes", got "ec2"',
  ],
  [{ suppressions: [{ ...SUPPRESSION, image: '*' }] }, `suppressions[0].image ${IMAGE}, got "*"`],
  [{ kubernetes: { privilegedImages: ['quay.i*'] } }, `kubernetes.privilegedImages[0] ${IMAGE}, got "quay.i*"`],
  [{ kubernetes: { mountImages: 'nginx' } }, 'kubernetes.mountImages must be a list, got "nginx"'],
  [
    { kubernetes: { execAllowed: [{ why: 'all' }] } },
    'kubernetes.execAllowed[0] must say what it is about: at least one of user, group, namespace, pod, command, got {"why":"all"}',
  ],
  [
    { kubernetes: { anonymousPaths: ['healthz'] } },
    'kubernetes.anonymousPaths[0] must be a path that begins with /, got "healthz"',
  ],
  [
    { kubernetes: { libraryPaths: ['tmp/*.so'] } },
    'kubernetes.libraryPaths[0] must be a path that begins with /, got "tmp/*.so"',
  ],
  [
    { kubernetes: { runtimeRules: { 'our rule': 'OutsideAWS' } } },
    'kubernetes.runtimeRules.our rule must be "NewBinaryExecuted" or "FilelessExecution" or "NewLibraryLoaded" or "CryptoMining", or null, got "OutsideAWS"',
  ],
  [
    { kubernetes: { sensitivePaths: ['!etc'] } },
    'kubernetes.sensitivePaths[0] must be a path that begins with /, or with !/ for an exception, got "!etc"',
  ],
  [
    { kubernetes: { systemNamespace: [] } },
    'kubernetes has no setting "systemNamespace" (did you mean "systemNamespaces"?): there is systemNamespaces, execAllowed, anonymousPaths, privilegedImages, mountImages, sensitivePaths, runtimeImages, libraryPaths, runtimeRules, unboundTokens',
  ],
  [{ serviceCallerFindings: 'true' }, 'serviceCallerFindings must be true or false, got "true"'],
  [{ mode: 'on' }, `mode ${MODE}, or an object of these by account id, with "default", got "on"`],
  [{ mode: { default: 'on' } }, `mode.default ${MODE}, got "on"`],
  [
    { mode: { '111122223333': 'live' } },
    'mode must have an entry "default", for the accounts it does not name, got {"111122223333":"live"}',
  ],
  [
    { mode: { default: 'live', '12': 'learn' } },
    'mode.12 must have an account id of 12 digits or "default" as its key, got "learn"',
  ],
  [{ learnDays: -1 }, 'learnDays must be a number from 0 to 90, got -1'],
  [{ learnDays: '7' }, 'learnDays must be a number from 0 to 90, got "7"'],
  [{ learnDays: 91 }, 'learnDays must be a number from 0 to 90, got 91'],
  [{ noEventsHours: -0.5 }, 'noEventsHours must be a number from 0 to 168, got -0.5'],
  [{ noEventsHours: 169 }, 'noEventsHours must be a number from 0 to 168, got 169'],
  [
    { runbookUrl: 'http://wiki.example.org' },
    'runbookUrl must be a URL that begins with https://, got "http://wiki.example.org"',
  ],
  [{ postureQuietDays: 0 }, 'postureQuietDays must be a whole number from 1 to 90, got 0'],
  [{ postureQuietDays: 91 }, 'postureQuietDays must be a whole number from 1 to 90, got 91'],
  [{ postureQuietDays: 1.5 }, 'postureQuietDays must be a whole number from 1 to 90, got 1.5'],
  [{ runbookUrl: 'wiki' }, 'runbookUrl must be a URL that begins with https://, got "wiki"'],
  [
    { trustedNetworks: [{ cidr: '::/0', cidrs: [] }] },
    'trustedNetworks[0] has no setting "cidrs" (did you mean "cidr"?): there is cidr, accounts, roles, why',
  ],
  [
    { sharedEgress: { Shares: 1, nothing: 2 } },
    'sharedEgress has no setting "Shares" (did you mean "share"?) or "nothing": there is minimumWorkloads, share',
  ],
])('%j', (value, fault) => {
  expect(parseSettings(value)).toEqual({ faults: [fault] });
});

test('a type of finding that there is not: all there are', () => {
  const parsed = parseSettings({ suppressions: [{ ...SUPPRESSION, types: ['Outside'] }] });
  expect(parsed).toEqual({
    faults: [
      expect.stringMatching(
        /^suppressions\[0\]\.types\[0\] must be "OutsideAWS" or .*"ServiceAccountTokenMoved", got "Outside"$/,
      ),
    ],
  });
});

test('an unknown setting is named, with the one that may be meant', () => {
  const parsed = parseSettings({ organisationAccounts: [], trusted: 1 });
  expect(parsed).toEqual({
    faults: [
      expect.stringMatching(
        /^settings has no setting "organisationAccounts" \(did you mean "organizationAccounts"\?\) or "trusted": there is organizationAccounts, .*, runbookUrl$/,
      ),
    ],
  });
});

test('every fault at once', () => {
  const parsed = parseSettings({
    doorHours: 0,
    suppressions: [{ types: ['OutsideAWS'], owner: 'me' }, { reason: 7 }],
    privateNetworks: ['10.0.0.0/8', '10.0.0.0/99', 'x'],
    mode: { '12': 'live', default: 'off' },
    retainDays: 4,
  });
  const paths = 'faults' in parsed ? parsed.faults.map((fault) => fault.split(' ', 1)[0]) : [];
  expect(paths).toEqual([
    'privateNetworks[1]',
    'privateNetworks[2]',
    'suppressions[0].reason',
    'suppressions[0].expires',
    'suppressions[1].reason',
    'suppressions[1].owner',
    'suppressions[1].expires',
    'suppressions[1]',
    'doorHours',
    'mode.12',
    'mode.default',
    'settings',
  ]);
});

test('a long value is cut', () => {
  const parsed = parseSettings({ mode: 'x'.repeat(500) });
  expect('faults' in parsed && parsed.faults[0]?.endsWith(`got "${'x'.repeat(79)}…`)).toBe(true);
});

test('no JSON makes it throw, and a fault never comes with settings', () => {
  const key = fc.constantFrom(...Object.keys(DEFAULT_SETTINGS), '__proto__', 'toString', 'x');
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())), (value) => {
      const parsed = parseSettings(value);
      expect('faults' in parsed ? parsed.faults.length > 0 : Object.keys(parsed.value).length).toBeTruthy();
    }),
  );
});

test.each([
  { doorHours: 168 },
  { maxOriginsPerWorkload: 1 },
  { retentionDays: 3_650 },
  { holdMinutes: 15 },
  { sharedEgress: { share: 1 } },
  { learnDays: 90 },
  { noEventsHours: 0 },
  { postureQuietDays: 1 },
  { postureQuietDays: 90 },
])('the last of what is allowed: %j', (given) => {
  expect(parseSettings(given)).toMatchObject({ value: given });
});

test.each([
  ['doorHour', 'doorHours'],
  ['DOORHOURS', 'doorHours'],
  ['dorHour', 'doorHours'],
  ['doorrHourss', 'doorHours'],
  ['leanrDays', 'learnDays'],
  ['moed', 'mode'],
  ['drHour', null],
  ['doorrrHourss', null],
  ['learnHours', null],
  ['m', null],
])('the setting "%s" is taken for %p', (given, meant) => {
  const hint = meant === null ? '' : ` (did you mean "${meant}"?)`;
  expect(parseSettings({ [given]: 1 })).toEqual({
    faults: [expect.stringContaining(`settings has no setting "${given}"${hint}: there is organizationAccounts, `)],
  });
});

test.each([
  [78, '"'],
  [79, '…'],
])('a value of %d letters is shown up to 80 characters', (length, end) => {
  const text = 'x'.repeat(length);
  expect(parseSettings({ learnDays: text })).toEqual({
    faults: [`learnDays must be a number from 0 to 90, got "${text.slice(0, 79)}${end}`],
  });
});
