import { METRICS, type MetricName } from '../../lambda/environment';
import { startHub, type Hub } from './hub';
import { AWAY_ADDRESS, call, HOME_ADDRESS, INSTANCE } from './records';

let hub: Hub;

beforeEach(async () => {
  hub = await startHub();
});

afterEach(() => hub.close());

/** Under the session's name, with a key nobody saw issued, and nothing that proves whose it is. */
function unproven(time: string): Record<string, unknown> {
  const { userIdentity, ...record } = call(time, AWAY_ADDRESS, { accessKeyId: 'ASIA0000000000000099' });
  const { inScopeOf: _scope, sessionContext, ...identity } = userIdentity as Record<string, unknown>;
  const { ec2RoleDelivery: _delivery, ...context } = sessionContext as Record<string, unknown>;
  return { ...record, userIdentity: { ...identity, sessionContext: context } };
}

/** An address is given to the instance. */
function associated(time: string, ip: string): Record<string, unknown> {
  return {
    ...call(time, '192.0.2.50', { name: 'AssociateAddress', source: 'ec2.amazonaws.com' }),
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/operator', accountId: '111122223333' },
    requestParameters: { instanceId: INSTANCE, publicIp: ip },
    responseElements: { _return: true, associationId: 'eipassoc-0aa' },
  };
}

function counts(...names: readonly MetricName[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, hub.counted(name)]));
}

test('what was read, judged and held is counted, and how long it took', async () => {
  await hub.sendEvents([
    call('11:00', HOME_ADDRESS),
    call('11:58', AWAY_ADDRESS),
    unproven('11:40'),
    { ...call('11:00', HOME_ADDRESS), eventTime: 'yesterday' },
  ]);
  await hub.drain('observe');
  expect(counts(METRICS.recordsRead, METRICS.recordsSkipped, METRICS.facts)).toEqual({
    [METRICS.recordsRead]: 4,
    [METRICS.recordsSkipped]: 1,
    [METRICS.facts]: 3,
  });
  expect(hub.counted(METRICS.recordsSkipped, { reason: 'no-event-time' })).toBe(1);
  expect(hub.counted(METRICS.workloadsJudged)).toBeGreaterThan(0);
  expect(hub.counted(METRICS.unattributedCalls)).toBeGreaterThan(0);
  expect(hub.counted(METRICS.lag)).toBe(3_600_000);
  expect(hub.counted(METRICS.suspicionsRequested)).toBe(1);
});

test('what became of suspicions is counted: held, confirmed, published, withdrawn, explained', async () => {
  await hub.sendEvents([call('11:00', HOME_ADDRESS), call('11:58', AWAY_ADDRESS)]);
  await hub.drain('observe');
  await hub.send(
    { workload: { partition: 'aws', account: '111122223333', kind: 'ec2-instance', id: INSTANCE } },
    'confirm',
  );
  await hub.drain('confirm');
  expect(hub.counted(METRICS.suspicionsHeld)).toBe(1);
  await hub.settle();
  expect(counts(METRICS.findingsConfirmed, METRICS.findingsWithdrawn, METRICS.publishingFailed)).toEqual({
    [METRICS.findingsConfirmed]: 1,
    [METRICS.findingsWithdrawn]: 0,
    [METRICS.publishingFailed]: 0,
  });
  for (const sink of ['security-hub', 'event-bridge', 'sns'])
    expect(hub.counted(METRICS.findingsPublished, { sink })).toBe(1);

  await hub.sendEvents([associated('11:57', AWAY_ADDRESS)]);
  await hub.settle();
  expect(hub.counted(METRICS.findingsWithdrawn)).toBe(1);
  expect(hub.imported().map(({ state }) => state)).toEqual(['ARCHIVED']);

  await hub.send(
    { workload: { partition: 'aws', account: '111122223333', kind: 'ec2-instance', id: INSTANCE } },
    'confirm',
  );
  await hub.drain('confirm');
  expect(hub.counted(METRICS.suspicionsExplained)).toBe(1);
});

test('what a sink refused is counted by sink', async () => {
  hub.wire.fail({ service: 'events' }, { kind: 'throttle' });
  await hub.sendEvents([call('11:00', HOME_ADDRESS), call('11:50', AWAY_ADDRESS)]);
  await hub.settle();
  expect(hub.counted(METRICS.publishingFailed, { sink: 'event-bridge' })).toBe(1);
  expect(hub.counted(METRICS.publishingFailed)).toBe(1);
  expect(hub.counted(METRICS.findingsPublished, { sink: 'event-bridge' })).toBe(1);
  expect(hub.counted(METRICS.messagesRetried)).toBe(0);
});
