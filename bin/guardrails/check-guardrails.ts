import { checkedGuardrails } from '../../guardrails/guardrail-settings';
import { detect } from '../../lambda/detection/detect';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import type { GuardrailName } from '../../lambda/detection/guardrails/guardrail';
import { TrafficCheck, type Breakage } from '../../lambda/detection/guardrails/traffic-check';
import { SuspectOrigins } from '../../lambda/detection/posture/suspect-origins';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { checkRequest } from '../replay/check-request';
import { counted, grouped } from '../terminal/numbers';
import { wantsColour } from '../terminal/paint';
import { ipRangesFrom, readAll, settingsFrom } from '../replay/run-inputs';
import { toStandardOutput, writeOutput } from '../files/write-output';
import { breakagesTable } from './breakages-table';
import { guardrailsFrom } from './guardrail-file';

export interface CheckOptions {
  readonly format: 'table' | 'jsonl';
  readonly out?: string;
  /** Detection settings: calls that a finding is about do not count as breakage. */
  readonly config?: string;
  readonly ipRanges?: string;
  readonly guardrails?: string;
  readonly only?: readonly GuardrailName[];
}

/**
 * Checks recorded calls against the guardrails and prints the callers that would have been denied. Returns the exit code;
 * throws an `Error` with a message for the user when it cannot run.
 */
export async function checkGuardrails(paths: readonly string[], options: CheckOptions): Promise<number> {
  checkRequest(paths, options);
  const settings = settingsFrom(options.config);
  const checked = checkedGuardrails(guardrailsFrom(options.guardrails), options.only);
  if (checked.guardrails.size === 0) throw new Error(`--guardrails ${options.guardrails ?? ''} enables no guardrail`);
  const ipRanges = ipRangesFrom(options.ipRanges);
  const facts = new FactSet();
  const traffic = new TrafficCheck(checked, settings.privateNetworks);
  const read = await readAll(paths, facts, {
    kinds: kindsNamed(settings.workloads),
    also: (record) => traffic.read(record),
  });
  const suspects = new SuspectOrigins();
  const { suppressed } = detect({ facts, settings, ipRanges, onJudgement: (judgement) => suspects.note(judgement) });
  suspects.except(suppressed);
  const breakages = traffic.breakages((workload, origin) => suspects.has(workload, origin));
  await writeOutput(printed(breakages, [...checked.guardrails.keys()], options), options.out);
  process.stderr.write(
    `Read ${counted(read.files, 'file')}, ${counted(read.records, 'record')}. Checked ${counted(checked.guardrails.size, 'guardrail')}: ${countsOf(breakages)}.\n`,
  );
  if (breakages.some(wouldBreak)) return 3;
  return read.problems.length > 0 || read.records === 0 ? 2 : 0;
}

/** Denying suspicious callers is intended; unknown effects are only listed. */
function wouldBreak({ certainty, suspected }: Breakage): boolean {
  return certainty !== 'unknown' && !suspected;
}

function* printed(
  breakages: readonly Breakage[],
  checked: readonly GuardrailName[],
  { format, out }: CheckOptions,
): Generator<string> {
  if (format === 'jsonl') {
    for (const breakage of breakages) yield `${JSON.stringify(breakage)}\n`;
    return;
  }
  const isTerminal = toStandardOutput(out);
  const colours = isTerminal && wantsColour(process.stdout, process.env);
  yield* breakagesTable(breakages, checked, (isTerminal ? process.stdout.columns : null) ?? 100, colours);
}

function countsOf(breakages: readonly Breakage[]): string {
  const of = (admits: (breakage: Breakage) => boolean) => grouped(breakages.filter(admits).length);
  const open = breakages.filter(({ suspected }) => !suspected);
  const certain = open.filter(({ certainty }) => certainty === 'certain').length;
  const likely = open.filter(({ certainty }) => certainty === 'likely').length;
  const unknown = open.length - certain - likely;
  return `callers denied: ${grouped(certain)}, probably denied: ${grouped(likely)}, unknown: ${grouped(unknown)}, suspicious: ${of(({ suspected }) => suspected)}`;
}
