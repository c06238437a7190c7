import { CallSample } from '../../../../lambda/detection/facts/call-sample';
import { FactSet } from '../../../../lambda/detection/facts/fact-set';
import { callsKey, sourceKey } from '../../../../lambda/detection/facts/caller-keys';
import type { Caller, Fact } from '../../../../lambda/detection/facts/facts';
import {
  ACCOUNT,
  at,
  caller,
  change,
  foreignKey,
  from,
  instance,
  issuance,
  OTHER_ACCOUNT,
  sessionArn,
  sighting,
  type Done,
  type Who,
} from '../trail';

const HOME = '198.51.100.10';

function setOf(facts: readonly Fact[]): FactSet {
  const set = new FactSet();
  for (const fact of facts) set.add(fact);
  return set;
}

function seen(time: string, done: Done = {}, who: Who = {}): Fact {
  return sighting(caller('i-1', HOME, who), time, done);
}

/** The hours of every row, as `10:05 e1 did`. */
function rows(set: FactSet): string[][] {
  return [...set.sessions.values()].flatMap(({ rows: all }) =>
    [...all.values()].map(({ seen: hours }) =>
      hours.map(({ event, did }) => `${new Date(event.time).toISOString().slice(11, 16)} ${event.id} ${did}`),
    ),
  );
}

function calls(set: FactSet): string[][] {
  return [...set.sessions.values()].flatMap((session) =>
    [...session.calls.values()].map((sample) => sample.calls.map(({ id }) => id)),
  );
}

describe('sightings', () => {
  it('of one hour are one, with the earliest event and all that was done', () => {
    const facts = [
      seen('10:30', { id: 'b', did: 1 }),
      seen('10:05', { id: 'a', did: 2 }),
      seen('10:59', { id: 'c', did: 4 }),
    ];
    expect(rows(setOf(facts))).toEqual([['10:05 a 7']]);
    expect(rows(setOf([...facts].reverse()))).toEqual([['10:05 a 7']]);
    expect(calls(setOf(facts))).toEqual([['a', 'b', 'c']]);
  });

  it('of several hours are in the order of time, in whatever order they come', () => {
    const facts = ['12:00', '09:00', '11:00', '10:00', '09:30'].map((time) => seen(time, { id: time }));
    const hours = ['09:00', '10:00', '11:00', '12:00'].map((time) => `${time} ${time} 1`);
    expect(rows(setOf(facts))).toEqual([hours]);
    expect(rows(setOf([...facts].reverse()))).toEqual([hours]);
  });

  it('of one event with two texts keep the smaller', () => {
    const facts = [seen('10:05', { id: 'a', name: 'B' }), seen('10:05', { id: 'a', name: 'A' })];
    for (const order of [facts, [...facts].reverse()]) {
      const [session] = setOf(order).sessions.values();
      expect([...(session?.rows.values() ?? [])][0]?.seen[0]?.event.what).toContain('"A"');
    }
  });

  it.each<[string, Who, Who]>([
    ['key', { accessKeyId: 'ASIA1' }, { accessKeyId: null }],
    ['proof', { shown: 'scope' }, { shown: 'delivery' }],
    ['delivery', { delivery: '1.0' }, { delivery: null }],
    ['age', { legacy: true }, { legacy: false }],
    ['Region', { region: 'eu-west-1' }, { region: null }],
    ['workload', {}, { workload: null }],
  ])('that differ in %s are kept apart', (_what, one, other) => {
    expect(rows(setOf([seen('10:05', { id: 'a' }, one), seen('10:05', { id: 'a' }, other)]))).toHaveLength(2);
  });

  const workload = instance('i-1');
  it.each<[string, Caller, Caller]>([
    ['endpoint', caller('i-1', 'vpce-1/10.0.0.5'), caller('i-1', 'vpce-2/10.0.0.5')],
    ['endpoint or none', caller('i-1', 'vpce-1/10.0.0.5'), caller('i-1', '10.0.0.5')],
    ['owner of the endpoint', caller('i-1', `vpce-1@${ACCOUNT}/10.0.0.5`), caller('i-1', 'vpce-1/10.0.0.5')],
    ['attribution', caller('i-1', 'by s3.amazonaws.com'), caller('i-1', 's3.amazonaws.com')],
    ['address', caller('i-1', HOME), caller('i-1', '198.51.100.11')],
    ['service', caller('i-1', 's3.amazonaws.com'), caller('i-1', 'glue.amazonaws.com')],
    ['id of the workload', caller('i-1', HOME), caller('i-1', HOME, { workload: instance('i-2') })],
    ['kind of the workload', caller('i-1', HOME), caller('i-1', HOME, { workload: { ...workload, kind: 'ecs-task' } })],
    ['account of the workload', caller('i-1', HOME), caller('i-1', HOME, { workload: instance('i-1', OTHER_ACCOUNT) })],
    [
      'partition of the workload',
      caller('i-1', HOME),
      caller('i-1', HOME, { workload: { ...workload, partition: 'aws-cn' } }),
    ],
    ['having a workload', caller('i-1', HOME), caller('i-1', HOME, { workload: null })],
    [
      'session',
      caller('i-1', HOME),
      caller('i-1', HOME, { sessionArn: 'arn:aws:sts::111122223333:assumed-role/x/i-1' }),
    ],
    ['delivery', caller('i-1', HOME, { delivery: '1.0' }), caller('i-1', HOME, { delivery: '2.0' })],
    ['Region', caller('i-1', HOME, { region: 'eu-west-1' }), caller('i-1', HOME, { region: 'us-east-1' })],
  ])('that differ in %s are kept apart, however they alternate', (_what, one, other) => {
    const facts = [one, other, one, other].map((by, index) => sighting(by, `10:0${index}`, { id: `e${index}` }));
    expect(rows(setOf(facts)).map(String).sort()).toEqual(['10:00 e0 1', '10:01 e1 1']);
  });

  it('of one caller are one row, whoever calls in between', () => {
    const set = new FactSet();
    for (let index = 0; index < 3_000; index += 1) set.add(sighting(caller(`i-${index}`, HOME), '10:00', { id: 'a' }));
    set.add(seen('10:05', { id: 'b', did: 2 }));
    const [row] = [...(set.sessions.get(sessionArn('i-1'))?.rows.values() ?? [])];
    expect(row?.seen.map(({ event, did }) => `${event.id} ${did}`)).toEqual(['a 3']);
  });

  it('of two sessions are kept apart', () => {
    const set = setOf([seen('10:05'), seen('10:05', {}, { role: 'billing' })]);
    expect([...set.sessions.keys()].sort()).toEqual([
      `arn:aws:sts::${ACCOUNT}:assumed-role/billing/i-1`,
      `arn:aws:sts::${ACCOUNT}:assumed-role/orders-api/i-1`,
    ]);
  });

  it('share the texts that repeat, and keep none of those that are not kept', () => {
    const set = new FactSet();
    for (let second = 10; second < 60; second += 1)
      set.add(seen(`10:05:${second}`, { id: 'late', userAgent: `agent ${second}` }));
    const many = new FactSet();
    for (let minute = 59; minute >= 10; minute -= 1)
      many.add(seen(`10:${minute}`, { id: `m${minute}`, userAgent: 'one' }, { accessKeyId: ['ASI', 'A1'].join('') }));
    const [session] = many.sessions.values();
    const [sample] = [...(session?.calls.values() ?? [])];
    const words = new Set(sample?.calls.map(({ what }) => what));
    expect([words.size, sample?.calls.length]).toEqual([1, 50]);
  });
});

describe('calls for reporting', () => {
  const flood = Array.from(
    { length: 210 },
    (_, index) => `10:${String(10 + (index % 50))}:${String(10 + Math.floor(index / 50))}`,
  );

  it('are kept up to 200 for a session that names its workload', () => {
    const set = setOf(flood.map((time) => seen(time, { id: time })));
    expect(calls(set).map(({ length }) => length)).toEqual([200]);
  });

  it('keep their keys, and know of those that were left out', () => {
    const times = flood.slice().sort();
    const set = setOf([...times, '23:00'].map((time) => seen(time, { id: time })));
    const [session] = set.sessions.values();
    const [sample] = [...(session?.calls.values() ?? [])];
    expect(new Set(sample?.calls.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['ASIA-i-1']));
    expect([sample?.more, sample?.lastTime]).toEqual([true, at('23:00')]);
    const keyless = setOf([seen('10:00', {}, { accessKeyId: null })]);
    const [call] = [...keyless.sessions.values()].flatMap(({ calls: all }) =>
      [...all.values()].flatMap((one) => one.calls),
    );
    expect(call?.accessKeyId).toBeNull();
  });

  it('are kept up to 25 for any other', () => {
    const set = setOf(flood.map((time) => seen(time, { id: time }, { workload: null })));
    expect(calls(set).map(({ length }) => length)).toEqual([25]);
  });
});

describe('sources', () => {
  it('are told apart by all they say', () => {
    const places = [
      '10.0.0.5',
      'vpce-1/10.0.0.5',
      'vpce-2/10.0.0.5',
      `vpce-1@${ACCOUNT}/10.0.0.5`,
      's3.amazonaws.com',
      'by s3.amazonaws.com',
    ];
    expect(new Set(places.map((place) => sourceKey(from(place)))).size).toBe(places.length);
    expect(callsKey(caller('i-1', HOME))).not.toBe(callsKey(caller('i-1', HOME, { workload: null })));
    expect(callsKey(caller('i-1', HOME))).not.toBe(callsKey(caller('i-2', HOME)));
  });
});

describe('facts with an id', () => {
  it('are one where they come twice', () => {
    const set = setOf([
      issuance('i-1', '09:00'),
      issuance('i-1', '09:00'),
      change('StopInstances', '09:00'),
      change('StopInstances', '09:00'),
    ]);
    expect([set.issuances.length, set.changes.length]).toEqual([1, 1]);
  });

  it.each<[string, Fact, Fact]>([
    ['issuance', issuance('i-1', '09:00', { id: 'x' }), issuance('i-1', '08:00', { id: 'x' })],
    ['foreign key', foreignKey('ASIA9', 'arn', null, '09:00'), foreignKey('ASIA9', 'arn', null, '08:00')],
    ['change', change('StopInstances', '09:00', { id: 'x' }), change('StopInstances', '08:00', { id: 'x' })],
  ])('keep the earlier %s of one id, whichever came first', (_what, later, earlier) => {
    for (const order of [
      [later, earlier],
      [earlier, later],
    ]) {
      const { issuances, foreignKeys, changes } = setOf(order);
      expect([...issuances.values(), ...foreignKeys.values(), ...changes.values()]).toEqual([earlier]);
    }
  });

  it('keep the smaller text where two of one second differ', () => {
    const [a, b] = ['i-a', 'i-b'].map((instanceId) =>
      change('StopInstances', '09:00', { id: 'x', eventId: 'x', instanceId }),
    );
    for (const order of [
      [a, b],
      [b, a],
    ])
      expect([...setOf(order.filter((one) => one !== undefined)).changes.values()]).toEqual([a]);
  });

  it('of a later time never replace an earlier with a greater text', () => {
    const early = change('StopInstances', '08:00', { id: 'x', instanceId: 'i-z' });
    const late = change('StopInstances', '09:00', { id: 'x', instanceId: 'i-a' });
    expect([...setOf([early, late]).changes.values()]).toEqual([early]);
  });

  it('keep the record that names who asked for a key, whichever came first', () => {
    const by = caller('i-1', HOME);
    const copies = [foreignKey('ASIA9', 'arn', null, '08:00'), foreignKey('ASIA9', 'arn', by, '09:00')];
    for (const order of [copies, [...copies].reverse()]) expect(setOf(order).foreignKeys.get('ASIA9')?.by).toEqual(by);
    const named = [foreignKey('ASIA9', 'arn', by, '09:00'), foreignKey('ASIA9', 'arn', by, '08:00')];
    for (const order of [named, [...named].reverse()])
      expect(setOf(order).foreignKeys.get('ASIA9')?.time).toBe(at('08:00'));
  });

  it('keep foreign keys by the key', () => {
    const set = setOf([foreignKey('ASIA9', 'arn', null)]);
    expect(set.foreignKeys.get('ASIA9')?.sessionArn).toBe('arn');
  });
});

describe('merging', () => {
  const facts: readonly Fact[] = [
    seen('10:05', { id: 'a' }),
    seen('10:30', { id: 'b', did: 2 }),
    seen('12:00', { id: 'c' }),
    seen('11:00', { id: 'd' }, { workload: null }),
    issuance('i-1', '09:00'),
    foreignKey('ASIA9', 'arn', null),
    change('StopInstances', '09:00'),
  ];

  it('of two halves is the whole, either way round', () => {
    const whole = setOf(facts);
    for (const [first, second] of [
      [facts.slice(0, 3), facts.slice(2)],
      [facts.slice(2), facts.slice(0, 3)],
    ]) {
      const one = setOf(first ?? []);
      one.sawAccount(ACCOUNT);
      const other = setOf(second ?? []);
      other.sawAccount(OTHER_ACCOUNT);
      one.merge(other);
      expect(rows(one).map(String).sort()).toEqual(rows(whole).map(String).sort());
      expect(calls(one).map(String).sort()).toEqual(calls(whole).map(String).sort());
      expect([...one.accounts].sort()).toEqual([ACCOUNT, OTHER_ACCOUNT]);
      expect([one.issuances.length, one.foreignKeys.size, one.changes.length]).toEqual([1, 1, 1]);
    }
  });

  it('leaves the other set as it was', () => {
    const one = setOf([seen('10:05', { id: 'a' })]);
    const other = setOf([seen('10:30', { id: 'b', did: 2 })]);
    one.merge(other);
    one.add(seen('10:01', { id: 'c', did: 4 }));
    expect([rows(other), calls(other)]).toEqual([[['10:30 b 2']], [['b']]]);
  });

  it('takes rows and samples one by one, as a state file has them', () => {
    const set = new FactSet();
    const by = caller('i-1', HOME);
    const event = { time: at('10:05'), id: 'a', what: '[]' };
    set.addRow(by, [{ hour: Math.floor(at('10:05') / 3_600_000), event, did: 1 }]);
    const sample = new CallSample(200);
    sample.add({ ...event, accessKeyId: null });
    set.addCalls(by.sessionArn, callsKey(by), sample);
    set.addCalls(by.sessionArn, callsKey(by), sample);
    expect([rows(set), calls(set)]).toEqual([[['10:05 a 1']], [['a']]]);
    set.add(seen('10:01', { id: 'b' }));
    expect([rows(set), calls(set)]).toEqual([[['10:01 b 1']], [['b', 'a']]]);
    expect(sample.calls).toHaveLength(1);
  });
});

describe('callers that differ in one thing', () => {
  const base = caller('i-1', HOME);
  const placed = caller('i-1', `vpce-1@${OTHER_ACCOUNT}/10.0.0.5`);
  const passed = caller('i-1', 's3.amazonaws.com');
  const cluster = 'arn:aws:eks:eu-west-1:111122223333:cluster/demo';
  const atCluster = { ...base, source: { ...base.source, cluster } };
  const other = instance('i-1');

  it.each<[string, Caller, Caller]>([
    ['the session', base, { ...base, sessionArn: sessionArn('i-1', 'billing') }],
    ['the key', base, { ...base, accessKeyId: 'ASIA9' }],
    ['whether there is a key', base, { ...base, accessKeyId: null }],
    ['the sign', base, { ...base, shown: 'delivery' }],
    ['the delivery', base, { ...base, delivery: '2.0' }],
    ['the version of the record', base, { ...base, legacy: true }],
    ['the Region', base, { ...base, region: 'us-east-1' }],
    ['whether there is a workload', base, { ...base, workload: null }],
    ['the id of the workload', base, { ...base, workload: { ...other, id: 'i-2' } }],
    ['the kind of the workload', base, { ...base, workload: { ...other, kind: 'ecs-task' } }],
    ['the account of the workload', base, { ...base, workload: { ...other, account: OTHER_ACCOUNT } }],
    ['the partition of the workload', base, { ...base, workload: { ...other, partition: 'aws-cn' } }],
    ['the address', base, { ...base, source: from('198.51.100.11') }],
    ['the endpoint', placed, { ...placed, source: { ...placed.source, endpointId: 'vpce-2' } }],
    ['the owner of the endpoint', placed, { ...placed, source: { ...placed.source, endpointAccount: ACCOUNT } }],
    ['the cluster', base, atCluster],
    ['which cluster', atCluster, { ...base, source: { ...base.source, cluster: `${cluster}-2` } }],
    ['the service', passed, { ...passed, source: from('sqs.amazonaws.com') }],
    ['whether a service names itself', passed, { ...passed, source: from('by s3.amazonaws.com') }],
  ])('have rows of their own, in whatever order they call: %s', (_, one, two) => {
    const set = setOf([one, two, one, two].map((by, index) => sighting(by, `10:0${index}`, { id: `e${index}` })));
    const found = [...set.sessions.values()].flatMap(({ rows: own }) => [...own.values()]);
    expect(found.map(({ caller: by, seen: hours }) => [by, hours.map(({ event }) => event.id)])).toEqual([
      [one, ['e0']],
      [two, ['e1']],
    ]);
    const kept = [...set.sessions.values()].flatMap(({ calls: own }) => [...own.values()]);
    expect(
      kept
        .flatMap((sample) => sample.calls)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['e0', 'e1', 'e2', 'e3']);
  });
});
