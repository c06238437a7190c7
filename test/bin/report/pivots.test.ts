import type { Finding } from '../../../lambda/detection/model/finding';
import { pivotsOf } from '../../../bin/report/pivots';
import { CONFIG, DEMO, findingsOf, removeAll } from '../credlock-command';

afterAll(removeAll);

let findings: Finding[];
beforeAll(async () => {
  findings = await findingsOf([`${DEMO}/trail`, '--config', CONFIG]);
});

const valuesOf = (of: readonly Finding[], name: string) =>
  pivotsOf(of).tables.find((table) => table.name === name)?.values ?? [];

test('a source is listed once, with its owner, workloads and calls', () => {
  const [first] = valuesOf(findings, 'source');
  expect(first).toMatchObject({ value: '192.0.2.66', detail: 'outside AWS', workloads: 1, calls: 16 });
  const values = valuesOf(findings, 'source').map(({ value }) => value);
  expect(new Set(values).size).toBe(values.length);
});

test('incidents that share a value have its token, and only they', () => {
  const { tables, tokens } = pivotsOf(findings);
  for (const { name, values } of tables) {
    expect(values.length).toBeGreaterThan(3);
    for (const { value, token } of values) {
      const holders = [...tokens].filter(([, held]) => held.includes(token)).map(([incident]) => incident);
      const wanted = findings.filter((finding) => names(finding, name, value)).map(({ incidentId }) => incidentId);
      expect([value, new Set(holders)]).toEqual([value, new Set(wanted)]);
    }
  }
});

function names({ origin, events }: Finding, pivot: string, value: string): boolean {
  if (pivot === 'source') return value === (origin?.endpointId ? `${origin.endpointId}/${origin.ip}` : origin?.ip);
  if (pivot === 'agent') return events.some(({ userAgent }) => userAgent === value);
  return events.some(({ resource, errorCode }) => resource?.startsWith(value) && errorCode === null);
}

test('failed calls affect no resource', () => {
  const [finding] = findings;
  if (!finding) throw new Error('no finding');
  const failed = { ...finding, events: finding.events.map((event) => ({ ...event, errorCode: 'AccessDenied' })) };
  expect(valuesOf([finding], 'resource').length).toBeGreaterThan(0);
  expect(valuesOf([failed], 'resource')).toEqual([]);
});

test('values beyond the most frequent have no token, and are counted', () => {
  const [finding] = findings;
  if (!finding?.origin) throw new Error('no finding');
  const many = Array.from({ length: 250 }, (_, at) => ({
    ...finding,
    incidentId: `incident-${at}`,
    origin: { ...finding.origin, ip: `192.0.2.${at}`, endpointId: null, kind: 'public' },
  })) as Finding[];
  const { tables, tokens } = pivotsOf(many);
  const sources = tables.find(({ name }) => name === 'source');
  expect([sources?.values.length, sources?.more]).toEqual([200, 50]);
  expect([...tokens.values()].filter((held) => held.some((token) => token.startsWith('s')))).toHaveLength(200);
});
