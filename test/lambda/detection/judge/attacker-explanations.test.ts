import type { Caller, Change, Fact, Grant } from '../../../../lambda/detection/facts/facts';
import { ANY_ACCOUNT, principal } from '../../../../lambda/detection/facts/principals';
import { CHANGE_ACTIONS, type ChangeAction } from '../../../../lambda/detection/vocabulary';
import { ACCOUNT, at, caller, change, eni, foreignKey, sessionArn, sighting, Trail } from '../trail';

const HOME = '198.51.100.10';
const LAPTOP = '192.0.2.66';
const RENTED = '198.51.100.90';

const stolen = caller('i-1', LAPTOP);
const administrator = caller('alice', LAPTOP, {
  shown: 'none',
  workload: null,
  role: 'admin',
  accessKeyId: 'ASIAADMIN',
});

function user(name: string, accessKeyId: string): Caller {
  return { ...administrator, sessionArn: `arn:aws:iam::${ACCOUNT}:user/staff/${name}`, accessKeyId };
}

function session(name: string, accessKeyId: string): Caller {
  return { ...administrator, sessionArn: sessionArn(name, 'deploy'), accessKeyId };
}

function grant(to: string, by: Caller, time = '09:10'): Grant {
  return { fact: 'grant', id: `${to} ${time}`, eventId: `made ${to}`, time: at(time), to, by };
}

/** How a change is made for those whose credentials `by` are: the caller of the change, and what made that caller. */
type Way = (by: Caller) => { readonly maker: Caller; readonly made: readonly Fact[] };

const AKIA = user('deploy', 'AKIA1');

const WAYS: Readonly<Record<string, Way>> = {
  'the session itself': (by) => ({ maker: by, made: [] }),
  'a service, for the session': (by) => ({
    maker: { ...by, source: caller('', 'by cloudformation.amazonaws.com').source },
    made: [],
  }),
  'a role that it assumed': (by) => ({
    maker: { ...session('x', 'ASIA1'), source: by.source },
    made: [foreignKey('ASIA1', sessionArn('x', 'deploy'), by, '09:10')],
  }),
  'a user whose access key it made': (by) => ({ maker: AKIA, made: [grant(principal.key('AKIA1'), by)] }),
  'a user that it made, in the console': (by) => ({
    maker: user('deploy', 'ASIA2'),
    made: [grant(principal.user(ACCOUNT, 'deploy'), by)],
  }),
  'a role that it opened to others': (by) => ({
    maker: session('x', 'ASIA1'),
    made: [grant(principal.role(ACCOUNT, 'deploy'), by), foreignKey('ASIA1', sessionArn('x', 'deploy'), null, '09:20')],
  }),
  'a session by an identity provider that it made': (by) => ({
    maker: session('x', 'ASIA1'),
    made: [grant(principal.federation(ACCOUNT), by)],
  }),
  'a session of a person that it made in Identity Center': (by) => ({
    maker: session('x', 'ASIA1'),
    made: [grant(principal.federation(ANY_ACCOUNT), by)],
  }),
  'a federated session of a user that it made': (by) => ({
    maker: { ...user('deploy', 'ASIA3'), sessionArn: `arn:aws:sts::${ACCOUNT}:federated-user/x` },
    made: [grant(principal.key('AKIA1'), by), grant(principal.key('ASIA3'), AKIA, '09:20')],
  }),
  'a role that a user that it made assumed': (by) => ({
    maker: session('x', 'ASIA1'),
    made: [grant(principal.key('AKIA1'), by), foreignKey('ASIA1', sessionArn('x', 'deploy'), AKIA, '09:20')],
  }),
  'a user that such a user made': (by) => ({
    maker: user('second', 'AKIA2'),
    made: [grant(principal.key('AKIA1'), by), grant(principal.key('AKIA2'), AKIA, '09:20')],
  }),
};

/** Everything that an action may say of the instance and the attacker's address. */
const EVERYTHING: Partial<Change> = {
  instanceId: 'i-1',
  publicIps: [RENTED],
  allocationIds: ['eipalloc-9'],
  associationIds: ['eipassoc-9'],
  interfaces: [eni('eni-1', { privateIps: ['10.0.0.9'] })],
  natGatewayId: 'nat-9',
  vpcId: 'vpc-1',
  endpointIds: ['vpce-9'],
  cidrs: ['198.51.100.80/28'],
  sourceDestCheck: false,
};

/** The last decision on the address, for each order of the facts. */
function decisions(action: ChangeAction, { maker, made }: ReturnType<Way>): ReadonlySet<string | undefined> {
  const facts: Fact[] = [
    change('RunInstances', '05:00', { instanceId: 'i-1', interfaces: [eni('eni-1', { privateIps: ['10.0.0.5'] })] }),
    sighting(caller('i-1', HOME), '07:00'),
    sighting(caller('i-1', HOME), '08:00'),
    sighting(stolen, '09:00'),
    change(action, '10:00', { ...EVERYTHING, by: maker }),
    sighting(caller('i-1', RENTED), '10:10'),
    ...made,
  ];
  const turned = facts.map((_, first) => [...facts.slice(first), ...facts.slice(0, first)]);
  const orders = [...turned, facts.toReversed()];
  return new Set(
    orders.map((order) => {
      const trail = new Trail();
      for (const fact of order) trail.facts.add(fact);
      return trail.decisions('i-1').at(-1);
    }),
  );
}

describe.each(Object.entries(WAYS))('changes by %s', (_name, way) => {
  it.each(CHANGE_ACTIONS)('explain nothing with stolen credentials: %s', (action) => {
    for (const decision of decisions(action, way(stolen))) expect(decision).toMatch(/^10:10 \S+ suspicious$/);
  });

  it('explain an address where the credentials are used at home', () => {
    const athome = way(caller('i-1', HOME));
    const trail = new Trail().calls('i-1', HOME, ['07:00', '08:00']);
    for (const fact of athome.made) trail.facts.add(fact);
    trail.changed('AssociateAddress', '10:00', { ...EVERYTHING, by: athome.maker }).calls('i-1', RENTED, '10:10');
    expect(trail.decisions('i-1').at(-1)).toBe('10:10 own-address trusted');
  });

  it('explain an address where an administrator made them', () => {
    expect(decisions('AssociateAddress', way(administrator))).toEqual(new Set(['10:10 own-address trusted']));
  });
});
