import type { Finding } from '../../../../lambda/detection/model/finding';
import type { Settings } from '../../../../lambda/detection/model/settings';
import { ACCOUNT, eni, OTHER_ACCOUNT, Trail } from '../trail';

/** `ruledOut` and `evidence` are what the judge found, so one other fact makes another reason. */
const HOME = '198.51.100.10';
const ATTACKER = '198.51.100.90';

function story(settings: Partial<Settings> = {}): Trail {
  return new Trail(settings).calls('i-1', HOME, ['10:00', '11:00']).calls('i-1', ATTACKER, '12:00');
}

function finding(trail: Trail): Finding {
  const { findings } = trail.detected();
  const [only] = findings;
  if (!only || findings.length > 1) throw new Error(`${findings.length} findings`);
  return only;
}

function because(trail: Trail, explanation: string): string {
  const reasons = finding(trail).ruledOut.filter((one) => one.explanation === explanation);
  return reasons.map((one) => one.because).join(' | ');
}

function decidedBy(trail: Trail, id = 'i-1'): string | undefined {
  return trail.decisions(id).at(-1);
}

describe('service-caller', () => {
  it('is ruled out for an address', () => {
    expect(because(story(), 'service-caller')).toBe('the call comes from an address, not from a service');
  });

  it('is the reason itself where a service calls without saying so', () => {
    const trail = new Trail().calls('i-1', HOME, '10:00').calls('i-1', 'cloudformation.amazonaws.com', '12:00');
    expect(finding(trail).evidence[0]).toBe(
      'The call comes from cloudformation.amazonaws.com, and no invokedBy shows that the service made it.',
    );
    expect(decidedBy(new Trail().calls('i-1', 'by cloudformation.amazonaws.com', '12:00'))).toBe(
      '12:00 service-caller trusted',
    );
  });
});

describe('declared-network', () => {
  const other = { cidr: '192.0.2.0/24' };

  it('is ruled out by what was declared', () => {
    expect(because(story(), 'declared-network')).toBe('no trustedNetworks are declared');
    expect(because(story({ trustedNetworks: [other] }), 'declared-network')).toBe(
      'none of the 1 declared trustedNetworks contains it for this account and role',
    );
    const notFor = { cidr: '198.51.100.0/24', accounts: [OTHER_ACCOUNT] };
    expect(because(story({ trustedNetworks: [other, notFor] }), 'declared-network')).toBe(
      'none of the 2 declared trustedNetworks contains it for this account and role',
    );
  });

  it('explains what was declared', () => {
    const trail = story({ trustedNetworks: [{ cidr: '198.51.100.88/29', why: 'proxy' }] });
    expect(trail.judgement('i-1').decisions.at(-1)).toMatchObject({
      rule: 'declared',
      because: 'declared',
      why: 'trustedNetworks declares 198.51.100.88/29 (proxy)',
      until: null,
    });
  });
});

describe('own-address', () => {
  const associated = (trail: Trail, time: string, id = 'i-1') =>
    trail.changed('AssociateAddress', time, { instanceId: id, publicIps: [ATTACKER], associationIds: ['eipassoc-1'] });

  it('is ruled out by what the records gave the workload', () => {
    expect(because(story(), 'own-address')).toBe('no record gives the workload any address');
    const launched = story().changed('RunInstances', '06:00', {
      instanceId: 'i-1',
      interfaces: [eni('eni-1', { privateIps: ['10.0.0.5', '10.0.0.6'] })],
    });
    expect(because(launched, 'own-address')).toBe('none of the 2 addresses the records gave it');
  });

  it('is ruled out by when they gave it', () => {
    expect(because(associated(story(), '13:30'), 'own-address')).toBe(
      `it has ${ATTACKER} only since 2026-09-01T13:30:00Z`,
    );
    const lost = associated(story(), '06:00').changed('DisassociateAddress', '10:30', {
      associationIds: ['eipassoc-1'],
    });
    expect(because(lost, 'own-address')).toBe(`it had ${ATTACKER} only until 2026-09-01T10:30:00Z`);
  });

  it('is ruled out by whoever had the address', () => {
    expect(because(associated(story(), '09:00', 'i-2'), 'own-address')).toBe(
      `i-2 of account ${ACCOUNT} had the address at the time`,
    );
  });

  it('explains what it gave in time', () => {
    expect(decidedBy(associated(story(), '11:30'))).toBe('12:00 own-address trusted');
  });
});

describe('locked-origin', () => {
  const moved = (time: string) =>
    new Trail()
      .calls('i-1', HOME, ['10:00', '13:00'])
      .changed('AssociateAddress', time, { instanceId: 'i-2', publicIps: [HOME] });

  it('is ruled out where the address went to another instance', () => {
    expect(because(moved('11:00'), 'locked-origin')).toBe(
      `the address went to i-2 of account ${ACCOUNT} at 2026-09-01T11:00:00Z`,
    );
    expect(finding(moved('11:00')).evidence[0]).toBe(
      `The address went to i-2 of account ${ACCOUNT} at 2026-09-01T11:00:00Z.`,
    );
  });

  it('is ruled out where the address was given back', () => {
    const released = new Trail()
      .changed('AllocateAddress', '06:00', { publicIps: [HOME], allocationIds: ['eipalloc-1'] })
      .calls('i-1', HOME, ['10:00', '13:00'])
      .changed('ReleaseAddress', '11:30', { allocationIds: ['eipalloc-1'] });
    expect(because(released, 'locked-origin')).toBe('the address was released at 2026-09-01T11:30:00Z');
  });

  it('explains what did not move', () => {
    expect(decidedBy(moved('14:00'))).toBe('13:00 locked trusted');
  });
});

describe('first-use', () => {
  it('is ruled out by the first use', () => {
    expect(because(story(), 'first-use')).toBe(
      `its first use on the public IPv4 path was ${HOME} at 2026-09-01T10:00:00Z`,
    );
  });

  it('is ruled out by what the address is', () => {
    const reason = (place: string) =>
      because(new Trail().calls('i-1', HOME, '10:00').calls('i-1', place, '12:00'), 'first-use');
    expect(reason('192.0.2.66')).toBe('192.0.2.66 is in no AWS range');
    expect(reason('203.0.113.130')).toBe('203.0.113.130 belongs to AWS, but is in no EC2 range');
    expect(reason('198.51.100.200')).toBe('198.51.100.200 is in us-east-1, the workload in eu-west-1');
    expect(reason('10.0.0.9')).toBe('a private address without a VPC endpoint cannot be a first use');
  });

  it('is ruled out by who has the better claim', () => {
    const trail = story().changed('AssociateAddress', '06:00', { instanceId: 'i-1', publicIps: [ATTACKER] });
    expect(because(trail, 'first-use')).toBe(
      `it was the first, but ${ATTACKER} has the better claim: AssociateAddress gave ${ATTACKER} to it`,
    );
  });

  it('explains the first', () => {
    expect(story().decisions('i-1')[0]).toBe('10:00 first-use trusted');
  });
});

describe('address-change', () => {
  const started = (time: string) => story().changed('StartInstances', time, { instanceId: 'i-1' });

  it('is ruled out where nothing changed', () => {
    expect(because(story(), 'address-change')).toBe('no ENI, EIP or start event for this workload before the call');
    expect(because(started('14:00'), 'address-change')).toBe(
      'no ENI, EIP or start event for this workload before the call',
    );
  });

  it('is ruled out where the old address was seen again', () => {
    expect(because(started('10:30'), 'address-change')).toBe(
      'after StartInstances at 2026-09-01T10:30:00Z the old address was seen again',
    );
  });

  it('is ruled out where another origin was the first', () => {
    const trail = new Trail()
      .calls('i-1', HOME, '10:00')
      .changed('StartInstances', '11:00', { instanceId: 'i-1' })
      .calls('i-1', '198.51.100.11', '11:30')
      .calls('i-1', ATTACKER, '12:00');
    expect(because(trail, 'address-change')).toBe(
      'StartInstances at 2026-09-01T11:00:00Z allows one new address, and another origin was the first',
    );
  });

  it('is ruled out where the change allows no address like this', () => {
    const trail = new Trail()
      .calls('i-1', HOME, '10:00')
      .changed('StartInstances', '11:00', { instanceId: 'i-1' })
      .calls('i-1', '192.0.2.66', '12:00');
    expect(because(trail, 'address-change')).toBe(
      'StartInstances at 2026-09-01T11:00:00Z allows a new address, but not one like this',
    );
  });

  it('is ruled out where the change was long ago', () => {
    const trail = new Trail()
      .changed('AssociateAddress', '09:00', { instanceId: 'i-1', allocationIds: ['eipalloc-9'] })
      .calls('i-1', HOME, '10:00')
      .calls('i-1', ATTACKER, '1d 12:00');
    expect(because(trail, 'address-change')).toBe(
      'the last change, AssociateAddress at 2026-09-01T09:00:00Z, was more than 24 h before the call or on another path',
    );
  });

  it('explains the first new address', () => {
    expect(decidedBy(started('11:30'))).toBe('12:00 first-use trusted');
    expect(started('11:30').judgement('i-1').decisions.at(-1)).toMatchObject({
      because: 'door',
      why: `StartInstances at 2026-09-01T11:30:00Z gave the workload an address that no record names; ${ATTACKER} is an EC2 address of eu-west-1`,
      events: ['StartInstances 11:30 i-1'],
    });
  });
});

describe('shared-egress', () => {
  const neighbours = (count: number, hours = ['08:00', '09:00']) => {
    const trail = story();
    for (let index = 0; index < count; index += 1) trail.calls(`i-n${index}`, ATTACKER, hours);
    return trail;
  };

  it('is ruled out by how many share it', () => {
    expect(because(story(), 'shared-egress')).toBe(
      `0 other workloads of the account are anchored at ${ATTACKER} and were seen there in two hours; 3 are needed`,
    );
    expect(because(neighbours(2), 'shared-egress')).toContain('2 other workloads of the account are anchored');
    expect(because(neighbours(3, ['08:00']), 'shared-egress')).toContain(
      '0 other workloads of the account are anchored',
    );
  });

  it('is ruled out by the one instance that has it', () => {
    const trail = story().changed('AssociateAddress', '06:00', { instanceId: 'i-2', publicIps: [ATTACKER] });
    expect(because(trail, 'shared-egress')).toBe(`${ATTACKER} belongs to i-2 alone`);
  });

  it('is ruled out where the workload was at its own place for two hours before, and is there again', () => {
    const back = (trail: Trail) => trail.calls('i-1', HOME, '13:00');
    expect(because(back(neighbours(3)), 'shared-egress')).toBe(
      `the workload was established at ${HOME} before, and still calls from there`,
    );
    expect(finding(back(neighbours(3)))).toMatchObject({ type: 'SameAccount', severity: 'MEDIUM', contested: false });
    const sooner = new Trail().calls('i-1', HOME, '11:00').calls('i-1', ATTACKER, '12:00').calls('i-1', HOME, '13:00');
    for (const id of ['i-2', 'i-3', 'i-4']) sooner.calls(id, ATTACKER, ['08:00', '09:00']);
    expect(sooner.decisions('i-1')).toEqual([
      '11:00 unexplained suspicious',
      '12:00 shared-egress trusted',
      '13:00 unexplained suspicious',
    ]);
  });

  it('explains what enough share', () => {
    expect(decidedBy(neighbours(3))).toBe('12:00 shared-egress trusted');
  });
});

describe('foreign-endpoint', () => {
  const through = (owner: string, settings: Partial<Settings> = {}) =>
    new Trail(settings)
      .changed('RunInstances', '06:00', { instanceId: 'i-1', interfaces: [eni('eni-1', { privateIps: ['10.0.0.5'] })] })
      .calls('i-1', 'vpce-1/10.0.0.5', '10:00')
      .calls('i-1', `vpce-2@${owner}/10.0.0.9`, '12:00');

  it('is ruled out where the endpoint is ours', () => {
    expect(because(through(ACCOUNT), 'foreign-endpoint')).toBe(
      `vpce-2 belongs to account ${ACCOUNT} of the organisation, so only its address is in question`,
    );
  });

  it('is the reason itself where it is not', () => {
    const listed = through(OTHER_ACCOUNT, { organizationAccounts: [ACCOUNT] });
    expect(finding(listed)).toMatchObject({ type: 'ForeignEndpoint', severity: 'HIGH' });
    expect(finding(listed).evidence[0]).toBe(
      `vpce-2 belongs to account ${OTHER_ACCOUNT}, which is not in the organisation.`,
    );
    const unlisted = through(OTHER_ACCOUNT);
    expect(finding(unlisted)).toMatchObject({ type: 'ForeignEndpoint', severity: 'HIGH' });
    expect(finding(unlisted).evidence[0]).toBe(
      `vpce-2 belongs to account ${OTHER_ACCOUNT}, of which no record was seen, and the workload’s first calls came from elsewhere.`,
    );
  });
});

describe('the trace', () => {
  it('names the explanations in the order of the rules', () => {
    expect(finding(story()).ruledOut.map(({ explanation }) => explanation)).toEqual([
      'service-caller',
      'declared-network',
      'own-address',
      'first-use',
      'address-change',
      'shared-egress',
    ]);
  });

  it('ends with the rule that decided', () => {
    const dead = story().changed('TerminateInstances', '11:30', { instanceId: 'i-1' });
    expect(finding(dead)).toMatchObject({ type: 'AfterTermination', firstSeen: '2026-09-01T12:00:00Z' });
    expect(finding(dead).ruledOut.map(({ explanation }) => explanation)).toEqual(['service-caller']);
    expect(finding(dead).evidence.slice(0, 1)).toEqual(['The EC2 instance was terminated at 2026-09-01T11:30:00Z.']);
    expect(finding(dead).evidence).toContain('See record TerminateInstances 11:30 i-1.');
  });
});
