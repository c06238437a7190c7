import type { Finding } from '../../lambda/detection/finding';
import type { Judgement, Step } from '../../lambda/detection/judge';
import { isoTime } from '../../lambda/detection/iso-time';
import { originText } from '../../lambda/detection/origin';
import { workloadKey } from '../../lambda/detection/workload';
import { paint } from './paint';

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

/** Whether a judgement is of the workload asked for (its id or its key), or has the session asked for, chained ones included. */
export function isAbout(judgement: Judgement, findings: readonly Finding[], asked: string): boolean {
  const { workload, sightings, issuances } = judgement.history;
  if (workload.id === asked || workloadKey(workload) === asked) return true;
  if (findings.some(({ related }) => related.some(({ arn }) => arn === asked))) return true;
  return (
    sightings.some(({ caller }) => caller.sessionArn === asked) ||
    issuances.some(({ sessionArn }) => sessionArn === asked)
  );
}

/** Every origin of a workload in time order: what was decided, by which rule, why, and from which records. */
export function explain({ judgement, findings }: Explained, asked: string, colours: boolean): string {
  const { history, lock, who } = judgement;
  const painted = paint(colours);
  const ofSession = judgement.steps.filter(({ sighting }) => sighting.caller.sessionArn === asked);
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
    `  ${issuances.length} keys issued by ${first.issuer} between ${isoTime(first.time)} and ${isoTime(last.time)} (first record ${first.eventId}).`,
  ];
}

function lifeLines({ who }: Judgement): string[] {
  if (!who.life) return [];
  const { launched, power, terminated, tenures, doors } = who.life;
  const events = [
    ...(launched === null ? [] : [{ time: launched, text: 'launched' }]),
    ...power.map(({ time, on, eventId }) => ({ time, text: `${on ? 'started' : 'stopped'} (record ${eventId})` })),
    ...tenures.map(({ since, sinceEvent, address, sinceAction }) => ({
      time: since,
      text: `${sinceAction} gave it ${address} (record ${sinceEvent})`,
    })),
    ...tenures.flatMap(({ until, untilEvent, address }) =>
      until === null ? [] : [{ time: until, text: `lost ${address} (record ${untilEvent ?? ''})` }],
    ),
    ...doors
      .filter(({ cause }) => cause !== 'start')
      .map(({ time, action, eventId }) => ({
        time,
        text: `${action} allows one address no record names (record ${eventId})`,
      })),
    ...(terminated ? [{ time: terminated.time, text: `terminated (record ${terminated.eventId})` }] : []),
  ];
  return events.sort((a, b) => a.time - b.time).map(({ time, text }) => `  ${isoTime(time)}  ${text}`);
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
  const word = ruling.ruling === 'suspicious' ? painted.HIGH('SUSPICIOUS') : painted.faint(ruling.ruling);
  const records = steps.map(({ sighting: { event } }) => event.id);
  return [
    `${isoTime(sighting.event.time)}${until}  ${painted.bold(originText(sighting.origin))}  ${word} by ${rule}`,
    `    ${ruling.why}; proven by ${sighting.provenBy}${sighting.caller.accessKeyId ? `, key ${sighting.caller.accessKeyId}` : ''}`,
    ...(ruling.ruling === 'suspicious'
      ? ruledOut.map(({ explanation, because }) => `    not ${explanation}: ${because}`)
      : []),
    ...('events' in ruling && ruling.events.length > 0
      ? [`    because of record${ruling.events.length === 1 ? '' : 's'} ${ruling.events.join(', ')}`]
      : []),
    `    record${records.length === 1 ? '' : 's'} ${records.slice(0, 3).join(', ')}${records.length > 3 ? ` and ${records.length - 3} more hours` : ''}`,
  ];
}

function followedLines(findings: readonly Finding[]): string[] {
  const lines = findings
    .filter(({ related }) => related.length > 0)
    .flatMap(({ evidence }) => evidence.filter((line) => line.startsWith('From there ')));
  return lines.length === 0 ? [] : ['', 'What was made of the keys', ...lines.map((line) => `  ${line}`)];
}

function unprovenLines({ history: { unproven, disproved } }: Judgement): string[] {
  return [
    ...(unproven > 0 ? ['', `${unproven} sightings only look like this workload’s; nothing proves them.`] : []),
    ...(disproved > 0 ? ['', `${disproved} sightings carry a key that was issued to somebody else.`] : []),
  ];
}
