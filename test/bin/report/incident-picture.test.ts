import { fleetPicture } from '../../../bin/report/fleet-picture';
import { incidentPicture } from '../../../bin/report/incident-picture';
import { incidentsOf } from '../../../bin/report/incidents-of';
import type { Picture } from '../../../bin/report/picture';
import { incidentId } from '../../../lambda/detection/findings/compose-finding';
import { detect } from '../../../lambda/detection/detect';
import type { Finding } from '../../../lambda/detection/model/finding';
import type { Judgement } from '../../../lambda/detection/judge/judge';
import { DEFAULT_SETTINGS } from '../../../lambda/detection/parse-settings';
import { chapters } from '../../../demo/story/chapters';
import { logFiles } from '../../../trail-writer/log-files';
import { allScenarios, factsOf, ipRangesOf } from '../../scenario';

interface Told {
  readonly findings: readonly Finding[];
  readonly pictures: Map<string, Picture>;
  readonly judgements: readonly Judgement[];
}

function told(records: readonly unknown[]): Told {
  const pictures = new Map<string, Picture>();
  const judgements: Judgement[] = [];
  const { findings } = detect({
    facts: factsOf(records),
    settings: DEFAULT_SETTINGS,
    ipRanges: ipRangesOf('default'),
    onJudgement: (judgement, found) => {
      judgements.push(judgement);
      pictures.set(incidentId(judgement.history.workload), incidentPicture(judgement, found));
    },
  });
  return { findings, pictures, judgements };
}

function chapter(name: string): Told {
  const found = chapters().filter((one) => logFiles(one).some(({ path }) => path.startsWith(name)));
  const texts = found.flatMap(logFiles).map(({ text }) => text);
  return told(texts.flatMap((text) => (JSON.parse(text) as { Records?: unknown[] }).Records ?? []));
}

function scenario(name: string): Told {
  const found = allScenarios().find((one) => one.name === name);
  if (!found) throw new Error(`there is no scenario ${name}`);
  return told(found.records);
}

function pictureOf({ findings, pictures }: Told): Picture {
  const picture = pictures.get(findings[0]?.incidentId ?? '');
  if (!picture) throw new Error('nothing was found');
  return picture;
}

describe('the picture of an incident', () => {
  test('has a lane for each origin: the trusted first, then the suspect', () => {
    const { lanes, issued, more } = pictureOf(chapter('03-'));
    expect(lanes.map(({ origin, trusted }) => [origin, trusted])).toEqual([
      ['198.51.100.11', true],
      ['192.0.2.66', false],
    ]);
    expect(lanes.map(({ because }) => because)).toEqual(['first use', 'outside AWS']);
    expect(issued).toEqual([{ time: Date.UTC(2026, 8, 14, 13, 1, 12) / 1_000, text: '2 keys issued' }]);
    expect(more).toBe(0);
  });

  test('marks what was suspicious and what was refused, and nothing of the workload’s own', () => {
    const [own, theirs] = pictureOf(chapter('03-')).lanes;
    expect(own?.calls.filter(({ suspicious }) => suspicious)).toEqual([]);
    expect(theirs?.calls.every(({ suspicious }) => suspicious)).toBe(true);
    expect(theirs?.calls.filter(({ failed }) => failed).map(({ text }) => text)).toContain(
      'iam:ListUsers (AccessDenied)',
    );
  });

  test('locks a lane since its first trusted call, and leaves a suspect unlocked', () => {
    const { from, to, lanes } = pictureOf(chapter('03-'));
    const [own, theirs] = lanes;
    expect(own?.since).toBe(Date.UTC(2026, 8, 14, 13, 2, 40) / 1_000);
    expect(theirs?.since).toBeNull();
    for (const { time } of lanes.flatMap(({ calls }) => calls)) expect(time > from && time < to).toBe(true);
  });

  test('tells in one lane of an origin that was trusted and is not any more', () => {
    const { lanes, changes } = pictureOf(chapter('09-'));
    const [lane] = lanes;
    expect(lanes).toHaveLength(1);
    expect(lane?.trusted).toBe(true);
    expect(new Set(lane?.calls.map(({ suspicious }) => suspicious))).toEqual(new Set([false, true]));
    expect(changes.map(({ text }) => text)).toContain('terminated');
  });

  test('has room for so many lanes and marks, and says what it leaves out', () => {
    const base = allScenarios().find(({ name }) => name === 'declared/network-of-another-account');
    const [record] = (base?.records ?? []) as Record<string, unknown>[];
    const records = Array.from({ length: 3_000 }, (_, at) => ({
      ...record,
      eventID: `e-${at}`,
      eventTime: new Date(Date.UTC(2026, 7, 25) + at * 60_000).toISOString().replace('.000', ''),
      sourceIPAddress: `192.0.2.${at % 12}`,
    }));
    const { lanes, more } = pictureOf(told(records));
    expect(lanes.length + more).toBe(12);
    expect(lanes).toHaveLength(8);
    for (const { calls } of lanes) expect(calls.length).toBeLessThanOrEqual(241);
  });
});

describe('the picture of a fleet', () => {
  test('has a lane for each workload, with where it was called from', () => {
    const { findings, pictures } = scenario('group/undeclared-company-egress');
    const [finding] = findings;
    const picture = finding ? fleetPicture(finding, pictures) : null;
    expect(picture?.lanes.map(({ origin }) => origin).sort()).toEqual(
      (finding?.workloads ?? []).map(({ id }) => id).sort(),
    );
    expect(picture?.lanes.flatMap(({ calls }) => calls.map(({ text }) => text))[0]).toMatch(/ from 203\.0\.113\.210$/);
    expect(picture?.fleet).toBe(true);
  });

  test('is none where nothing is known of its workloads', () => {
    const [finding] = scenario('group/undeclared-company-egress').findings;
    expect(finding && fleetPicture(finding, new Map())).toBeNull();
  });
});

describe('incidents', () => {
  test('hold the findings of one workload, the weightiest first', () => {
    const { findings, pictures } = chapter('11-');
    const incidents = incidentsOf(findings, pictures);
    expect(incidents.flatMap((incident) => incident.findings)).toHaveLength(findings.length);
    const webhook = incidents.find(({ id }) => id.endsWith('/webhook'));
    expect(webhook?.findings.map(({ type }) => type)).toEqual(['InsideAWS', 'ConsoleSession']);
  });

  test('count all that was done, apart from what was done with keys made of it', () => {
    const { findings, pictures } = chapter('03-');
    const [incident] = incidentsOf(findings, pictures);
    const [finding] = incident?.findings ?? [];
    expect(finding?.actions.find(({ name }) => name === 'GetObject')).toMatchObject({
      service: 's3',
      calls: 7,
      failed: 0,
    });
    expect(finding?.actions.find(({ name }) => name === 'CreateAccessKey')).toMatchObject({
      failed: 1,
      errors: ['AccessDenied'],
    });
    expect(finding?.derivedActions).toEqual([{ service: 's3', name: 'GetObject', calls: 1, failed: 0, errors: [] }]);
  });

  test('list fewer calls each, the more findings there are', () => {
    const { findings, pictures } = chapter('03-');
    const [finding] = findings;
    const many = Array.from({ length: 20_000 }, (_, at) => ({ ...finding!, id: `f-${at}`, incidentId: `i-${at}` }));
    const [first] = incidentsOf(many, pictures)[0]?.findings ?? [];
    expect(first?.events).toHaveLength(6);
    expect(first?.unlisted).toBe((finding?.events.length ?? 0) - 6);
    expect(first?.actions.find(({ name }) => name === 'GetObject')?.calls).toBe(7);
  });
});
