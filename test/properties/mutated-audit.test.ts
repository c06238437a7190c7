import { readMutatedLines } from '../../bench/mutated-audit';

/** `npm run bench:audit-mutations` reads a hundred thousand. */
test('mutated lines of an audit log are read without throwing, and no token is kept', () => {
  const { lines, events, faults, leaks } = readMutatedLines(1_000, 20260901);

  expect(leaks).toEqual([]);
  expect(events).toBeGreaterThan(lines / 4);
  expect(faults).toBeGreaterThan(0);
});
