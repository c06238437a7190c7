import { compareEvents, type Call } from '../facts/call-sample';
import { callWords } from '../facts/call-sample';
import type { FactSet, SightingRow } from '../facts/fact-set';
import { Did, type EventRef, type ForeignKey } from '../facts/facts';
import type { RelatedSession } from '../model/finding';
import { isoTime } from '../model/event-time';
import type { Verdict } from '../judge/judge';
import { originOf, originText } from '../model/origin';
import type { CidrSet } from '../model/address';
import { compareText } from '../model/compare-text';

/** The beginning of evidence about an assumed session. */
export const CHAINED = 'From there ';

/** The end of evidence about an assumed session without calls. */
export const NO_CALL_SEEN = 'no call by it was seen.';

/** Role assumptions that are followed, one after another. */
const HOPS = 2;
const MOST_SESSIONS = 10;

/** Sessions that were assumed with the credentials at the untrusted origin, and their calls. */
export interface ChainedSessions {
  readonly related: readonly RelatedSession[];
  readonly evidence: readonly string[];
  /** The calls kept of those sessions. */
  readonly calls: readonly Call[];
}

/** Follows role chaining by the access key that requested each key. */
export class Chains {
  private readonly byParent = new Map<string, ForeignKey[]>();
  /** By parent and the origin of the request. */
  private readonly byRequest = new Map<string, ForeignKey[]>();

  constructor(
    private readonly facts: FactSet,
    private readonly privateNetworks: CidrSet,
  ) {
    for (const key of facts.foreignKeys.values()) {
      const { by } = key;
      if (!by?.accessKeyId) continue;
      addTo(this.byParent, by.accessKeyId, key);
      addTo(this.byRequest, `${by.accessKeyId} ${originOf(by.source, privateNetworks).key}`, key);
    }
  }

  /** The sessions assumed at the verdicts' origins with the workload's credentials, and those that these assumed from anywhere. */
  follow(verdicts: readonly Verdict[]): ChainedSessions {
    const first = verdicts.flatMap((verdict) => this.assumedAt(verdict));
    const found = new Map(first.map((key) => [key.accessKeyId, key]));
    let latest = first;
    for (let hop = 1; hop < HOPS; hop += 1) {
      latest = this.childrenOf(new Set(latest.map(({ accessKeyId }) => accessKeyId))).filter(
        ({ accessKeyId }) => !found.has(accessKeyId),
      );
      for (const key of latest) found.set(key.accessKeyId, key);
    }
    const keys = [...found.values()].sort((a, b) => a.time - b.time || compareText(a.accessKeyId, b.accessKeyId));
    return {
      related: [...relatedTo(keys), ...consoleSessions(verdicts)],
      evidence: keys.slice(0, MOST_SESSIONS).map((key) => this.evidenceOf(key)),
      calls: keys.slice(0, MOST_SESSIONS).flatMap((key) => this.callsWith(key)),
    };
  }

  private assumedAt({ origin, first, sightings }: Verdict): ForeignKey[] {
    const parents = new Set(sightings.map(({ caller }) => caller.accessKeyId));
    return [...parents]
      .flatMap((parent) => this.byRequest.get(`${parent ?? ''} ${origin.key}`) ?? [])
      .filter(({ time }) => time >= first.event.time);
  }

  private childrenOf(parents: ReadonlySet<string>): ForeignKey[] {
    return [...parents].flatMap((parent) => this.byParent.get(parent) ?? []);
  }

  private evidenceOf(key: ForeignKey): string {
    const { accessKeyId, sessionArn, time, eventId } = key;
    const assumed = `${CHAINED}${sessionArn} was assumed at ${isoTime(time)} (key ${accessKeyId}, record ${eventId})`;
    const rows = this.rowsOf(key);
    const events = rows.flatMap(({ seen }) => seen.map(({ event }) => event)).sort(compareEvents);
    if (events.length === 0) return `${assumed}; ${NO_CALL_SEEN}`;
    const places = rows.map(({ caller }) => originText(originOf(caller.source, this.privateNetworks)));
    return `${assumed}; it called ${namesOf(events)} from ${[...new Set(places)].sort().slice(0, 3).join(', ')}.`;
  }

  private rowsOf({ sessionArn, accessKeyId }: ForeignKey): SightingRow[] {
    const rows = [...(this.facts.sessions.get(sessionArn)?.rows.values() ?? [])];
    return rows.filter(({ caller }) => caller.accessKeyId === accessKeyId);
  }

  private callsWith({ sessionArn, accessKeyId }: ForeignKey): Call[] {
    const samples = [...(this.facts.sessions.get(sessionArn)?.calls.values() ?? [])];
    return samples.flatMap(({ calls }) => calls).filter((call) => call.accessKeyId === accessKeyId);
  }
}

function addTo(index: Map<string, ForeignKey[]>, at: string, key: ForeignKey): void {
  const known = index.get(at);
  if (known) known.push(key);
  else index.set(at, [key]);
}

function relatedTo(keys: readonly ForeignKey[]): RelatedSession[] {
  const byArn = new Map<string, string[]>();
  for (const { sessionArn, accessKeyId } of keys)
    byArn.set(sessionArn, [...(byArn.get(sessionArn) ?? []), accessKeyId]);
  return [...byArn].map(([arn, accessKeyIds]) => ({ kind: 'chained-session', arn, accessKeyIds: accessKeyIds.sort() }));
}

function consoleSessions(verdicts: readonly Verdict[]): RelatedSession[] {
  const byArn = new Map<string, Set<string>>();
  for (const { caller, did } of verdicts.flatMap(({ sightings }) => sightings)) {
    if ((did & Did.console) === 0) continue;
    const keys = byArn.get(caller.sessionArn) ?? new Set<string>();
    if (caller.accessKeyId !== null) keys.add(caller.accessKeyId);
    byArn.set(caller.sessionArn, keys);
  }
  return [...byArn]
    .sort(([a], [b]) => compareText(a, b))
    .map(([arn, keys]) => ({ kind: 'console-session', arn, accessKeyIds: [...keys].sort() }));
}

/** Distinct `service:Action` names. */
function namesOf(events: readonly EventRef[]): string {
  const names = new Set(events.map(({ what }) => nameOf(what)));
  const shown = [...names].slice(0, 5).join(', ');
  return names.size > 5 ? `${shown} and ${names.size - 5} more` : shown;
}

function nameOf(what: string): string {
  const { source, name } = callWords(what);
  return `${source.split('.')[0] ?? source}:${name}`;
}
