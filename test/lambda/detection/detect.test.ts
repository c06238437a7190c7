import { detect, isAtLeast } from '../../../lambda/detection/detect';
import { ec2Instance } from '../../../lambda/detection/kinds/ec2-instance';
import { sessionArn, foreignKey, Trail } from './trail';

const HOME = '198.51.100.10';
const OUTSIDE = '192.0.2.66';

describe('detection', () => {
  it('counts what it judged', () => {
    const relays = [{ action: 'sts:GetCallerIdentity', cidr: '192.0.2.64/29' }];
    const trail = new Trail({ relays })
      .calls('i-1', HOME, ['08:00', '09:00'])
      .calls('i-1', HOME, '10:00', { role: 'billing' })
      .calls('i-1', OUTSIDE, ['08:00', '09:00'], { did: 2 })
      .calls('i-2', HOME, '08:00')
      .calls('i-3', HOME, ['08:00', '09:00', '10:00'], { shown: 'shape', accessKeyId: 'ASIA7' })
      .calls('i-3', HOME, '08:00', { shown: 'shape', accessKeyId: 'ASIA9' })
      .issued('i-4', '08:00');
    trail.facts.add(foreignKey('ASIA9', sessionArn('i-3'), null));
    expect(trail.detected().counts).toEqual({
      workloads: 2,
      sessions: 3,
      unproven: 3,
      disproved: 1,
      relayed: 2,
    });
  });

  it('gives findings by first sighting, then id', () => {
    const trail = new Trail()
      .calls('i-2', OUTSIDE, '09:00')
      .calls('i-1', OUTSIDE, '09:00')
      .calls('i-3', OUTSIDE, '08:00')
      .calls('i-4', OUTSIDE, '10:00');
    expect(trail.found().map((line) => line.split(' ')[2])).toEqual(['i-3', 'i-1', 'i-2', 'i-4']);
  });

  it('gives suppressed findings in the same order, and shows none of them', () => {
    const suppressions = [{ reason: 'r', owner: 'o', expires: '2026-12-31', cidr: '192.0.2.0/24' }];
    const trail = new Trail({ suppressions, serviceCallerFindings: true })
      .calls('i-2', OUTSIDE, '09:00')
      .calls('i-1', OUTSIDE, '09:00')
      .calls('i-3', OUTSIDE, '08:00')
      .calls('i-3', 'by s3.amazonaws.com', '08:00');
    const { findings, suppressed } = trail.detected();
    expect(findings.map(({ type }) => type)).toEqual(['ServiceCaller']);
    expect(suppressed.map(({ workload }) => workload?.id)).toEqual(['i-3', 'i-1', 'i-2']);
  });

  it('suppresses what is reported late too', () => {
    const suppressions = [{ reason: 'r', owner: 'o', expires: '2026-12-31', types: ['ManyOrigins' as const] }];
    const trail = new Trail({ suppressions, maxOriginsPerWorkload: 1 })
      .calls('i-1', OUTSIDE, '09:00')
      .calls('i-1', '192.0.2.67', '09:10');
    const { findings, suppressed } = trail.detected();
    expect([findings, suppressed].map((list) => list.map(({ type }) => type))).toEqual([
      ['OutsideAWS'],
      ['ManyOrigins'],
    ]);
  });

  it('looks for the kinds it is given, or those the settings name', () => {
    const trail = new Trail({ workloads: [] }).calls('i-1', OUTSIDE, '09:00');
    const given = { facts: trail.facts, settings: trail.allSettings, ipRanges: trail.ranges };
    expect(detect(given).findings).toEqual([]);
    expect(detect({ ...given, kinds: [ec2Instance] }).findings).toHaveLength(1);
  });

  it('shows every judgement to whoever asks, with its findings', () => {
    const trail = new Trail().calls('i-1', OUTSIDE, '09:00').calls('i-2', HOME, '09:00');
    const seen: string[] = [];
    const onJudgement: Parameters<typeof detect>[0]['onJudgement'] = ({ history }, findings) =>
      void seen.push(`${history.workload.id} ${findings.map(({ type }) => type).join()}`);
    detect({ facts: trail.facts, settings: trail.allSettings, ipRanges: trail.ranges, onJudgement });
    expect(seen.sort()).toEqual(['i-1 OutsideAWS', 'i-2 ']);
  });
});

describe('a severity', () => {
  it('is at least itself and all below it', () => {
    const [finding] = new Trail().calls('i-1', 'glue.amazonaws.com', '09:00').detected().findings;
    if (!finding) throw new Error('no finding');
    expect(
      (['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH'] as const).map((severity) => isAtLeast(finding, severity)),
    ).toEqual([true, true, false, false]);
  });
});
