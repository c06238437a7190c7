import { linesOfFiles, writeLineFiles } from '../../../lambda/hunting/line-files';
import { MemoryWorkStore } from './memory-work-store';

test('lines of more files than have one digit are read in the order they were written in', async () => {
  const store = new MemoryWorkStore();
  // A file takes four million characters.
  const lines = Array.from({ length: 25 }, (_, at) => `${at} ${'x'.repeat(2_000_000)}`);
  await writeLineFiles(store, 'report/', lines);
  expect((await store.list('report/')).length).toBeGreaterThan(10);
  const read: string[] = [];
  for await (const line of linesOfFiles(store, 'report/')) read.push(line.slice(0, 2).trim());
  expect(read).toEqual(lines.map((_, at) => String(at)));
});
