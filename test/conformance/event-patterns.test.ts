import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokenPatterns, type PatternJson } from '../../conformance/patterns/broken-patterns';
import { needFaults } from '../../conformance/patterns/check-needs';
import { fixtureEvents } from '../../conformance/patterns/fixture-events';
import { GOLDEN_FILE, vectorFaults, type GoldenVectors } from '../../conformance/patterns/golden-vectors';
import { observedIn, patternsUnderTest, type PatternUnderTest } from '../../conformance/patterns/patterns-under-test';

const golden = JSON.parse(readFileSync(join(__dirname, '../..', GOLDEN_FILE), 'utf8')) as GoldenVectors;
const events = fixtureEvents();
const patterns = patternsUnderTest();

/** The patterns, with this one changed. */
function withPattern(name: string, pattern: PatternJson): PatternUnderTest[] {
  return patterns.map((one) => (one.name === name ? { ...one, pattern: pattern as PatternUnderTest['pattern'] } : one));
}

function matchesOf(vectors: GoldenVectors): Map<string, readonly string[]> {
  return new Map(Object.entries(vectors.patterns).map(([name, { matches }]) => [name, matches]));
}

function without(name: string, event: string): GoldenVectors {
  const known = golden.patterns[name]!;
  const matches = known.matches.filter((one) => one !== event);
  return { ...golden, patterns: { ...golden.patterns, [name]: { ...known, matches } } };
}

describe('what Event Ruler said of the event patterns', () => {
  it('was said of these patterns and these events', () => {
    expect(vectorFaults(golden, patterns, events)).toEqual([]);
  });

  it('carries every event that a rule has to carry', () => {
    expect(needFaults(events, matchesOf(golden))).toEqual([]);
  });

  it('keeps out what is not the account’s own', () => {
    for (const { name } of [...observedIn('usual'), ...observedIn('forwardAll')]) {
      const strange = golden.patterns[name]!.matches.filter((event) => /^wrong (?:account|source)/.test(event));
      expect([name, strange]).toEqual([name, []]);
    }
  });

  it.each(patterns.map(({ name }) => name))('tells %s from every pattern with one fault', (name) => {
    const pattern = patterns.find((one) => one.name === name)!.pattern as PatternJson;
    const broken = brokenPatterns(pattern);
    expect(broken.length).toBeGreaterThan(0);
    expect(golden.patterns[name]!.faultsNoticed).toBe(broken.length);
  });
});

describe('a broken pattern', () => {
  it('is not the one that was matched', () => {
    const pattern = patterns.find(({ name }) => name === 'ec2-instance')!.pattern as PatternJson;
    for (const { what, pattern: broken } of brokenPatterns(pattern)) {
      const faults = vectorFaults(golden, withPattern('ec2-instance', broken), events);
      expect([what, ...faults]).toEqual([what, expect.stringContaining('pattern "ec2-instance" changed')]);
    }
  });

  it('is noticed by what it no longer carries', () => {
    const broken = without('ec2-instance', 'instance: keys by IMDSv1');
    expect(needFaults(events, matchesOf(broken))).toEqual([
      'deployment usual: no rule carries event "instance: keys by IMDSv1", which tells a fact',
      'deployment every kind: no rule carries event "instance: keys by IMDSv1", which tells a fact',
      'deployment ec2-instance: no rule carries event "instance: keys by IMDSv1", which tells a fact',
    ]);
    expect(needFaults(events, matchesOf(without('canary', 'canary: heard')))).toEqual([
      '"canary" misses event "canary: heard"',
    ]);
  });

  it('is noticed where it is new, gone, or has another’s name', () => {
    const [first] = patterns;
    const faultsOf = (changed: readonly PatternUnderTest[]): string[] => vectorFaults(golden, changed, events);
    expect(faultsOf([...patterns, { ...first!, name: 'other' }])).toEqual([expect.stringContaining('"other" is new')]);
    expect(faultsOf(patterns.slice(1))).toEqual([expect.stringContaining(`"${first!.name}" is no more`)]);
    expect(faultsOf([...patterns, first!])).toEqual(['two patterns have one name']);
  });

  it('is noticed where an event changed', () => {
    const [first] = events;
    const changed = [{ ...first!, event: { ...first!.event, account: '444455556666' } }, ...events.slice(1)];
    expect(vectorFaults(golden, patterns, changed)).toEqual([
      expect.stringContaining(`event "${first!.name}" changed since it was matched`),
    ]);
  });
});

describe('patterns with one fault', () => {
  it('lose one thing each, or have it wrong', () => {
    const pattern = {
      source: ['aws.ec2', { prefix: 'x*' }],
      detail: { ok: [{ exists: true }], $or: [{ a: ['*'] }, { b: ['c'] }] },
    };
    expect(brokenPatterns(pattern).map(({ what }) => what)).toEqual([
      'source: lost',
      'source[0]: lost',
      'source[0]: "aws.ecx" for "aws.ec2"',
      'source[1]: lost',
      'source[1].prefix: "y*" for "x*"',
      'detail: lost',
      'detail.ok: lost',
      'detail.ok[0].exists: false for true',
      'detail.$or: lost',
      'detail.$or[0]: lost',
      'detail.$or[1]: lost',
      'detail.$or[1].b[0]: "x" for "c"',
    ]);
  });

  it('are patterns as JSON has them: nothing else changes', () => {
    const pattern = { a: ['b', 'c'], d: { e: ['f'] } };
    expect(brokenPatterns(pattern).map((broken) => broken.pattern)).toEqual([
      { d: { e: ['f'] } },
      { a: ['c'], d: { e: ['f'] } },
      { a: ['x', 'c'], d: { e: ['f'] } },
      { a: ['b'], d: { e: ['f'] } },
      { a: ['b', 'x'], d: { e: ['f'] } },
      { a: ['b', 'c'] },
      { a: ['b', 'c'], d: { e: ['x'] } },
    ]);
    expect(pattern).toEqual({ a: ['b', 'c'], d: { e: ['f'] } });
  });
});
