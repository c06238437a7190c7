import type { Caller, Grant } from '../../../../lambda/detection/facts/facts';
import { Makers } from '../../../../lambda/detection/facts/makers';
import { principal } from '../../../../lambda/detection/facts/principals';
import { ACCOUNT, at, caller, foreignKey, sessionArn, Trail } from '../trail';

const HOME = '198.51.100.10';
const ATTACKER = '192.0.2.66';

/** Two workloads, known by their calls. */
function trail(): Trail {
  return new Trail().calls('i-1', HOME, '08:00').calls('i-2', HOME, '08:00');
}

/** A session that only its key ties to anything. */
function session(key: string, role: string): Caller {
  return caller(key, ATTACKER, { accessKeyId: key, role, workload: null, shown: 'none' });
}

function user(name: string, key: string): Caller {
  const arn = `arn:aws:iam::${ACCOUNT}:user/team/${name}`;
  return caller(name, ATTACKER, { accessKeyId: key, sessionArn: arn, workload: null, shown: 'none' });
}

function grant(to: string, by: Caller, time: string): Grant {
  return { fact: 'grant', id: `${to} ${time}`, eventId: `granted ${time}`, time: at(time), to, by };
}

/** `i-1 at 09:00 by ASIA-i-1 (granted 09:00)` for each maker. */
function makersOf(given: Trail, by: Caller | null, time = '12:00'): string[] {
  return new Makers(given.facts, given.histories())
    .of({ by, time: at(time) })
    .map(
      (maker) =>
        `${maker.history.workload.id} at ${new Date(maker.time).toISOString().slice(11, 16)} by ${maker.by.accessKeyId ?? '-'}${maker.grant ? ` (${maker.grant.eventId})` : ''}`,
    );
}

function withFacts(given: Trail, ...facts: Parameters<Trail['facts']['add']>[0][]): Trail {
  for (const fact of facts) given.facts.add(fact);
  return given;
}

describe('a call is made by', () => {
  it('the workload whose session calls', () => {
    expect(makersOf(trail(), caller('i-1', ATTACKER))).toEqual(['i-1 at 12:00 by ASIA-i-1']);
    expect(makersOf(trail(), caller('i-1', ATTACKER, { shown: 'shape' }))).toEqual(['i-1 at 12:00 by ASIA-i-1']);
  });

  it('no known workload, where it names no caller, another workload, or a person', () => {
    expect(makersOf(trail(), null)).toEqual([]);
    expect(makersOf(trail(), caller('i-9', ATTACKER))).toEqual([]);
    expect(makersOf(trail(), session('ASIA-p', 'admin'))).toEqual([]);
    const disproved = withFacts(trail(), foreignKey('ASIA-i-1', sessionArn('i-1'), null));
    expect(makersOf(disproved, caller('i-1', ATTACKER, { shown: 'shape' }))).toEqual([]);
  });

  it('the workload by whose issued key the call is proven, with the issuance', () => {
    const given = trail().issued('i-1', '07:00');
    const [maker] = new Makers(given.facts, given.histories()).of({
      by: caller('x', ATTACKER, { accessKeyId: 'ASIA-i-1', workload: null, shown: 'none' }),
      time: at('12:00'),
    });
    expect([maker?.history.workload.id, maker?.issuance?.eventId]).toEqual(['i-1', 'issued i-1 07:00']);
    const [unissued] = new Makers(trail().facts, trail().histories()).of({
      by: caller('i-1', ATTACKER),
      time: at('12:00'),
    });
    expect(unissued?.issuance).toBeNull();
  });

  it('the workload that requested the session through others, at the time of the call', () => {
    const given = withFacts(
      trail(),
      foreignKey('ASIA-a', sessionArn('a', 'deploy'), caller('i-1', ATTACKER)),
      foreignKey('ASIA-b', sessionArn('b', 'admin'), session('ASIA-a', 'deploy')),
    );
    expect(makersOf(given, session('ASIA-b', 'admin'))).toEqual(['i-1 at 12:00 by ASIA-b']);
  });

  it('no known workload, where sessions requested each other in a circle', () => {
    const given = withFacts(
      trail(),
      foreignKey('ASIA-a', sessionArn('a', 'deploy'), session('ASIA-b', 'admin')),
      foreignKey('ASIA-b', sessionArn('b', 'admin'), session('ASIA-a', 'deploy')),
    );
    expect(makersOf(given, session('ASIA-b', 'admin'))).toEqual([]);
  });
});

describe('what a principal does counts as done by the workload that made it, where and when it did', () => {
  it.each<[string, string, Caller]>([
    ['an access key', principal.key('AKIA-new'), user('mallory', 'AKIA-new')],
    ['a user', principal.user(ACCOUNT, 'mallory'), user('mallory', 'AKIA-any')],
    ['a role', principal.role(ACCOUNT, 'backdoor'), session('ASIA-s', 'backdoor')],
    ['an identity provider', principal.federation(ACCOUNT), session('ASIA-s', 'AWSReservedSSO_Admin_0')],
    ['Identity Center, for every account', principal.federation('*'), session('ASIA-s', 'AWSReservedSSO_Admin_0')],
  ])('%s', (_, to, by) => {
    const given = withFacts(trail(), grant(to, caller('i-1', ATTACKER), '09:00'));
    expect(makersOf(given, by)).toEqual(['i-1 at 09:00 by ASIA-i-1 (granted 09:00)']);
    expect(makersOf(given, by, '09:00')).toHaveLength(1);
    expect(makersOf(given, by, '08:59')).toEqual([]);
    expect(makersOf(given, user('other', 'AKIA-other'))).toEqual([]);
  });

  it('also where a principal that was made makes the next', () => {
    const given = withFacts(
      trail(),
      grant(principal.user(ACCOUNT, 'mallory'), caller('i-1', ATTACKER), '09:00'),
      grant(principal.key('AKIA-2'), user('mallory', 'AKIA-1'), '10:00'),
    );
    expect(makersOf(given, user('eve', 'AKIA-2'))).toEqual(['i-1 at 09:00 by ASIA-i-1 (granted 09:00)']);
  });

  it('but not where it was made by a principal that is made only later', () => {
    const given = withFacts(
      trail(),
      grant(principal.user(ACCOUNT, 'mallory'), caller('i-1', ATTACKER), '11:00'),
      grant(principal.key('AKIA-2'), user('mallory', 'AKIA-1'), '10:00'),
    );
    expect(makersOf(given, user('eve', 'AKIA-2'))).toEqual([]);
  });

  it('by all that made it, in the order of time, then of workloads', () => {
    const to = principal.user(ACCOUNT, 'mallory');
    const grants = [
      grant(to, caller('i-2', ATTACKER), '10:00'),
      grant(principal.key('AKIA-1'), caller('i-1', ATTACKER), '10:00'),
      grant(to, caller('i-2', ATTACKER), '09:00'),
    ];
    for (const order of [grants, grants.toReversed()])
      expect(makersOf(withFacts(trail(), ...order), user('mallory', 'AKIA-1'))).toEqual([
        'i-2 at 09:00 by ASIA-i-2 (granted 09:00)',
        'i-1 at 10:00 by ASIA-i-1 (granted 10:00)',
        'i-2 at 10:00 by ASIA-i-2 (granted 10:00)',
      ]);
  });

  it('and not by the role’s maker, where a known caller requested the session', () => {
    const given = withFacts(
      trail(),
      grant(principal.role(ACCOUNT, 'backdoor'), caller('i-1', ATTACKER), '09:00'),
      foreignKey('ASIA-s', sessionArn('s', 'backdoor'), caller('i-2', ATTACKER)),
    );
    expect(makersOf(given, session('ASIA-s', 'backdoor'))).toEqual(['i-2 at 12:00 by ASIA-s']);
    const unknown = withFacts(
      trail(),
      grant(principal.role(ACCOUNT, 'backdoor'), caller('i-1', ATTACKER), '09:00'),
      foreignKey('ASIA-s', sessionArn('s', 'backdoor'), null),
    );
    expect(makersOf(unknown, session('ASIA-s', 'backdoor'))).toHaveLength(1);
  });

  it('through a session that a made user requested', () => {
    const given = withFacts(
      trail(),
      grant(principal.user(ACCOUNT, 'mallory'), caller('i-1', ATTACKER), '09:00'),
      foreignKey('ASIA-s', sessionArn('s', 'admin'), user('mallory', 'AKIA-1')),
    );
    expect(makersOf(given, session('ASIA-s', 'admin'))).toEqual(['i-1 at 09:00 by ASIA-i-1 (granted 09:00)']);
  });
});
