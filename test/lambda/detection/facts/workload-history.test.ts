import { cidrSet } from '../../../../lambda/detection/model/address';
import { Did } from '../../../../lambda/detection/facts/facts';
import { assembleHistories, callsFrom, type History } from '../../../../lambda/detection/facts/workload-history';
import { kindsNamed } from '../../../../lambda/detection/kinds/all-kinds';
import { ACCOUNT, caller, foreignKey, OTHER_ACCOUNT, sessionArn, sighting, Trail } from '../trail';

const HOME = '198.51.100.10';
const ATTACKER = '192.0.2.66';

function historyOf(trail: Trail, id = 'i-1', account = ACCOUNT): History {
  const history = trail.histories().byWorkload.get(`aws/${account}/ec2-instance/${id}`);
  if (!history) throw new Error(`${id} has no history`);
  return history;
}

function seen({ sightings }: History): string[] {
  return sightings.map(({ event, origin, provenBy }) => `${event.id} ${origin.key} ${provenBy}`);
}

describe('the history of a workload', () => {
  it('has its proven sightings in order of time and id, from all its sessions', () => {
    const trail = new Trail()
      .calls('i-1', HOME, '12:00', { id: 'd' })
      .calls('i-1', HOME, '10:00', { id: 'b', role: 'billing' })
      .calls('i-1', ATTACKER, '10:00', { id: 'a' })
      .calls('i-2', HOME, '09:00', { id: 'z' })
      .calls('i-1', HOME, '09:00', { id: 'y', account: OTHER_ACCOUNT });
    expect(seen(historyOf(trail))).toEqual([
      `a public/${ATTACKER} scope`,
      `b public/${HOME} scope`,
      `d public/${HOME} scope`,
    ]);
    expect(historyOf(trail).sightings.map(({ role }) => role)).toEqual(['orders-api', 'billing', 'orders-api']);
    expect(seen(historyOf(trail, 'i-1', OTHER_ACCOUNT))).toEqual([`y public/${HOME} scope`]);
  });

  it('has one event from two places in the order of the places', () => {
    const trail = new Trail().calls('i-1', HOME, '10:00', { id: 'a' }).calls('i-1', ATTACKER, '10:00', { id: 'a' });
    expect(seen(historyOf(trail))).toEqual([`a public/${ATTACKER} scope`, `a public/${HOME} scope`]);
  });

  it('has two versions of one record in an order of their own', () => {
    const versions = [
      sighting(caller('i-1', HOME, { delivery: '2.0' }), '10:00', { id: 'a' }),
      sighting(caller('i-1', HOME, { delivery: null }), '10:00', { id: 'a' }),
    ];
    const orders = [versions, [...versions].reverse()].map((order) => {
      const trail = new Trail();
      for (const fact of order) trail.facts.add(fact);
      return historyOf(trail).sightings.map((one) => one.caller.delivery);
    });
    expect(orders[0]).toEqual(orders[1]);
  });

  it('has the asking for a key before its use in the same second', () => {
    const asked = { source: caller('x', ATTACKER).source, what: '[]' };
    const trail = new Trail().calls('i-1', HOME, '09:00', { id: 'a' }).issued('i-1', '09:00', { asked, eventId: 'z' });
    expect(historyOf(trail).sightings.map(({ event }) => event.id)).toEqual(['z', 'a']);
    const later = new Trail().calls('i-1', HOME, '08:59', { id: 'z' }).issued('i-1', '09:00', { asked, eventId: 'a' });
    expect(historyOf(later).sightings.map(({ event }) => event.id)).toEqual(['z', 'a']);
  });

  it('has its issuances in order of time and id', () => {
    const trail = new Trail()
      .issued('i-1', '10:00', { id: 'b' })
      .issued('i-1', '10:00', { id: 'a' })
      .issued('i-1', '09:00', { id: 'c' })
      .issued('i-2', '08:00', { id: 'd' });
    expect(historyOf(trail).issuances.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  });

  it('knows by which key a call was made', () => {
    const trail = new Trail().issued('i-1', '09:00').calls('i-1', HOME, '10:00', { shown: 'shape' });
    expect(historyOf(trail).sightings[0]).toMatchObject({
      provenBy: 'issued-key',
      issuance: { eventId: 'issued i-1 09:00' },
    });
  });

  it('is nobody’s where the kind is not looked for', () => {
    const task = { partition: 'aws', account: ACCOUNT, kind: 'ecs-task', id: 't-1' };
    const trail = new Trail({ workloads: ['ec2-instance'] })
      .calls('t-1', HOME, '10:00', { workload: task })
      .issued('t-1', '09:00', { workload: task });
    expect(trail.histories().byWorkload.size).toBe(0);
  });

  it('sees a workload where it asks for its own keys', () => {
    const asked = { source: caller('x', ATTACKER).source, what: '[]' };
    const history = historyOf(new Trail().issued('i-1', '09:00', { asked, region: 'eu-west-1', role: 'irsa' }));
    expect(history.sightings[0]).toMatchObject({
      role: 'irsa',
      provenBy: 'issued-key',
      did: Did.other | Did.issuance,
      origin: { key: `public/${ATTACKER}` },
      event: { id: 'issued i-1 09:00', what: '[]' },
      issuance: { eventId: 'issued i-1 09:00' },
      caller: { accessKeyId: 'ASIA-i-1', shown: 'none', delivery: null, legacy: false, region: 'eu-west-1' },
    });
    expect(historyOf(new Trail().issued('i-1', '09:00')).sightings).toEqual([]);
  });

  it('takes addresses of the user’s own network for private', () => {
    const trail = new Trail({ privateNetworks: ['203.0.113.0/24'] }).calls('i-1', '203.0.113.9', '10:00');
    expect(seen(historyOf(trail))[0]).toContain('implausible/203.0.113.9');
  });
});

describe('calls that only look like a workload’s', () => {
  it('are counted by hours: unproven, or disproved by their key', () => {
    const trail = new Trail()
      .calls('i-1', HOME, ['10:00', '11:00'], { shown: 'shape', accessKeyId: 'ASIA7' })
      .calls('i-1', HOME, '12:00', { shown: 'shape', accessKeyId: 'ASIA9' });
    trail.facts.add(foreignKey('ASIA9', sessionArn('i-1'), null));
    expect(historyOf(trail)).toMatchObject({ unproven: 2, disproved: 1, sightings: [] });
  });

  it('are so though their session was issued a key, unless a console was opened', () => {
    const trail = new Trail()
      .issued('i-1', '09:00')
      .calls('i-1', HOME, '10:00', { shown: 'shape', accessKeyId: 'ASIA7' });
    expect(historyOf(trail)).toMatchObject({ unproven: 1, sightings: [] });
  });

  it('are nobody’s where they name no workload', () => {
    const trail = new Trail().calls('person', HOME, '10:00', { shown: 'none', workload: null });
    expect(trail.histories().byWorkload.size).toBe(0);
  });

  it('become proven when the issuance comes late', () => {
    const trail = new Trail().calls('i-1', HOME, '10:00', { shown: 'shape' });
    expect(historyOf(trail).unproven).toBe(1);
    trail.issued('i-1', '09:00');
    expect(historyOf(trail)).toMatchObject({ unproven: 0, sightings: [{ provenBy: 'issued-key' }] });
  });
});

describe('a console session', () => {
  it('is proven by the session for all its hours', () => {
    const console = { shown: 'shape', accessKeyId: 'ASIA-console' } as const;
    const trail = new Trail()
      .issued('i-1', '09:00')
      .calls('i-1', ATTACKER, '10:00', { ...console, did: Did.console })
      .calls('i-1', ATTACKER, '11:00', console);
    expect(historyOf(trail).sightings.map(({ provenBy }) => provenBy)).toEqual(['session', 'session']);
  });
});

describe('the owner of an endpoint', () => {
  it('is known in every record where one record names it', () => {
    const trail = new Trail()
      .calls('i-1', 'vpce-1/10.0.0.5', '09:00', { id: 'a' })
      .calls('i-1', `vpce-1@${OTHER_ACCOUNT}/10.0.0.5`, '10:00', { id: 'b' })
      .calls('i-1', 'vpce-2/10.0.0.5', '11:00', { id: 'c' })
      .calls('i-1', HOME, '12:00', { id: 'd' });
    expect(historyOf(trail).sightings.map(({ origin }) => origin.endpointAccount)).toEqual([
      OTHER_ACCOUNT,
      OTHER_ACCOUNT,
      null,
      null,
    ]);
  });

  it('is what the first record says where two differ', () => {
    const trail = new Trail()
      .calls('i-1', `vpce-1@${ACCOUNT}/10.0.0.5`, '11:00')
      .calls('i-1', `vpce-1@${OTHER_ACCOUNT}/10.0.0.5`, '10:00')
      .calls('i-1', 'vpce-1/10.0.0.5', '09:00');
    expect(historyOf(trail).sightings.map(({ origin }) => origin.endpointAccount)).toEqual([
      OTHER_ACCOUNT,
      OTHER_ACCOUNT,
      ACCOUNT,
    ]);
  });

  it('keeps one lock through a mix of old and new records', () => {
    const trail = new Trail()
      .calls('i-1', `vpce-1@${ACCOUNT}/10.0.0.5`, ['09:00', '11:00'])
      .calls('i-1', 'vpce-1/10.0.0.5', ['10:00', '12:00'], { legacy: true });
    expect(trail.found()).toEqual([]);
  });
});

describe('keys of the metadata service', () => {
  it('are known by version and place, services left out', () => {
    const history = historyOf(
      new Trail()
        .calls('i-1', HOME, '10:00', { delivery: '2.0' })
        .calls('i-1', ATTACKER, '10:00', { delivery: '1.0' })
        .calls('i-1', ATTACKER, '11:00', { delivery: '2.0' })
        .calls('i-1', 'by s3.amazonaws.com', '11:00', { delivery: '1.0' })
        .calls('i-1', '203.0.113.5', '11:00'),
    );
    expect(history.deliveries).toEqual(
      new Map([
        ['1.0', new Set([`public/${ATTACKER}`])],
        ['2.0', new Set([`public/${HOME}`, `public/${ATTACKER}`])],
      ]),
    );
  });
});

describe('the calls from an origin', () => {
  it('come from all sessions there, in order, each once', () => {
    const trail = new Trail()
      .calls('i-1', ATTACKER, '10:30', { id: 'c' })
      .calls('i-1', ATTACKER, '10:10', { id: 'b', role: 'billing' })
      .calls('i-1', ATTACKER, '09:50', { id: '0', role: 'billing' })
      .calls('i-1', ATTACKER, '10:10', { id: 'b' })
      .calls('i-1', ATTACKER, '10:00', { id: 'a', accessKeyId: 'ASIA2' })
      .calls('i-1', HOME, '09:00', { id: 'z' });
    const { calls, more, lastTime } = callsFrom(historyOf(trail), `public/${ATTACKER}`);
    expect([calls.map(({ id }) => id), more, new Date(lastTime).toISOString().slice(11, 16)]).toEqual([
      ['0', 'a', 'b', 'c'],
      false,
      '10:30',
    ]);
    expect(callsFrom(historyOf(trail), 'public/203.0.113.1')).toEqual({ calls: [], more: false, lastTime: 0 });
  });

  it('keep the smaller of two versions, whichever session came first', () => {
    const versions = [
      sighting(caller('i-1', ATTACKER), '10:00', { id: 'a', name: 'B' }),
      sighting(caller('i-1', ATTACKER, { role: 'billing' }), '10:00', { id: 'a', name: 'A' }),
    ];
    for (const order of [versions, [...versions].reverse()]) {
      const trail = new Trail();
      for (const fact of order) trail.facts.add(fact);
      expect(callsFrom(historyOf(trail), `public/${ATTACKER}`).calls[0]?.what).toContain('"A"');
    }
  });

  it('are more than those kept where one sample is full', () => {
    const times = Array.from({ length: 201 }, (_, index) => `10:${10 + (index % 50)}:${10 + Math.floor(index / 50)}`);
    const trail = new Trail();
    for (const time of times) trail.calls('i-1', ATTACKER, time, { id: time });
    const { calls, more } = callsFrom(historyOf(trail), `public/${ATTACKER}`);
    expect([calls.length, more]).toEqual([200, true]);
  });
});

describe('assembling', () => {
  it('gives the prover that proved', () => {
    const trail = new Trail().issued('i-1', '09:00');
    const { prover } = assembleHistories(trail.facts, kindsNamed(['ec2-instance']), cidrSet([]));
    const stolen = caller('i-9', HOME, { shown: 'shape', accessKeyId: 'ASIA-i-1' });
    expect(prover.prove(stolen)?.workload.id).toBe('i-1');
  });
});

describe('a session that the workload requested', () => {
  it('counts where it calls, and not where a service calls for it', () => {
    const chained = { accessKeyId: 'ASIA9', role: 'admin', workload: null, shown: 'none' } as const;
    const trail = new Trail()
      .calls('i-1', HOME, '09:00', { id: 'own' })
      .calls('i-1', 'by s3.amazonaws.com', '10:00', { id: 'service' })
      .calls('alice', ATTACKER, '11:00', { ...chained, id: 'chained' })
      .calls('alice', 'by s3.amazonaws.com', '12:00', { ...chained, id: 'for it' });
    trail.facts.add(foreignKey('ASIA9', sessionArn('alice', 'admin'), caller('i-1', ATTACKER)));
    expect(seen(historyOf(trail))).toEqual([
      `own public/${HOME} scope`,
      'service service/s3.amazonaws.com scope',
      `chained public/${ATTACKER} chained`,
    ]);
  });
});
