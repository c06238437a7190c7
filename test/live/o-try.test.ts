import { memoryLockTable } from '../../lambda/adapters/memory-lock-table';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { allScenarios, ipRangesOf } from '../scenario';
import { comparable, replayed, runLive } from './live-run';

const seeds = (process.env.SEEDS ?? '1,2,3').split(',').map(Number);
const only = process.env.ONLY;
it('all', async () => {
  const bad: string[] = [];
  let total = 0, units = 0;
  for (const scenario of allScenarios()) {
    if (only && !scenario.name.includes(only)) continue;
    const parsed = parseSettings(scenario.settings ?? {});
    if ('faults' in parsed) throw new Error();
    const story = { records: scenario.records, settings: parsed.settings, ipRanges: ipRangesOf(scenario.ipRanges) };
    const expected = replayed(story).map(comparable);
    const failed: number[] = [];
    let why = '';
    for (const seed of seeds) {
      total += 1;
      try {
        const end = await runLive(story, { seed, table: memoryLockTable(), workers: Number(process.env.WORKERS ?? 3) });
        units += end.units;
        expect(end.findings.map(comparable)).toEqual(expected);
      } catch (error) { failed.push(seed); why = String((error as Error).message).slice(0, Number(process.env.LONG ?? 0)); }
    }
    if (failed.length) bad.push(`${scenario.name}: ${failed.join()} ${why}`);
  }
  console.log(`${total} runs, ${units} units, ${bad.length} scenarios fail\n${bad.join('\n')}`);
}, 600000);
