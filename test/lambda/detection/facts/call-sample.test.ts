import {
  CallSample,
  callText,
  callWords,
  compareEvents,
  sortText,
  type Call,
} from '../../../../lambda/detection/facts/call-sample';

function call(time: number, id = `e${time}`, what = '[]', accessKeyId: string | null = 'ASIA1'): Call {
  return { time, id, what, accessKeyId };
}

function sampleOf(limit: number, calls: readonly Call[]): CallSample {
  const sample = new CallSample(limit);
  for (const one of calls) sample.add(one);
  return sample;
}

function ids({ calls }: CallSample): string[] {
  return calls.map(({ id }) => id);
}

describe('events', () => {
  it('are in order of time, then id, then text', () => {
    const sorted = [call(1, 'b', 'x'), call(1, 'b', 'y'), call(1, 'c'), call(2, 'a')];
    expect([...sorted].reverse().sort(compareEvents)).toEqual(sorted);
    expect(compareEvents(call(1), call(1))).toBe(0);
    expect(compareEvents(call(1, 'a', 'x'), call(1, 'a', 'w'))).toBe(1);
    expect(compareEvents(call(1, 'b'), call(1, 'a'))).toBe(1);
  });
});

describe('a sample of calls', () => {
  it('keeps the smallest, in whatever order they come', () => {
    const calls = [5, 3, 1, 4, 2].map((time) => call(time));
    const sample = sampleOf(3, calls);
    expect(ids(sample)).toEqual(['e1', 'e2', 'e3']);
    expect(ids(sampleOf(3, [...calls].reverse()))).toEqual(['e1', 'e2', 'e3']);
    expect(sample.more).toBe(true);
    expect(sample.lastTime).toBe(5);
  });

  it('has no more where all of them fit', () => {
    const sample = sampleOf(3, [call(3), call(1), call(2)]);
    expect(ids(sample)).toEqual(['e1', 'e2', 'e3']);
    expect(sample.more).toBe(false);
  });

  it('has more where a later call did not fit', () => {
    const sample = sampleOf(2, [call(1), call(2), call(3)]);
    expect([ids(sample), sample.more]).toEqual([['e1', 'e2'], true]);
  });

  it('counts a call that comes twice once', () => {
    const sample = sampleOf(2, [call(1), call(2), call(1), call(2)]);
    expect([ids(sample), sample.more]).toEqual([['e1', 'e2'], false]);
  });

  it('finds a call among those of its second', () => {
    const sample = sampleOf(
      9,
      ['c', 'a', 'd', 'b', 'c', 'a'].map((id) => call(1, id)),
    );
    expect(ids(sample)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tells calls of one second apart by their ids, and one id at two times apart', () => {
    expect(ids(sampleOf(9, [call(1, 'b'), call(1, 'a'), call(2, 'a')]))).toEqual(['a', 'b', 'a']);
  });

  it('keeps the smaller of two versions of one call, whichever came first', () => {
    const versions = [call(1, 'e', '["b"]'), call(1, 'e', '["a"]')];
    expect(sampleOf(9, versions).calls).toEqual([versions[1]]);
    expect(sampleOf(9, [...versions].reverse()).calls).toEqual([versions[1]]);
    const keys = [call(1, 'e', '[]', 'ASIA2'), call(1, 'e', '[]', 'ASIA1')];
    expect(sampleOf(9, keys).calls).toEqual([keys[1]]);
    expect(sortText(call(1, 'e', '[]', null))).toBe('[] ');
  });

  it('merges to what all the calls together would have been', () => {
    const calls = [6, 1, 5, 2, 4, 3].map((time) => call(time));
    const one = sampleOf(3, calls.slice(0, 3));
    one.merge(sampleOf(3, calls.slice(2)));
    expect([ids(one), one.more, one.lastTime]).toEqual([['e1', 'e2', 'e3'], true, 6]);
  });

  it('still knows of more after merging with what fits', () => {
    const many = sampleOf(1, [call(1), call(9)]);
    const few = sampleOf(1, [call(1)]);
    few.merge(many);
    expect([few.more, few.lastTime]).toEqual([true, 9]);
    const other = sampleOf(1, [call(1), call(9)]);
    other.merge(sampleOf(1, []));
    expect([other.more, other.lastTime]).toEqual([true, 9]);
  });

  it('tells what is past: later than all it can keep', () => {
    const sample = sampleOf(2, [call(1), call(5)]);
    expect([call(9), call(5, 'e6'), call(5), call(5, 'e4'), call(2)].map((one) => sample.isPast(one))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(sampleOf(3, [call(1), call(5)]).isPast(call(9))).toBe(false);
    sample.addPast(call(9));
    expect([ids(sample), sample.more, sample.lastTime]).toEqual([['e1', 'e5'], true, 9]);
    sample.addPast(call(7));
    expect(sample.lastTime).toBe(9);
  });

  it('unpacks calls when it is read, and only once', () => {
    let unpackings = 0;
    const packed = (calls: readonly Call[], more = false) => ({
      more,
      lastTime: Math.max(...calls.map(({ time }) => time)) + Number(more),
      unpacked: () => {
        unpackings += 1;
        return calls;
      },
    });
    const sample = sampleOf(2, [call(3)]);
    sample.addPacked(packed([call(1), call(2)]));
    expect([sample.lastTime, unpackings]).toEqual([3, 0]);
    expect([ids(sample), sample.more, ids(sample), unpackings]).toEqual([['e1', 'e2'], true, ['e1', 'e2'], 1]);
    const full = new CallSample(2);
    full.addPacked(packed([call(1)], true));
    full.addPacked(packed([call(4)]));
    expect([full.lastTime, full.more, ids(full)]).toEqual([4, true, ['e1', 'e4']]);
  });

  it('copies without sharing', () => {
    const sample = sampleOf(3, [call(1)]);
    const copy = sample.copy();
    copy.add(call(2));
    expect([ids(sample), ids(copy), copy.limit]).toEqual([['e1'], ['e1', 'e2'], 3]);
  });

  it('asks for the copy to keep only where it keeps one', () => {
    const copies: Call[] = [];
    const noted = (one: Call): Call => {
      copies.push({ ...one });
      return copies.at(-1) ?? one;
    };
    const sample = new CallSample(2);
    for (const one of [call(2), call(1), call(9), call(2)]) sample.add(one, noted);
    sample.add(call(1, 'e1', 'A'), noted);
    expect(copies.map(({ id, what }) => `${id} ${what}`)).toEqual(['e2 []', 'e1 []', 'e1 A']);
    expect(sample.calls[0]).toBe(copies[2]);
    expect(sample.calls[1]).toBe(copies[0]);
    const merged = new CallSample(2);
    merged.merge(sampleOf(2, [call(1)]), noted);
    expect(merged.calls[0]).toBe(copies[3]);
    expect(sampleOf(2, [call(1)]).copy(noted).calls[0]).toBe(copies[4]);
  });
});

describe('the text of a call', () => {
  const words = {
    region: 'eu-west-1',
    source: 's3.amazonaws.com',
    name: 'GetObject',
    errorCode: null,
    userAgent: 'cli',
    resource: null,
  };

  it('is empty where it was made of nothing', () => {
    const nothing = { region: '', source: '', name: '', errorCode: null, userAgent: null, resource: null };
    expect([callWords('[]'), callWords('{}')]).toEqual([nothing, nothing]);
    expect(callWords(callText({ ...words, errorCode: 'AccessDenied', userAgent: null }))).toEqual({
      ...words,
      errorCode: 'AccessDenied',
      userAgent: null,
    });
    expect(callText(words)).toBe('["eu-west-1","s3.amazonaws.com","GetObject",null,"cli"]');
  });

  it('gives back what it was made of', () => {
    for (const one of [words, { ...words, resource: 'exports/2026/' }]) expect(callWords(callText(one))).toEqual(one);
  });

  it('with a resource replaces that of the same event without one, in any order', () => {
    const [without, named] = [callText(words), callText({ ...words, resource: 'exports' })];
    for (const order of [
      [without, named],
      [named, without],
    ]) {
      const sample = sampleOf(
        3,
        order.map((what) => call(1, 'e1', what)),
      );
      expect(sample.calls.map(({ what }) => what)).toEqual([named]);
    }
  });
});
