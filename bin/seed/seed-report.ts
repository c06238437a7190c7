import { boxTable, boxWidth, type Cell } from '../terminal/box-table';
import { counted, grouped } from '../terminal/numbers';
import { paint, wantsColour } from '../terminal/paint';
import type { Seeded } from './seed';

export interface SeedSummary {
  /** By reason. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly isDryRun: boolean;
}

const NARROWEST = 80;
const WIDEST = 140;
/** Account and Region (`ap-northeast-1`), instances, addresses, gateways, endpoints. */
const FIRST = [14, 9, 9, 8, 9];
const HEAD = ['Account, Region', 'Instances', 'Addresses', 'Gateways', 'Endpoints', 'Outcome'];

/** What was read and stored as a table on standard output, and the sum on standard error. */
export function sayWhatWasSeeded(seeded: readonly Seeded[], { leftOut, isDryRun }: SeedSummary): void {
  const width = Math.min(Math.max(process.stdout.columns ?? 100, NARROWEST), WIDEST);
  const widths = [...FIRST, width - boxWidth(HEAD.length) - FIRST.reduce((sum, one) => sum + one, 0)];
  const rows = [...seeded].sort(byPlace).map((one) => rowOf(one, isDryRun));
  for (const piece of boxTable(HEAD, widths, rows)) process.stdout.write(piece);
  process.stderr.write(`${summary(seeded, { leftOut, isDryRun }).join('\n')}\n`);
}

function byPlace(a: Seeded, b: Seeded): number {
  return `${a.account} ${a.region}` < `${b.account} ${b.region}` ? -1 : 1;
}

function rowOf({ account, region, inventory, stored, fault }: Seeded, isDryRun: boolean): Cell[] {
  const { HIGH: red } = paint(wantsColour(process.stdout, process.env));
  const counts = inventory
    ? [inventory.instances, inventory.addresses, inventory.natGateways, inventory.endpoints]
    : [];
  const cells = Array.from({ length: 4 }, (_, at) => ({ text: counts[at] ? grouped(counts[at].length) : '' }));
  const outcome = isDryRun ? 'read; nothing was stored' : `${counted(stored, 'fact')} stored`;
  return [
    { text: `${account}\n${region}` },
    ...cells,
    fault === null ? { text: outcome } : { text: fault, paint: red },
  ];
}

function summary(seeded: readonly Seeded[], { leftOut, isDryRun }: SeedSummary): string[] {
  const failed = seeded.filter(({ fault }) => fault !== null).length;
  const facts = seeded.reduce((sum, { stored }) => sum + stored, 0);
  const skipped = [...leftOut]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, times]) => `${reason} ${grouped(times)}`);
  return [
    `Read ${grouped(seeded.length - failed)} of ${counted(seeded.length, 'place')} (an account in a Region)${failed > 0 ? '; see the table for the others' : ''}.`,
    ...(skipped.length > 0 ? [`Left out: ${skipped.join(', ')}.`] : []),
    isDryRun ? 'Dry run: nothing was stored.' : `Stored ${counted(facts, 'fact')}. Seeding again changes nothing.`,
  ];
}
