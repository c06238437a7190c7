import type { FactSet } from '../../lambda/detection/facts/fact-set';
import type { Caller } from '../../lambda/detection/facts/facts';
import type { Finding } from '../../lambda/detection/model/finding';
import type { Judgement, Step } from '../../lambda/detection/judge/judge';
import { isoTime } from '../../lambda/detection/model/event-time';
import { originText } from '../../lambda/detection/model/origin';
import { asSentence } from '../../lambda/detection/findings/finding-text';
import { workloadKey } from '../../lambda/detection/model/workload';
import { visible } from '../terminal/escape-controls';
import { counted, grouped } from '../terminal/numbers';
import { lifeEvents } from '../report/life-events';
import { paint } from '../terminal/paint';
import { BECAUSES } from '../terminal/labels';

/** Ids shown of what is trusted, and of what is not. */
const FEW = 3;
const MANY = 20;

/** A run of sightings of one origin that were decided alike. */
interface Stretch {
  readonly step: Step;
  readonly steps: Step[];
}

/** A judgement and the findings composed of it. */
export interface Explained {
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
}

/**
 * Whether a judgement is about what was asked for: its workload (id or key), one of its findings or incidents (id), a
 * session (ARN) or an access key (id) of it, or one that was chained from it.
 */
export function isAbout(judgement: Judgement, findings: readonly Finding[], asked: string): boolean {
  const { workload, sightings, issuances } = judgement.history;
  if (workload.id === asked || workloadKey(workload) === asked) return true;
  if (findings.some((finding) => names(finding, asked))) return true;
  return (
    sightings.some(({ caller }) => isOf(caller, asked)) ||
    issuances.some(({ sessionArn, accessKeyId }) => sessionArn === asked || accessKeyId === asked)
  );
}

function names({ id, incidentId, related }: Finding, asked: string): boolean {
  if (id === asked || incidentId === asked) return true;
  return related.some(({ arn, accessKeyIds }) => arn === asked || accessKeyIds.includes(asked));
}

function isOf({ sessionArn, accessKeyId }: Caller, asked: string): boolean {
  return sessionArn === asked || accessKeyId === asked;
}

/** Why there is nothing to explain, and what can be asked for. */
export function nothingAbout(asked: string, { sessions }: FactSet): string {
  for (const arn of sessions.keys()) {
    if (arn === asked || arn.endsWith(`/${asked}`))
      return `its calls were read, but it is no workload that is judged: nothing proves whose they are, its kind is not among the workloads of the settings, or it is older than retentionDays`;
  }
  return 'nothing that was read is about it; name a workload id (i-…), a session ARN (arn:aws:sts::…:assumed-role/ROLE/SESSION), an access key id (ASIA…) or the id of a finding';
}

/** What was decided of each workload asked for, in the order of their names. */
export function* explanations(explained: readonly Explained[], asked: string, colours: boolean): Generator<string> {
  const sorted = [...explained].sort((a, b) => (a.judgement.history.key < b.judgement.history.key ? -1 : 1));
  for (const [at, one] of sorted.entries()) yield `${at === 0 ? '' : '\n'}${explain(one, asked, colours)}`;
}

/** A workload's story: its keys, what happened to it, every origin in time order with what was decided and why, and what came of it. */
function explain({ judgement, findings }: Explained, asked: string, colours: boolean): string {
  const { history, lock, who } = judgement;
  const painted = paint(colours);
  const region = who.region ? `, ${who.region}` : '';
  const ofSession = judgement.steps.filter(({ sighting }) => isOf(sighting.caller, asked));
  const steps = ofSession.length > 0 ? ofSession : judgement.steps;
  const lines = [
    painted.bold(visible(`${history.kind.noun} ${history.workload.id}, account ${history.workload.account}${region}`)),
    ...[...issuanceLines(judgement), ...lifeLines(judgement)].map(visible),
    '',
    ...stretchesOf(steps).flatMap((stretch) => stretchLines(stretch, findings, colours)),
    ...(steps.length === 0 ? ['No proven call was seen.'] : []),
    '',
    painted.bold('Where it belongs'),
    ...lock.map(lockLine).map(visible),
    ...(lock.length === 0 ? ['  nothing was trusted'] : []),
    ...followedLines(findings, colours),
    ...findingLines(findings, colours),
    ...unprovenLines(judgement),
  ];
  return `${lines.join('\n')}\n`;
}

function lockLine({ origin, because, since, until }: Judgement['lock'][number]): string {
  const end = until === null ? '' : `, until ${isoTime(until)}`;
  return `  ${originText(origin)}  ${BECAUSES[because]}, since ${isoTime(since)}${end}`;
}

function findingLines(findings: readonly Finding[], colours: boolean): string[] {
  const painted = paint(colours);
  if (findings.length === 0) return ['', 'No finding.'];
  return [
    '',
    painted.bold('Findings'),
    ...findings.map(({ severity, type, id }) => `  ${painted[severity](severity)}  ${type}  ${visible(id)}`),
  ];
}

function issuanceLines({ history }: Judgement): string[] {
  const { issuances } = history;
  const [first] = issuances;
  const last = issuances.at(-1);
  if (!first || !last) return ['  No issuance of its keys was seen; its calls prove themselves.'];
  const when =
    first.time === last.time ? `at ${isoTime(first.time)}` : `between ${isoTime(first.time)} and ${isoTime(last.time)}`;
  return [`  ${first.issuer} issued it ${counted(issuances.length, 'key')} ${when} (first record ${first.eventId}).`];
}

function lifeLines(judgement: Judgement): string[] {
  return lifeEvents(judgement).map(
    ({ time, text, record }) => `  ${isoTime(time)}  ${text}${record === null ? '' : ` (record ${record})`}`,
  );
}

function stretchesOf(steps: readonly Step[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const step of steps) {
    const last = stretches.at(-1);
    if (last && isAlike(last.step, step)) last.steps.push(step);
    else stretches.push({ step, steps: [step] });
  }
  return stretches;
}

function isAlike(one: Step, other: Step): boolean {
  return (
    one.rule === other.rule &&
    one.ruling.ruling === other.ruling.ruling &&
    one.sighting.origin.key === other.sighting.origin.key
  );
}

const PROOFS: Readonly<Record<Step['sighting']['provenBy'], string>> = {
  scope: 'the records name the workload',
  delivery: 'the records say that its metadata service gave the key',
  'issued-key': 'the key was issued to it',
  session: 'a key was issued to this session',
};

function stretchLines(stretch: Stretch, findings: readonly Finding[], colours: boolean): string[] {
  const { step, steps } = stretch;
  const { ruling, sighting } = step;
  const keys = new Set(steps.map(({ sighting: { caller } }) => caller.accessKeyId).filter((key) => key !== null));
  const records = steps.map(({ sighting: { event } }) => event.id);
  const isSuspicious = ruling.ruling === 'suspicious';
  const because = 'events' in ruling ? ruling.events : [];
  return [
    stretchHead(stretch, colours),
    ...[
      `    ${asSentence(ruling.why)}`,
      `    Its key: ${PROOFS[sighting.provenBy]}${keys.size > 0 ? ` (${listed('key', [...keys], FEW)})` : ''}.`,
      ...(isSuspicious ? suspicionLines(step, findings) : []),
      ...(because.length > 0 ? [`    Because of ${listed('record', because, MANY)}.`] : []),
      `    Seen in ${listed('record', records, isSuspicious ? MANY : FEW)}.`,
    ].map(visible),
  ];
}

function stretchHead({ step, steps }: Stretch, colours: boolean): string {
  const painted = paint(colours);
  const { ruling, rule, sighting } = step;
  const last = steps.at(-1) ?? step;
  const until = last === step ? '' : ` – ${isoTime(last.sighting.event.time)}`;
  const place = painted.bold(visible(originText(sighting.origin)));
  const word = ruling.ruling === 'suspicious' ? painted.HIGH('SUSPICIOUS') : painted.faint(ruling.ruling);
  return `${isoTime(sighting.event.time)}${until}  ${place}  ${word}${rule === 'unexplained' ? '' : ` by ${rule}`}`;
}

function suspicionLines({ sighting, ruledOut }: Step, findings: readonly Finding[]): string[] {
  return [
    ...doneLines(findings, originText(sighting.origin)),
    ...(ruledOut.length > 0 ? ['    What it is not:'] : []),
    ...ruledOut.map(({ explanation, because }) => `      ${explanation}: ${because}`),
  ];
}

/** What was called from there: in the order of the first calls. */
function doneLines(findings: readonly Finding[], place: string): string[] {
  const finding = findings.find(({ origin }) => origin !== null && originText(origin) === place);
  const keys = new Set(finding?.sessions.flatMap(({ accessKeyIds }) => accessKeyIds));
  const events = finding?.events.filter(({ accessKeyId }) => accessKeyId === null || keys.has(accessKeyId)) ?? [];
  const counts = new Map<string, number>();
  for (const { source, name, errorCode } of events) {
    const done = `${source.split('.')[0] ?? source}:${name}${errorCode === null ? '' : ` (${errorCode})`}`;
    counts.set(done, (counts.get(done) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const done = [...counts].map(([what, count]) => (count === 1 ? what : `${what} ×${grouped(count)}`));
  const more = done.length > MANY ? ` and ${grouped(done.length - MANY)} more` : '';
  return [`    Called: ${done.slice(0, MANY).join(', ')}${more}.`];
}

function listed(noun: string, ids: readonly string[], most: number): string {
  const more = ids.length > most ? ` and ${grouped(ids.length - most)} more` : '';
  return `${noun}${ids.length === 1 ? '' : 's'} ${ids.slice(0, most).join(', ')}${more}`;
}

function followedLines(findings: readonly Finding[], colours: boolean): string[] {
  const lines = findings
    .filter(({ related }) => related.length > 0)
    .flatMap(({ evidence }) => evidence.filter((line) => line.startsWith('From there ')));
  return lines.length === 0
    ? []
    : ['', paint(colours).bold('What was made of the keys'), ...lines.map((line) => visible(`  ${line}`))];
}

function unprovenLines({ history: { unproven, disproved } }: Judgement): string[] {
  return [
    ...(unproven > 0
      ? [
          '',
          `${counted(unproven, 'sighting')} only ${unproven === 1 ? 'looks' : 'look'} like this workload’s; nothing proves that it is.`,
        ]
      : []),
    ...(disproved > 0 ? ['', `${counted(disproved, 'sighting')} with a key that was issued to somebody else.`] : []),
  ];
}
