import { FINDING_TYPES, SEVERITIES } from '../lambda/detection/model/finding';
import { allScenarios, type NamedScenario } from './scenario';

const scenarios = allScenarios();
const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]));

/**
 * Rows of the lists of benign changes (FP) and evasions (EV) that EC2 instances can show. FP-25 to FP-30, EV-15 and EV-18
 * are of other kinds of workloads; EV-6, EV-7 and EV-21 to EV-23 are limits, or are met where credlock is deployed.
 */
const ROWS = [
  ...range('FP', 1, 34),
  ...range('EV', 1, 5),
  ...range('EV', 8, 14),
  ...range('EV', 15, 20),
  ...range('EV', 24, 30),
];

const KEYS = ['name', 'story', 'covers', 'twin', 'settings', 'ipRanges', 'records', 'audit', 'cluster', 'expect'];

describe('the scenario files', () => {
  it('are at least 80, and most of them expect no finding', () => {
    const firing = scenarios.filter(fires).length;
    expect(scenarios.length).toBeGreaterThanOrEqual(80);
    expect(scenarios.length - firing).toBeGreaterThan(firing);
  });

  it('tell a story each', () => {
    const stories = scenarios.map(({ story }) => story);
    expect(stories.filter((story, at) => story.trim() === '' || stories.indexOf(story) !== at)).toEqual([]);
  });

  it('cover every row that EC2 instances can show', () => {
    const covered = new Set(scenarios.flatMap(({ covers }) => covers));
    expect(ROWS.filter((row) => !covered.has(row))).toEqual([]);
  });

  it('have the form of scenarios', () => {
    expect(scenarios.flatMap(faultsOf)).toEqual([]);
  });

  it('have a twin that fires less for each that fires', () => {
    expect(scenarios.filter(fires).flatMap(faultsOfTwins)).toEqual([]);
  });

  it('name each other as twins, and differ in one record or one setting', () => {
    expect(scenarios.flatMap(faultsBetweenTwins)).toEqual([]);
  });
});

function range(list: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, at) => `${list}-${first + at}`);
}

function fires({ expect: expected }: NamedScenario): boolean {
  return expected.length > 0;
}

function faultsOf(scenario: NamedScenario): string[] {
  const { name, covers, records, audit = [], expect: expected } = scenario;
  const unknownKeys = Object.keys(scenario).filter((key) => !KEYS.includes(key));
  return [
    ...(/^[a-z0-9-]+\/[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) ? [] : ['its name is not theme/kebab-case']),
    ...(records.length + audit.length > 0 ? [] : ['it has no records']),
    ...unknownKeys.map((key) => `it has a field '${key}', and scenarios have none of that name`),
    ...covers.filter((row) => !/^(?:FP|EV)-[1-9]\d*$/.test(row)).map((row) => `it covers '${row}', which is no row`),
    ...expected.filter(({ type }) => !isOneOf(FINDING_TYPES, type)).map(({ type }) => `it expects a '${type}'`),
    ...expected.filter(({ severity }) => !isOneOf(SEVERITIES, severity)).map(({ severity }) => `of '${severity}'`),
  ].map((fault) => `${name}: ${fault}`);
}

function isOneOf(words: readonly string[], word: string): boolean {
  return words.includes(word);
}

function faultsOfTwins(scenario: NamedScenario): string[] {
  const twin = twinOf(scenario);
  if (twin && twin.expect.length < scenario.expect.length) return [];
  const twins = scenarios.filter(
    (other) => other.twin === scenario.name && other.expect.length < scenario.expect.length,
  );
  return twins.length > 0 ? [] : [`${scenario.name}: it fires, and no twin of it fires less`];
}

function faultsBetweenTwins(scenario: NamedScenario): string[] {
  if (scenario.twin === undefined) return [];
  const twin = twinOf(scenario);
  if (!twin) return [`${scenario.name}: its twin '${scenario.twin}' is no scenario`];
  const differences = differencesOf(scenario, twin);
  return [
    ...(twin.twin === scenario.name ? [] : [`${scenario.name}: its twin '${twin.name}' names another`]),
    ...(differences === 1 ? [] : [`${scenario.name}: it differs from '${twin.name}' in ${differences} things`]),
  ];
}

function twinOf({ twin }: NamedScenario): NamedScenario | undefined {
  return twin === undefined ? undefined : byName.get(twin);
}

/** Records, settings and address ranges that only one has; a record that is another one in the other counts once. */
function differencesOf(one: NamedScenario, other: NamedScenario): number {
  const settings = new Set([...Object.keys(one.settings ?? {}), ...Object.keys(other.settings ?? {})]);
  const differing = [...settings].filter((key) => !isSame(one.settings?.[key], other.settings?.[key]));
  const [mine, theirs] = [recordsMissing(one, other), recordsMissing(other, one)];
  return (
    Math.max(mine, theirs) +
    differing.length +
    Number(!isSame(one.ipRanges, other.ipRanges)) +
    Number(one.cluster !== other.cluster)
  );
}

/** How many records of one the other has not, each counted once however often it is delivered. */
function recordsMissing(one: NamedScenario, other: NamedScenario): number {
  const known = new Set(textsOf(other));
  return new Set(textsOf(one).filter((record) => !known.has(record))).size;
}

function textsOf({ records, audit = [] }: NamedScenario): string[] {
  return [...records, ...audit].map((record) => JSON.stringify(record));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
