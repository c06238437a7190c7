import type { LockTable, SightingItem } from '../../../lambda/store/lock-table';

const expires = 2_000_000_000;

function hour(least: string, did: readonly string[], body = least): SightingItem {
  return { pk: 'W', sk: 'S#1', body, expires, least, did };
}

/** What every lock table has to do, whatever it is kept in. `fresh` gives an empty one. */
export function lockTableContract(fresh: () => Promise<LockTable>): void {
  let table: LockTable;

  beforeEach(async () => {
    table = await fresh();
  });

  const bodies = async (pk: string, prefix?: string): Promise<string[]> =>
    (await table.query(pk, prefix)).map(({ body }) => body);

  describe('keep', () => {
    it('keeps what never changes as it came first, and says whether it was new', async () => {
      expect(await table.keep({ pk: 'W', sk: 'I#1', body: 'first', expires })).toBe(true);
      expect(await table.keep({ pk: 'W', sk: 'I#1', body: 'second', expires })).toBe(false);
      expect(await bodies('W')).toEqual(['first']);
    });

    it('lets one of many writers be the first', async () => {
      const tries = await Promise.all(
        Array.from({ length: 16 }, (_, at) => table.keep({ pk: 'W', sk: 'I#1', body: String(at), expires })),
      );
      expect(tries.filter(Boolean)).toHaveLength(1);
      expect(await bodies('W')).toEqual([String(tries.indexOf(true))]);
    });
  });

  describe('merge', () => {
    it('keeps the least event of an hour, in whatever order they come', async () => {
      expect(await table.merge(hour('2', ['other']))).toBe(true);
      expect(await table.merge(hour('3', ['other']))).toBe(false);
      expect(await table.merge(hour('1', ['other']))).toBe(true);
      expect(await table.query('W')).toMatchObject([{ body: '1', least: '1', did: ['other'] }]);
    });

    it('adds to what was done, also where the event is not the least', async () => {
      await table.merge(hour('1', ['other']));
      expect(await table.merge(hour('2', ['console', 'other']))).toBe(true);
      expect(await table.merge(hour('2', ['console']))).toBe(false);
      const [item] = await table.query('W');
      expect(item?.body).toBe('1');
      expect([...(item?.did ?? [])].sort()).toEqual(['console', 'other']);
    });

    it('changes nothing when the same comes again', async () => {
      await table.merge(hour('1', ['other']));
      expect(await table.merge(hour('1', ['other'], 'amended'))).toBe(false);
      expect(await bodies('W')).toEqual(['1']);
    });

    it('ends in the least event and in all that was done when sixteen write at once', async () => {
      const writers = Array.from({ length: 16 }, (_, at) => table.merge(hour(String(10 + at), [`did${at}`])));
      await Promise.all(writers);
      const [item] = await table.query('W');
      expect(item).toMatchObject({ body: '10', least: '10' });
      expect(item?.did).toHaveLength(16);
    });
  });

  describe('note', () => {
    it('adds to what was done in an hour that is there', async () => {
      await table.merge(hour('1', ['other']));
      expect(await table.note({ pk: 'W', sk: 'S#1' }, ['judged'])).toBe(true);
      expect(await table.note({ pk: 'W', sk: 'S#1' }, ['judged'])).toBe(false);
      const [item] = await table.query('W');
      expect([...(item?.did ?? [])].sort()).toEqual(['judged', 'other']);
      expect(item).toMatchObject({ body: '1', least: '1', expires });
    });

    it('makes no hour', async () => {
      expect(await table.note({ pk: 'W', sk: 'S#1' }, ['judged'])).toBe(false);
      expect(await table.query('W')).toEqual([]);
    });
  });

  describe('revise', () => {
    const item = { pk: 'W', sk: 'V#1', body: '{}', expires };

    it('lets one of many revise an item, and none by a revision that was passed', async () => {
      const tries = await Promise.all(Array.from({ length: 16 }, () => table.revise({ ...item, revision: 1 })));
      expect(tries.filter(Boolean)).toHaveLength(1);
      expect(await table.revise({ ...item, revision: 3 })).toBe(false);
      expect(await table.revise({ ...item, revision: 2 })).toBe(true);
      expect(await table.revise({ ...item, revision: 1 })).toBe(false);
    });

    it('loses no turn of sixteen who each read, add and write until they succeed', async () => {
      const addOne = async (): Promise<void> => {
        for (;;) {
          const [known] = await table.query('W', 'V#1');
          const body = String(Number(known?.body ?? 0) + 1);
          if (await table.revise({ ...item, body, revision: (known?.revision ?? 0) + 1 })) return;
        }
      };
      await Promise.all(Array.from({ length: 16 }, addOne));
      expect(await table.query('W')).toMatchObject([{ body: '16', revision: 16 }]);
    });
  });

  describe('raise', () => {
    it('raises an item to any later revision, never back', async () => {
      const item = { pk: 'P', sk: 'W#1', expires };
      expect(await table.raise({ ...item, body: 'b', revision: 4 })).toBe(true);
      expect(await table.raise({ ...item, body: 'a', revision: 3 })).toBe(false);
      expect(await table.raise({ ...item, body: 'a', revision: 4 })).toBe(false);
      expect(await table.raise({ ...item, body: 'c', revision: 9 })).toBe(true);
      expect(await table.query('P')).toMatchObject([{ body: 'c', revision: 9 }]);
    });

    it('ends in the highest revision when sixteen write at once', async () => {
      const write = (revision: number): Promise<boolean> =>
        table.raise({ pk: 'P', sk: 'W#1', body: String(revision), expires, revision });
      await Promise.all([7, 16, 3, 12, 1, 9, 5, 14, 2, 11, 6, 15, 4, 10, 8, 13].map(write));
      expect(await table.query('P')).toMatchObject([{ body: '16', revision: 16 }]);
    });
  });

  describe('query', () => {
    it('finds a partition in the order of the bytes of its sort keys, or a part of it', async () => {
      const keys = ['S#2', 'I#1', 'S#10', 'é#1', 'S#', 's#1', '𝄞#1', '~#1', 'S'];
      for (const sk of keys) await table.keep({ pk: 'W', sk, body: sk, expires });
      await table.keep({ pk: 'other', sk: 'S#1', body: '', expires });
      const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await bodies('W')).toEqual(sorted);
      expect(await bodies('W', 'S#')).toEqual(['S#', 'S#10', 'S#2']);
      expect(await table.query('nobody')).toEqual([]);
    });

    it('sees at once what was written', async () => {
      for (let at = 10; at < 30; at += 1) {
        await table.keep({ pk: 'W', sk: `I#${at}`, body: '', expires });
        expect(await table.query('W')).toHaveLength(at - 9);
      }
    });

    it('reads a partition of many pages', async () => {
      const body = 'x'.repeat(300_000);
      for (let at = 10; at < 22; at += 1) await table.keep({ pk: 'W', sk: `I#${at}`, body, expires });
      const items = await table.query('W');
      expect(items.map(({ sk }) => sk)).toEqual(Array.from({ length: 12 }, (_, at) => `I#${at + 10}`));
      expect(items.every((item) => item.body.length === body.length)).toBe(true);
    });

    it('reads the first of many, within a page and beyond it', async () => {
      const body = 'x'.repeat(300_000);
      for (let at = 10; at < 20; at += 1) await table.keep({ pk: 'W', sk: `I#${at}`, body, expires });
      await table.keep({ pk: 'W', sk: 'A#1', body: '', expires });
      const first = async (most: number): Promise<string[]> => (await table.query('W', 'I#', most)).map(({ sk }) => sk);
      expect(await first(2)).toEqual(['I#10', 'I#11']);
      expect(await first(6)).toEqual(['I#10', 'I#11', 'I#12', 'I#13', 'I#14', 'I#15']);
      expect(await first(10)).toHaveLength(10);
      expect(await first(11)).toHaveLength(10);
    });

    it('gives back what was written, in any script', async () => {
      const pk = 'W#aws/111122223333/eks-pod/größe/名前空間/под';
      const sk = 'I#…/🦊 "quoted" \\ back';
      const body = JSON.stringify({ text: 'zwölf Boxkämpfer — 十二 — \u0000\u2028 end' });
      await table.keep({ pk, sk, body, expires });
      const item = { pk, sk, body, expires, did: [], revision: 0, least: '' };
      expect(await table.query(pk)).toEqual([item]);
      expect(await table.read([{ pk, sk }])).toEqual([item]);
    });

    it('gives back an empty body', async () => {
      await table.keep({ pk: 'T', sk: 'T#1', body: '', expires });
      expect(await bodies('T')).toEqual(['']);
    });
  });

  describe('read', () => {
    it('reads single items of any partitions in the order they are asked for, more than a request takes', async () => {
      const keys = Array.from({ length: 230 }, (_, at) => ({ pk: `W#${at % 7}`, sk: `S#${at}` }));
      for (const [at, key] of keys.entries())
        if (at % 3 !== 0) await table.merge({ ...key, body: String(at), expires, least: 'a', did: ['other'] });
      const items = await table.read(keys);
      expect(items.map((item) => item?.body)).toEqual(keys.map((_, at) => (at % 3 === 0 ? undefined : String(at))));
    });

    it('reads the same item twice, and nothing', async () => {
      await table.merge(hour('1', ['other']));
      const key = { pk: 'W', sk: 'S#1' };
      expect((await table.read([key, key])).map((item) => item?.least)).toEqual(['1', '1']);
      expect(await table.read([])).toEqual([]);
    });
  });
}
