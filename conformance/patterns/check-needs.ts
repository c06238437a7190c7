import { readRecord } from '../../lambda/detection/records/read-record';
import { readTampering } from '../../lambda/detection/tampering/read-tampering';
import { DEFAULT_WORKLOADS, kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import type { FixtureEvent, Need } from './fixture-events';
import { DEPLOYMENTS, observedIn } from './patterns-under-test';
import { SHOP } from './record-shapes';
import { relevanceTo, type Relevance } from './relevance';

const WITH_KUBERNETES = ['tampering with kubernetes', 'forwarded: tampering with kubernetes'];

/** Which patterns carry what is not to be observed. */
const CARRIERS: readonly (readonly [need: Need, patterns: readonly string[]])[] = [
  ['tampering', ['tampering', 'forwarded: tampering', ...WITH_KUBERNETES]],
  ['tampering with kubernetes', WITH_KUBERNETES],
  ['canary', ['canary', 'forwarded: observe']],
  ['simulation', ['simulation']],
  ['trail', ['trail']],
  ['config', ['config']],
];

/** Matched events by the name of the pattern. */
type Matches = ReadonlyMap<string, readonly string[]>;

/** Events that a rule has to carry and none does, in any deployment; and events that are not what they are said to be. */
export function needFaults(events: readonly FixtureEvent[], matches: Matches): string[] {
  return [
    ...labelFaults(events),
    ...harmFaults(events),
    ...carrierFaults(events, matches),
    ...observedFaults(events, matches),
  ];
}

const RELEVANCE_OF: Readonly<Partial<Record<Need | 'none', Relevance>>> = {
  observe: 'named',
  'observe-all': 'unnamed',
  none: 'nothing',
};

/** What the detector's reader says of each event is what the events say of themselves. */
function labelFaults(events: readonly FixtureEvent[]): string[] {
  return delivered(events).flatMap(({ name, need, event }) => {
    const said = RELEVANCE_OF[need ?? 'none'];
    const is = relevanceTo(kindsNamed(DEFAULT_WORKLOADS), event['detail']);
    return said === undefined || said === is ? [] : [`event "${name}" should tell ${said}, but the reader says ${is}`];
  });
}

const HARM: ReadonlySet<Need | null> = new Set(['tampering', 'tampering with kubernetes']);

/** The same of harm done to the detector. */
function harmFaults(events: readonly FixtureEvent[]): string[] {
  return delivered(events).flatMap(({ name, need, event }) => {
    const reading = readRecord(event['detail']);
    const isHarm = 'record' in reading && readTampering(reading.record) !== null;
    if (need === 'nobody' || isHarm === HARM.has(need)) return [];
    return [`event "${name}" should ${isHarm ? 'be no' : 'be'} harm, but the reader says otherwise`];
  });
}

function carrierFaults(events: readonly FixtureEvent[], matches: Matches): string[] {
  return CARRIERS.flatMap(([need, patterns]) =>
    patterns.flatMap((pattern) => {
      const carried = matches.get(pattern) ?? [];
      const missed = events.filter((event) => event.need === need && !carried.includes(event.name));
      return missed.map(({ name }) => `"${pattern}" misses event "${name}"`);
    }),
  );
}

function observedFaults(events: readonly FixtureEvent[], matches: Matches): string[] {
  return Object.entries(DEPLOYMENTS).flatMap(([deployment, { workloads, forwardAll }]) => {
    const carried = new Set(observedIn(deployment).flatMap(({ name }) => matches.get(name) ?? []));
    const missed = delivered(events).filter(({ name, event }) => {
      const relevance = relevanceTo(kindsNamed(workloads), event['detail']);
      return !carried.has(name) && (relevance === 'named' || (forwardAll && relevance === 'unnamed'));
    });
    const blind = missed.filter(({ event }) => !isOutOfSight(event['detail']));
    return blind.map(({ name }) => `deployment ${deployment}: no rule carries event "${name}", which tells a fact`);
  });
}

/** Events of AWS in the account itself. */
function delivered(events: readonly FixtureEvent[]): FixtureEvent[] {
  return events.filter(({ event }) => String(event['source']).startsWith('aws.') && event['account'] === SHOP);
}

const OLD_TASK = /:assumed-role\/[^/]+\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Records that tell facts in old trails alone: ECS names no task by a UUID since 2020, and rules see what is new. */
export function isOutOfSight(record: unknown): boolean {
  const { userIdentity, requestParameters } = record as {
    readonly userIdentity?: { readonly arn?: unknown; readonly inScopeOf?: unknown };
    readonly requestParameters?: { readonly roleSessionName?: unknown } | null;
  };
  if (OLD_TASK.test(`:assumed-role/-/${String(requestParameters?.roleSessionName)}`)) return true;
  return OLD_TASK.test(String(userIdentity?.arn)) && !userIdentity?.inScopeOf;
}
