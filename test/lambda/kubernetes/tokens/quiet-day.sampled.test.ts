import { detect } from '../../../../lambda/detection/detect';
import { FactSet } from '../../../../lambda/detection/facts/fact-set';
import { HeldPlaces } from '../../../../lambda/detection/judge/held-places';
import { readRecordInto } from '../../../../lambda/detection/records/read-facts';
import { clusterKey } from '../../../../lambda/kubernetes/cluster';
import { readAuditEvent } from '../../../../lambda/kubernetes/read-audit-event';
import { sessionRecordOf } from '../../../../lambda/kubernetes/session-record';
import { tokenFactsOf } from '../../../../lambda/kubernetes/tokens/read-token-facts';
import { keyInCluster, type TokenFact } from '../../../../lambda/kubernetes/tokens/token-fact';
import { TokenFactSet } from '../../../../lambda/kubernetes/tokens/token-fact-set';
import { quietCluster, type QuietCluster } from '../../../../trail-writer/kubernetes/quiet-cluster';
import { seededRandom } from '../../../../trail-writer/random';
import { IS_EXHAUSTIVE } from '../../../sample';
import { ipRangesOf } from '../../../scenario';
import { DEMO_CLUSTER } from '../audit-records';
import { findingsOn } from './judged-tokens';
import { parseSettings } from '../../../../lambda/detection/parse-settings';
import { valueOf } from '../../../../lambda/detection/model/result';

const DAY = {
  nodes: 50,
  from: Date.parse('2026-09-01T00:00:00Z'),
  hours: 24,
  leaseSeconds: 60,
  scans: 0,
  deploys: 20,
  pods: 1_000,
};
const SAMPLE = { ...DAY, nodes: 6, hours: 3, leaseSeconds: 300, deploys: 2, pods: 50 };

test('pods that renew their tokens all day are quiet, and one use is kept of each token, address and hour', () => {
  const { sessions, tokens } = factsIn(IS_EXHAUSTIVE ? DAY : SAMPLE);
  const kept = new Set(tokens.map((fact) => `${fact.fact}/${keyInCluster(fact)}`));
  const set = new TokenFactSet();
  for (const fact of tokens) set.add(fact);
  const held = new HeldPlaces(set.nodeSessions());
  const { findings } = detect({
    facts: sessions,
    settings: valueOf(parseSettings({})),
    ipRanges: ipRangesOf('default'),
    onJudgement: (judgement) => held.note(judgement),
  });

  expect(findings).toEqual([]);
  const onTokens = findingsOn(tokens, ({ cluster, session, place, time }) =>
    held.isHeld(session, { ip: place, cluster: clusterKey(cluster) }, time),
  );
  expect(onTokens).toEqual([]);
  const uses = tokens.filter(({ fact }) => fact === 'use');
  const keptUses = [...set.facts()].filter(({ fact }) => fact === 'use');
  expect(uses.length).toBeGreaterThan(IS_EXHAUSTIVE ? 100_000 : 600);
  expect(keptUses.length).toBe([...kept].filter((key) => key.startsWith('use/')).length);
  expect([...set.facts()].length).toBe(kept.size);
});

function factsIn(cluster: QuietCluster): { sessions: FactSet; tokens: TokenFact[] } {
  const sessions = new FactSet();
  const tokens: TokenFact[] = [];
  for (const line of quietCluster(cluster, seededRandom(20260901))) {
    const event = readAuditEvent(line, DEMO_CLUSTER);
    if (event === null) continue;
    if ('fault' in event) throw new Error(event.fault);
    const record = sessionRecordOf(event);
    if (record) readRecordInto(sessions, record);
    tokens.push(...tokenFactsOf(event));
  }
  return { sessions, tokens };
}
