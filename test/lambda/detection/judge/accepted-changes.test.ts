import type { Caller } from '../../../../lambda/detection/facts/facts';
import type { Workload } from '../../../../lambda/detection/model/workload';
import { ACCOUNT, caller, eni, foreignKey, OTHER_ACCOUNT, sessionArn, Trail, type Who } from '../trail';

const HOME = '198.51.100.10';
const AWAY = '198.51.100.90';
const NEW = '198.51.100.50';

/** An instance is at home, gets an address from somebody, and calls from it: is it its own? */
function given(by: Caller | null, more: (trail: Trail) => Trail = (trail) => trail): string {
  const trail = new Trail()
    .issued('i-1', '06:00')
    .calls('i-1', HOME, '07:00')
    .changed('AssociateAddress', '08:00', { instanceId: 'i-1', publicIps: [NEW], by });
  return more(trail).calls('i-1', NEW, '09:00').decisions('i-1').at(-1)?.slice(6) ?? '';
}

const OWN = 'own-address trusted';
const NOT = 'unexplained suspicious';
const ADMIN: Who = { shown: 'none', workload: null, role: 'administrator', accessKeyId: 'ASIAADMIN' };

describe('a change counts', () => {
  it('where no workload made it', () => {
    expect(given(null)).toBe(OWN);
    expect(given(caller('alice', '192.0.2.9', ADMIN))).toBe(OWN);
  });

  it('where the workload made it at home', () => {
    expect(given(caller('i-1', HOME))).toBe(OWN);
    expect(given(caller('i-1', AWAY))).toBe(NOT);
    expect(given(caller('i-1', '192.0.2.66'))).toBe(NOT);
  });

  it('where the workload made it at an address that the book gives it', () => {
    const owning = (trail: Trail) =>
      trail.changed('AssociateAddress', '06:30', { instanceId: 'i-1', publicIps: [AWAY] });
    expect(given(caller('i-1', AWAY), owning)).toBe(OWN);
  });

  it('not where another such change would have to explain it', () => {
    const forged = (trail: Trail) =>
      trail.changed('AssociateAddress', '06:30', { instanceId: 'i-1', publicIps: [AWAY], by: caller('i-1', AWAY) });
    expect(given(caller('i-1', AWAY), forged)).toBe(NOT);
  });

  it('where a service made it for the workload, and says so', () => {
    expect(given(caller('i-1', 'by cloudformation.amazonaws.com'))).toBe(OWN);
    expect(given(caller('i-1', 'cloudformation.amazonaws.com'))).toBe(NOT);
  });

  it('where the workload made it behind the NAT gateway of its VPC', () => {
    const behind = (trail: Trail) =>
      trail
        .changed('RunInstances', '05:00', {
          instanceId: 'i-1',
          interfaces: [eni('eni-1', { privateIps: ['10.0.0.5'] })],
        })
        .changed('CreateNatGateway', '05:00', { natGatewayId: 'nat-1', vpcId: 'vpc-1', publicIps: [AWAY] });
    expect(given(caller('i-1', AWAY), behind)).toBe(OWN);
  });
});

describe('a change by a function, which has no address of its own, counts', () => {
  const orders: Workload = { partition: 'aws', account: ACCOUNT, kind: 'lambda-function', id: 'orders' };
  const byFunction = (place: string): string => {
    const called = { workload: orders, role: 'orders', accessKeyId: 'ASIA-f' };
    return given(caller('orders', place, called), (trail) => trail.calls('orders', HOME, '07:00', called));
  };

  it.each([
    ['from an AWS address of its Region', AWAY, OWN],
    ['not from one of another Region', '198.51.100.200', NOT],
    ['not from outside AWS', '192.0.2.66', NOT],
    ['through an endpoint of its account', `vpce-1@${ACCOUNT}/10.0.0.5`, OWN],
    ['not through one of another account', `vpce-1@${OTHER_ACCOUNT}/10.0.0.5`, NOT],
    ['not through one of unknown owner', 'vpce-1/10.0.0.5', NOT],
    ['not through another account’s beside a public address', `vpce-1@${OTHER_ACCOUNT}/${AWAY}`, NOT],
    ['not from a private address', '10.0.0.5', NOT],
  ])('%s', (_, place, expected) => {
    expect(byFunction(place)).toBe(expected);
  });
});

describe('whoever made a change', () => {
  it('is the workload whose key it was, whatever the session calls itself', () => {
    expect(given(caller('alice', AWAY, { ...ADMIN, accessKeyId: 'ASIA-i-1' }))).toBe(NOT);
  });

  it('is a workload where it only looks like one, unless its key was issued to somebody else', () => {
    const likeOne: Who = { shown: 'shape', accessKeyId: 'ASIAUNSEEN' };
    const known = (trail: Trail) => trail.calls('i-2', HOME, '07:00');
    expect(given(caller('i-2', AWAY, likeOne), known)).toBe(NOT);
    expect(given(caller('i-2', AWAY, likeOne))).toBe(OWN);
    const person = (trail: Trail) => {
      trail.facts.add(foreignKey('ASIAUNSEEN', sessionArn('i-2'), null));
      return known(trail);
    };
    expect(given(caller('i-2', AWAY, likeOne), person)).toBe(OWN);
  });

  it('is the workload at the beginning of a chain of sessions, however long an attacker makes it', () => {
    const chained =
      (...keys: readonly (readonly [key: string, by: Caller])[]) =>
      (trail: Trail) => {
        for (const [key, by] of keys) trail.facts.add(foreignKey(key, sessionArn('hop', key), by));
        return trail;
      };
    const hop = (key: string) => caller('hop', AWAY, { ...ADMIN, accessKeyId: key });
    const workload = caller('i-1', AWAY);
    expect(given(hop('ASIA1'), chained(['ASIA1', workload]))).toBe(NOT);
    expect(given(hop('ASIA2'), chained(['ASIA1', workload], ['ASIA2', hop('ASIA1')]))).toBe(NOT);
    expect(given(hop('ASIA3'), chained(['ASIA1', workload], ['ASIA2', hop('ASIA1')], ['ASIA3', hop('ASIA2')]))).toBe(
      NOT,
    );
    expect(given(hop('ASIA1'), chained(['ASIA1', hop('ASIA9')]))).toBe(OWN);
  });

  it('may be another workload, at its own home', () => {
    const home = (trail: Trail) => trail.calls('i-2', AWAY, '07:00');
    expect(given(caller('i-2', AWAY), home)).toBe(OWN);
    expect(given(caller('i-2', NEW), home)).toBe(NOT);
  });
});

describe('a change that counts for nothing', () => {
  const forged = () =>
    new Trail()
      .calls('i-1', HOME, '07:00')
      .calls('i-2', '198.51.100.11', '07:00')
      .changed('AssociateAddress', '08:00', {
        instanceId: 'i-1',
        publicIps: [NEW],
        by: caller('i-2', AWAY, { role: 'web' }),
      })
      .calls('i-1', NEW, '09:00');

  it('is evidence against the workload it names and the one whose keys made it', () => {
    const evidence = (trail: Trail, id: string) =>
      trail.detected().findings.find(({ workload }) => workload?.id === id)?.evidence ?? [];
    const said =
      'AssociateAddress at 2026-09-01T08:00:00Z (record AssociateAddress 08:00 i-1) was made with the credentials of i-2 from 198.51.100.90, which is not its own origin, so it explains nothing.';
    expect(evidence(forged(), 'i-1')).toContain(said);
    expect(evidence(forged().calls('i-2', AWAY, '10:00'), 'i-2')).toContain(said);
    expect(evidence(forged().calls('i-3', HOME, '07:00').calls('i-3', AWAY, '10:00'), 'i-3')).not.toContain(said);
  });

  it('concerns the workload that made it and the instance it names, each once', () => {
    const trail = forged()
      .changed('AllocateAddress', '07:30', { publicIps: [NEW], by: caller('i-2', AWAY) })
      .changed('StartInstances', '08:30', { instanceId: 'i-2', by: caller('i-2', AWAY) })
      .calls('i-3', HOME, '07:00');
    const concerning = (id: string) => trail.judgement(id).rejected.map(({ change: { action } }) => action);
    expect(concerning('i-1')).toEqual(['AssociateAddress']);
    expect(concerning('i-2')).toEqual(['AllocateAddress', 'AssociateAddress', 'StartInstances']);
    expect(concerning('i-3')).toEqual([]);
  });

  it('is named where a change of the address is ruled out, with the reason', () => {
    const ruledOut = (trail: Trail) =>
      Object.fromEntries(
        trail
          .judgement('i-1')
          .decisions.at(-1)
          ?.ruledOut.map(({ explanation, because }) => [explanation, because]) ?? [],
      );
    const text =
      'AssociateAddress at 2026-09-01T08:00:00Z (record AssociateAddress 08:00 i-1) was made with the credentials of i-2 from 198.51.100.90, which is not its own origin, so it explains nothing';
    expect(ruledOut(forged())).toMatchObject({ 'address-change': text, 'own-address': text });
    expect(ruledOut(forged().calls('i-1', '198.51.100.51', '09:30'))).toMatchObject({
      'address-change': text,
      'own-address': 'no record gives the workload any address',
    });
    const before = new Trail().calls('i-1', HOME, '06:00').calls('i-1', NEW, '07:00');
    expect(
      ruledOut(before.changed('AssociateAddress', '08:00', { instanceId: 'i-1', by: caller('i-1', AWAY) })),
    ).toMatchObject({
      'address-change': 'no ENI, EIP or start event for this workload before the call',
    });
  });

  it.each([
    [
      'by cloudformation.amazonaws.com',
      'was made by cloudformation.amazonaws.com for a session of i-2, which had been used away from its own origins',
    ],
    [
      'cloudformation.amazonaws.com',
      'was made with the credentials of i-2 by cloudformation.amazonaws.com, and no invokedBy shows that the service made it',
    ],
  ])('made by a service (%s) says why', (source, why) => {
    const trail = new Trail()
      .calls('i-1', HOME, '06:00')
      .calls('i-2', HOME, '06:00')
      .calls('i-2', AWAY, '07:00')
      .changed('AssociateAddress', '08:00', { instanceId: 'i-1', publicIps: [NEW], by: caller('i-2', source) });
    expect(trail.judgement('i-1').rejected.map((one) => one.why)).toEqual([why]);
  });

  it('does not concern its namesake in another account', () => {
    const trail = forged()
      .calls('i-1', HOME, '07:00', { account: OTHER_ACCOUNT })
      .calls('i-1', NEW, '09:00', { account: OTHER_ACCOUNT });
    const namesake = trail.detected().findings.find(({ workload }) => workload?.account === OTHER_ACCOUNT);
    expect(namesake?.evidence.join()).not.toContain('explains nothing');
  });

  it('is reported five times at most, in order of time and id', () => {
    const trail = forged();
    for (const [index, time] of ['08:30', '08:10', '08:20', '08:20', '08:40', '08:50'].entries())
      trail.changed('AssociateAddress', time, {
        id: `x${9 - index}`,
        eventId: `e${index}`,
        instanceId: 'i-1',
        publicIps: [NEW],
        by: caller('i-2', AWAY),
      });
    const evidence = trail.detected().findings[0]?.evidence.filter((line) => line.includes('explains nothing')) ?? [];
    expect(evidence.map((line) => /record ([^)]*)/.exec(line)?.[1])).toEqual([
      'AssociateAddress 08:00 i-1',
      'e1',
      'e3',
      'e2',
      'e0',
    ]);
  });
});
