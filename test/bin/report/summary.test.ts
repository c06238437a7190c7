import { NO_AUDIT, summary } from '../../../bin/report/summary';

function leftOut(skipped: ReadonlyMap<string, number>): string | undefined {
  const counts = { workloads: 1, sessions: 1, unproven: 0, disproved: 0, relayed: 0 };
  const detection = { findings: [], suppressed: [], counts };
  const read = { files: 1, records: 9, audit: NO_AUDIT, skipped, problems: [], digests: [] };
  return summary({ read, detection, findings: [], hidden: 0 })
    .split('\n')
    .find((line) => line.startsWith('Left out:'));
}

test('reasons that leave out as many records are in one order, whichever thread came upon them first', () => {
  const reasons = [
    ['no-event-time', 2],
    ['no-event-id', 2],
    ['no-account', 5],
  ] as const;
  expect(leftOut(new Map(reasons))).toBe('Left out: no-account: 5; no-event-id: 2; no-event-time: 2.');
  expect(leftOut(new Map([...reasons].reverse()))).toBe(leftOut(new Map(reasons)));
});
