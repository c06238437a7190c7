import { METRICS } from '../../lambda/environment';
import { startHub, type Hub } from './hub';
import { AWAY_ADDRESS, call, HOME_ADDRESS, INSTANCE, SHOP, termination } from './records';

const OTHER_ACCOUNT = '444455556666';
const FINDING = `credlock/aws/${SHOP}/ec2-instance/${INSTANCE}/public/${AWAY_ADDRESS}`;
const THEFT = [call('11:00', HOME_ADDRESS), call('11:58', AWAY_ADDRESS)];

let hub: Hub;

async function start(settings: object = {}): Promise<void> {
  hub = await startHub({ settings });
}

afterEach(() => hub.close());

/** Lets what was observed go as far as it can now. */
async function work(): Promise<void> {
  for (const name of ['observe', 'confirm', 'publish'] as const) expect(await hub.drain(name)).toEqual([]);
}

function requestTo(id = INSTANCE): object {
  return { workload: { partition: 'aws', account: SHOP, kind: 'ec2-instance', id } };
}

function subjects(): (string | undefined)[] {
  return hub.wire.sns.messages.map(({ subject }) => subject);
}

describe('the hold', () => {
  test('is waited for, counted from the event, then the finding goes to all sinks', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await work();
    hub.clock.advance(179_000);
    await work();
    expect(hub.imported()).toEqual([]);
    hub.clock.advance(1_000);
    await work();
    expect(hub.imported()).toEqual([{ id: FINDING, state: 'ACTIVE', type: 'OutsideAWS' }]);
    expect([...hub.onBus().keys()]).toEqual([FINDING]);
    expect(subjects()).toEqual([`credlock HIGH OutsideAWS: ${INSTANCE} (${SHOP}) from ${AWAY_ADDRESS}`]);
    expect(hub.counted(METRICS.findingsConfirmed, { mode: 'live' })).toBe(1);
  });

  test('holds a finding back when it is confirmed too early, and requests it again for later', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.drain('observe');
    await hub.send(requestTo(), 'confirm');
    await work();
    expect(hub.imported()).toEqual([]);
    expect(hub.counted(METRICS.suspicionsHeld)).toBe(1);
    expect(hub.queue('confirm').messages).toHaveLength(2);
    hub.clock.advance(180_000);
    await work();
    expect(hub.imported()).toHaveLength(1);
    expect(hub.counted(METRICS.findingsConfirmed)).toBe(1);
  });

  test('lets a suspicion go that is explained meanwhile', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.drain('observe');
    hub.putSettings({ trustedNetworks: [{ cidr: `${AWAY_ADDRESS}/32`, why: 'our proxy' }] });
    hub.clock.advance(180_000);
    await work();
    expect([hub.imported(), hub.onBus().size, subjects()]).toEqual([[], 0, []]);
    expect(hub.counted(METRICS.suspicionsExplained)).toBe(1);
  });

  test('is not for what no later fact can explain', async () => {
    await start();
    await hub.sendEvents([call('11:00', HOME_ADDRESS), termination('11:30'), call('11:59', AWAY_ADDRESS)]);
    await work();
    expect(hub.imported().map(({ type }) => type)).toEqual(['AfterTermination']);
  });

  test('does not wait for events of the future', async () => {
    await start();
    await hub.sendEvents([call('11:00', HOME_ADDRESS), call('23:00', AWAY_ADDRESS)]);
    await work();
    hub.clock.advance(900_000);
    await work();
    expect(hub.imported()).toHaveLength(1);
    expect(hub.queue('confirm').messages).toEqual([]);
  });
});

describe('requests', () => {
  test('that come twice in a batch are one', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.drain('observe');
    hub.clock.advance(180_000);
    await hub.send(requestTo(), 'confirm');
    await hub.send(requestTo(), 'confirm');
    await work();
    expect(hub.counted(METRICS.workloadsConfirmed)).toBe(1);
    expect(hub.queue('confirm').messages).toEqual([]);
  });

  test.each(['not json', '{}', '{"workload":{"account":"1"}}', '[]'])(
    'that are none (%s) are quarantined',
    async (body) => {
      await start();
      await hub.send(body, 'confirm');
      await hub.send(requestTo(), 'confirm');
      await work();
      const [message] = hub.queue('quarantine').messages;
      expect(message?.body).toBe(body);
      expect(message?.attributes['reason']?.StringValue).toBe('not-understood');
      expect(hub.counted(METRICS.workloadsConfirmed)).toBe(1);
    },
  );

  test('are retried where another writer was concurrent', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.drain('observe');
    hub.clock.advance(180_000);
    const fault = hub.wire.fail(
      { service: 'dynamodb', operation: 'PutItem', where: ({ body }) => body.includes('"finding#') },
      { kind: 'error', code: 'ConditionalCheckFailedException', times: 2 },
    );
    await work();
    expect(fault.hits).toBe(2);
    expect(hub.imported()).toHaveLength(1);
    expect(hub.queue('confirm').messages).toEqual([]);
  });

  test('are retried where the publishing queue is out of reach, and nothing is lost', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.drain('observe');
    hub.clock.advance(180_000);
    hub.wire.fail(
      { service: 'sqs', operation: 'SendMessageBatch', where: ({ body }) => body.includes('/publish') },
      { kind: 'drop-before' },
    );
    expect(await hub.drain('confirm')).toHaveLength(1);
    expect(hub.counted(METRICS.messagesRetried)).toBe(1);
    hub.clock.advance(61_000);
    await work();
    expect(hub.imported()).toEqual([{ id: FINDING, state: 'ACTIVE', type: 'OutsideAWS' }]);
  });

  test('of unknown workloads are done', async () => {
    await start();
    await hub.send(requestTo('i-0unknown'), 'confirm');
    await work();
    expect(hub.queue('confirm').messages).toEqual([]);
  });
});

describe('repeated calls', () => {
  test('update a finding at most once an hour, and no notification is sent again', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.settle();
    const imports = () => hub.wire.securityHub.imports.length;
    expect(imports()).toBe(1);
    await hub.sendEvents([call('12:10', AWAY_ADDRESS)]);
    await hub.settle();
    expect(imports()).toBe(1);
    hub.clock.set('2026-09-01T14:00:00Z');
    await hub.sendEvents([call('13:55', AWAY_ADDRESS)]);
    await hub.settle();
    expect(imports()).toBe(2);
    expect(hub.counted(METRICS.findingsUpdated)).toBe(1);
    expect(subjects()).toHaveLength(1);
  });
});

describe('modes', () => {
  test('learn: the finding is stored and listed, nothing is published', async () => {
    await start({ mode: 'learn' });
    await hub.sendEvents(THEFT);
    await hub.settle();
    expect([hub.imported(), hub.onBus().size, subjects()]).toEqual([[], 0, []]);
    expect(hub.counted(METRICS.findingsConfirmed, { mode: 'learn' })).toBe(1);
    const said = hub.logged.filter(({ message }) => message === 'would report');
    expect(said.map(({ details }) => details)).toEqual([expect.objectContaining({ id: FINDING, type: 'OutsideAWS' })]);
  });

  test('learn: what no later fact can explain is reported all the same, but not by SNS', async () => {
    await start({ mode: 'learn' });
    await hub.sendEvents([call('11:00', HOME_ADDRESS), termination('11:30'), call('11:59', AWAY_ADDRESS)]);
    await hub.settle();
    expect(hub.imported().map(({ type }) => type)).toEqual(['AfterTermination']);
    expect(hub.onBus().size).toBe(1);
    expect(subjects()).toEqual([]);
  });

  test('report: Security Hub and EventBridge, but not SNS', async () => {
    await start({ mode: 'report' });
    await hub.sendEvents(THEFT);
    await hub.settle();
    expect([hub.imported().length, hub.onBus().size, subjects()]).toEqual([1, 1, []]);
  });

  test('are those of the workload’s account', async () => {
    await start({ mode: { default: 'learn', [OTHER_ACCOUNT]: 'live' } });
    const other = { account: OTHER_ACCOUNT, instance: 'i-0b0b00000000000b2' };
    await hub.sendEvents([...THEFT, call('11:00', '198.51.100.20', other), call('11:57', '203.0.113.201', other)]);
    await hub.settle();
    expect(hub.imported().map(({ id }) => id)).toEqual([
      `credlock/aws/${OTHER_ACCOUNT}/ec2-instance/i-0b0b00000000000b2/public/203.0.113.201`,
    ]);
    expect(subjects()).toHaveLength(1);
  });

  test('going up: open findings are published where they were not before', async () => {
    await start({ mode: 'learn' });
    await hub.sendEvents(THEFT);
    await hub.settle();
    hub.putSettings({ mode: 'report' });
    await hub.rejudge();
    await hub.settle();
    expect([hub.imported().length, hub.onBus().size, subjects()]).toEqual([1, 1, []]);
    hub.putSettings({ mode: 'live' });
    hub.clock.advance(61_000);
    await hub.rejudge();
    await hub.settle();
    expect(subjects()).toHaveLength(1);
  });

  test('going back: published findings are kept up to date and withdrawn where they were published', async () => {
    await start({ mode: 'report' });
    await hub.sendEvents(THEFT);
    await hub.settle();
    hub.putSettings({ mode: 'learn', trustedNetworks: [{ cidr: `${AWAY_ADDRESS}/32` }] });
    await hub.rejudge();
    await hub.settle();
    expect(hub.imported().map(({ state }) => state)).toEqual(['ARCHIVED']);
    expect(hub.onBus().get(FINDING)?.status).toBe('ARCHIVED');
    expect(hub.counted(METRICS.findingsWithdrawn)).toBe(1);
  });
});

describe('suppressed findings', () => {
  const SUPPRESSION = { cidr: `${AWAY_ADDRESS}/32`, reason: 'pentest', owner: 'red team', expires: '2027-01-01' };

  test('are recorded and counted, and not published', async () => {
    await start({ suppressions: [SUPPRESSION] });
    await hub.sendEvents(THEFT);
    await hub.settle();
    expect([hub.imported(), hub.onBus().size, subjects()]).toEqual([[], 0, []]);
    expect(hub.counted(METRICS.findingsSuppressed)).toBe(1);
  });

  test('are withdrawn with the reason where they were published before', async () => {
    await start();
    await hub.sendEvents(THEFT);
    await hub.settle();
    hub.putSettings({ suppressions: [SUPPRESSION] });
    await hub.rejudge();
    await hub.settle();
    expect(hub.imported().map(({ state }) => state)).toEqual(['ARCHIVED']);
    expect(hub.onBus().get(FINDING)?.archivedBecause).toBe('suppressed until 2027-01-01 by red team: pentest');
    expect(subjects().at(-1)).toBe(`credlock withdrawn OutsideAWS: ${INSTANCE} (${SHOP}) from ${AWAY_ADDRESS}`);
  });
});

describe('a group of many workloads at one origin', () => {
  const instances = Array.from({ length: 5 }, (_, at) => `i-0c0c00000000000c${at}`);

  async function steal(which: readonly string[]): Promise<void> {
    for (const [at, instance] of which.entries()) {
      const home = call('11:00', `198.51.100.${30 + instances.indexOf(instance)}`, { instance });
      await hub.sendEvents([home, call(`11:4${at}`, AWAY_ADDRESS, { instance })]);
    }
    await hub.settle();
  }

  test('stands for its members in Security Hub, and only there', async () => {
    await start();
    await steal(instances);
    const active = hub.imported().filter(({ state }) => state === 'ACTIVE');
    expect(active.map(({ type }) => type)).toEqual(['SameOrigin']);
    const onBus = [...hub.onBus().values()].map(({ type, status }) => `${status} ${type}`).sort();
    expect(onBus).toEqual([...instances.map(() => 'ACTIVE OutsideAWS'), 'ACTIVE SameOrigin']);
  });

  test('takes the place of members that were there before it, and gives it back', async () => {
    await start();
    await steal(instances.slice(0, 4));
    expect(hub.imported().map(({ state, type }) => `${state} ${type}`)).toEqual(
      instances.slice(1).map(() => 'ACTIVE OutsideAWS'),
    );
    await steal(instances.slice(4));
    expect(
      hub
        .imported()
        .filter(({ state }) => state === 'ACTIVE')
        .map(({ type }) => type),
    ).toEqual(['SameOrigin']);
    const [explained = ''] = instances;
    hub.putSettings({ suppressions: [{ workload: explained, reason: 'known', owner: 'me', expires: '2027-01-01' }] });
    await hub.rejudge();
    await hub.settle();
    const active = hub.imported().filter(({ state }) => state === 'ACTIVE');
    expect(active.map(({ type }) => type)).toEqual(instances.slice(1).map(() => 'OutsideAWS'));
  });
});
