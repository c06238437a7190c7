import { UNKNOWN_CLUSTER } from '../lambda/kubernetes/cluster';
import { readAuditEvent, readCutLine } from '../lambda/kubernetes/read-audit-event';
import { unwrapAudit } from '../lambda/kubernetes/unwrap-audit';
import { quietCluster } from '../trail-writer/kubernetes/quiet-cluster';
import { seededRandom } from '../trail-writer/random';
import { randomOf, textOf } from './mutated-inputs';

/** What must be in no event, wherever it was written. */
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQifQ.c2lnbmF0dXJlLW9mLWEtdG9rZW4';

const DAY = { nodes: 1, from: Date.parse('2026-09-01T00:00:00Z'), hours: 0.05, leaseSeconds: 60, scans: 5, deploys: 2 };

/** Events of an ordinary cluster, with the token wherever secrets are. */
const BASES: readonly object[] = [...quietCluster(DAY, seededRandom(1))].map((event) => ({
  ...event,
  requestURI: `${String(event['requestURI'])}?command=curl&command=${TOKEN}`,
  requestObject: {
    kind: 'Secret',
    metadata: { name: 'x', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': TOKEN } },
    data: { token: TOKEN },
    stringData: { token: TOKEN },
  },
  responseObject: {
    kind: 'Pod',
    ...(event['responseObject'] as object | undefined),
    status: { token: TOKEN },
    spec: { containers: [{ name: 'x', image: 'x', args: [TOKEN], env: [{ name: 'TOKEN', value: TOKEN }] }] },
  },
}));

export interface MutatedRun {
  readonly lines: number;
  readonly events: number;
  readonly faults: number;
  /** Events in which the token was found. */
  readonly leaks: readonly string[];
}

/** Reads that many mutated lines, a fifth of which are no JSON. Throws what the reader throws, which is a fault. */
export function readMutatedLines(count: number, seed: number): MutatedRun {
  const random = randomOf(seed);
  const leaks: string[] = [];
  let events = 0;
  let faults = 0;
  for (let at = 0; at < count; at += 1) {
    const text = textOf(BASES[Math.floor(random() * BASES.length)] ?? {}, random);
    const read = [readCutLine(text, UNKNOWN_CLUSTER, 0)];
    unwrapAudit(text, {
      line: ({ line }) => read.push(typeof line === 'string' ? null : readAuditEvent(line, UNKNOWN_CLUSTER, 0)),
      other: () => undefined,
    });
    for (const one of read) {
      if (one === null) continue;
      if ('fault' in one) faults += 1;
      else events += 1;
      const output = JSON.stringify(one);
      if (output.includes(TOKEN)) leaks.push(output);
    }
  }
  return { lines: count, events, faults, leaks };
}
