import { canaries, harmToAuditLogs, harmToTheDetector, noHarmToTheDetector } from './detector-calls';
import { grants } from './grants';
import { foreignKeys, issuances, namedOtherwise } from './issuances';
import { networkChanges } from './network-changes';
import { otherSessions, otherTraffic } from './other-traffic';
import { FRANKFURT, person, call, SHOP, type TrailRecord } from './record-shapes';
import { eventOf } from '../../trail-writer/event';
import { unmarkedCalls, workloadCalls } from './workload-calls';

/** What a rule has to carry an event for. */
export type Need =
  /** To be observed, whichever way calls are chosen. */
  | 'observe'
  /** To be observed where every role session's calls are forwarded: nothing in it tells whose it is. */
  | 'observe-all'
  | 'tampering'
  /** The same of what reads audit logs of clusters. */
  | 'tampering with kubernetes'
  | 'canary'
  | 'simulation'
  | 'trail'
  | 'config'
  /** Like one that is needed, but for one thing. */
  | 'nobody';

export interface FixtureEvent {
  readonly name: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** Null for what nobody waits for. */
  readonly need: Need | null;
}

/** Made-up events in the shapes AWS delivers them in; what the patterns are checked with. */
export function fixtureEvents(): FixtureEvent[] {
  const right = [
    ...delivered('observe', { ...workloadCalls(), ...issuances(), ...foreignKeys(), ...grants(), ...networkChanges() }),
    ...delivered('observe-all', { ...unmarkedCalls(), ...otherSessions() }),
    ...delivered('tampering', harmToTheDetector()),
    ...delivered('tampering with kubernetes', harmToAuditLogs()),
    ...delivered('canary', canaries()),
    ...delivered(null, { ...otherTraffic(), ...noHarmToTheDetector() }),
    ...delivered('nobody', namedOtherwise()),
    ...eventsOfOtherSources(),
  ];
  return [...right, ...strays(right)];
}

function delivered(need: Need | null, records: Readonly<Record<string, TrailRecord>>): FixtureEvent[] {
  return Object.entries(records).map(([name, record]) => ({ name, need, event: eventOf(record) }));
}

/** What is wrong with an event that is right in everything else. */
type Stray = 'account' | 'source' | 'service' | 'action' | 'failed';

/** Right events of every kind, and in what a rule must not mistake them. */
const STRAYS: readonly (readonly [event: string, ...strays: readonly Stray[]])[] = [
  ['instance: keys by IMDSv2', 'account', 'source'],
  ['task: in scope', 'account', 'source'],
  ['pod: by Pod Identity', 'account', 'source'],
  ['function: in scope', 'account', 'source'],
  ['aws: key for an instance', 'account', 'source', 'service', 'action', 'failed'],
  ['aws: key for a task', 'account', 'source', 'service', 'action', 'failed'],
  ['aws: key for a pod', 'account', 'source', 'service', 'action', 'failed'],
  ['aws: key for a function', 'account', 'source', 'service', 'action', 'failed'],
  ['aws: key for a service account', 'account', 'source', 'service', 'action', 'failed'],
  ['a person assumes a role', 'account', 'source', 'service', 'action', 'failed'],
  ['grant: iam CreateAccessKey', 'account', 'source', 'service', 'action', 'failed'],
  ['grant: sts GetSessionToken', 'service', 'action'],
  ['grant: rolesanywhere CreateTrustAnchor', 'service', 'action'],
  ['grant: sso CreateAccountAssignment', 'service', 'action'],
  ['grant: identitystore CreateGroupMembership', 'service', 'action'],
  ['change: RunInstances', 'account', 'source', 'service', 'action', 'failed'],
  ['change: CreateTags', 'service', 'action', 'failed'],
  ['canary: heard', 'account', 'source', 'service', 'action'],
  ['harm: StopLogging {"name":"organization"}', 'account', 'source', 'service', 'action'],
  ['harm: DeleteRule {"name":"credlock-network"}', 'account', 'source'],
];

const WRONG: Readonly<Record<Stray, (event: FixtureEvent['event']) => object>> = {
  account: () => ({ account: '444455556666' }),
  source: () => ({ source: 'shop.orders' }),
  service: ({ detail }) => ({ detail: { ...objectOf(detail), eventSource: 'example.amazonaws.com' } }),
  action: ({ detail }) => ({ detail: { ...objectOf(detail), eventName: 'GetExample' } }),
  failed: ({ detail }) => ({ detail: { ...objectOf(detail), errorCode: 'AccessDenied', responseElements: null } }),
};

function strays(right: readonly FixtureEvent[]): FixtureEvent[] {
  return STRAYS.flatMap(([name, ...wrongs]) => {
    const found = right.find((one) => one.name === name);
    if (!found) throw new Error(`STRAYS names no event: ${name}`);
    return wrongs.map((wrong): FixtureEvent => {
      const event = { ...found.event, ...WRONG[wrong](found.event) };
      return { name: `wrong ${wrong}: ${name}`, need: 'nobody', event };
    });
  });
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function eventsOfOtherSources(): FixtureEvent[] {
  const sample = eventOf(call({ name: 'ListBuckets', service: 's3', identity: person() }));
  const created = (bucket: string, key: string, type = 'Object Created'): FixtureEvent['event'] => ({
    ...sample,
    source: 'aws.s3',
    'detail-type': type,
    detail: { version: '0', bucket: { name: bucket }, object: { key, size: 4096 }, reason: 'PutObject' },
  });
  const logs = `AWSLogs/o-example/${SHOP}/CloudTrail`;
  const day = `${FRANKFURT.region}/2026/09/01/${SHOP}_CloudTrail_${FRANKFURT.region}_20260901T0800Z_EXAMPLE.json.gz`;
  const events: [string, Need | null, FixtureEvent['event']][] = [
    ['sample theft', 'simulation', { ...sample, source: 'credlock.simulation' }],
    ['sample theft of another account', null, { ...sample, source: 'credlock.simulation', account: '444455556666' }],
    ['sample of another kind', null, { ...sample, source: 'credlock.simulation', 'detail-type': 'Note' }],
    ['log file', 'trail', created('shop-trail', `${logs}/${day}`)],
    ['log file of another bucket', null, created('shop-backup', `${logs}/${day}`)],
    ['log file is deleted', null, created('shop-trail', `${logs}/${day}`, 'Object Deleted')],
    ['digest', null, created('shop-trail', `AWSLogs/${SHOP}/CloudTrail-Digest/${day}`)],
    [
      'log file that somebody made up',
      null,
      { ...created('shop-trail', `${logs}/${day}`), source: 'shop.orders', account: SHOP },
    ],
    [
      'log file in the eyes of another account',
      null,
      { ...created('shop-trail', `${logs}/${day}`), account: '444455556666' },
    ],
    [
      'settings change that somebody made up',
      null,
      { ...created('credlock-config', 'settings.json'), source: 'shop.orders' },
    ],
    ['flow log', null, created('shop-trail', `AWSLogs/${SHOP}/vpcflowlogs/${day}`)],
    ['settings change', 'config', created('credlock-config', 'settings.json')],
    ['address ranges change', 'config', created('credlock-config', 'ip-ranges.json')],
    ['settings are deleted', null, created('credlock-config', 'settings.json', 'Object Deleted')],
    ['something else in the config bucket changes', null, created('credlock-config', 'learning.json')],
    ['settings of another bucket change', null, created('shop-config', 'settings.json')],
    [
      'instance starts',
      null,
      {
        ...sample,
        source: 'aws.ec2',
        'detail-type': 'EC2 Instance State-change Notification',
        detail: { 'instance-id': 'i-0a11ce0000c0ffee1', state: 'running' },
      },
    ],
  ];
  return events.map(([name, need, event]) => ({ name: `event: ${name}`, need, event }));
}
