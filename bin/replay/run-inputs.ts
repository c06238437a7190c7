import { FactSet } from '../../lambda/detection/facts/fact-set';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import { parseSettings } from '../../lambda/detection/parse-settings';
import type { Settings } from '../../lambda/detection/model/settings';
import type { WorkloadKind } from '../../lambda/detection/model/workload-kind';
import { readInto } from '../../lambda/detection/records/read-facts';
import { findIpRanges } from '../files/ip-ranges-cache';
import { jsonFile } from '../files/json-file';
import type { ReadCounts } from '../report/summary';
import { progressBar } from '../terminal/progress';
import { tell } from '../terminal/stderr';
import { readInputs } from './read-inputs';
import { readState, writeState } from './state-file';

const DAY = 86_400_000;

/** AWS adds ranges every few days. */
const STALE_DAYS = 30;

/** The settings in a `--config` file, or the defaults. Throws with every fault there is. */
export function settingsFrom(path: string | undefined): Settings {
  const parsed = parseSettings(path === undefined ? {} : jsonFile('--config', path));
  if ('faults' in parsed)
    throw new Error(`--config ${path ?? ''}:\n${parsed.faults.map((fault) => `  ${fault}`).join('\n')}`);
  return parsed.value;
}

/** Says which addresses are taken for AWS's, or that nothing says so. */
export function ipRangesFrom(option: string | undefined): IpRanges | null {
  const found = findIpRanges(option);
  if (found === null) {
    tell(
      'No ip-ranges.json: whose an address is stays unknown. `credlock ip-ranges` downloads it, --ip-ranges FILE names one.\n',
    );
    return null;
  }
  if ('faults' in found) throw new Error(`${option === undefined ? '' : '--ip-ranges '}${found.faults.join('; ')}`);
  const { createDate, skipped } = found.value.ranges;
  const leftOut = skipped === 0 ? '' : ` (${skipped} of its entries are not as they should be and were left out)`;
  tell(`ip-ranges.json of ${createDate}: ${found.value.path}${leftOut}\n`);
  return found.value.ranges;
}

/** Addresses that AWS got after the file was written look as if they were outside AWS. */
export function warnIfStale({ createDate }: IpRanges, newest: number): void {
  const [year = 0, month = 0, day = 0] = createDate.split('-').map(Number);
  const age = Math.floor((newest - Date.UTC(year, month - 1, day)) / DAY);
  if (age <= STALE_DAYS) return;
  tell(
    `That ip-ranges.json is ${age} days older than the newest record: what AWS got since counts as outside AWS. \`credlock ip-ranges\` downloads today’s.\n`,
  );
}

/** The facts of the inputs, merged with those of earlier runs. */
export async function readFacts(
  paths: readonly string[],
  state: string | undefined,
  kinds: readonly WorkloadKind[],
): Promise<{ facts: FactSet; read: ReadCounts }> {
  const facts = new FactSet();
  if (state === undefined) return { facts, read: await readAll(paths, facts, kinds) };
  const version = await readState(state, facts);
  if (version === null) tell(`--state ${state} is not there yet: this run begins it.\n`);
  const read = await readAll(paths, facts, kinds);
  await writeState(state, facts, version);
  return { facts, read };
}

/** Reads the records at the paths into the facts, and shows each to `also`. */
export async function readAll(
  paths: readonly string[],
  facts: FactSet,
  kinds: readonly WorkloadKind[],
  also?: (record: unknown) => void,
): Promise<ReadCounts> {
  if (paths.includes('-') && process.stdin.isTTY) tell('Reading standard input (Ctrl-D ends it).\n');
  const bar = progressBar(process.stderr);
  const skipped = new Map<string, number>();
  const count = (reason: string): void => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  const read = await readInputs(paths, {
    onRecord: (record) => {
      const skip = readInto(facts, record, kinds);
      if (skip !== null) count(skip);
      also?.(record);
    },
    ...(bar && { onProgress: (progress) => bar.update(progress) }),
  }).finally(() => bar?.stop());
  for (const { file, reason } of sorted(read.problems)) tell(`${file === '-' ? 'standard input' : file}: ${reason}\n`);
  for (const [reason, number] of read.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + number);
  return { ...read, skipped };
}

function sorted(problems: ReadCounts['problems']): ReadCounts['problems'] {
  return [...problems].sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
}
