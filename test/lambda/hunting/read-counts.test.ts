import { SkippedRecords } from '../../../lambda/fact-reading/skipped-records';
import {
  checkReading,
  countsOf,
  NO_FACTS,
  NO_LOGS,
  RecordTally,
  totalOf,
  writeCounts,
  type BatchCounts,
} from '../../../lambda/hunting/read-counts';
import type { UnreadKind } from '../../../lambda/hunting/unread-files';
import { MemoryWorkStore } from './memory-work-store';

function counts(files: number, unread: Partial<Record<UnreadKind, number>> = {}): BatchCounts {
  const problems = Object.entries(unread).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, at) => ({ file: `${kind}-${at}`, kind: kind as UnreadKind, reason: `${kind}!` })),
  );
  return { ...NO_LOGS, ...NO_FACTS, files, records: files * 10, skipped: { digest: 1 }, problems };
}

async function storeOf(...batches: readonly BatchCounts[]): Promise<MemoryWorkStore> {
  const store = new MemoryWorkStore();
  for (const [at, batch] of batches.entries()) await writeCounts(at, batch, store);
  return store;
}

test('adds up the batches, and counts what it does not name', async () => {
  const store = await storeOf(counts(2_000, { archived: 900, denied: 1 }), counts(2_000, { archived: 500 }));
  const { files, records, skipped, problems, unread } = await countsOf(store);
  expect({ files, records, skipped, unread }).toEqual({
    files: 4_000,
    records: 40_000,
    skipped: { digest: 2 },
    unread: { archived: 1_400, denied: 1 },
  });
  expect(problems).toHaveLength(1_000);
});

test('adds up what is known of the records, as replay does over all of them', async () => {
  const of = (file: string, session: string) => ({ session, count: 2, file, address: 'x, y' });
  const addresses = { addresses: ['192.0.2.1'], sessions: ['s'], accounts: ['111122223333'] };
  const store = await storeOf(
    { ...counts(1), unlocated: [of('b', 'i-1')], reduced: { b: 1 }, addresses, accounts: ['1'], span: null },
    { ...counts(1), unlocated: [of('a', 'i-1'), of('a', 'i-2')], addresses, span: { first: 3, last: 4 } },
    { ...counts(1), hasIssuances: true, accounts: ['0', '1'], span: { first: 1, last: 2 } },
  );
  const read = await countsOf(store);
  expect(read).toMatchObject({ addresses, hasIssuances: true, reduced: { b: 1 }, accounts: ['0', '1'] });
  expect(read.span).toEqual({ first: 1, last: 4 });
  const skipped = new SkippedRecords();
  skipped.addKept(read);
  expect(skipped.notices()).toEqual([
    '4 calls of i-1 could not be judged: sourceIPAddress is no single address, for example "x, y" in a',
    '2 calls of i-2 could not be judged: sourceIPAddress is no single address, for example "x, y" in a',
  ]);
});

test('a hunt goes on where a hundredth of the files is unread', async () => {
  await expect(checkReading({ store: await storeOf(counts(1_000, { archived: 10 })) })).resolves.toBeUndefined();
});

test('a hunt ends where one more is unread, and says what and why', async () => {
  const store = await storeOf(counts(500, { 'key-denied': 9 }), counts(500, { vanished: 2 }));
  await expect(checkReading({ store })).rejects.toMatchObject({
    name: 'TooManyUnread',
    message:
      '11 of 1,000 log files (1.1 %) could not be read, and at most 1 %, or 10, may be: 9 encrypted with a key that may not be used (let the role credlock-hunt-read decrypt: trailKeyArn, and the policy of the key, which must be enabled); 2 deleted after the hunt was planned. For example key-denied-0: key-denied!. Findings would not be complete; --max-unreadable 1.1 goes on without those files',
  });
});

test('a hunt over few files goes on where ten are unread, unless it was asked for a share', async () => {
  const store = await storeOf(counts(20, { denied: 10 }));
  await expect(checkReading({ store })).resolves.toBeUndefined();
  await expect(checkReading({ store, maxUnreadable: 1 })).rejects.toThrow('at most 1 % may be');
  await expect(checkReading({ store: await storeOf(counts(20, { denied: 11 })) })).rejects.toThrow(
    '11 of 20 log files (55 %) could not be read, and at most 1 %, or 10, may be',
  );
});

test('the share that the error names is enough', async () => {
  const store = await storeOf(counts(3_000, { denied: 1_001 }));
  const error = await checkReading({ store }).catch(String);
  const [, share] = /--max-unreadable ([\d.]+)/.exec(String(error)) ?? [];
  await expect(checkReading({ store, maxUnreadable: Number(share) })).resolves.toBeUndefined();
  await expect(checkReading({ store, maxUnreadable: Number(share) - 0.1 })).rejects.toThrow('1,001 of 3,000');
});

test('nothing to read is no fault of the files', async () => {
  await expect(checkReading({ store: await storeOf() })).resolves.toBeUndefined();
  await expect(checkReading({ store: await storeOf(counts(0)), maxUnreadable: 0 })).resolves.toBeUndefined();
});

test('records are counted while they are read, and once they are all read', async () => {
  const store = await storeOf(counts(3), counts(4));
  const gets: string[] = [];
  const watched = {
    put: (name: string, body: Uint8Array) => store.put(name, body),
    get: (name: string) => {
      gets.push(name);
      return store.get(name);
    },
    range: (name: string, from: number, length: number) => store.range(name, from, length),
    list: (prefix: string) => store.list(prefix),
  };
  const tally = new RecordTally();
  expect(await tally.count(watched)).toBe(70);
  await writeCounts(2, counts(5), store);
  expect(await tally.count(watched)).toBe(120);
  expect(gets).toEqual(['read/000000.json', 'read/000001.json', 'read/000002.json']);
  await checkReading({ store });
  expect(await totalOf(store)).toEqual(await countsOf(store));
  expect(await new RecordTally().count(watched)).toBe(120);
  expect(gets).toHaveLength(4);
});
