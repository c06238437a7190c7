import { SEVERITIES, type Finding, type FindingEvent } from '../model/finding';
import { RUNTIME_AGENTS } from '../vocabulary';
import { actionName, impactOf, IMPACTS, serviceOf, type Impact } from './call-impact';
import { compareText } from '../model/compare-text';

/** Calls of one action on one resource. */
export interface CallGroup {
  /** `s3:GetObject` */
  readonly action: string;
  /** In S3 the bucket, without folders. */
  readonly resource: string | null;
  readonly impact: Impact;
  readonly calls: number;
  /** Calls with an error code. */
  readonly failed: number;
  /** Their error codes. */
  readonly errors: readonly string[];
}

/** The calls by action and resource, those of the gravest impact first, failed ones last. */
export function callGroups(events: readonly FindingEvent[]): CallGroup[] {
  const groups = new Map<string, CallGroup>();
  for (const event of events) {
    const action = `${serviceOf(event.source)}:${actionName(event.name)}`;
    const resource = groupedResource(event);
    const key = `${action} ${resource ?? ''}`;
    const { calls, failed, errors } = groups.get(key) ?? NO_CALLS;
    const { errorCode } = event;
    const counts = { calls: calls + 1, failed: failed + (errorCode === null ? 0 : 1) };
    const codes = errorCode === null || errors.includes(errorCode) ? errors : [...errors, errorCode].sort();
    groups.set(key, { action, resource, impact: impactOf(event), ...counts, errors: codes });
  }
  return [...groups.values()].sort(byImpact);
}

const NO_CALLS: Pick<CallGroup, 'calls' | 'failed' | 'errors'> = { calls: 0, failed: 0, errors: [] };

function groupedResource({ source, resource }: FindingEvent): string | null {
  return serviceOf(source) === 's3' ? (resource?.split('/', 1)[0] ?? null) : resource;
}

function byImpact(a: CallGroup, b: CallGroup): number {
  return (
    Number(a.failed === a.calls) - Number(b.failed === b.calls) ||
    IMPACTS.indexOf(a.impact) - IMPACTS.indexOf(b.impact) ||
    b.calls - b.failed - (a.calls - a.failed) ||
    compareText(`${a.action} ${a.resource ?? ''}`, `${b.action} ${b.resource ?? ''}`)
  );
}

/** The names of what successful calls were about, by impact; of `console`, the sessions. */
export type Taken = Readonly<Record<Impact, ReadonlySet<string>>>;

/** What the attackers got. Calls that name no resource count one by one; what an agent saw is no call. */
export function takenIn(findings: readonly Pick<Finding, 'events' | 'related'>[]): Taken {
  const taken = {
    secret: new Set<string>(),
    data: new Set<string>(),
    privilege: new Set<string>(),
    role: new Set<string>(),
    console: new Set<string>(),
    change: new Set<string>(),
    discovery: new Set<string>(),
  } satisfies Record<Impact, Set<string>>;
  for (const { events, related } of findings) {
    for (const event of events) {
      if (isOfAgent(event)) continue;
      const impact = impactOf(event);
      if (event.errorCode === null && impact !== 'console') taken[impact].add(thingIn(event, impact));
    }
    for (const { kind, arn } of related) if (kind === 'console-session') taken.console.add(arn);
  }
  return taken;
}

function isOfAgent({ source }: FindingEvent): boolean {
  return RUNTIME_AGENTS.some((agent) => agent === source);
}

/** A user who got a key and a policy gained twice. */
function thingIn(event: FindingEvent, impact: Impact): string {
  const thing = groupedResource(event) ?? event.id;
  return impact === 'privilege' || impact === 'change' ? `${event.name} ${thing}` : thing;
}

/** The most severe first, then by what was taken, then by first sighting. */
export function byGravity(findings: readonly Finding[]): Finding[] {
  const taken = new Map(findings.map((finding) => [finding, takenIn([finding])]));
  const sizeOf = (finding: Finding, impact: Impact): number => taken.get(finding)?.[impact].size ?? 0;
  return findings.toSorted(
    (a, b) =>
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      (IMPACTS.map((impact) => sizeOf(b, impact) - sizeOf(a, impact)).find((apart) => apart !== 0) ?? 0) ||
      compareText(a.firstSeen, b.firstSeen) ||
      compareText(a.id, b.id),
  );
}
