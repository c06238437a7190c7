import { ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';

/** An attacker at `count` addresses, one a minute from 10:10 on. */
function flood(count: number, most = 3): Trail {
  const trail = new Trail({ maxOriginsPerWorkload: most }).calls('i-1', HOME, '08:00');
  for (let index = 0; index < count; index += 1)
    trail.calls('i-1', `192.0.2.${index}`, [`10:${10 + index}`, `11:${10 + index}`], { accessKeyId: `ASIA${index}` });
  return trail;
}

describe('a flood of origins', () => {
  it('within the limit is shown as it is', () => {
    expect(flood(3).found()).toEqual([0, 1, 2].map((index) => `HIGH OutsideAWS i-1 192.0.2.${index}`));
  });

  it('beyond it is one finding for the rest', () => {
    const { findings } = flood(6).detected();
    expect(findings.map(({ type, origin }) => `${type} ${origin?.ip ?? '-'}`)).toEqual([
      'OutsideAWS 192.0.2.0',
      'OutsideAWS 192.0.2.1',
      'OutsideAWS 192.0.2.2',
      'ManyOrigins -',
    ]);
    expect(findings.at(-1)).toMatchObject({
      id: `credlock/aws/${ACCOUNT}/ec2-instance/i-1/many-origins`,
      incidentId: `credlock/incident/aws/${ACCOUNT}/ec2-instance/i-1`,
      severity: 'HIGH',
      contested: false,
      title: 'Credentials of i-1 used from 3 more untrusted origins',
      description:
        '3 untrusted origins have findings of their own; 3 more were seen between 2026-09-01T10:13:00Z and 2026-09-01T11:15:00Z.',
      workload: { id: 'i-1' },
      sessions: [{ role: 'orders-api', accessKeyIds: ['ASIA3', 'ASIA4', 'ASIA5'] }],
      firstSeen: '2026-09-01T10:13:00Z',
      lastSeen: '2026-09-01T11:15:00Z',
      calls: null,
      callsAtLeast: 6,
      evidence: ['3 more of type OutsideAWS (HIGH): 192.0.2.3, 192.0.2.4, 192.0.2.5.'],
      ruledOut: [],
    });
    expect(findings.at(-1)?.events.map(({ id }) => id)).toEqual(
      [3, 4, 5].map((index) => `call 10:${10 + index} ASIA${index} 192.0.2.${index}`),
    );
  });

  it('names ten of the rest, and one event of as many as are shown', () => {
    const last = flood(14, 2).detected().findings.at(-1);
    const named = Array.from({ length: 10 }, (_, index) => `192.0.2.${index + 2}`).join(', ');
    expect(last?.evidence).toEqual([`12 more of type OutsideAWS (HIGH): ${named} and 2 more.`]);
    expect(last?.events).toHaveLength(2);
  });

  it('keeps the keys of each session apart', () => {
    const trail = flood(3)
      .calls('i-1', '192.0.2.90', '12:00', { role: 'billing', accessKeyId: 'ASIAB' })
      .calls('i-1', '192.0.2.91', '12:01');
    expect(
      trail
        .detected()
        .findings.at(-1)
        ?.sessions.map(({ role, accessKeyIds }) => [role, ...accessKeyIds]),
    ).toEqual([
      ['billing', 'ASIAB'],
      ['orders-api', 'ASIA-i-1'],
    ]);
  });

  it('is cut by time, then by origin', () => {
    const trail = new Trail({ maxOriginsPerWorkload: 2 }).calls('i-1', HOME, '08:00');
    for (const ip of ['192.0.2.3', '192.0.2.1', '192.0.2.2'])
      trail.calls('i-1', ip, '10:00', { id: `e${9 - Number(ip.at(-1))}` });
    expect(trail.found().sort()).toEqual([
      'HIGH ManyOrigins i-1 -',
      'HIGH OutsideAWS i-1 192.0.2.1',
      'HIGH OutsideAWS i-1 192.0.2.2',
    ]);
  });

  it('counts at least what was kept', () => {
    const trail = flood(4);
    for (let index = 0; index < 230; index += 1)
      trail.calls('i-1', '192.0.2.3', `11:${14 + (index % 40)}:${10 + Math.floor(index / 40)}`, {
        id: `x${index}`,
        accessKeyId: 'ASIA3',
      });
    expect(trail.detected().findings.at(-1)?.callsAtLeast).toBe(200);
  });

  it('hides no other type: the first of each has its own finding, and the rest keep the worst', () => {
    const trail = flood(4)
      .calls('i-1', 'glue.amazonaws.com', '13:00')
      .calls('i-1', '198.51.100.200', '13:01')
      .calls('i-1', '198.51.100.201', '13:02');
    expect(trail.found()).toEqual([
      ...[0, 1, 2].map((index) => `HIGH OutsideAWS i-1 192.0.2.${index}`),
      'HIGH ManyOrigins i-1 -',
      'LOW UnattributedService i-1 glue.amazonaws.com',
      'HIGH InsideAWS i-1 198.51.100.200',
    ]);
    const many = trail.detected().findings.find(({ type }) => type === 'ManyOrigins');
    expect(many?.evidence).toEqual([
      '1 more of type OutsideAWS (HIGH): 192.0.2.3.',
      '1 more of type InsideAWS (HIGH): 198.51.100.201.',
    ]);
  });

  it('of later origins replaces no finding', () => {
    const before = flood(4).found();
    const worse = flood(4);
    for (const ip of ['192.0.2.90', '192.0.2.91', '192.0.2.92']) worse.calls('i-1', ip, '14:00');
    expect(worse.found().slice(0, 3)).toEqual(before.slice(0, 3));
  });
});
