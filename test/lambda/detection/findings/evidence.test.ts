import { Trail } from '../trail';

const HOME = '198.51.100.10';
const OUTSIDE = '192.0.2.66';

function evidence(trail: Trail, id = 'i-1'): readonly string[] {
  return trail.detected().findings.find(({ workload }) => workload?.id === id)?.evidence ?? [];
}

describe('evidence', () => {
  it('says why, whose, and where the workload itself calls from', () => {
    const trail = new Trail().calls('i-1', HOME, '08:00').calls('i-1', OUTSIDE, '09:00');
    expect(evidence(trail)).toEqual([
      '192.0.2.66 is in no AWS range (ip-ranges.json of 2026-08-01-00-00-00).',
      `The workload itself calls from ${HOME} (first-use, since 2026-09-01T08:00:00Z).`,
    ]);
  });

  it('says so where there is nothing to compare with', () => {
    const alone = 'No origin of this workload is trusted yet, so there is nothing to compare with.';
    expect(evidence(new Trail().calls('i-1', OUTSIDE, '09:00'))).toContain(alone);
    const service = new Trail().calls('i-1', 'by s3.amazonaws.com', '08:00').calls('i-1', OUTSIDE, '09:00');
    expect(evidence(service)).toContain(alone);
  });

  it('names three of its own origins, the first ones', () => {
    const trustedNetworks = [{ cidr: '192.0.2.0/29' }];
    const trail = new Trail({ trustedNetworks }).calls('i-1', OUTSIDE, '09:00');
    for (const [index, time] of ['08:30', '08:00', '08:10', '08:20'].entries())
      trail.calls('i-1', `192.0.2.${index + 1}`, time);
    expect(evidence(trail).filter((line) => line.includes('itself calls from'))).toEqual([
      'The workload itself calls from 192.0.2.2 (declared, since 2026-09-01T08:00:00Z).',
      'The workload itself calls from 192.0.2.3 (declared, since 2026-09-01T08:10:00Z).',
      'The workload itself calls from 192.0.2.4 (declared, since 2026-09-01T08:20:00Z).',
    ]);
  });

  it('does not compare an origin with itself', () => {
    const trail = new Trail()
      .calls('i-1', HOME, ['08:00', '12:00'])
      .changed('AssociateAddress', '10:00', { instanceId: 'i-2', publicIps: [HOME] });
    expect(evidence(trail)).toContain(
      'No origin of this workload is trusted yet, so there is nothing to compare with.',
    );
  });
});

describe('the keys used', () => {
  const issued = (...keys: readonly (readonly [key: string, time: string])[]) => {
    const trail = new Trail().calls('i-1', HOME, '08:00', { accessKeyId: 'ASIAHOME' });
    for (const [key, time] of keys)
      trail
        .issued('i-1', time, { id: key, eventId: `issued ${key}`, accessKeyId: key })
        .calls('i-1', OUTSIDE, '10:00', { accessKeyId: key, id: key });
    return trail;
  };

  it('are named with their issuance', () => {
    expect(evidence(issued(['ASIA1', '07:00']))).toContain(
      'Access key ASIA1 was issued to this workload by ec2.amazonaws.com at 2026-09-01T07:00:00Z (record issued ASIA1).',
    );
  });

  it('are three at most, the first issued first', () => {
    const lines = evidence(issued(['ASIA1', '07:40'], ['ASIA3', '07:20'], ['ASIA2', '07:30'], ['ASIA4', '07:10']));
    expect(lines.filter((line) => line.startsWith('Access key')).map((line) => line.slice(11, 16))).toEqual([
      'ASIA4',
      'ASIA3',
      'ASIA2',
    ]);
  });

  it('are not named where no issuance was seen', () => {
    const trail = new Trail().calls('i-1', HOME, '08:00').calls('i-1', OUTSIDE, '10:00', { accessKeyId: 'ASIAUNSEEN' });
    expect(evidence(trail).join()).not.toContain('Key');
  });

  describe('have a twin', () => {
    const twin =
      'It was issued together with access key ASIA2, which the workload itself uses, at 2026-09-01T07:00:00Z.';
    const twins = (time: string, role = 'orders-api') =>
      issued(['ASIA1', '07:00']).issued('i-1', time, { id: 'ASIA2', accessKeyId: 'ASIA2', role });

    it('that the workload itself uses', () => {
      expect(evidence(twins('07:00').calls('i-1', HOME, '09:00', { accessKeyId: 'ASIA2' }))).toContain(twin);
    });

    it('that matters only where it is used', () => {
      expect(evidence(twins('07:00'))).not.toContain(twin);
    });

    it('that was issued in the same second to the same session', () => {
      const other = (time: string, role?: string) =>
        evidence(twins(time, role).calls('i-1', HOME, '09:00', { accessKeyId: 'ASIA2' }));
      expect(other('07:01')).not.toContain(twin);
      expect(other('07:00', 'billing')).not.toContain(twin);
    });

    it('that the attacker has not as well', () => {
      const both = twins('07:00')
        .calls('i-1', HOME, '09:00', { accessKeyId: 'ASIA2' })
        .calls('i-1', OUTSIDE, '11:00', { accessKeyId: 'ASIA2' });
      expect(evidence(both)).not.toContain(twin);
    });
  });
});

describe('the way the keys were delivered', () => {
  const delivered = (theirs: readonly (string | null)[], own: string | null) => {
    const trail = new Trail().calls('i-1', HOME, '08:00', { delivery: own });
    for (const [index, delivery] of theirs.entries()) trail.calls('i-1', OUTSIDE, `1${index}:00`, { delivery });
    return evidence(trail).filter((line) => line.includes('metadata service'));
  };

  it('is reported, and compared where it differs', () => {
    expect(delivered(['1.0'], '2.0')).toEqual([
      'The credentials used here were obtained from the instance metadata service by IMDSv1; calls from its other origins use IMDSv2.',
    ]);
    expect(delivered(['2.0'], '2.0')).toEqual([
      'The credentials used here were obtained from the instance metadata service by IMDSv2.',
    ]);
    expect(delivered(['2.0'], null)).toEqual([
      'The credentials used here were obtained from the instance metadata service by IMDSv2.',
    ]);
    expect(delivered(['2.0', '1.0'], '2.0')).toEqual([
      'The credentials used here were obtained from the instance metadata service by IMDSv1 and IMDSv2; calls from its other origins use IMDSv2.',
    ]);
    expect(delivered(['3.0'], '2.0')[0]).toContain('by 3.0; ');
  });

  it('is not reported where no record tells it', () => {
    expect(delivered([null], '2.0')).toEqual([]);
  });
});
