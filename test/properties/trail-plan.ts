import fc from 'fast-check';
import { trailScenarios, type NamedScenario } from '../scenario';

/** One scenario's records, perhaps in another account and as other instances. */
export interface Part {
  readonly scenario: string;
  readonly account: string;
  /** Takes the place of the address that most scenarios' instances call from. */
  readonly home: string;
  /** Other instances, keys and events than those of another salt. */
  readonly salt: number;
  /** So many instances do the same, echoes included. */
  readonly fleet: number;
  readonly echoes: readonly Echo[];
}

/** A record once more or many times more, with something changed. */
export interface Echo {
  /** Index of the record. */
  readonly of: number;
  /** So much later, in hours. */
  readonly later: number;
  /** So many times, a minute apart. */
  readonly times: number;
  readonly changed: Readonly<Record<string, unknown>>;
  /** It keeps its event id, as a record that is delivered again with other content does; else it is an event of its own. */
  readonly amends: boolean;
}

/** What a trail is made of: printed as it is when a property fails. */
export interface TrailPlan {
  readonly parts: readonly Part[];
  /** Event times are cut to so many seconds: the coarser, the more events at one time. */
  readonly seconds: number;
}

type JsonRecord = Record<string, unknown>;

/** Scenarios that are judged alike, so that their records can stand in one trail. */
export const SCENARIOS: ReadonlyMap<string, NamedScenario> = new Map(
  trailScenarios()
    .filter(({ settings, ipRanges }) => ipRanges === 'default' && Object.keys(settings ?? {}).length === 0)
    .map((scenario) => [scenario.name, scenario]),
);

/** The account that the scenarios are told of. */
const HOME = '111122223333';
/** The address that most of their instances call from. */
const ADDRESS = '198.51.100.10';
const ACCOUNTS = [HOME, '444455556666', '777788889999', '222233334444'];

/** What is drawn; each is off where it is not said. */
export interface PlanOptions {
  /** Some records come again with other content. */
  readonly amended?: boolean;
  /** All is done by 5 to 7 instances at once. */
  readonly fleets?: boolean;
  /** Some calls come more often than are kept. */
  readonly crowds?: boolean;
  /** This scenario, once or twice. */
  readonly only?: string;
}

/** Plans of 2 to 6 scenarios, mixed over accounts and instances. */
export function trailPlans({ amended, fleets, crowds, only }: PlanOptions = {}): fc.Arbitrary<TrailPlan> {
  const few = { weight: 8, arbitrary: fc.constant(1) };
  const some = { weight: 1, arbitrary: fc.integer({ min: 2, max: 7 }) };
  const big = fleets || crowds;
  const part = fc.record({
    scenario: only === undefined ? fc.constantFrom(...SCENARIOS.keys()) : fc.constant(only),
    account: fc.constantFrom(...ACCOUNTS),
    home: fc.constantFrom(ADDRESS, ADDRESS, '198.51.100.99', '203.0.113.33'),
    salt: fc.nat(2),
    fleet: fleets ? fc.integer({ min: 5, max: 7 }) : crowds ? fc.constant(1) : fc.oneof(few, some),
    echoes: fc.array(echoes(amended ?? false, crowds ? CROWDS : [1]), {
      maxLength: only ? 12 : crowds ? 2 : 4,
      size: 'max',
    }),
  });
  const parts = only ? { minLength: 1, maxLength: 2 } : { minLength: 2, maxLength: big ? 3 : 6 };
  return fc.record({ parts: fc.array(part, parts), seconds: fc.constantFrom(1, 1, 60, 3600) });
}

/** Where calls of most scenarios come from: addresses of their own, of neighbours and of attackers. */
const PLACES = [
  { sourceIPAddress: ADDRESS },
  { sourceIPAddress: '198.51.100.30' },
  { sourceIPAddress: '198.51.100.77' },
  { sourceIPAddress: '203.0.113.10' },
  { sourceIPAddress: '192.0.2.66' },
  { sourceIPAddress: '10.0.1.10' },
  { sourceIPAddress: '10.0.1.10', vpcEndpointId: 'vpce-0996fb104e4c99e2b' },
  { sourceIPAddress: '10.0.1.10', vpcEndpointId: 'vpce-0996fb104e4c99e2b', vpcEndpointAccountId: HOME },
  { sourceIPAddress: 'athena.amazonaws.com' },
];

const OTHERWISE = [
  { userAgent: 'aws-cli/2.0' },
  { errorCode: 'AccessDenied' },
  { eventVersion: '1.07' },
  { eventName: 'DescribeInstances' },
  { eventName: 'DescribeVpcs' },
  { eventSource: 'sts.amazonaws.com', eventName: 'GetCallerIdentity' },
  { userIdentity: null },
  { responseElements: null },
];

/** More than the 25 and 200 calls that are kept of one origin. */
const CROWDS = [1, 30, 230];

function echoes(amended: boolean, times: readonly number[]): fc.Arbitrary<Echo> {
  const place = fc.constantFrom({}, ...PLACES);
  const otherwise = fc.constantFrom({}, ...OTHERWISE);
  return fc.record({
    of: fc.nat(9),
    later: fc.constantFrom(0, 0, 0.25, 1, 2, 24),
    times: fc.constantFrom(...times),
    changed: fc.tuple(place, otherwise).map(([where, what]) => ({ ...where, ...what })),
    amends: amended ? fc.boolean() : fc.constant(false),
  });
}

/** The records of a plan, in the order in which the scenarios tell them, all from one day on. */
export function recordsOf({ parts: planned, seconds }: TrailPlan): JsonRecord[] {
  return planned
    .flatMap((part) => Array.from({ length: part.fleet }, (_, member) => recordsOfPart(part, member)).flat())
    .map((record) => ({ ...record, eventTime: timeIn(record, 0, seconds) }));
}

function recordsOfPart({ scenario, account, home, salt, echoes: echoed }: Part, member: number): JsonRecord[] {
  const told = onFirstDay((SCENARIOS.get(scenario)?.records ?? []) as readonly JsonRecord[]);
  const mark = (salt * 8 + member).toString(16).padStart(2, '0').toUpperCase();
  const text = JSON.stringify([...told, ...echoed.flatMap((echo, at) => echoesOf(echo, told, at))])
    .replaceAll(HOME, account)
    .replaceAll(`"${ADDRESS}"`, `"${home}"`)
    .replaceAll(EVENT_ID, (id) => marked(id, `${ACCOUNTS.indexOf(account)}${mark.toLowerCase()}`));
  return JSON.parse(mark === '00' ? text : asOthers(text, mark)) as JsonRecord[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FIRST_DAY = Date.parse('2026-09-01T00:00:00Z');

/** Scenarios of other years would be too old beside the newest, and none would meet. */
function onFirstDay(records: readonly JsonRecord[]): readonly JsonRecord[] {
  const first = Math.min(...records.map(({ eventTime }) => Date.parse(String(eventTime))).filter((time) => time > 0));
  const later = Math.floor((FIRST_DAY - first) / DAY) + 1;
  return records.map((record) => ({ ...record, eventTime: timeIn(record, later * (DAY / HOUR), 1) }));
}

/** Request ids look alike, and are marked too. */
const EVENT_ID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g;

function marked(id: string, mark: string): string {
  return `${mark}${id.slice(mark.length)}`;
}

function asOthers(text: string, mark: string): string {
  return text
    .replaceAll(/\b(?:i|eni)-[0-9a-f]{17}\b/g, (id) => `${id.slice(0, -2)}${mark.toLowerCase()}`)
    .replaceAll(/\bASIA[A-Z0-9]{16}\b/g, (key) => `${key.slice(0, -2)}${mark}`);
}

function echoesOf({ of, later, times, changed, amends }: Echo, told: readonly JsonRecord[], at: number): JsonRecord[] {
  const record = told[of % told.length] ?? {};
  const id = String(record.eventID);
  return Array.from({ length: times }, (_, nth) => {
    const eventID = amends && nth === 0 ? id : `${id.slice(0, -6)}e${at}${nth.toString(16).padStart(4, '0')}`;
    return { ...record, ...changed, eventID, eventTime: timeIn(record, later + nth / 60, 1) };
  });
}

function timeIn({ eventTime }: JsonRecord, later: number, seconds: number): unknown {
  const milliseconds = typeof eventTime === 'string' ? Date.parse(eventTime) : Number.NaN;
  if (Number.isNaN(milliseconds)) return eventTime;
  const step = seconds * 1000;
  const cut = Math.floor((milliseconds + later * HOUR) / step) * step;
  return new Date(cut).toISOString().replace('.000Z', 'Z');
}
