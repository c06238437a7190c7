import { WordPool } from '../../../../lambda/detection/facts/word-pool';

describe('lists of words in one array', () => {
  it('are chains of entries, the newest first', () => {
    const pool = new WordPool(3);
    const lists: [number, number] = [WordPool.end, WordPool.end];
    for (let entry = 0; entry < 3_000; entry += 1) {
      const list = entry % 2 === 0 ? 0 : 1;
      lists[list] = pool.take(lists[list]);
      pool.words.set([entry, -entry], lists[list]);
    }
    expect(pool.chain(lists[1]).map((place) => pool.words[place])).toEqual(
      Array.from({ length: 1_500 }, (_, index) => 2_999 - 2 * index),
    );
    expect(pool.chain(lists[0]).map((place) => pool.words[place + 1])).toEqual(
      Array.from({ length: 1_500 }, (_, index) => 2 * index - 2_998),
    );
    expect(pool.used()).toHaveLength(9_000);
    expect(pool.chain(WordPool.end)).toEqual([]);
  });

  it('use the places of entries that were given back', () => {
    const pool = new WordPool(3);
    const kept = pool.take(WordPool.end);
    for (let turn = 0; turn < 5_000; turn += 1) pool.give(pool.take(kept));
    expect(pool.words).toHaveLength(1_024 * 3);
    const [one, two] = [pool.take(kept), pool.take(kept)];
    expect(new Set([kept, one, two]).size).toBe(3);
    pool.give(one);
    pool.give(two);
    expect([pool.take(kept), pool.take(kept)]).toEqual([two, one]);
  });

  it('are made of any places in the order named', () => {
    const pool = new WordPool(2);
    const places = [1, 2, 3, 4].map(() => pool.take(WordPool.end));
    const order = [places[2], places[0], places[3]].filter((place) => place !== undefined);
    expect(pool.chain(pool.link(order))).toEqual(order);
    expect(pool.link([])).toBe(WordPool.end);
  });
});
