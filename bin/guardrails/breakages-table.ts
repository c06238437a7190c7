import type { Certainty, GuardrailName } from '../../lambda/detection/guardrails/guardrail';
import type { Breakage } from '../../lambda/detection/guardrails/traffic-check';
import { boxTable, boxWidth, type Cell } from '../terminal/box-table';
import { breakagesSummary } from './breakages-summary';
import { counted, grouped } from '../terminal/numbers';
import { paint, type Paint } from '../terminal/paint';

const NARROWEST = 80;
const WIDEST = 160;

const LABELS: Readonly<Record<Certainty, string>> = {
  certain: 'denied',
  likely: 'probably denied',
  unknown: 'unknown',
};

/** The callers that would be denied: a summary, then a table per guardrail, in the recommended order of enabling them. */
export function* breakagesTable(
  breakages: readonly Breakage[],
  checked: readonly GuardrailName[],
  columns: number,
  colours: boolean,
): Generator<string> {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST);
  const painted = paint(colours);
  const first = width < 100 ? [19, 22] : [20, 30];
  const widths = [...first, width - boxWidth(3) - first.reduce((sum, one) => sum + one, 0)];
  if (breakages.length > 0) {
    yield* breakagesSummary(breakages, checked, width, (row) => effectOf(row, painted));
    yield '\n';
  }
  for (const [at, guardrail] of checked.entries()) {
    const rows = breakages.filter((breakage) => breakage.guardrail === guardrail);
    yield `${at === 0 ? '' : '\n'}${painted.bold(guardrail)}: ${resultOf(rows)}\n`;
    if (rows.length === 0) continue;
    const heads = ['Effect', 'Caller', 'Calls, reason, what to do first'];
    yield* boxTable(
      heads,
      widths,
      rows.map((row) => cellsOf(row, painted)),
    );
  }
}

function resultOf(rows: readonly Breakage[]): string {
  const open = rows.filter(({ suspected }) => !suspected);
  if (open.some(({ certainty }) => certainty !== 'unknown')) return 'would deny calls.';
  const stopped = rows.length > open.length ? ' It would have stopped a suspicious caller.' : '';
  if (open.length > 0) return `no call is known to be denied, but the records leave some open.${stopped}`;
  return `would deny no call.${stopped}`;
}

function cellsOf(row: Breakage, painted: Paint): readonly Cell[] {
  const { suspected, principal, account, service, actions, count, countIsLeast, lastSeen, why, fix } = row;
  const calls = `${countIsLeast ? 'at least ' : ''}${counted(count, 'call')}, last ${lastSeen}`;
  const what = `${service}: ${actions.slice(0, 3).join(', ')}${actions.length > 3 ? ', …' : ''}`;
  const agents = row.userAgents.length > 0 ? [`By ${row.userAgents.slice(0, 2).join(', ')}`] : [];
  const first = suspected ? ['A finding is about these calls: do not exempt the caller.'] : fix;
  return [
    effectOf(row, painted),
    { text: `${principal}\n${account}${instancesOf(row)}` },
    { text: [what, calls, ...agents, ...why, ...first].join('\n') },
  ];
}

function effectOf({ suspected, certainty }: Breakage, painted: Paint): Cell {
  if (suspected) return { text: 'suspicious, denied', paint: painted.bold };
  const paintOf: Record<Certainty, Paint['HIGH']> = {
    certain: painted.HIGH,
    likely: painted.MEDIUM,
    unknown: painted.faint,
  };
  return { text: LABELS[certainty], paint: paintOf[certainty] };
}

function instancesOf({ workloads, workloadsLeftOut }: Breakage): string {
  const few = workloads.slice(0, 3);
  const more = workloads.length - few.length + workloadsLeftOut;
  return `${few.map((id) => `\n${id}`).join('')}${more > 0 ? `\nand ${grouped(more)} more` : ''}`;
}
