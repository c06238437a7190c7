import { isTooOldToJudge, newestTime, oldestTime } from '../../../../lambda/detection/facts/retention';
import { foreignKey, at, Trail } from '../trail';

const HOME = '198.51.100.10';
const OUTSIDE = '192.0.2.66';

describe('the newest time', () => {
  it('is that of the latest issuance, change or sighting', () => {
    expect(newestTime(new Trail().facts)).toBe(0);
    expect(newestTime(new Trail().issued('i-1', '08:00').issued('i-1', '07:00').facts)).toBe(at('08:00'));
    expect(newestTime(new Trail().changed('StopInstances', '09:00').changed('StartInstances', '08:00').facts)).toBe(
      at('09:00'),
    );
    expect(
      newestTime(new Trail().calls('i-1', HOME, ['11:00', '08:00', '10:00']).calls('i-2', HOME, '07:00').facts),
    ).toBe(at('11:00'));
    expect(
      newestTime(
        new Trail().issued('i-1', '08:00').calls('i-1', HOME, '09:00').changed('StopInstances', '10:00').facts,
      ),
    ).toBe(at('10:00'));
  });

  it('is not that of keys of others', () => {
    const trail = new Trail().calls('i-1', HOME, '08:00');
    trail.facts.add(foreignKey('ASIA9', 'arn', null, '23:00'));
    expect(newestTime(trail.facts)).toBe(at('08:00'));
  });
});

describe('the oldest time', () => {
  it('is that of the earliest issuance, change or sighting', () => {
    expect(oldestTime(new Trail().facts)).toBe(Infinity);
    const trail = new Trail().calls('i-1', HOME, ['11:00', '09:00']).calls('i-2', HOME, '10:00');
    expect(oldestTime(trail.facts)).toBe(at('09:00'));
    expect(oldestTime(trail.changed('StopInstances', '08:00').changed('StartInstances', '12:00').facts)).toBe(
      at('08:00'),
    );
    expect(oldestTime(trail.issued('i-1', '07:00').issued('i-2', '08:00').facts)).toBe(at('07:00'));
  });
});

describe('a record', () => {
  it('comes too late to be judged by once the retention is over', () => {
    expect(isTooOldToJudge(at('09:00'), at('10d 09:00'), 10)).toBe(false);
    expect(isTooOldToJudge(at('09:00'), at('10d 09:00:01'), 10)).toBe(true);
  });
});

describe('a workload', () => {
  const later = (time: string) =>
    new Trail({ retentionDays: 10 })
      .calls('i-1', HOME, '08:00')
      .calls('i-1', OUTSIDE, '09:00')
      .changed('StopInstances', time, { instanceId: 'i-other' })
      .detected();

  it('is judged however long before the newest record it was last seen', () => {
    for (const time of ['10d 09:00', '10d 09:00:01', '4000d 09:00']) expect(later(time).findings).toHaveLength(1);
  });

  it('of which nothing is proven is counted, however old', () => {
    const trail = new Trail({ retentionDays: 10 })
      .calls('i-1', HOME, '08:00', { shown: 'shape' })
      .changed('StopInstances', '100d 09:00', { instanceId: 'i-other' });
    expect(trail.detected().counts).toMatchObject({ unproven: 1, workloads: 0 });
  });

  it('is judged by keys that expired before the newest record', () => {
    const trail = new Trail({ retentionDays: 10 })
      .issued('i-1', '07:00', { expires: at('08:00') })
      .calls('i-1', HOME, '07:30')
      .calls('i-1', OUTSIDE, '09:00')
      .changed('StopInstances', '20d 09:00', { instanceId: 'i-other' });
    expect(trail.detected().findings).toHaveLength(1);
  });

  it('is judged by an issuance without an expiry as well', () => {
    const trail = new Trail({ retentionDays: 10 })
      .issued('i-1', '07:00', { expires: null })
      .calls('i-1', HOME, '07:30')
      .calls('i-1', OUTSIDE, '09:00')
      .changed('StopInstances', '20d 09:00', { instanceId: 'i-other' });
    expect(trail.detected().findings).toHaveLength(1);
  });
});
