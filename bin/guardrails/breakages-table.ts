import type { Certainty, GuardrailName } from '../../lambda/detection/guardrails/guardrail';
import type { Breakage } from '../../lambda/detection/guardrails/traffic-check';
import { boxTable, boxWidth, type Cell } from '../terminal/box-table';
import { counted, grouped } from '../terminal/numbers';
import { paint, type Paint } from '../terminal/paint';

const NARROWEST = 80;
const WIDEST = 160;

const SAID: Readonly<Record<Certainty, string>> = {
  certain: 'would break',
  likely: 'would likely break',
  unknown: 'records do not tell',
};

/** Who would be denied, one table for each guardrail, in the order in which they are best switched on. */
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
  for (const [at, guardrail] of checked.entries()) {
    const rows = breakages.filter((breakage) => breakage.guardrail === guardrail);
    yield `${at === 0 ? '' : '\n'}${painted.bold(guardrail)}: ${verdictOn(rows)}\n`;
    if (rows.length === 0) continue;
    const heads = ['How sure', 'Who', 'What, why, what to do first'];
    yield* boxTable(
      heads,
      widths,
      rows.map((row) => cellsOf(row, painted)),
    );
  }
}

function verdictOn(rows: readonly Breakage[]): string {
  const open = rows.filter(({ suspected }) => !suspected);
  if (open.some(({ certainty }) => certainty !== 'unknown')) return 'somebody would break.';
  const stopped = rows.length > open.length ? ' It would have stopped a suspect.' : '';
  if (open.length > 0) return `nobody is seen to break, but the records do not tell all.${stopped}`;
  return `nobody would break.${stopped}`;
}

function cellsOf(row: Breakage, painted: Paint): readonly Cell[] {
  const { certainty, suspected, principal, account, service, actions, count, countIsLeast, lastSeen, why, fix } = row;
  const said = suspected ? 'would stop a suspect' : SAID[certainty];
  const paintOf: Record<Certainty, Paint['HIGH']> = {
    certain: painted.HIGH,
    likely: painted.MEDIUM,
    unknown: painted.faint,
  };
  const calls = `${countIsLeast ? 'at least ' : ''}${counted(count, 'call')}, last ${lastSeen}`;
  const what = `${service}: ${actions.slice(0, 3).join(', ')}${actions.length > 3 ? ', …' : ''}`;
  const agents = row.userAgents.length > 0 ? [`By ${row.userAgents.slice(0, 2).join(', ')}`] : [];
  const first = suspected ? ['A finding is about these calls: exempt nobody.'] : fix;
  return [
    { text: said, paint: suspected ? painted.bold : paintOf[certainty] },
    { text: `${principal}\n${account}${instancesOf(row)}` },
    { text: [what, calls, ...agents, ...why, ...first].join('\n') },
  ];
}

function instancesOf({ workloads, workloadsLeftOut }: Breakage): string {
  const few = workloads.slice(0, 3);
  const more = workloads.length - few.length + workloadsLeftOut;
  return `${few.map((id) => `\n${id}`).join('')}${more > 0 ? `\nand ${grouped(more)} more` : ''}`;
}
