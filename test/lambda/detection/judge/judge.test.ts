import { Did } from '../../../../lambda/detection/facts/facts';
import { RULES } from '../../../../lambda/detection/judge/judge';
import type { Settings } from '../../../../lambda/detection/model/settings';
import { ACCOUNT, at, eni, OTHER_ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';
const SECOND = '198.51.100.90';
const OUTSIDE = '192.0.2.66';

function lockOf(trail: Trail): string[] {
  return trail
    .judgement('i-1')
    .lock.map(
      ({ origin, because, since, until }) =>
        `${origin.ip} ${because} ${clock(since)}-${until === null ? '' : clock(until)}`,
    );
}

function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

describe('the rules', () => {
  it('are asked in the order of the design', () => {
    expect(RULES.map(({ name }) => name)).toEqual([
      'chained-session',
      'not-its-own-request',
      'service-caller',
      'dead-or-stopped',
      'endpoint',
      'declared',
      'own-address',
      'aws-address',
      'issuance',
      'locked',
      'first-use',
      'shared-egress',
    ]);
  });
});

describe('the lock', () => {
  it('tells what is trusted, why, since and until, oldest first', () => {
    const trail = new Trail({ trustedNetworks: [{ cidr: '192.0.2.0/28' }] })
      .calls('i-1', '192.0.2.5', ['08:00', '11:00'])
      .calls('i-1', HOME, ['07:00', '09:00'])
      .changed('AssociateAddress', '10:00', { instanceId: 'i-1', publicIps: [SECOND], associationIds: ['eipassoc-1'] })
      .calls('i-1', SECOND, ['10:30', '12:30'])
      .changed('DisassociateAddress', '13:00', { associationIds: ['eipassoc-1'] });
    expect(lockOf(trail)).toEqual([
      `${HOME} first-use 07:00-`,
      '192.0.2.5 declared 08:00-',
      `${SECOND} own-address 10:30-13:00`,
    ]);
  });

  it('has origins of one time in the order of their names', () => {
    const trail = new Trail({ trustedNetworks: [{ cidr: '192.0.2.0/28' }] })
      .calls('i-1', '192.0.2.6', '08:00', { id: 'a' })
      .calls('i-1', '192.0.2.5', '08:00', { id: 'b' })
      .calls('i-1', '192.0.2.7', '08:00', { id: 'c' });
    expect(lockOf(trail).map((line) => line.split(' ')[0])).toEqual(['192.0.2.5', '192.0.2.6', '192.0.2.7']);
  });

  it('begins anew where an own address was away', () => {
    const changes = [
      ['AssociateAddress', '08:00', { instanceId: 'i-1', publicIps: [SECOND], associationIds: ['eipassoc-1'] }],
      ['DisassociateAddress', '10:00', { associationIds: ['eipassoc-1'] }],
      ['AssociateAddress', '14:00', { instanceId: 'i-1', publicIps: [SECOND], associationIds: ['eipassoc-2'] }],
    ] as const;
    const trail = new Trail().calls('i-1', SECOND, ['08:30', '09:30']);
    for (const [action, time, over] of changes) trail.changed(action, time, over);
    expect(lockOf(trail)).toEqual([`${SECOND} own-address 08:30-10:00`]);
    expect(lockOf(trail.calls('i-1', SECOND, ['14:30', '15:30']))).toEqual([`${SECOND} own-address 14:30-`]);
  });

  it('tells when an address was lost', () => {
    const trail = new Trail()
      .calls('i-1', HOME, ['08:00', '12:00'])
      .changed('AssociateAddress', '10:00', { instanceId: 'i-2', publicIps: [HOME] });
    expect(lockOf(trail)).toEqual([`${HOME} first-use 08:00-10:00`]);
  });

  it('keeps the first loss', () => {
    const trail = new Trail()
      .calls('i-1', HOME, ['08:00', '12:00', '15:00'])
      .changed('AssociateAddress', '10:00', { instanceId: 'i-2', publicIps: [HOME] })
      .changed('AssociateAddress', '14:00', { instanceId: 'i-3', publicIps: [HOME] });
    expect(lockOf(trail)).toEqual([`${HOME} first-use 08:00-10:00`]);
  });
});

describe('a verdict', () => {
  const own = (trail: Trail) => trail.calls('i-1', HOME, '08:00');

  it('is one for each origin, with all its suspicious sightings', () => {
    const trail = own(new Trail()).calls('i-1', OUTSIDE, ['09:00', '10:00']).calls('i-1', SECOND, '09:30');
    const { verdicts } = trail.judgement('i-1');
    expect(
      verdicts.map(({ origin, sightings, first }) => [origin.ip, sightings.length, clock(first.event.time)]),
    ).toEqual([
      [OUTSIDE, 2, '09:00'],
      [SECOND, 1, '09:30'],
    ]);
    expect(verdicts[0]).toMatchObject({
      type: 'OutsideAWS',
      severity: 'HIGH',
      rule: 'unexplained',
      why: `${OUTSIDE} is in no AWS range`,
      events: [],
      anchor: { origin: { ip: HOME } },
    });
  });

  it('has no anchor to compare with on a path without one, or on none', () => {
    expect(own(new Trail()).calls('i-1', '10.0.0.9', '09:00').judgement('i-1').verdicts[0]?.anchor).toBeNull();
    expect(new Trail().calls('i-1', OUTSIDE, '09:00').judgement('i-1').verdicts[0]?.anchor).toBeNull();
  });

  it('is that of the weightiest sighting, and of the earliest among equals', () => {
    const trail = own(new Trail())
      .changed('AssociateAddress', '09:30', { instanceId: 'i-2', publicIps: [SECOND], associationIds: ['eipassoc-1'] })
      .changed('DisassociateAddress', '10:30', { associationIds: ['eipassoc-1'] })
      .calls('i-1', SECOND, ['09:40', '12:00', '13:00']);
    expect(trail.judgement('i-1').verdicts[0]).toMatchObject({
      type: 'InsideAWS',
      severity: 'HIGH',
      owner: { ownership: 'aws' },
      first: { event: { time: at('09:40') } },
    });
    const console = own(new Trail()).calls('i-1', SECOND, '09:00').calls('i-1', SECOND, '10:00', { did: Did.console });
    expect(console.judgement('i-1').verdicts[0]?.type).toBe('InsideAWS');
    const weightier = own(new Trail())
      .changed('AssociateAddress', '08:30', { instanceId: 'i-2', publicIps: [SECOND] })
      .calls('i-1', SECOND, '09:00')
      .calls('i-1', SECOND, '10:00', { did: Did.console });
    expect(weightier.judgement('i-1').verdicts[0]).toMatchObject({
      type: 'ConsoleSession',
      rule: 'not-its-own-request',
    });
  });

  it('says that nothing explains an origin where no rule has more to say', () => {
    const trail = new Trail().calls('i-1', `vpce-1@${ACCOUNT}/10.0.0.9`, '09:00').calls('i-1', OUTSIDE, '10:00');
    expect(trail.judgement('i-1').verdicts[0]?.why).toBe(`${OUTSIDE} is in no AWS range`);
  });
});

describe('a contested verdict', () => {
  const rivals = (settings: Partial<Settings> = {}) =>
    new Trail(settings).calls('i-1', HOME, '08:00').calls('i-1', SECOND, '09:00');
  const contested = (trail: Trail) => trail.judgement('i-1').verdicts.map((verdict) => verdict.contested);

  it('is one of two equal weak claims', () => {
    expect(contested(rivals())).toEqual([true]);
    expect(contested(new Trail().withoutRanges().calls('i-1', HOME, '08:00').calls('i-1', OUTSIDE, '09:00'))).toEqual([
      true,
    ]);
  });

  it('is none where one claim is implausible, or the better', () => {
    expect(contested(rivals().calls('i-1', OUTSIDE, '10:00'))).toEqual([true, false]);
    const declared = rivals({ trustedNetworks: [{ cidr: '198.51.100.10/32' }] });
    expect(contested(declared)).toEqual([false]);
    const own = rivals().changed('AssociateAddress', '06:00', { instanceId: 'i-1', publicIps: [HOME] });
    expect(contested(own)).toEqual([false]);
  });

  it('is none on another path than the first use', () => {
    const paths = new Trail().calls('i-1', HOME, '08:00').calls('i-1', '10.0.0.9', '09:00');
    expect(contested(paths)).toEqual([false]);
  });

  it('is none where the owner of the address is known', () => {
    const known = rivals().changed('AllocateAddress', '06:00', { publicIps: [SECOND], account: OTHER_ACCOUNT });
    expect(contested(known)).toEqual([false]);
  });

  it('is none where a network change was forged', () => {
    const forged = rivals().changed('StartInstances', '09:30', {
      instanceId: 'i-1',
      by: { ...rivals().judgement('i-1').verdicts[0]!.first.caller },
    });
    expect(forged.judgement('i-1').verdicts).toHaveLength(1);
    expect(contested(forged)).toEqual([false]);
  });

  it('is none where others of the account leave by the first address too', () => {
    const trail = rivals();
    for (const id of ['i-2', 'i-3', 'i-4']) trail.calls(id, HOME, ['07:00', '08:00']);
    expect(contested(trail)).toEqual([false]);
    expect(contested(rivals().calls('i-2', HOME, ['07:00', '08:00']))).toEqual([true]);
  });

  it('is none of a console or a dead instance', () => {
    const console = new Trail().calls('i-1', HOME, '08:00').calls('i-1', SECOND, '09:00', { did: Did.console });
    expect(contested(console)).toEqual([false]);
    const dead = rivals().changed('TerminateInstances', '08:10', { instanceId: 'i-1' });
    expect(contested(dead)).toEqual([false]);
  });

  it('is none of the first use itself', () => {
    const lost = new Trail()
      .calls('i-1', HOME, ['08:00', '12:00'])
      .changed('AllocateAddress', '06:00', { publicIps: [HOME], allocationIds: ['eipalloc-1'] })
      .changed('ReleaseAddress', '10:00', { allocationIds: ['eipalloc-1'] });
    expect(contested(lost)).toEqual([false]);
  });
});

describe('a first use that another origin takes back', () => {
  const launch = { instanceId: 'i-1', interfaces: [eni('eni-1', { privateIps: ['10.0.0.5'] })] };
  const nat = { natGatewayId: 'nat-1', vpcId: 'vpc-1', publicIps: [HOME] };
  const behindNat = () =>
    new Trail().changed('CreateNatGateway', '05:00', nat).changed('RunInstances', '06:00', launch);

  it('was an own address already', () => {
    const owned = (time: string) =>
      new Trail()
        .changed('AssociateAddress', time, { instanceId: 'i-1', publicIps: [HOME] })
        .calls('i-1', SECOND, '08:00')
        .calls('i-1', HOME, '10:00')
        .decisions('i-1');
    expect(owned('06:00')).toEqual(['08:00 unexplained suspicious', '10:00 own-address trusted']);
    expect(owned('09:00')).toEqual(['08:00 first-use trusted', '10:00 own-address trusted']);
  });

  it('had the NAT gateway of its VPC already, unless it was at the first for two hours', () => {
    expect(behindNat().calls('i-1', SECOND, '08:00').calls('i-1', HOME, '10:00').decisions('i-1')).toEqual([
      '08:00 unexplained suspicious',
      '10:00 shared-egress trusted',
    ]);
    const settled = behindNat().calls('i-1', SECOND, ['07:00', '08:00']).calls('i-1', HOME, '10:00');
    expect(settled.decisions('i-1')[0]).toBe('07:00 first-use trusted');
    const goesOn = behindNat().calls('i-1', SECOND, ['07:00', '08:00', '12:00']).calls('i-1', HOME, '10:00');
    expect(goesOn.decisions('i-1')[0]).toBe('07:00 unexplained suspicious');
  });

  it('may be behind a NAT gateway where its VPC is unknown', () => {
    const trail = new Trail()
      .changed('CreateNatGateway', '05:00', nat)
      .calls('i-1', SECOND, '08:00')
      .calls('i-1', HOME, '10:00');
    expect(trail.decisions('i-1')).toEqual(['08:00 first-use trusted', '10:00 shared-egress trusted']);
  });

  it('is not because a network is declared, for its role or for all', () => {
    const declared = (network: object, ...more: string[]) =>
      new Trail({ trustedNetworks: [{ cidr: `${OUTSIDE}/32`, ...network }] })
        .calls('i-1', SECOND, ['08:00', ...more])
        .calls('i-1', OUTSIDE, '10:00')
        .decisions('i-1')[0];
    expect(declared({ roles: ['orders-api'] }, '12:00')).toBe('08:00 first-use trusted');
    expect(declared({ roles: ['orders-api'] })).toBe('08:00 first-use trusted');
    expect(declared({ roles: ['orders-api'] }, '10:30')).toBe('08:00 first-use trusted');
    expect(declared({}, '12:00')).toBe('08:00 first-use trusted');
    const sameHour = new Trail({ trustedNetworks: [{ cidr: `${OUTSIDE}/32`, roles: ['orders-api'] }] })
      .calls('i-1', SECOND, '08:00')
      .calls('i-1', OUTSIDE, '08:30');
    expect(sameHour.decisions('i-1')[0]).toBe('08:00 first-use trusted');
  });

  it('is where enough others of the account leave', () => {
    const crowd = (others: number) => {
      const trail = new Trail().calls('i-1', SECOND, ['08:00', '12:00']).calls('i-1', HOME, '10:00');
      for (let index = 0; index < others; index += 1) trail.calls(`i-n${index}`, HOME, ['07:00', '08:00']);
      return trail.decisions('i-1')[0];
    };
    expect(crowd(3)).toBe('08:00 unexplained suspicious');
    expect(crowd(2)).toBe('08:00 first-use trusted');
  });

  it('is not where a change between the two explains both', () => {
    const changed = (time: string) =>
      behindNat()
        .calls('i-1', SECOND, '08:00')
        .changed('StartInstances', time, { instanceId: 'i-1' })
        .calls('i-1', HOME, '10:00')
        .decisions('i-1')[0];
    expect(changed('09:00')).toBe('08:00 first-use trusted');
    expect(changed('10:00')).toBe('08:00 first-use trusted');
    expect(changed('08:00')).toBe('08:00 unexplained suspicious');
    expect(changed('11:00')).toBe('08:00 unexplained suspicious');
  });

  it('is not where another workload of the account calls from there too', () => {
    const shared = (account: string) =>
      behindNat()
        .calls('i-1', SECOND, '08:00')
        .calls('i-1', HOME, '10:00')
        .calls('i-9', SECOND, '07:00', { account })
        .decisions('i-1')[0];
    expect(shared(ACCOUNT)).toBe('08:00 first-use trusted');
    expect(shared(OTHER_ACCOUNT)).toBe('08:00 unexplained suspicious');
  });

  it('is not by an origin of another path', () => {
    const trail = new Trail()
      .changed('RunInstances', '06:00', launch)
      .calls('i-1', SECOND, '08:00')
      .calls('i-1', 'vpce-1/10.0.0.5', '10:00');
    expect(trail.decisions('i-1')[0]).toBe('08:00 first-use trusted');
  });

  it('is not by a later origin without a better claim, but by the one after', () => {
    const trail = behindNat()
      .calls('i-1', SECOND, '08:00')
      .calls('i-1', '198.51.100.91', '09:00')
      .calls('i-1', HOME, '10:00');
    expect(trail.decisions('i-1')[0]).toBe('08:00 unexplained suspicious');
  });
});

describe('judging', () => {
  it('reads one history and what surrounds it', () => {
    const trail = new Trail().calls('i-1', HOME, '08:00');
    const { history, subject, anchors } = trail.judgement('i-1');
    expect(subject).toMatchObject({ region: 'eu-west-1', life: null });
    expect(history.key).toBe(`aws/${ACCOUNT}/ec2-instance/i-1`);
    expect([...anchors].map(([path, anchor]) => [path, anchor.origin.ip, anchor.hours])).toEqual([
      ['public-ipv4', HOME, 1],
    ]);
  });

  it('knows the Region by the call, the issuance or the launch, in this order', () => {
    const region = (trail: Trail) => trail.judgement('i-1').subject.region;
    const launched = () => new Trail().changed('RunInstances', '06:00', { instanceId: 'i-1', region: 'us-west-2' });
    expect(region(launched().calls('i-1', HOME, '08:00', { region: null }))).toBe('us-west-2');
    expect(
      region(launched().calls('i-1', HOME, '08:00', { region: null }).issued('i-1', '07:00', { region: 'us-east-1' })),
    ).toBe('us-east-1');
    expect(
      region(
        launched()
          .calls('i-1', HOME, '08:00', { region: null })
          .calls('i-1', HOME, '09:00')
          .issued('i-1', '07:00', { region: 'us-east-1' }),
      ),
    ).toBe('eu-west-1');
    expect(region(new Trail().calls('i-1', HOME, '08:00', { region: null }))).toBeNull();
  });

  it('counts the hours at the anchor', () => {
    const trail = new Trail()
      .calls('i-1', HOME, ['08:00', '09:00', '11:00'])
      .calls('i-1', HOME, '09:10', { role: 'billing' })
      .calls('i-1', SECOND, '12:00');
    expect(trail.judgement('i-1').anchors.get('public-ipv4')?.hours).toBe(3);
  });
});
