import { sampled } from '../sample';
import { memoryLockTable } from '../../lambda/adapters/memory/memory-lock-table';
import { comparable, replayed, runLive } from './live-run';
import { demoStory, mixedStory } from './stories';

/** `SEEDS=1000-1999` runs many more such stories, in an exhaustive run. */
function seeds(): number[] {
  const [, from = '1', to = '24'] = /^(\d+)-(\d+)$/.exec(process.env['SEEDS'] ?? '') ?? [];
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => Number(from) + at);
}

describe('whatever meets, in whatever order and at the same time, ends as in replay', () => {
  it.each(sampled(seeds(), 8))('mixed story %i', async (seed) => {
    const story = mixedStory(seed, 4 + (seed % 5));
    const { findings } = await runLive(story, { seed, table: memoryLockTable(), workers: 2 + (seed % 4) });
    expect(findings.map(comparable)).toEqual(replayed(story).map(comparable));
  });

  it.each(
    sampled(
      seeds().filter((seed) => seed % 4 === 0),
      2,
    ),
  )('mixed story %i, throttled', async (seed) => {
    const story = mixedStory(seed, 4);
    const { findings } = await runLive(story, { seed, table: memoryLockTable(), throttling: 0.03 });
    expect(findings.map(comparable)).toEqual(replayed(story).map(comparable));
  });

  it('the demo trail by eight workers', async () => {
    const story = demoStory();
    const { findings } = await runLive(story, { seed: 1, table: memoryLockTable(), workers: 8 });
    expect(findings.map(comparable)).toEqual(replayed(story).map(comparable));
  });
});
