import { BUCKETS, HUB, REGION } from '../../lambda/hub';
import { auditNotice } from '../../lambda/kubernetes/audit-payloads';
import { AWAY_ADDRESS, call, HOME_ADDRESS } from '../../lambda/records';
import { removeAll, type Run } from '../credlock-command';
import { startOperator, type Operator } from '../operator';

let operator: Operator;

beforeEach(async () => {
  operator = await startOperator({ start: new Date().toISOString() });
});

afterEach(() => operator.close());
afterAll(removeAll);

/** Does what AWS does: the rule of simulations, and the queues that feed the handlers. */
async function working(command: Promise<Run>, upTo: 'nothing' | 'observe' | 'publish' = 'publish'): Promise<Run> {
  const { hub } = operator;
  const ended = new AbortController();
  const run = command.finally(() => ended.abort());
  let taken = 0;
  while (!ended.signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (upTo === 'nothing') continue;
    const events = hub.wire.eventBridge.events.filter(({ source }) => source === 'credlock.simulation');
    for (; taken < events.length; taken += 1) {
      const { id, source, detailType, account, region, time, resources, detail, bus } = events[taken]!;
      expect(bus).toBe(`arn:aws:events:${REGION}:${HUB}:event-bus/credlock-hub`);
      const envelope = { version: '0', id, 'detail-type': detailType, source, account, region, time, resources };
      await hub.send({ ...envelope, detail: JSON.parse(detail) as unknown });
    }
    hub.clock.advance(1_000);
    for (const name of ['observe', 'confirm', 'publish'] as const)
      if (name === 'observe' || upTo === 'publish') await hub.drain(name);
  }
  return run;
}

const samples = () =>
  operator.hub.wire.securityHub
    .findingsOf(HUB, REGION)
    .map(({ Sample, RecordState, Title }) => ({ Sample, RecordState, Title }));

test('a sample theft becomes a finding, and each leg has its time', async () => {
  const { code, stdout, stderr } = await working(operator.run(['simulate']));
  expect(stderr).toMatch(
    /^Sent 6 records of a simulated theft to bus credlock-hub: credentials of i-05a11e[0-9a-f]{11} used from (?:198\.51\.100|203\.0\.113)\.\d+\.\nStored after \d+ s\.\nImported after another \d+ s\.\n$/,
  );
  expect(stdout).toMatch(
    /Finding credlock\/sample\/aws\/999988887777\/ec2-instance\/i-\w+\/public\/[\d.]+ is in Security Hub\./,
  );
  expect(stdout).toMatch(/Bus to lock table \d+ s, lock table to Security Hub \d+ s, total \d+ s\./);
  expect(code).toBe(0);
  expect(samples()).toEqual([
    { Sample: true, RecordState: 'ACTIVE', Title: expect.stringMatching(/^\[Sample\] Credentials of EC2 instance/) },
  ]);
  const finding = [...operator.hub.onBus().values()].find(({ sample }) => sample);
  expect(finding).toMatchObject({
    // The ranges of the tests hold some of the addresses of documentation.
    type: expect.stringMatching(/^(?:Out|In)sideAWS$/),
    lock: [{ because: 'own-address', origin: { ip: expect.stringMatching(/^192\.0\.2\./) } }],
  });
});

test('is reported without ip-ranges.json too', async () => {
  await operator.close();
  operator = await startOperator({ start: new Date().toISOString(), ipRanges: false });
  expect((await working(operator.run(['simulate']))).code).toBe(0);
});

test('--clean archives the samples and nothing else', async () => {
  const { hub } = operator;
  await working(operator.run(['simulate']));
  await working(operator.run(['simulate']));
  const day = new Date(hub.clock.now()).toISOString().slice(0, 10);
  const today = (time: string, ip: string) => ({ ...call('00:00', ip), eventTime: `${day}T${time}Z` });
  await hub.sendEvents([today('00:00:00', HOME_ADDRESS), today('00:00:01', AWAY_ADDRESS)]);
  await hub.settle();
  expect(samples().map(({ RecordState }) => RecordState)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
  const { code, stdout } = await operator.run(['simulate', '--clean']);
  expect(stdout).toBe('Archived 2 samples in Security Hub.\n');
  expect(code).toBe(0);
  expect(samples().map(({ Sample = false, RecordState }) => `${Sample} ${RecordState}`)).toEqual([
    'true ARCHIVED',
    'true ARCHIVED',
    'false ACTIVE',
  ]);
  expect((await operator.run(['simulate', '--clean'])).stdout).toBe('Archived 0 samples in Security Hub.\n');
});

test.each([
  [
    'nothing',
    'no record of it is in the lock table: check that rule credlock-simulation on bus credlock-hub is enabled',
  ],
  ['observe', 'its records are stored, but Security Hub has no finding'],
] as const)('says where it got stuck where only %s works', async (upTo, fault) => {
  // A machine that is too slow for the short timeout is given a longer one.
  let run = await working(operator.run(['simulate', '--timeout', '6s']), upTo);
  if (!run.stderr.includes(fault)) run = await working(operator.run(['simulate', '--timeout', '120s']), upTo);
  expect(run.stderr).toMatch(new RegExp(`no finding within (?:6|120) s: ${fault}`));
  expect(run.code).toBe(1);
});

test('says what was refused', async () => {
  const { wire } = operator.hub;
  wire.fail({ service: 'events' }, { kind: 'entries', which: () => true, code: 'InternalFailure', message: 'down' });
  const first = await operator.run(['simulate']);
  expect(first.stderr).toContain('cannot put events on bus credlock-hub: InternalFailure: down');
  expect(first.code).toBe(1);
  wire.fail(
    { service: 'securityhub' },
    {
      kind: 'error',
      code: 'AccessDeniedException',
      message: 'not authorized to perform: securityhub:GetFindings',
      status: 403,
    },
  );
  const second = await operator.run(['simulate', '--clean']);
  expect(second.stderr).toContain(
    'cannot read findings of Security Hub: not authorized to perform: securityhub:GetFindings',
  );
  expect(second.code).toBe(1);
});

test('refuses what is no time', async () => {
  const { code, stderr } = await operator.run(['simulate', '--timeout', 'soon']);
  expect(stderr).toContain('It must be a duration such as 90s, 15m or 2h.');
  expect(code).toBe(1);
});

describe('--kubernetes', () => {
  const isPut = ({ operation, target }: { operation: string; target: string }): boolean =>
    operation === 'PutObject' && target.includes('kubernetes/simulation/');

  /** Does what S3, EventBridge and the queues do. */
  async function reading(command: Promise<Run>): Promise<Run> {
    const { hub } = operator;
    const ended = new AbortController();
    const run = command.finally(() => ended.abort());
    let taken = 0;
    while (!ended.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const puts = hub.wire.requests.filter(isPut);
      for (; taken < puts.length; taken += 1) {
        const key = puts[taken]!.target.split('?')[0]!.split(`${BUCKETS.audit}/`)[1]!;
        await hub.send(auditNotice(key, BUCKETS.audit), 'observeKubernetes');
      }
      hub.clock.advance(1_000);
      for (const name of ['observeKubernetes', 'publish'] as const) await hub.drain(name);
    }
    return run;
  }

  test('lines of a made-up cluster become two samples, whatever the settings expect', async () => {
    operator.outputs['AuditBucket'] = BUCKETS.audit;
    operator.hub.putSettings({
      mode: 'learn',
      kubernetes: { systemNamespaces: [], runtimeRules: { 'Drop and execute new binary in container': null } },
    });
    const { code, stdout, stderr } = await reading(operator.run(['simulate', '--kubernetes']));
    expect(stderr).toMatch(/^Put simulated lines of cluster credlock-sample-[0-9a-f]{8} into bucket credlock-audit: /);
    expect(stdout).toMatch(/Finding credlock\/sample\/\S+\/ExecInKubeSystemPod\/\S+ is in Security Hub\.\n/);
    expect(stdout).toMatch(
      /Finding credlock\/sample\/\S+\/NewBinaryExecuted\/\S+ is in Security Hub\.\n2 findings after/,
    );
    expect(code).toBe(0);
    expect(samples().sort((a, b) => (String(a.Title) < String(b.Title) ? -1 : 1))).toEqual([
      { Sample: true, RecordState: 'ACTIVE', Title: expect.stringMatching(/^\[Sample\] Cluster credlock-sample-/) },
      { Sample: true, RecordState: 'ACTIVE', Title: expect.stringMatching(/^\[Sample\] Cluster credlock-sample-/) },
    ]);
    expect((await operator.run(['simulate', '--clean'])).stdout).toBe('Archived 2 samples in Security Hub.\n');
  });

  test('says where to look where nothing is read, and that a deployment without clusters reads none', async () => {
    const without = await operator.run(['simulate', '--kubernetes']);
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('deploy with -c kubernetes=true')]);
    operator.outputs['AuditBucket'] = BUCKETS.audit;
    const run = await operator.run(['simulate', '--kubernetes', '--timeout', '1s']);
    expect(run.stderr).toContain('no finding within 1 s: check rule credlock-');
    expect(run.code).toBe(1);
  });
});
