import type { FactSet } from '../../lambda/detection/facts/fact-set';
import type { Caller } from '../../lambda/detection/facts/facts';
import { isKubernetesType, type Finding } from '../../lambda/detection/model/finding';
import type { Judgement } from '../../lambda/detection/judge/judge';
import { isoTime } from '../../lambda/detection/model/event-time';
import { placeText } from '../../lambda/detection/model/origin';
import { workloadKey } from '../../lambda/detection/model/workload';
import { visible } from '../../lambda/detection/model/printable';
import { counted } from '../terminal/numbers';
import { isPartOf } from '../report/short-name';
import { lifeEvents } from '../report/life-events';
import { paint } from '../terminal/paint';
import { wrapLines } from '../terminal/wrap-lines';
import { toStandardOutput } from '../files/write-output';
import type { ReplayResult, ReplayWriter } from '../formats/output-format';
import { BECAUSES } from '../terminal/labels';
import { endpointText, originHead, originLines, originsIn } from './explain-origin';
import { actsExplanation, isFindingAbout } from './explain-acts';
import { groupExplanation } from './explain-group';
import { COMMAND_INDENT, stepLines } from './step-lines';

interface Explained {
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
}

type Style = Pick<ReplayResult, 'colours' | 'long'>;

/** Longer lines are hard to follow. */
const WIDEST_TEXT = 120;

/**
 * `--explain`: the verdicts on every origin of what `asked` names, or what a group of workloads is about. Its `write` throws
 * if no record is about that.
 */
export function explanationWriter(asked: string, out: string | undefined, facts: FactSet): ReplayWriter {
  const exact: Explained[] = [];
  const similar: Explained[] = [];
  return {
    onJudgement(judgement, findings) {
      if (isAbout(judgement, findings, asked)) exact.push({ judgement, findings });
      else if (isPartOf(judgement.history.workload.id, asked)) similar.push({ judgement, findings });
    },
    write({ detection, ...style }) {
      const group = detection.findings.find(({ id, workloads }) => id === asked && workloads !== null);
      if (group) return wrappedOnTerminal([groupExplanation(group, style.colours)], out);
      const ofClusters = detection.findings.filter((one) => isKubernetesType(one.type) && isFindingAbout(one, asked));
      const acts = ofClusters.map((one) => actsExplanation(one, style.colours));
      const explained = exact.length > 0 || acts.length > 0 ? exact : similar;
      if (explained.length + acts.length === 0) throw new Error(`--explain ${asked}: ${nothingAbout(asked, facts)}`);
      return wrappedOnTerminal(apart([...explanations(explained, asked, style), ...acts]), out);
    },
  };
}

function apart(pieces: readonly string[]): string[] {
  return pieces.map((piece, at) => (at === 0 ? piece : `\n${piece}`));
}

/** Lines in files and pipes are not wrapped, and commands never, so that they can be copied. */
function* wrappedOnTerminal(pieces: Iterable<string>, out: string | undefined): Generator<string> {
  const { isTTY, columns } = process.stdout;
  const isWrapped = toStandardOutput(out) && isTTY;
  for (const piece of pieces) yield isWrapped ? wrappedText(piece, Math.min(columns, WIDEST_TEXT)) : piece;
}

function wrappedText(text: string, columns: number): string {
  const lines = text.split('\n');
  return lines.map((line) => (line.startsWith(COMMAND_INDENT) ? line : wrapLines(line, columns))).join('\n');
}

/**
 * True if `asked` is its workload (id or key), one of its findings or incidents (id), or one of its sessions (ARN) or access
 * keys (id), chained ones included.
 */
function isAbout(judgement: Judgement, findings: readonly Finding[], asked: string): boolean {
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

function nothingAbout(asked: string, { sessions }: FactSet): string {
  for (const arn of sessions.keys()) {
    if (arn === asked || arn.endsWith(`/${asked}`))
      return 'its calls were read, but not judged: no record attributes them to a workload, or its kind is not in the setting workloads';
  }
  return 'no record is about it; give a workload id (i-…), a session ARN (arn:aws:sts::…:assumed-role/ROLE/SESSION), an access key id (ASIA…) or a finding id';
}

/** Sorted by workload. */
function* explanations(explained: readonly Explained[], asked: string, style: Style): Generator<string> {
  const sorted = [...explained].sort((a, b) => (a.judgement.history.key < b.judgement.history.key ? -1 : 1));
  for (const one of sorted) yield explain(one, asked, style);
}

/**
 * The untrusted origins of a workload with decision and reason, and what to do about the gravest finding; then its trusted
 * origins, a line each unless they are all there is or `isLong`, its keys and changes.
 */
function explain({ judgement, findings }: Explained, asked: string, { colours, long: isLong }: Style): string {
  const { history, lock, subject } = judgement;
  const painted = paint(colours);
  const region = subject.region ? `, ${subject.region}` : '';
  // What the workload hands to others without using it is told where its credentials were derived.
  const decisions = judgement.decisions.filter(
    ({ sighting, outcome }) => sighting.provenBy !== 'chained' || outcome !== 'ignored',
  );
  const ofSession = decisions.filter(({ sighting }) => isOf(sighting.caller, asked));
  const origins = originsIn(ofSession.length > 0 ? ofSession : decisions);
  const suspicious = origins.filter(({ outcome }) => outcome === 'suspicious');
  const others = origins.filter(({ outcome }) => outcome !== 'suspicious');
  const context = { judgement, findings, colours };
  const isFolded = suspicious.length > 0 && !isLong;
  const lines = [
    painted.bold(visible(`${history.kind.noun} ${history.workload.id}, account ${history.workload.account}${region}`)),
    ...findingLines(findings, colours),
    '',
    ...suspicious.flatMap((one) => originLines(one, context)),
    ...derivedLines(findings, colours),
    ...stepLines(findings, asked, painted),
    ...(suspicious.length > 0 ? [''] : []),
    painted.bold('Trusted origins'),
    ...lock.map((entry) => visible(lockLine(entry, judgement))),
    ...(lock.length === 0 ? ['  none'] : []),
    '',
    ...others.flatMap((one) => (isFolded ? originHead(one, context) : originLines(one, context))),
    ...(origins.length === 0 ? ['No call is attributed to it.'] : []),
    ...(isFolded && others.length > 0 ? [painted.faint('--long shows why each of them is trusted.')] : []),
    '',
    painted.bold('Credentials and changes'),
    ...[...issuanceLines(judgement), ...changeLines(judgement)].map(visible),
    ...notJudgedLines(judgement),
  ];
  return `${lines.join('\n')}\n`;
}

function lockLine({ origin, because, since, until }: Judgement['lock'][number], judgement: Judgement): string {
  const end = until === null ? '' : `, until ${isoTime(until)}`;
  return `  ${placeText(origin)}${endpointText(origin, judgement)}  ${BECAUSES[because]}, since ${isoTime(since)}${end}`;
}

function findingLines(findings: readonly Finding[], colours: boolean): string[] {
  const painted = paint(colours);
  if (findings.length === 0) return ['', 'No finding.'];
  return [
    painted.bold('Findings'),
    ...findings.map(
      ({ severity, type, contested, id }) =>
        `  ${painted[severity](severity)}  ${type}${contested ? ' (contested)' : ''}  ${visible(id)}`,
    ),
  ];
}

function issuanceLines({ history }: Judgement): string[] {
  const { issuances } = history;
  const [first] = issuances;
  const last = issuances.at(-1);
  if (!first || !last) return ['  No issuance of its keys was recorded; its own records name it.'];
  const when =
    first.time === last.time ? `at ${isoTime(first.time)}` : `between ${isoTime(first.time)} and ${isoTime(last.time)}`;
  return [`  ${first.issuer} issued it ${counted(issuances.length, 'key')} ${when} (first record ${first.eventId}).`];
}

/** What changed the workload's addresses, and what would have but was rejected. */
function changeLines(judgement: Judgement): string[] {
  const accepted = lifeEvents(judgement).map(({ time, text, record }) => ({
    time,
    text: `${text}${record === null ? '' : ` (record ${record})`}`,
  }));
  const rejected = judgement.rejected.map(({ change: { time, action, eventId }, why }) => ({
    time,
    text: `${action} is rejected: it ${why} (record ${eventId})`,
  }));
  const changes = [...accepted, ...rejected].sort((a, b) => a.time - b.time);
  return changes.map(({ time, text }) => `  ${isoTime(time)}  ${text}`);
}

function derivedLines(findings: readonly Finding[], colours: boolean): string[] {
  const lines = findings
    .filter(({ related }) => related.length > 0)
    .flatMap(({ evidence }) => evidence.filter((line) => line.startsWith('From there ')));
  return lines.length === 0
    ? []
    : ['', paint(colours).bold('Derived sessions'), ...lines.map((line) => visible(`  ${line}`))];
}

function notJudgedLines({ history: { unproven, disproved } }: Judgement): string[] {
  const counts = [
    ...(unproven > 0 ? [counted(unproven, 'unattributed sighting')] : []),
    ...(disproved > 0 ? [`${counted(disproved, 'sighting')} with a key issued to another workload`] : []),
  ];
  return counts.length === 0 ? [] : ['', `Not judged: ${counts.join(', ')}.`];
}
