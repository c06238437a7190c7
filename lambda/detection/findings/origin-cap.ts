import type { Judgement } from '../judge/judge';
import { isoTime } from '../model/event-time';
import { FINDING_SCHEMA, SEVERITIES, type Finding } from '../model/finding';
import { originText } from '../model/origin';
import type { Chains } from './chained-sessions';
import { findingEvent, incidentId, reportedCalls } from './compose-finding';
import { sessionsOf } from './finding-parts';
import { adviceOn, FINDING_TYPE_TABLE } from './finding-types';
import { workloadKey } from '../model/workload';
import type { ReportedVerdict } from './reported-verdicts';

/** Origins that are named for each type and severity. */
const MOST_NAMED = 10;

/** One finding for `rest`, the untrusted origins beyond the `shown` that have their own findings; null if there are none. */
export function manyOrigins(
  rest: readonly ReportedVerdict[],
  judgement: Judgement,
  shown: number,
  chains: Chains,
): Finding | null {
  const [first] = rest;
  if (!first) return null;
  const { workload } = judgement.history;
  const calls = rest.map(({ verdict }) => reportedCalls(verdict, judgement.history));
  const lastSeen = isoTime(calls.reduce((last, { lastTime }) => Math.max(last, lastTime), 0));
  const kinds = kindsOf(rest);
  const chained = chains.follow(rest.map(({ verdict }) => verdict));
  return {
    schema: FINDING_SCHEMA,
    id: `credlock/${workloadKey(workload)}/many-origins`,
    incidentId: incidentId(workload),
    type: 'ManyOrigins',
    severity: kinds[0]?.severity ?? first.verdict.severity,
    status: 'ACTIVE',
    contested: false,
    sample: false,
    title: FINDING_TYPE_TABLE.ManyOrigins.title({
      subject: workload.id,
      account: workload.account,
      place: '',
      count: rest.length,
    }),
    description: `${shown} untrusted origins have findings of their own; ${rest.length} more were seen between ${first.summary.firstSeen} and ${lastSeen}.`,
    workload: first.summary.workload,
    sessions: sessionsOf(rest.flatMap(({ verdict }) => verdict.sightings)),
    origin: null,
    lock: [],
    firstSeen: first.summary.firstSeen,
    lastSeen,
    calls: null,
    callsAtLeast: calls.reduce((sum, one) => sum + one.calls.length, 0),
    events: calls.slice(0, shown).flatMap((one) => one.calls.slice(0, 1).map(findingEvent)),
    evidence: [...kinds.map(evidenceOf), ...chained.evidence],
    ruledOut: [],
    related: chained.related,
    workloads: null,
    archivedBecause: null,
    advice: adviceOn('ManyOrigins'),
  };
}

interface Kind extends Pick<Finding, 'type' | 'severity'> {
  readonly origins: string[];
}

/** By type and severity, the worst first. */
function kindsOf(rest: readonly ReportedVerdict[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { verdict } of rest) {
    const { type, severity, origin } = verdict;
    const kind = kinds.get(`${type} ${severity}`) ?? { type, severity, origins: [] };
    kind.origins.push(originText(origin));
    kinds.set(`${type} ${severity}`, kind);
  }
  const rank = ({ severity }: Kind): number => SEVERITIES.indexOf(severity);
  return [...kinds.values()].sort((a, b) => rank(b) - rank(a));
}

function evidenceOf({ type, severity, origins }: Kind): string {
  const more = origins.length > MOST_NAMED ? ` and ${origins.length - MOST_NAMED} more` : '';
  return `${origins.length} more of type ${type} (${severity}): ${origins.slice(0, MOST_NAMED).join(', ')}${more}.`;
}
