import type { Decision, Judgement, Verdict } from '../../lambda/detection/judge/judge';
import type { EndpointOwner } from '../../lambda/detection/judge/ownership';
import { asSentence } from '../../lambda/detection/findings/finding-text';
import { callGroups } from '../../lambda/detection/findings/taken';
import { callGroupText } from '../../lambda/detection/findings/taken-text';
import { isoTime } from '../../lambda/detection/model/event-time';
import type { Finding } from '../../lambda/detection/model/finding';
import { originText, placeText, type SeenOrigin } from '../../lambda/detection/model/origin';
import { visible } from '../../lambda/detection/model/printable';
import { counted, grouped } from '../terminal/numbers';
import { paint } from '../terminal/paint';

/** Ids listed for trusted and for suspicious sightings. */
const FEW = 3;
const MANY = 20;

/** All sightings at one origin that ended alike, by time; never empty. */
interface JudgedOrigin {
  readonly origin: SeenOrigin;
  readonly outcome: Decision['outcome'];
  readonly steps: readonly [Decision, ...Decision[]];
}

interface Context {
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
  readonly colours: boolean;
}

/** By first sighting. */
export function originsIn(decisions: readonly Decision[]): JudgedOrigin[] {
  const groups = new Map<string, [Decision, ...Decision[]]>();
  for (const step of decisions) {
    const key = `${step.outcome} ${step.sighting.origin.key}`;
    const group = groups.get(key);
    if (group) group.push(step);
    else groups.set(key, [step]);
  }
  return [...groups.values()].map((steps) => ({
    origin: steps[0].sighting.origin,
    outcome: steps[0].outcome,
    steps,
  }));
}

/** When the origin was seen, its owner where it is an endpoint, the outcome and the rules that decided it. */
export function originHead({ origin, outcome, steps }: JudgedOrigin, { judgement, colours }: Context): string {
  const painted = paint(colours);
  const first = isoTime(steps[0].sighting.event.time);
  const last = isoTime(steps.at(-1)?.sighting.event.time ?? 0);
  const place = painted.bold(visible(placeText(origin)));
  const word = outcome === 'suspicious' ? painted.HIGH('SUSPICIOUS') : painted.faint(outcome);
  const rules = distinct(steps.map(({ rule }) => rule)).filter((rule) => rule !== 'unexplained');
  const by = rules.length > 0 ? ` by ${rules.join(', then ')}` : '';
  const rivals = rivalsOf(origin, judgement);
  const contested = rivals.length > 0 ? `, contested by ${visible(rivals.join(', '))}` : '';
  const times = first === last ? first : `${first} – ${last}`;
  return `${times}  ${place}${endpointText(origin, judgement)}  ${word}${by}${contested}`;
}

/** The origins that have as good a claim as this one, of which only one can be the workload's own. */
function rivalsOf({ key }: SeenOrigin, { verdicts }: Judgement): string[] {
  const pairs = verdicts.flatMap(({ contested, anchor, origin }: Verdict) =>
    contested && anchor ? [[anchor.origin, origin] as const] : [],
  );
  return pairs.flatMap(([anchor, origin]) => {
    if (key === origin.key) return [placeText(anchor)];
    return key === anchor.key ? [placeText(origin)] : [];
  });
}

const STANDINGS: Readonly<Record<EndpointOwner['standing'], string>> = {
  own: 'own account',
  ours: 'organisation’s account',
  foreign: 'foreign account',
  unknown: 'unknown account',
};

/** The owner of an origin's VPC endpoint; empty for other origins. */
export function endpointText({ endpointId }: SeenOrigin, { endpoints }: Judgement): string {
  if (endpointId === null) return '';
  const { account = null, standing = 'unknown' } = endpoints.get(endpointId) ?? {};
  return account === null ? ' (unknown owner)' : ` (${STANDINGS[standing]} ${account})`;
}

const PROOFS: Readonly<Record<Decision['sighting']['provenBy'], string>> = {
  scope: 'its records name the workload',
  delivery: 'its records say that the instance metadata service delivered it',
  'issued-key': 'it was issued to the workload',
  node: 'its cluster took it for that of a node',
  session: 'it was issued to this session',
  chained: 'it was requested with credentials of the workload',
};

export function originLines(judged: JudgedOrigin, context: Context): string[] {
  const { outcome, steps } = judged;
  const keys = distinct(steps.flatMap(({ sighting: { caller } }) => caller.accessKeyId ?? []));
  const proofs = distinct(steps.map(({ sighting }) => PROOFS[sighting.provenBy]));
  const hours = new Set(steps.map(({ sighting: { event } }) => Math.floor(event.time / 3_600_000))).size;
  const ids = steps.map(({ sighting: { event } }) => event.id);
  const basis = distinct(steps.flatMap((step) => ('events' in step ? step.events : [])));
  const isSuspicious = outcome === 'suspicious';
  return [
    originHead(judged, context),
    ...[
      ...reasonLines(steps),
      `    Key: ${keys.length > 0 ? `${listed(keys, FEW)}; ` : ''}${proofs.join('; ')}.`,
      ...(isSuspicious ? suspicionLines(judged, context) : []),
      ...(basis.length > 0 ? [`    Based on ${records(basis, MANY)}.`] : []),
      `    Seen in ${hours > 1 ? `${counted(hours, 'hour')}, in ` : ''}${records(ids, isSuspicious ? MANY : FEW)}.`,
    ].map(visible),
  ];
}

/** Each reason once; with the time from which on it holds, where there are several. */
function reasonLines(steps: readonly Decision[]): string[] {
  const reasons: Decision[] = [];
  for (const step of steps)
    if (!reasons.some(({ why }) => step.why === why || (step.rule === 'locked' && step.why.endsWith(`: ${why}`))))
      reasons.push(step);
  return reasons.map(({ why, sighting }) =>
    reasons.length > 1 ? `    ${isoTime(sighting.event.time)}: ${why}.` : `    ${asSentence(why)}`,
  );
}

function suspicionLines({ origin, steps }: JudgedOrigin, { findings }: Context): string[] {
  // Reasons change with time; the last one has seen the most.
  const reasons = new Map(steps.flatMap(({ ruledOut }) => ruledOut.map((one) => [one.explanation, one.because])));
  const ruledOut = [...reasons].map(([explanation, because]) => `      ${explanation}: ${because}`);
  return [...callLines(findings, originText(origin)), ...(ruledOut.length > 0 ? ['    Ruled out:', ...ruledOut] : [])];
}

function callLines(findings: readonly Finding[], origin: string): string[] {
  const finding = findings.find((one) => one.origin !== null && originText(one.origin) === origin);
  const keys = new Set(finding?.sessions.flatMap(({ accessKeyIds }) => accessKeyIds));
  const events = finding?.events.filter(({ accessKeyId }) => accessKeyId === null || keys.has(accessKeyId)) ?? [];
  const calls = callGroups(events).map(callGroupText);
  return calls.length === 0 ? [] : [`    Calls: ${listed(calls, MANY)}.`];
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function records(ids: readonly string[], most: number): string {
  return `${ids.length === 1 ? 'record' : 'records'} ${listed(ids, most)}`;
}

function listed(texts: readonly string[], most: number): string {
  const more = texts.length > most ? ` and ${grouped(texts.length - most)} more` : '';
  return `${texts.slice(0, most).join(', ')}${more}`;
}
