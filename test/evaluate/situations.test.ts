import { createHash } from 'node:crypto';
import { deliver } from '../../evaluate/deliver';
import { playAll, settingsOf, type Organization } from '../../evaluate/organization';
import { ALL_SITUATIONS } from '../../evaluate/situations/all-situations';
import { figuresOf, scoreAll, type Found } from '../../evaluate/score';
import { seededRandom } from '../../trail-writer/random';

const organization = playAll(ALL_SITUATIONS, 1);
const records = organization.played.flatMap(({ stage }) => stage.records);

test('One seed gives the same records in the same files, another seed gives others', () => {
  const digest = ({ played }: Organization, seed: number): string => {
    const files = deliver(
      played.flatMap(({ stage }) => stage.records),
      seededRandom(seed),
    );
    return createHash('sha256').update(JSON.stringify(files)).digest('hex');
  };
  const again = playAll(ALL_SITUATIONS, 1);
  expect(digest(again, 2)).toBe(digest(organization, 2));
  expect(digest(playAll(ALL_SITUATIONS, 2), 2)).not.toBe(digest(organization, 2));
});

test('Every situation has a story and an answer, and its records show its workloads', () => {
  expect(ALL_SITUATIONS.length).toBeGreaterThanOrEqual(150);
  for (const { situation, stage } of organization.played) {
    expect(situation.story).toMatch(/^\p{Lu}.{20,}/u);
    expect({ name: situation.name, reported: stage.thefts.length > 0 }).toEqual({
      name: situation.name,
      reported: situation.answer === 'report',
    });
    const text = JSON.stringify(stage.records.map(({ json }) => json));
    for (const { workload, severities, origins } of stage.thefts) {
      expect(severities.length).toBeGreaterThan(0);
      expect(stage.workloads).toContain(workload.split('|')[0]);
      for (const origin of origins) expect(text).toContain(origin.split('/').at(-1));
    }
    expect(stage.workloads.length).toBeGreaterThan(0);
  }
});

test('About half of the situations are benign', () => {
  const benign = ALL_SITUATIONS.filter(({ answer }) => answer === 'benign').length / ALL_SITUATIONS.length;
  expect(benign).toBeGreaterThan(0.4);
  expect(benign).toBeLessThan(0.6);
});

test('No name, event id, workload or access key belongs to two situations', () => {
  expect(new Set(ALL_SITUATIONS.map(({ name }) => name)).size).toBe(ALL_SITUATIONS.length);
  expect(new Set(records.map(({ eventId }) => eventId)).size).toBe(records.length);
  const owners = new Map<string, string>();
  const people = new Set(records.flatMap(({ json }) => personalKey(json.userIdentity)));
  for (const { situation, stage } of organization.played) {
    const ids = JSON.stringify(stage.records.map(({ json }) => json)).match(
      /\b(i-0[0-9a-f]{16}|ASIA[A-Z2-7]{16}|nat-0[0-9a-f]{16})\b/g,
    );
    for (const id of new Set(ids)) {
      if (people.has(id)) continue;
      expect([id, owners.get(id) ?? situation.name]).toEqual([id, situation.name]);
      owners.set(id, situation.name);
    }
  }
});

test('Records come late, twice, without order and in many files', () => {
  const files = deliver(records, seededRandom(2));
  const delivered = files.flatMap((file) => file.records);
  expect(new Set(delivered.map(({ eventId }) => eventId)).size).toBe(records.length);
  expect(delivered.length).toBeGreaterThan(records.length);
  expect(files.length).toBeGreaterThan(100);
  expect(files.some((file) => file.records.some(({ time }, at) => time < (file.records[at - 1]?.time ?? 0)))).toBe(
    true,
  );
});

test('The settings name the organisation’s accounts only when they are known', () => {
  expect(settingsOf(organization, true)).toHaveProperty('organizationAccounts', organization.accounts);
  expect(settingsOf(organization, false)).not.toHaveProperty('organizationAccounts');
});

test('A theft that is reported counts as right, all else as missed or as a false alarm', () => {
  const [played] = playAll(
    ALL_SITUATIONS.filter(({ name }) => name === 'automatic-laptop'),
    1,
  ).played;
  const theft = played?.stage.thefts[0];
  if (!played || !theft) throw new Error('no theft');
  const found = (ip: string | undefined): Found => ({
    type: 'OutsideAWS',
    severity: 'HIGH',
    contested: false,
    workload: { id: theft.workload },
    workloads: null,
    origin: { ip: ip ?? null, endpointId: null, service: null },
  });
  const figures = (findings: Found[]) => figuresOf(scoreAll([played], findings));
  expect(figures([found(theft.origins[0])])).toMatchObject({
    situationsRight: 1,
    recall: 1,
    precision: 1,
    severity: 1,
    repeats: 0,
  });
  expect(figures([{ ...found(theft.origins[0]), severity: 'LOW' }])).toMatchObject({
    situationsRight: 0,
    recall: 1,
    severity: 0,
  });
  expect(figures([found(theft.origins[0]), found(theft.origins[0])])).toMatchObject({ repeats: 1 });
  expect(figures([found('34.240.0.1')])).toMatchObject({ situationsRight: 0, recall: 0, precision: 0 });
  expect(figures([])).toMatchObject({ recall: 0, precision: 1 });
});

/** Administrators work in all accounts, with one session each. */
function personalKey(identity: unknown): string[] {
  const { arn = '', accessKeyId = '' } = identity as { arn?: string; accessKeyId?: string };
  return arn.includes('AWSReservedSSO_') ? [accessKeyId] : [];
}
