import { METRICS } from '../../lambda/environment';
import type { LearnModeSummary } from '../../lambda/confirming/learn-mode-summary';
import { toJudgeAgain, type OpenFinding } from '../../lambda/store/open-findings';
import { notificationOf, startHub, type Hub } from './hub';
import { AWAY_ADDRESS, call, HOME_ADDRESS, INSTANCE, SHOP } from './records';

const CONFIG = 'credlock-config';
const THEFT = [call('11:00', HOME_ADDRESS), call('11:50', AWAY_ADDRESS)];

let hub: Hub;

async function start(settings: object = {}): Promise<void> {
  hub = await startHub({ settings });
}

afterEach(() => hub?.close());

function changed(key: string): object {
  return { source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: CONFIG }, object: { key } } };
}

describe('open findings are judged again', () => {
  test('when the settings changed: what they explain is withdrawn', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.settle();
    expect(hub.imported().map(({ state }) => state)).toEqual(['ACTIVE']);
    hub.putSettings({ trustedNetworks: [{ cidr: `${AWAY_ADDRESS}/32` }] });
    expect(await hub.rejudge(changed('settings.json'))).toEqual({ open: 1, asked: 1 });
    await hub.settle();
    expect(hub.imported().map(({ state }) => state)).toEqual(['ARCHIVED']);
    expect(await hub.rejudge()).toEqual({ open: 0, asked: 0 });
    expect(hub.counted(METRICS.findingsRejudged)).toBe(1);
  });

  test('when ip-ranges.json changed, notified by S3 itself', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.settle();
    const prefix = {
      ip_prefix: '203.0.113.128/25',
      region: 'eu-west-1',
      service: 'EC2',
      network_border_group: 'eu-west-1',
    };
    const home = { ...prefix, ip_prefix: '198.51.100.0/24' };
    hub.wire.s3.put(
      CONFIG,
      'ip-ranges.json',
      JSON.stringify({ createDate: '2026-09-02-00-00-00', prefixes: [prefix, home], ipv6_prefixes: [] }),
    );
    hub.clock.advance(60_000);
    expect(await hub.rejudge(notificationOf(['ip-ranges.json'], CONFIG))).toEqual({ open: 1, asked: 1 });
    await hub.settle();
    expect([...hub.onBus().values()].map(({ type }) => type)).toEqual(['InsideAWS']);
  });

  test('not when another object changed, its own list least of all', async () => {
    await start();
    for (const key of ['learning.json', 'settings.json.last-good', 'other'])
      expect(await hub.rejudge(changed(key))).toEqual({ open: 0, asked: 0 });
    expect(hub.wire.requests).toEqual([]);
  });

  test('after everybody has looked at the settings again, and spread over time', async () => {
    await start();
    for (let at = 0; at < 7; at += 1) {
      const instance = `i-0d0d0000000000d${String(at).padStart(2, '0')}`;
      await hub.sendEvents([
        call('11:00', `198.51.100.${40 + at}`, { instance }),
        call('11:50', `203.0.113.${200 + at}`, { instance }),
      ]);
    }
    await hub.settle();
    expect(await hub.rejudge()).toEqual({ open: 7, asked: 7 });
    const waits = hub.queue('confirm').messages.map(({ visibleAt, sentAt }) => (visibleAt - sentAt) / 1_000);
    expect([...new Set(waits.sort((a, b) => a - b))]).toEqual([90, 91, 92]);
  });

  test('from one workload for each place, or from all where a place has more than are settled together', () => {
    const open = (id: string, place: string): OpenFinding => ({
      id,
      type: 'OutsideAWS',
      severity: 'HIGH',
      title: id,
      firstSeen: '2026-09-01T00:00:00Z',
      workloads: [{ partition: 'aws', account: SHOP, kind: 'ec2-instance', id }],
      place,
      ip: place,
    });
    const findings = [open('i-1', 'a'), open('i-2', 'a'), open('i-3', 'b'), open('i-4', 'b'), open('i-5', 'b')];
    expect(toJudgeAgain(findings, 2).map(({ id }) => id)).toEqual(['i-1', 'i-3', 'i-4', 'i-5']);
  });

  test('fails where a request cannot be sent, so that Lambda tries again', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.settle();
    hub.wire.fail({ operation: 'SendMessageBatch' }, { kind: 'throttle' });
    await expect(hub.rejudge()).rejects.toThrow('throttling');
  });
});

describe('the copy of the last good settings', () => {
  test('is kept when they are good, and not touched when they are not', async () => {
    await start({ doorHours: 12 });
    await hub.rejudge();
    const copy = () => hub.wire.s3.get(CONFIG, 'settings.json.last-good')?.bytes.toString('utf8');
    expect(copy()).toBe('{"learnDays":0,"doorHours":12}');
    hub.putSettings({ doorHours: 'long' });
    hub.clock.advance(60_000);
    await hub.rejudge();
    expect(copy()).toBe('{"learnDays":0,"doorHours":12}');
    expect(hub.counted(METRICS.settingsRejected)).toBe(1);
  });
});

describe('what accounts in learn mode would say', () => {
  test('is listed, with the declarations that would explain most of it', async () => {
    await start({ mode: { default: 'live', [SHOP]: 'learn' } });
    const others = ['i-0e0e00000000000e1', 'i-0e0e00000000000e2'];
    await hub.sendEvents(THEFT);
    for (const [at, instance] of others.entries())
      await hub.sendEvents([
        call('11:00', `198.51.100.${60 + at}`, { instance }),
        call('11:51', '203.0.113.210', { instance }),
      ]);
    const live = { account: '444455556666', instance: 'i-0f0f00000000000f0' };
    await hub.sendEvents([call('11:00', '198.51.100.70', live), call('11:50', '203.0.113.220', live)]);
    await hub.settle();
    await hub.rejudge();
    const learning = JSON.parse(
      hub.wire.s3.get(CONFIG, 'learning.json')?.bytes.toString('utf8') ?? '{}',
    ) as LearnModeSummary;
    expect(learning.findings).toBe(3);
    expect(learning.list.map(({ id }) => id)).toContain(
      `credlock/aws/${SHOP}/ec2-instance/${INSTANCE}/public/${AWAY_ADDRESS}`,
    );
    expect(learning.declarations).toEqual([
      { declare: { cidr: '203.0.113.210/32', accounts: [SHOP] }, findings: 2, workloads: 2 },
      { declare: { cidr: `${AWAY_ADDRESS}/32`, accounts: [SHOP] }, findings: 1, workloads: 1 },
    ]);
  });
});

describe('a change of the settings is reported', () => {
  const BY = { requester: '444455556666', 'source-ip-address': '203.0.113.66' };
  const told = () => hub.wire.sns.messages.map(({ subject, message }) => `${subject}\n${message}`);
  const logged = () => hub.logged.filter(({ message }) => message === 'settings changed').map(({ details }) => details);

  function written(key = 'settings.json'): object {
    const detail = { bucket: { name: CONFIG }, object: { key, 'version-id': 'v2' }, ...BY };
    return { source: 'aws.s3', 'detail-type': 'Object Created', detail };
  }

  test('with who wrote it and which settings differ, once', async () => {
    await start({ holdMinutes: 5 });
    await hub.rejudge();
    hub.putSettings({ holdMinutes: 5, mode: 'learn', trustedNetworks: [{ cidr: '0.0.0.0/0' }] });
    await hub.rejudge(written());
    await hub.rejudge(written());
    expect(told()).toHaveLength(1);
    expect(told()[0]).toContain('credlock: settings changed (2 differ)');
    expect(told()[0]).toContain('444455556666 from 203.0.113.66');
    expect(told()[0]).toContain('- mode\n- trustedNetworks\n');
    expect(told()[0]).not.toContain('0.0.0.0/0');
    expect(logged()[0]).toMatchObject({
      requester: '444455556666',
      version: 'v2',
      differing: ['mode', 'trustedNetworks'],
    });
    expect(hub.counted(METRICS.settingsChanged)).toBe(2);
  });

  test('where they have faults too, each time', async () => {
    await start();
    await hub.rejudge();
    hub.putSettings('{ "mode": "loud" }');
    await hub.rejudge(written());
    expect(told()[0]).toContain('invalid settings written');
    expect(told()[0]).toContain('stay in effect');
  });

  test('and nothing else is', async () => {
    await start();
    await hub.rejudge(written('ip-ranges.json'));
    await hub.rejudge(written('learning.json'));
    expect([told(), hub.counted(METRICS.settingsChanged)]).toEqual([[], 0]);
  });

  test('and findings are judged again although no notification can be sent', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.settle();
    hub.putSettings({ trustedNetworks: [{ cidr: `${AWAY_ADDRESS}/32` }] });
    hub.wire.fail({ operation: 'Publish' }, { kind: 'throttle' });
    expect(await hub.rejudge(written())).toEqual({ open: 1, asked: 1 });
    expect(hub.counted(METRICS.publishingFailed, { sink: 'sns' })).toBe(1);
  });
});
