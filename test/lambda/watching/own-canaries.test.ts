import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { DEFAULT_SETTINGS } from '../../../lambda/detection/parse-settings';
import { WORKLOAD_KINDS } from '../../../lambda/detection/kinds/all-kinds';
import { prefixOf } from '../../../lambda/store/table-schema';
import { isOwnCanary } from '../../../lambda/store/heartbeats';
import { observeRecords } from '../../../lambda/observing/observe-records';
import { readFacts } from '../../../lambda/detection/records/read-facts';
import { readRecord } from '../../../lambda/detection/records/read-record';
import { eachCall } from '../live-run';
import { issuance } from '../records';

const HUB = '999988887777';
const MEMBER = '444455556666';
const NOW = Date.parse('2026-09-01T12:00:00Z');
const WATCH = `arn:aws:lambda:eu-west-1:${HUB}:function:credlock-watch`;

/** What the hub's CloudTrail writes when `watch` assumes a role. */
function assuming(
  over: { session?: string; role?: string; caller?: string; account?: string } = {},
): Record<string, unknown> {
  const {
    session = 'credlock-canary',
    role = 'credlock-verification',
    caller = 'credlock-watch',
    account = HUB,
  } = over;
  return {
    ...issuance('11:50', 'ASIACANARY'),
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${account}:assumed-role/${caller}/credlock-watch`,
      accountId: account,
      accessKeyId: 'ASIAWATCH',
      inScopeOf: { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo: WATCH.replace(HUB, account) },
    },
    sourceIPAddress: '192.0.2.77',
    requestParameters: { roleArn: `arn:aws:iam::${MEMBER}:role/${role}`, roleSessionName: session },
    responseElements: {
      credentials: { accessKeyId: 'ASIACANARY', expiration: 'Sep 1, 2026, 12:05:00 PM' },
      assumedRoleUser: { arn: `arn:aws:sts::${MEMBER}:assumed-role/${role}/${session}` },
    },
    recipientAccountId: account,
  };
}

/** The prefixes of the partitions something was filed in. */
async function filedIn(record: object): Promise<string[]> {
  const written = new Set<string>();
  const table = eachCall(memoryLockTable(), (does, { operation, pk }) => {
    if (['keep', 'merge'].includes(operation)) written.add(prefixOf(pk));
    return does();
  });
  const observing = { table, settings: DEFAULT_SETTINGS, ipRanges: null, kinds: WORKLOAD_KINDS, seen: new Map() };
  const observed = await observeRecords([{ id: 1, records: [record] }], {
    ...observing,
    requestConfirm: () => Promise.resolve(),
    now: NOW,
    hubAccount: HUB,
  });
  expect(observed.failed.size).toBe(0);
  return [...written].sort();
}

test('the key of a canary is filed nowhere, so that none of its partitions grows; the call is', async () => {
  expect(await filedIn(assuming({ session: 'audit' }))).toEqual([
    'access-key#',
    'accounts',
    'made-by#',
    'session#',
    'workload#',
  ]);
  expect(await filedIn(assuming())).toEqual(['accounts', 'workload#']);
});

test.each([
  ['under another name', { session: 'credlock' }],
  ['into a role that is not ours', { role: 'admin' }],
  ['by a role that is not ours', { caller: 'orders' }],
  ['in another account', { account: MEMBER }],
])('it is where a role is assumed %s', async (_how, over) => {
  const reading = readRecord(assuming(over));
  if ('skip' in reading) throw new Error(reading.skip);
  const { facts } = readFacts(reading.record, WORKLOAD_KINDS);
  expect(facts.filter((fact) => isOwnCanary(fact, HUB) || isOwnCanary(fact, null))).toEqual([]);
  expect(await filedIn(assuming(over))).toContain('made-by#');
});
