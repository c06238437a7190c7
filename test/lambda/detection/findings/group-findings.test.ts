import type { Finding } from '../../../../lambda/detection/model/finding';
import { highest } from '../../../../lambda/detection/findings/group-findings';
import { sameOriginMembers } from '../../../../lambda/detection/findings/same-origin-members';
import type { Settings } from '../../../../lambda/detection/model/settings';
import { ACCOUNT, OTHER_ACCOUNT, Trail } from '../trail';

const PROXY = '192.0.2.40';
const OLD = '198.51.100.10';
const NEW = '198.51.100.90';

function fleet(size: number): string[] {
  return Array.from({ length: size }, (_, index) => `i-${index}`);
}

function groups(trail: Trail, type?: string): Finding[] {
  return trail
    .detected()
    .findings.filter((finding) => finding.workload === null && finding.type === (type ?? finding.type));
}

function singles(trail: Trail): Finding[] {
  return trail.detected().findings.filter((finding) => finding.workload !== null);
}

describe('an egress nobody declared', () => {
  const behind = (size: number, settings: Partial<Settings> = {}) => {
    const trail = new Trail(settings);
    for (const [index, id] of fleet(size).entries()) trail.calls(id, PROXY, [`08:${10 + index}`, '09:00']);
    return trail;
  };

  it('is one finding for five workloads that were seen nowhere else', () => {
    const [group, ...others] = groups(behind(5));
    expect(others).toEqual([]);
    expect(singles(behind(5))).toEqual([]);
    expect(group).toMatchObject({
      id: `credlock/aws/undeclared-egress/${PROXY}`,
      incidentId: `credlock/incident/aws/undeclared-egress/${PROXY}`,
      type: 'UndeclaredEgress',
      severity: 'HIGH',
      contested: false,
      title: `5 workloads call only from ${PROXY}: an undeclared egress, or one attacker`,
      description: `All of them were seen at ${PROXY} and at no plausible public origin, and nothing shows that it is theirs. If this is your own egress (a proxy, a VPN, Direct Connect), declare it: trustedNetworks: [{ "cidr": "${PROXY}/32" }].`,
      workload: null,
      origin: { ip: PROXY, ownership: 'outside-aws' },
      lock: [],
      firstSeen: '2026-09-01T08:10:00Z',
      lastSeen: '2026-09-01T09:00:00Z',
      calls: 10,
      callsAtLeast: null,
      evidence: [`${PROXY} is in no AWS range (ip-ranges.json of 2026-08-01-00-00-00).`],
      advice: [
        'If this is your own egress, add it to trustedNetworks with the accounts it serves.',
        'If it is not, treat every workload listed as compromised.',
      ],
    });
    expect(group?.workloads?.map(({ id }) => id)).toEqual(fleet(5));
    expect(group?.sessions).toHaveLength(5);
    expect(new Set(group?.events.map(({ accessKeyId }) => accessKeyId)).size).toBe(5);
  });

  it('is none of four', () => {
    expect([groups(behind(4)), singles(behind(4)).length]).toEqual([[], 4]);
  });

  it('leaves out workloads with a plausible address, and addresses that one workload alone uses', () => {
    const home = behind(5).calls('i-0', OLD, '10:00');
    expect([groups(home, 'UndeclaredEgress'), singles(home).length]).toEqual([[], 5]);
    const home6 = behind(5).calls('i-0', '2001:db8:e1::5', '10:00');
    expect(groups(home6, 'UndeclaredEgress')).toEqual([]);
    const elsewhere = behind(5).calls('i-0', '192.0.2.41', '10:00');
    expect(groups(elsewhere)[0]?.workloads).toHaveLength(5);
    expect(singles(elsewhere).map(({ origin }) => origin?.ip)).toEqual(['192.0.2.41']);
    const through = behind(5).calls('i-0', 'vpce-1/10.0.0.5', '10:00').calls('i-1', 'by s3.amazonaws.com', '10:00');
    expect(groups(through)).toHaveLength(1);
  });

  it('says how many calls there were at least', () => {
    const trail = behind(5);
    for (let index = 0; index < 210; index += 1)
      trail.calls('i-0', PROXY, `09:${10 + (index % 50)}:${10 + Math.floor(index / 50)}`, { id: `flood ${index}` });
    expect(groups(trail)[0]).toMatchObject({ calls: null, callsAtLeast: 208 });
  });

  it('names an IPv6 address as a network too', () => {
    const trail = new Trail();
    for (const id of fleet(5)) trail.calls(id, '2001:db8:ffff::5', '08:00');
    expect(groups(trail)[0]?.description).toContain('"2001:db8:ffff::5/128"');
  });

  it('is one over several accounts of a partition, not over partitions', () => {
    const accounts = new Trail();
    for (const [index, id] of fleet(5).entries())
      accounts.calls(id, PROXY, '08:00', { account: index < 3 ? ACCOUNT : OTHER_ACCOUNT });
    expect(groups(accounts)[0]?.workloads).toHaveLength(5);
    const partitions = new Trail();
    for (const [index, id] of fleet(5).entries()) {
      const workload = { partition: index < 3 ? 'aws' : 'aws-cn', account: ACCOUNT, kind: 'ec2-instance', id };
      partitions.calls(id, PROXY, '08:00', { workload });
    }
    expect(groups(partitions)).toEqual([]);
  });

  it('is not made of those that were dead', () => {
    const trail = behind(5).changed('TerminateInstances', '07:00', { instanceId: 'i-0' });
    expect(groups(trail, 'UndeclaredEgress')).toEqual([]);
    expect(singles(trail).map(({ type }) => type)).toContain('AfterTermination');
  });
});

describe('an egress that moved', () => {
  const moved = (
    size: number,
    times: (index: number) => string = (index) => `10:${10 + index}`,
    to = NEW,
    from = OLD,
  ) => {
    const trail = new Trail();
    for (const [index, id] of fleet(size).entries())
      trail.calls(id, from, ['07:00', '08:00']).calls(id, to, times(index));
    return trail;
  };

  it('is one finding for five workloads that were first seen there within an hour', () => {
    const [group, ...others] = groups(moved(5));
    expect(others).toEqual([]);
    expect(singles(moved(5))).toEqual([]);
    expect(group).toMatchObject({
      id: `credlock/aws/egress-moved/${OLD}/${NEW}`,
      type: 'EgressMoved',
      severity: 'MEDIUM',
      title: `5 workloads moved together to ${NEW}`,
      description: `Workloads that shared an address were all first seen at ${NEW} within an hour, as when a NAT gateway or a route is replaced. No record of such a change was seen.`,
      lock: [{ origin: { ip: OLD } }],
      firstSeen: '2026-09-01T10:10:00Z',
    });
  });

  it('is none of four, nor of five over more than an hour', () => {
    expect(groups(moved(4))).toEqual([]);
    const last = (time: string) => groups(moved(5, (index) => (index === 4 ? time : '10:10'))).map(({ type }) => type);
    expect(last('11:10')).toEqual(['EgressMoved']);
    expect(last('11:10:01')).toEqual(['SameOrigin']);
  });

  it('takes the most that moved within an hour, the earliest of equals', () => {
    const times = ['09:00', '10:30', '10:40', '10:50', '11:10', '11:20', '13:00'];
    const trail = moved(7, (index) => times[index] ?? '10:00');
    expect(groups(trail)[0]?.workloads?.map(({ id }) => id)).toEqual(['i-1', 'i-2', 'i-3', 'i-4', 'i-5']);
    expect(singles(trail).map(({ workload }) => workload?.id)).toEqual(['i-0', 'i-6']);
    const equals = ['09:00', '09:00', '09:00', '09:00', '09:00', '12:00', '12:00', '12:00', '12:00', '12:00'];
    expect(
      groups(
        moved(10, (index) => equals[index] ?? ''),
        'EgressMoved',
      )[0]?.firstSeen,
    ).toBe('2026-09-01T09:00:00Z');
  });

  it('is at least half of those that were at the old address', () => {
    const left = (stay: number) => {
      const trail = moved(5);
      for (const id of fleet(stay)) trail.calls(`stay-${id}`, OLD, '07:00');
      return groups(trail, 'EgressMoved').length;
    };
    expect([left(5), left(6)]).toEqual([1, 0]);
  });

  it('is never to an address outside AWS, or of nobody known', () => {
    expect(groups(moved(5, undefined, PROXY), 'EgressMoved')).toEqual([]);
    expect(groups(moved(5).withoutRanges(), 'EgressMoved')).toEqual([]);
  });

  it('is one for each address it moved from', () => {
    const trail = moved(5);
    for (const id of fleet(5))
      trail.calls(`b-${id}`, '198.51.100.11', ['07:00', '08:00']).calls(`b-${id}`, NEW, '10:20');
    expect(groups(trail).map(({ id }) => id)).toEqual([
      `credlock/aws/egress-moved/${OLD}/${NEW}`,
      `credlock/aws/egress-moved/198.51.100.11/${NEW}`,
    ]);
  });
});

describe('a service that calls for a role', () => {
  it('is reported once for each role and service, by the first call', () => {
    const trail = new Trail()
      .calls('i-2', 'appstream.amazonaws.com', '09:00')
      .calls('i-1', 'appstream.amazonaws.com', '10:00')
      .calls('i-3', 'appstream.amazonaws.com', '09:00')
      .calls('i-1', 'appstream.amazonaws.com', '10:00', { role: 'billing' })
      .calls('i-1', 'glue.amazonaws.com', '08:00')
      .calls('i-1', 'appstream.amazonaws.com', '10:00', { account: OTHER_ACCOUNT });
    expect(
      trail
        .detected()
        .findings.map(({ id, workload }) => `${id} ${workload?.id ?? ''}`)
        .sort(),
    ).toEqual([
      `credlock/aws/${ACCOUNT}/unattributed-service/billing/appstream.amazonaws.com i-1`,
      `credlock/aws/${ACCOUNT}/unattributed-service/orders-api/appstream.amazonaws.com i-2`,
      `credlock/aws/${ACCOUNT}/unattributed-service/orders-api/glue.amazonaws.com i-1`,
      `credlock/aws/${OTHER_ACCOUNT}/unattributed-service/orders-api/appstream.amazonaws.com i-1`,
    ]);
  });

  it('has the role in its id', () => {
    const trail = new Trail()
      .calls('i-1', 'glue.amazonaws.com', '10:00', { role: 'billing' })
      .calls('i-2', 'glue.amazonaws.com', '10:00');
    expect(
      trail
        .detected()
        .findings.map(({ id }) => id)
        .sort(),
    ).toEqual([
      `credlock/aws/${ACCOUNT}/unattributed-service/billing/glue.amazonaws.com`,
      `credlock/aws/${ACCOUNT}/unattributed-service/orders-api/glue.amazonaws.com`,
    ]);
  });
});

describe('one place', () => {
  const attacker = (size: number, ip = '192.0.2.66') => {
    const trail = new Trail();
    for (const [index, id] of fleet(size).entries())
      trail.calls(id, `198.51.100.${10 + index}`, '08:00').calls(id, ip, ['10:00', '11:00']);
    return trail;
  };

  it('with the credentials of five workloads is a group beside its members', () => {
    expect(groups(attacker(4))).toEqual([]);
    const [group] = groups(attacker(5));
    expect(group).toMatchObject({
      id: 'credlock/aws/same-origin/192.0.2.66',
      type: 'SameOrigin',
      severity: 'HIGH',
      title: 'Credentials of 5 workloads used from one place: 192.0.2.66',
      description: '192.0.2.66 used credentials of several workloads. Each of them has its own finding.',
      lock: [],
      contested: false,
      calls: 10,
    });
    expect(singles(attacker(5))).toHaveLength(5);
  });

  it('names 500 workloads, among them one of each account and role, and counts the others', () => {
    const trail = new Trail();
    for (const id of fleet(620)) trail.calls(id, '192.0.2.66', '10:00');
    trail.calls('i-9990', '192.0.2.66', '10:00', { role: 'admin' });
    trail.calls('i-9991', '192.0.2.66', '10:00', { account: OTHER_ACCOUNT });
    const [group] = groups(trail, 'UndeclaredEgress');
    expect(group).toMatchObject({ workloadsLeftOut: 122, calls: 622 });
    expect(group?.title).toContain('622 workloads');
    expect(group?.workloads).toHaveLength(500);
    expect(group?.sessions).toHaveLength(500);
    expect(group?.events).toHaveLength(500);
    expect(group?.workloads?.map(({ id }) => id)).toEqual(expect.arrayContaining(['i-9990', 'i-9991']));
  });

  it('stands for all findings at its place where it does not name all workloads', () => {
    const trail = new Trail();
    for (const id of fleet(510)) trail.calls(id, '198.51.100.10', '08:00').calls(id, '192.0.2.66', ['10:00', '11:00']);
    const { findings } = trail.detected();
    const [group] = findings.filter(({ type }) => type === 'SameOrigin');
    expect(group?.workloadsLeftOut).toBe(10);
    expect(sameOriginMembers(findings).size).toBe(510);
  });

  it('is as severe as the highest of its members', () => {
    const trail = attacker(6, '198.51.100.90').changed('AssociateAddress', '06:00', {
      instanceId: 'i-9',
      publicIps: ['198.51.100.90'],
    });
    expect(groups(trail)[0]?.severity).toBe('MEDIUM');
    expect(highest(['LOW', 'HIGH', 'MEDIUM'])).toBe('HIGH');
    expect(highest(['INFORMATIONAL', 'LOW'])).toBe('LOW');
    expect(highest([])).toBe('INFORMATIONAL');
  });

  it('is no service', () => {
    const trail = new Trail();
    for (const id of fleet(7)) trail.calls(id, 'glue.amazonaws.com', '10:00', { role: `role-${id}` });
    expect(groups(trail)).toEqual([]);
    expect(singles(trail)).toHaveLength(7);
  });

  it('is no console', () => {
    const trail = new Trail();
    for (const id of fleet(7)) trail.calls(id, '198.51.100.20', '10:00', { did: 4 });
    expect(groups(trail)).toEqual([]);
  });

  it('is an endpoint and a private address together', () => {
    const trail = new Trail();
    for (const [index, id] of fleet(6).entries())
      trail.calls(id, `vpce-1/10.0.0.${index}`, '08:00').calls(id, 'vpce-9/10.0.1.1', '10:00');
    expect(groups(trail)[0]?.id).toBe('credlock/aws/same-origin/vpce-9/10.0.1.1');
    const apart = new Trail();
    for (const [index, id] of fleet(6).entries())
      apart.calls(id, `vpce-1/10.0.0.${index}`, '08:00').calls(id, `vpce-${index + 2}/10.0.1.1`, '10:00');
    expect(groups(apart)).toEqual([]);
  });
});
