import { seededRandom } from '../../bench/random';
import { memoryLockTable } from '../../lambda/adapters/memory-lock-table';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { allScenarios, ipRangesOf } from '../scenario';
import { comparable, replayed, runLive } from './live-run';

const from = Number(process.env.FROM ?? 1), count = Number(process.env.COUNT ?? 100), size = Number(process.env.SIZE ?? 4);
it('mix', async () => {
  const all = allScenarios();
  const bad: string[] = [];
  const errors = new Map<string, number>();
  let units = 0;
  const began = Date.now();
  for (let seed = from; seed < from + count; seed += 1) {
    const random = seededRandom(seed * 7919);
    const chosen = Array.from({ length: size }, () => random.pick(all));
    const one = random.pick(chosen);
    const parsed = parseSettings({ serviceCallerFindings: random.chance(0.3), ...one.settings });
    if ('faults' in parsed) throw new Error();
    const story = { records: chosen.flatMap((s) => s.records).filter(() => !random.chance(Number(process.env.DROP ?? 0.1))), settings: parsed.settings, ipRanges: ipRangesOf(one.ipRanges) };
    const expected = replayed(story).map(comparable);
    try {
      const end = await runLive(story, { seed, table: memoryLockTable(), workers: 3 });
      units += end.units;
      expect(end.findings.map(comparable)).toEqual(expected);
    } catch (error) { bad.push(`${seed} ${chosen.map((s) => s.name).join()} ${String((error as Error).message).slice(0, Number(process.env.LONG ?? 0))}`); }
  }
  console.log(`${count} runs, ${units} units, ${Date.now() - began} ms, ${bad.length} fail\n${bad.slice(0, 30).join('\n')}`);
}, 600000);
