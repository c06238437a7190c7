import { securityHubFindings } from '../../lambda/adapters/security-hub/security-hub-findings';
import { comparable, replayed, type Story } from './live-run';
import type { WireEnd } from './wire-run';

/** The same findings on the bus and in Security Hub, and nothing set aside. */
export function expectAsReplayed(end: WireEnd, story: Story): void {
  const expected = replayed(story);
  expect(end.findings.map(comparable)).toEqual(expected.map(comparable));
  expect([...end.imported].sort()).toEqual(
    securityHubFindings(expected)
      .map(({ id }) => id)
      .sort(),
  );
  expect(end.setAside).toEqual([]);
}

/** Whether it ended as replay does. */
export function isAsReplayed(end: WireEnd, story: Story): boolean {
  const plain = (findings: readonly object[]): string => JSON.stringify(findings);
  return plain(end.findings.map(comparable)) === plain(replayed(story).map(comparable));
}
