import fc from 'fast-check';
import { allScenarios, type NamedScenario } from '../scenario';

/** One scenario's records, perhaps in another account and as other instances. */
export interface Part {
  readonly scenario: string;
  readonly account: string;
  /** Other instances, keys and events than those of another salt. */
  readonly salt: number;
  /** So many instances do the same. */
  readonly fleet: number;
}

/** A record once more, with something changed. */
export interface Echo {
  /** Index of the record. */
  readonly of: number;
  /** Index of the record whose place it now comes from: its own for no change. */
  readonly from: number;
  /** So much later, in hours. */
  readonly later: number;
  readonly field: readonly [name: string, value: unknown] | null;
  /** It keeps its event id, as a record that is delivered again with other content does; else it is an event of its own. */
  readonly amends: boolean;
}

/** What a trail is made of: printed as it is when a property fails. */
export interface TrailPlan {
  readonly parts: readonly Part[];
  /** Event times are cut to so many seconds: the coarser, the more events at one time. */
  readonly seconds: number;
  readonly echoes: readonly Echo[];
}

type JsonRecord = Record<string, unknown>;

/** Scenarios that are judged alike, so that their records can stand in one trail. */
const SCENARIOS: ReadonlyMap<string, NamedScenario> = new Map(
  allScenarios()
    .filter(({ settings, ipRanges }) => ipRanges === 'default' && Object.keys(settings ?? {}).length === 0)
    .map((scenario) => [scenario.name, scenario]),
);

/** The account that the scenarios are told of. */
const HOME = '111122223333';
const ACCOUNTS = [HOME, '444455556666', '777788889999', '222233334444'];

/** Plans of 2 to 6 scenarios, mixed over accounts and instances; with `amended`, some records come again with other content. */
export function trailPlans({ amended = false } = {}): fc.Arbitrary<TrailPlan> {
  return fc.record({
    parts: fc.array(parts(), { minLength: 2, maxLength: 6 }),
    seconds: fc.constantFrom(1, 1, 60, 3600),
    echoes: fc.array(echoes(amended), { maxLength: 12 }),
  });
}

function parts(): fc.Arbitrary<Part> {
  return fc.record({
    scenario: fc.constantFrom(...SCENARIOS.keys()),
    account: fc.constantFrom(...ACCOUNTS),
    salt: fc.nat(2),
    fleet: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 7 }) }),
  });
}

function echoes(amended: boolean): fc.Arbitrary<Echo> {
  return fc.record({
    of: fc.nat(99),
    from: fc.nat(99),
    later: fc.constantFrom(0, 0, 0.25, 1, 2, 24),
    field: fc.constantFrom<Echo['field']>(
      null,
      null,
      ['userAgent', 'aws-cli/2.0'],
      ['errorCode', 'AccessDenied'],
      ['eventVersion', '1.07'],
      ['eventName', 'DescribeInstances'],
      ['userIdentity', null],
      ['responseElements', null],
    ),
    amends: amended ? fc.boolean() : fc.constant(false),
  });
}

/** The records of a plan, in the order in which the scenarios tell them. */
export function recordsOf({ parts: planned, seconds, echoes: echoed }: TrailPlan): JsonRecord[] {
  const told = planned.flatMap((part) =>
    Array.from({ length: part.fleet }, (_, member) => recordsOfPart(part, member)).flat(),
  );
  const again = echoed.map((echo, at) => echoOf(echo, told, at));
  return [...told, ...again].map((record) => ({ ...record, eventTime: timeIn(record, 0, seconds) }));
}

function recordsOfPart({ scenario, account, salt }: Part, member: number): JsonRecord[] {
  const mark = (salt * 8 + member).toString(16).padStart(2, '0').toUpperCase();
  const text = JSON.stringify(SCENARIOS.get(scenario)?.records ?? [])
    .replaceAll(HOME, account)
    .replaceAll(EVENT_ID, (id) => marked(id, `${ACCOUNTS.indexOf(account)}${mark.toLowerCase()}`));
  return JSON.parse(mark === '00' ? text : asOthers(text, mark)) as JsonRecord[];
}

const EVENT_ID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g;

function marked(id: string, mark: string): string {
  return `${mark}${id.slice(mark.length)}`;
}

function asOthers(text: string, mark: string): string {
  return text
    .replaceAll(/\b(?:i|eni)-[0-9a-f]{17}\b/g, (id) => `${id.slice(0, -2)}${mark.toLowerCase()}`)
    .replaceAll(/\bASIA[A-Z0-9]{16}\b/g, (key) => `${key.slice(0, -2)}${mark}`);
}

function echoOf({ of, from, later, field, amends }: Echo, told: readonly JsonRecord[], at: number): JsonRecord {
  const record = told[of % told.length] ?? {};
  const place = told[from % told.length] ?? {};
  const { sourceIPAddress, vpcEndpointId, vpcEndpointAccountId } = place;
  const eventID = amends ? record.eventID : marked(String(record.eventID), `e${at.toString(16).padStart(2, '0')}`);
  const changed = field === null ? {} : { [field[0]]: field[1] };
  const eventTime = timeIn(record, later, 1);
  return { ...record, sourceIPAddress, vpcEndpointId, vpcEndpointAccountId, ...changed, eventID, eventTime };
}

function timeIn({ eventTime }: JsonRecord, later: number, seconds: number): unknown {
  const milliseconds = typeof eventTime === 'string' ? Date.parse(eventTime) : Number.NaN;
  if (Number.isNaN(milliseconds)) return eventTime;
  const step = seconds * 1000;
  const cut = Math.floor((milliseconds + later * 3_600_000) / step) * step;
  return new Date(cut).toISOString().replace('.000Z', 'Z');
}
