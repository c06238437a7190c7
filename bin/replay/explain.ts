import type { FactSet } from '../../lambda/detection/fact-set';
import type { Caller } from '../../lambda/detection/facts';
import type { Finding } from '../../lambda/detection/finding';
import type { Judgement, Step } from '../../lambda/detection/judge';
import { isoTime } from '../../lambda/detection/iso-time';
import { originText } from '../../lambda/detection/origin';
import { workloadKey } from '../../lambda/detection/workload';
import { counted, grouped } from './grouped';
import { lifeEvents } from './life-events';
import { paint } from './paint';

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

/** Every origin of a workload in time order: what was decided, by which rule, why, and from which records. */
function explain({ judgement, findings }: Explained, asked: string, colours: boolean): string {
  const { history, lock, who } = judgement;
  const painted = paint(colours);
  const ofSession = judgement.steps.filter(({ sighting }) => isOf(sighting.caller, asked));
  const steps = ofSession.length > 0 ? ofSession : judgement.steps;
  const lines = [
    painted.bold(
      `${history.kind.noun} ${history.workload.id}, account ${history.workload.account}${who.region ? `, ${who.region}` : ''}`,
    ),
    ...issuanceLines(judgement),
    ...lifeLines(judgement),
    '',
    ...stretchesOf(steps).flatMap((stretch) => stretchLines(stretch, colours)),
    ...(steps.length === 0 ? ['No proven call was seen.'] : []),
    '',
    painted.bold('Lock'),
    ...lock.map(
      ({ origin, because, since, until }) =>
        `  ${originText(origin)}  ${because}, since ${isoTime(since)}${until === null ? '' : `, until ${isoTime(until)}`}`,
    ),
    ...(lock.length === 0 ? ['  nothing was trusted'] : []),
    ...followedLines(findings),
    ...unprovenLines(judgement),
  ];
  return `${lines.join('\n')}\n`;
}

function issuanceLines({ history }: Judgement): string[] {
  const { issuances } = history;
  const [first] = issuances;
  const last = issuances.at(-1);
  if (!first || !last) return ['  No issuance of its keys was seen; its calls prove themselves.'];
  return [
    `  ${counted(issuances.length, 'key')} issued by ${first.issuer} between ${isoTime(first.time)} and ${isoTime(last.time)} (first record ${first.eventId}).`,
  ];
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

function stretchLines({ step, steps }: Stretch, colours: boolean): string[] {
  const painted = paint(colours);
  const { ruling, rule, sighting, ruledOut } = step;
  const last = steps.at(-1) ?? step;
  const until = last === step ? '' : ` – ${isoTime(last.sighting.event.time)}`;
  const isSuspicious = ruling.ruling === 'suspicious';
  const word = isSuspicious ? painted.HIGH('SUSPICIOUS') : painted.faint(ruling.ruling);
  const keys = new Set(steps.map(({ sighting: { caller } }) => caller.accessKeyId).filter((key) => key !== null));
  const records = steps.map(({ sighting: { event } }) => event.id);
  return [
    `${isoTime(sighting.event.time)}${until}  ${painted.bold(originText(sighting.origin))}  ${word} by ${rule}`,
    `    ${ruling.why}; proven by ${sighting.provenBy}${keys.size > 0 ? `, ${listed('key', [...keys], FEW)}` : ''}`,
    ...(isSuspicious ? ruledOut.map(({ explanation, because }) => `    not ${explanation}: ${because}`) : []),
    ...('events' in ruling && ruling.events.length > 0
      ? [`    because of ${listed('record', ruling.events, MANY)}`]
      : []),
    `    ${listed('record', records, isSuspicious ? MANY : FEW)}`,
  ];
}

function listed(noun: string, ids: readonly string[], most: number): string {
  const more = ids.length > most ? ` and ${grouped(ids.length - most)} more` : '';
  return `${noun}${ids.length === 1 ? '' : 's'} ${ids.slice(0, most).join(', ')}${more}`;
}

function followedLines(findings: readonly Finding[]): string[] {
  const lines = findings
    .filter(({ related }) => related.length > 0)
    .flatMap(({ evidence }) => evidence.filter((line) => line.startsWith('From there ')));
  return lines.length === 0 ? [] : ['', 'What was made of the keys', ...lines.map((line) => `  ${line}`)];
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
