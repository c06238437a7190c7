import {
  CallTexts,
  textAt,
  type CallKind,
  type PackedTexts,
  type ReadResource,
  type UnreadCall,
} from '../../../../lambda/detection/facts/call-texts';
import { callText } from '../../../../lambda/detection/facts/call-sample';
import { linesOf } from '../../../../lambda/detection/facts/fact-jsonl';
import { FactSet } from '../../../../lambda/detection/facts/fact-set';
import type { Caller } from '../../../../lambda/detection/facts/facts';
import { addPacked, CALL_WORDS, type PackedSightings } from '../../../../lambda/detection/facts/packed-sightings';
import { SightingTable, type CallSource } from '../../../../lambda/detection/facts/sighting-table';
import { seededRandom } from '../../../../trail-writer/random';
import { at, caller } from '../trail';

/** A call of one caller: seconds after 8:00, the number its id is made of, its text and flags. */
interface Seen {
  readonly by: Caller;
  readonly seconds: number;
  readonly id: number;
  readonly text: number;
  readonly did: number;
}

const KIND: CallKind = { region: 'eu-west-1', source: 's3', name: 'GetObject', errorCode: null, userAgent: 'cli' };
/** Calls after which the texts are settled. */
const SETTLE_EVERY = 7;
/** What calls were about, in no order of their indices. */
const RESOURCES = ['b/', 'a/x', null];
const textOf = (resource: string | null): string => callText({ ...KIND, resource });

const NAMED = caller('i-1', '198.51.100.10');
const OTHER_KEY = { ...NAMED, accessKeyId: 'ASIAOTHERKEY' };
const OTHER = caller('i-2', '198.51.100.11', { workload: null, shown: 'none' });

/** Ids whose last word has its highest bit set compare as unsigned numbers. */
function idWords(id: number): readonly number[] {
  return [0x0a0b0c0d, 0x1000 + (id % 3), id % 2 === 0 ? 0x80000000 | 0 : 0x7fffffff, id];
}

function idText(id: number): string {
  const hex = idWords(id)
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const unread = (resource: string | null): UnreadCall => {
  const request = Buffer.from(JSON.stringify(resource));
  return { call: KIND, bytes: Buffer.concat([request, Buffer.from('[]')]), request: request.length };
};
/** Where the words of a call stand. */
const PLACE = 1;
/** Of one call at a time. */
class TestCalls implements CallSource {
  readonly words = new Int32Array(PLACE + 5);
  text = 0;

  constructor(private readonly resources: readonly (string | null)[]) {}

  textOf(): number {
    return this.text;
  }

  all(): PackedTexts {
    const texts = new CallTexts(readResource);
    for (const resource of this.resources) texts.add(unread(resource));
    return texts.packed();
  }

  addTo(table: SightingTable, use: number, { seconds, id, text, did }: Seen): void {
    this.words.set([at('08:00') / 1_000 + seconds, ...idWords(id)], PLACE);
    this.text = text;
    table.add(use, PLACE, did);
  }
}
const readResource: ReadResource = (_, request, resources) => {
  expect(resources).toBe('[]');
  return JSON.parse(request) as string | null;
};

function packedBy(seen: readonly Seen[]): PackedSightings {
  const calls = new TestCalls(RESOURCES);
  const table = new SightingTable(calls, readResource);
  const uses = new Map([NAMED, OTHER_KEY, OTHER].map((by) => [by, table.addKey(table.placeOf(by), by.accessKeyId)]));
  for (const [index, one] of seen.entries()) {
    calls.addTo(table, uses.get(one.by) ?? 0, one);
    if (index % SETTLE_EVERY === 0) table.settle();
  }
  return table.packed();
}

function byTable(...parts: readonly (readonly Seen[])[]): string[] {
  const facts = new FactSet();
  for (const part of parts) addPacked(packedBy(part), facts, readResource);
  return [...linesOf(facts)].sort();
}

function byFacts(seen: readonly Seen[]): string[] {
  const facts = new FactSet();
  for (const { by, seconds, id, text, did } of seen) {
    const what = textOf(RESOURCES[text] ?? null);
    facts.add({
      fact: 'sighting',
      caller: by,
      did,
      event: { time: at('08:00') + seconds * 1_000, id: idText(id), what },
    });
  }
  return [...linesOf(facts)].sort();
}

const call = (seconds: number, over: Partial<Seen> = {}): Seen => ({
  by: NAMED,
  seconds,
  id: seconds,
  text: 0,
  did: 1,
  ...over,
});

describe('a table of sightings', () => {
  it.each<[string, readonly Seen[]]>([
    ['nothing', []],
    ['one call', [call(5)]],
    ['hours in order, and back', [call(10), call(7_200), call(3_599), call(3_600), call(20)]],
    ['the last second of an hour before its first', [call(3_599), call(0)]],
    ['ids of one second', [3, 2, 1, 5, 4].map((id) => call(60, { id }))],
    ['texts of one id', [2, 0, 1, 0].map((text) => call(60, { text }))],
    ['flags of one hour', [1, 4, 8].map((did) => call(did, { did }))],
    ['a call twice', [call(60), call(60), call(61)]],
    ['two callers', [call(60), call(30, { by: OTHER }), call(4_000, { by: OTHER, did: 2 })]],
    ['keys of one session', [call(60), call(60, { by: OTHER_KEY }), call(61, { by: OTHER_KEY })]],
    ['more hours than it begins with', Array.from({ length: 30 }, (_, hour) => call(hour * 3_600))],
    ['exactly as many calls as are kept', Array.from({ length: 25 }, (_, second) => call(second, { by: OTHER }))],
    ['one call more than are kept', Array.from({ length: 26 }, (_, second) => call(second, { by: OTHER }))],
    ['many more, the earliest last', Array.from({ length: 120 }, (_, second) => call(500 - second, { by: OTHER }))],
    ['many more, the earliest first', Array.from({ length: 120 }, (_, second) => call(second, { by: OTHER }))],
  ])('gives the facts that each call alone gives: %s', (_, seen) => {
    expect(byTable(seen)).toEqual(byFacts(seen));
  });

  it('gives them in any order, with repetitions, and for calls of several tables', () => {
    const random = seededRandom(20_261_130);
    for (let run = 0; run < 60; run += 1) {
      const seconds = random.pick([40, 4_000, 40_000]);
      const seen = Array.from({ length: random.pick([3, 40, 500]) }, () =>
        call(random.below(seconds), {
          by: random.pick([NAMED, OTHER_KEY, OTHER]),
          id: random.below(20),
          text: random.below(3),
          did: 1 + random.below(4),
        }),
      );
      const half = Math.floor(seen.length / 2);
      expect(byTable(seen)).toEqual(byFacts(seen));
      expect(byTable(seen.slice(0, half), seen.slice(half))).toEqual(byFacts(seen));
    }
  });
});

it('of records of one id, the smaller text is kept where all others are settled to make room for it', () => {
  const later = new TestCalls(['a/x']);
  class FullCalls extends TestCalls {
    override textOf(): number {
      if (this.text === 0) return 0;
      if (table.source === this) table.settle();
      table.source = later;
      return 0;
    }
  }
  const full = new FullCalls(['b/']);
  const table = new SightingTable(full, readResource);
  const use = table.addKey(table.placeOf(NAMED), NAMED.accessKeyId);
  full.addTo(table, use, call(0, { id: 7, text: 0 }));
  later.words.set(full.words);
  full.addTo(table, use, call(0, { id: 7, text: 1 }));
  const facts = new FactSet();
  addPacked(table.packed(), facts, readResource);
  expect([...linesOf(facts)].sort()).toEqual(byFacts([call(0, { id: 7, text: 0 }), call(0, { id: 7, text: 1 })]));
});

describe('a table keeps no more than is reported', () => {
  /** Instead of the text of a call that was dropped. */
  const DROPPED = 0x7fffffff;
  const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

  it.each<[string, readonly Seen[], number, boolean]>([
    ['as many calls as a session’s', range(25).map((second) => call(second, { by: OTHER })), 25, false],
    ['one call more', range(26).map((second) => call(second, { by: OTHER })), 25, true],
    ['many more, the earliest last', range(120).map((second) => call(500 - second, { by: OTHER })), 25, true],
    ['many more, and again', [...range(60), ...range(60)].map((second) => call(second, { by: OTHER })), 25, true],
    ['as many calls as a workload’s', range(200).map((second) => call(second)), 200, false],
    ['one call more of a workload', range(201).map((second) => call(second)), 200, true],
    ['one call many times', range(450).map(() => call(7)), 1, false],
    ['texts of one id, again and again', range(90).map((turn) => call(60, { text: turn % 3 })), 1, false],
  ])('%s', (_, seen, kept, more) => {
    const packed = packedBy(seen);
    const facts = new FactSet();
    addPacked(packed, facts, readResource);
    const lastTime = Math.max(...seen.map(({ seconds }) => seconds)) * 1_000 + at('08:00');
    const [session] = facts.sessions.values();
    const [sample] = session?.calls.values() ?? [];
    const [row] = session?.rows.values() ?? [];
    expect([row?.seen.length, sample?.calls.length, sample?.more, sample?.lastTime]).toEqual([1, kept, more, lastTime]);
    const { calls } = packed;
    const heldWords = calls.filter((text, place) => place % CALL_WORDS === 5 && text !== DROPPED);
    expect(heldWords.length).toBeLessThanOrEqual(sample?.limit ?? 0);
  });
});

describe('the texts of calls', () => {
  const resources = Array.from({ length: 2_000 }, (_, index) =>
    index % 7 === 0 ? null : `${index} ö \ud800 ${'x'.repeat(index % 90)}`,
  );

  it('are what they were made of, however many they are', () => {
    const texts = new CallTexts(readResource);
    expect(resources.map((resource) => texts.add(unread(resource)))).toEqual(resources.map((_, index) => index));
    for (const [index, resource] of resources.entries()) {
      expect(texts.textAt(index)).toBe(textOf(resource));
      expect(textAt(texts.packed(), index, readResource)).toBe(textOf(resource));
    }
  });

  it('are read before they are kept where they take much memory', () => {
    const texts = new CallTexts(readResource);
    const long = 'x'.repeat(1_000_000);
    const many = Array.from({ length: 80 }, (_, index) => `${index} ${long}`);
    for (const resource of many) texts.add({ ...unread(resource), call: KIND });
    const { spans } = texts.packed();
    expect(spans.filter((_, place) => place % 6 === 3).filter((length) => length === -1)).toHaveLength(17);
    expect([0, 71, 79].map((index) => texts.textAt(index))).toEqual(
      [0, 71, 79].map((index) => textOf(many[index] ?? null)),
    );
  });

  it('keep their order when some are dropped', () => {
    const texts = new CallTexts(readResource);
    for (const resource of resources) texts.add(unread(resource));
    const { texts: kept, places } = texts.kept(Uint8Array.from(resources, (_, index) => Number(index % 3 === 0)));
    const left = resources.filter((_, index) => index % 3 === 0);
    expect(Array.from({ length: kept.count }, (_, index) => kept.textAt(index))).toEqual(left.map(textOf));
    expect([0, 3, 6].map((index) => places[index])).toEqual([0, 1, 2]);
  });
});

it('a table keeps the calls of many callers apart', () => {
  const callers = Array.from({ length: 1_500 }, (_, index) => caller(`i-${index}`, '198.51.100.10'));
  const seen = [0, 1, 2].flatMap((second) => callers.map((by) => call(second * 3_600, { by })));
  const calls = new TestCalls(RESOURCES);
  const table = new SightingTable(calls, readResource);
  const uses = new Map(callers.map((by) => [by, table.addKey(table.placeOf(by), by.accessKeyId)]));
  for (const one of seen) calls.addTo(table, uses.get(one.by) ?? 0, one);
  const facts = new FactSet();
  addPacked(table.packed(), facts, readResource);
  expect([...linesOf(facts)].sort()).toEqual(byFacts(seen));
});
