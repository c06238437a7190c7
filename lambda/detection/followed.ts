import type { Call } from './call-sample';
import { callWords } from './call-words';
import type { FactSet } from './fact-set';
import { Did, type ForeignKey } from './facts';
import type { RelatedSession } from './finding';
import { isoTime } from './iso-time';
import type { Verdict } from './judge';
import { originOf, originText } from './origin';
import type { CidrSet } from './address';

/** How far a thief is followed from session to session. */
const HOPS = 2;

/** What a thief made of the keys: sessions he assumed with them, and what those did. */
export interface Followed {
  readonly related: readonly RelatedSession[];
  readonly evidence: readonly string[];
}

/** Role chaining, by the key that asked for a key. */
export class Chains {
  private readonly byParent = new Map<string, ForeignKey[]>();

  constructor(
    private readonly facts: FactSet,
    private readonly privateNetworks: CidrSet,
  ) {
    for (const key of facts.foreignKeys.values()) {
      const parent = key.by?.accessKeyId;
      if (!parent) continue;
      const siblings = this.byParent.get(parent);
      if (siblings) siblings.push(key);
      else this.byParent.set(parent, [key]);
    }
  }

  /** Follows what was assumed at the verdict's origin with the workload's keys, and what those sessions assumed, anywhere. */
  follow(verdict: Verdict): Followed {
    const own = verdict.sightings.map(({ caller }) => caller.accessKeyId).filter((key) => key !== null);
    const first = this.childrenOf(new Set(own)).filter(
      ({ by, time }) =>
        by && originOf(by.source, this.privateNetworks).key === verdict.origin.key && time >= verdict.first.event.time,
    );
    const found = new Map(first.map((key) => [key.accessKeyId, key]));
    let latest = first;
    for (let hop = 1; hop < HOPS; hop += 1) {
      latest = this.childrenOf(new Set(latest.map(({ accessKeyId }) => accessKeyId))).filter(
        ({ accessKeyId }) => !found.has(accessKeyId),
      );
      for (const key of latest) found.set(key.accessKeyId, key);
    }
    const keys = [...found.values()].sort((a, b) => a.time - b.time || (a.accessKeyId < b.accessKeyId ? -1 : 1));
    return {
      related: [...relatedTo(keys), ...consoleSessions(verdict)],
      evidence: keys.slice(0, 10).map((key) => this.evidenceOf(key)),
    };
  }

  private childrenOf(parents: ReadonlySet<string>): ForeignKey[] {
    return [...parents].flatMap((parent) => this.byParent.get(parent) ?? []);
  }

  private evidenceOf({ accessKeyId, sessionArn, time, eventId }: ForeignKey): string {
    const assumed = `From there ${sessionArn} was assumed at ${isoTime(time)} (key ${accessKeyId}, record ${eventId})`;
    const samples = [...(this.facts.sessions.get(sessionArn)?.calls.values() ?? [])];
    const calls = samples.flatMap((sample) => sample.calls).filter((call) => call.accessKeyId === accessKeyId);
    if (calls.length === 0) return `${assumed}; no call of it was seen.`;
    const more = samples.some((sample) => sample.more) ? 'at least ' : '';
    return `${assumed}; it made ${more}${calls.length} call${calls.length === 1 ? '' : 's'} (${namesOf(calls)})${this.placesOf(sessionArn, accessKeyId)}.`;
  }

  private placesOf(sessionArn: string, accessKeyId: string): string {
    const rows = [...(this.facts.sessions.get(sessionArn)?.rows.values() ?? [])].filter(
      ({ caller }) => caller.accessKeyId === accessKeyId,
    );
    const places = [
      ...new Set(rows.map(({ caller }) => originText(originOf(caller.source, this.privateNetworks)))),
    ].sort();
    return places.length === 0 ? '' : ` from ${places.slice(0, 3).join(', ')}`;
  }
}

function relatedTo(keys: readonly ForeignKey[]): RelatedSession[] {
  const byArn = new Map<string, string[]>();
  for (const { sessionArn, accessKeyId } of keys)
    byArn.set(sessionArn, [...(byArn.get(sessionArn) ?? []), accessKeyId]);
  return [...byArn].map(([arn, accessKeyIds]) => ({ kind: 'chained-session', arn, accessKeyIds: accessKeyIds.sort() }));
}

function consoleSessions({ sightings }: Verdict): RelatedSession[] {
  const byArn = new Map<string, Set<string>>();
  for (const { caller, did } of sightings) {
    if ((did & Did.console) === 0) continue;
    const keys = byArn.get(caller.sessionArn) ?? new Set<string>();
    if (caller.accessKeyId !== null) keys.add(caller.accessKeyId);
    byArn.set(caller.sessionArn, keys);
  }
  return [...byArn]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([arn, keys]) => ({ kind: 'console-session', arn, accessKeyIds: [...keys].sort() }));
}

/** The calls by service and name, the first ones first. */
function namesOf(calls: readonly Call[]): string {
  const names = new Set(calls.map(({ what }) => nameOf(what)));
  const shown = [...names].slice(0, 5).join(', ');
  return names.size > 5 ? `${shown} and ${names.size - 5} more` : shown;
}

function nameOf(what: string): string {
  const { source, name } = callWords(what);
  return `${source.split('.')[0] ?? source}:${name}`;
}
