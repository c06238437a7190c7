import { boxTable, boxWidth, type Cell } from '../terminal/box-table';
import { counted } from '../terminal/numbers';
import { paint, wantsColour } from '../terminal/paint';
import { placeText } from '../deployment/accounts-and-regions';
import { durationText, type Diagnosis } from './diagnosis';

export interface DoctorReport {
  readonly diagnoses: readonly Diagnosis[];
  readonly hubFaults: readonly string[];
  readonly notCovered: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

const NARROWEST = 80;
const WIDEST = 160;
const HEAD = ['Account, Region', 'Kind', 'Events', 'Problems and notes'];
const FIRST = [14, 15, 15];

/** A table of the diagnoses `shown`, then the problems of the hub, gaps in coverage and a total. */
export function* doctorTable(
  { diagnoses, hubFaults, notCovered, now }: DoctorReport,
  shown: readonly Diagnosis[] = diagnoses,
): Generator<string> {
  const colours = wantsColour(process.stdout, process.env);
  const { HIGH: red, bold } = paint(colours);
  const width = Math.min(Math.max(process.stdout.columns ?? 100, NARROWEST), WIDEST);
  const widths = [...FIRST, width - boxWidth(HEAD.length) - FIRST.reduce((sum, one) => sum + one, 0)];
  if (shown.length > 0) yield* boxTable(HEAD, widths, rowsOf(shown, { now, red }));
  for (const fault of hubFaults) yield `${red('PROBLEM')} in the hub: ${fault}\n`;
  for (const what of notCovered) yield `Not covered: ${what}\n`;
  const problems = problemsOf({ diagnoses, hubFaults });
  const places = new Set(diagnoses.map(placeText)).size;
  const end = problems === 0 ? 'no problems' : counted(problems, 'problem');
  yield `${bold(`${counted(places, 'place')} (an account in a Region): ${end}.`)}\n`;
}

/** One JSON line per account, Region and kind, then one for the hub. */
export function* doctorLines(
  { diagnoses, hubFaults, notCovered }: DoctorReport,
  shown: readonly Diagnosis[] = diagnoses,
): Generator<string> {
  for (const diagnosis of shown) yield `${JSON.stringify(diagnosis)}\n`;
  yield `${JSON.stringify({ hub: true, problems: hubFaults, notCovered })}\n`;
}

export function problemsOf({ diagnoses, hubFaults }: Pick<DoctorReport, 'diagnoses' | 'hubFaults'>): number {
  return diagnoses.reduce((sum, { problems }) => sum + problems.length, hubFaults.length);
}

function* rowsOf(
  diagnoses: readonly Diagnosis[],
  { now, red }: { readonly now: number; readonly red: (text: string) => string },
): Generator<Cell[]> {
  let previous = '';
  for (const one of diagnoses) {
    const place = placeText(one);
    const where = place === previous ? '' : `${one.account}\n${one.region}`;
    previous = place;
    const lines = [...one.problems.map((problem) => `PROBLEM: ${problem}`), ...one.notes];
    const hasProblems = one.problems.length > 0;
    yield [
      { text: where },
      { text: one.kind },
      { text: eventsText(one, now) },
      { text: lines.join('\n') || 'ok', ...(hasProblems && { paint: red }) },
    ];
  }
}

/** Date of the first event, then the age of the last event, the last read-only one and the last that attributes credentials. */
function eventsText({ receivedSince, lastReceived, readEvents, proof }: Diagnosis, now: number): string {
  if (receivedSince === null || lastReceived === null) return 'never';
  const ago = (time: string | null): string => (time === null ? 'never' : durationText(now - Date.parse(time)));
  return [
    receivedSince.slice(0, 10),
    `last  ${ago(lastReceived)}`,
    `read  ${ago(readEvents)}`,
    `proof ${ago(proof)}`,
  ].join('\n');
}
