import type { Finding } from '../../../../lambda/detection/model/finding';
import { valueOf } from '../../../../lambda/detection/model/result';
import { parseSettings } from '../../../../lambda/detection/parse-settings';
import { readAuditEvent } from '../../../../lambda/kubernetes/read-audit-event';
import type { IsHeld } from '../../../../lambda/kubernetes/tokens/cluster-homes';
import { detectTokens } from '../../../../lambda/kubernetes/tokens/detect-tokens';
import { tokenFactsOf } from '../../../../lambda/kubernetes/tokens/read-token-facts';
import type { TokenFact } from '../../../../lambda/kubernetes/tokens/token-fact';
import { TokenFactSet } from '../../../../lambda/kubernetes/tokens/token-fact-set';
import { DEMO_CLUSTER } from '../audit-records';
import type { Line } from './token-records';

const UNKNOWN = { ownership: 'unknown', account: null, region: null, why: 'the owner is not known' } as const;

/** Locks hold inside the VPC. */
export const HELD_INSIDE: IsHeld = ({ place }) => place.startsWith('10.');
export const NEVER_HELD: IsHeld = () => false;

export function factsIn(lines: readonly Line[]): TokenFact[] {
  return lines.flatMap((line) => {
    const event = readAuditEvent(line, DEMO_CLUSTER);
    if (event === null || 'fault' in event) throw new Error('no event');
    return [...tokenFactsOf(event)];
  });
}

export function findingsOn(
  facts: readonly TokenFact[],
  isHeld: IsHeld = HELD_INSIDE,
  settings: object = {},
): readonly Finding[] {
  const set = new TokenFactSet();
  for (const fact of facts) set.add(fact);
  return detectTokens(set, { settings: valueOf(parseSettings(settings)), isHeld, ownerOf: () => UNKNOWN }).findings;
}

/** `HIGH ServiceAccountTokenOutside web-0 203.0.113.9` */
export function shownTokens(lines: readonly Line[], isHeld?: IsHeld, settings?: object): string[] {
  return findingsOn(factsIn(lines), isHeld, settings).map(
    ({ severity, type, workload, origin }) => `${severity} ${type} ${workload?.attributes['objectName']} ${origin?.ip}`,
  );
}
