import { diagnosesOf, durationText, type Diagnosis, type Examined } from '../../../bin/doctor/diagnosis';
import { ruleFaults, STATE_NEEDED, type RuleSeen } from '../../../bin/doctor/rule-check';
import type { Heartbeat } from '../../../lambda/store/heartbeats';

const NOW = Date.parse('2026-09-08T12:00:00Z');
const PLACE = { account: '111122223333', region: 'eu-west-1' };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const rule = (name: string, state: string = STATE_NEEDED, hasPattern = true): RuleSeen => ({
  name: `credlock-${name}`,
  state,
  hasPattern,
  targets: 1,
});
const EXAMINED: Examined = { ...PLACE, rules: [rule('ec2-instance')], trails: null, faults: [] };

const ago = (milliseconds: number): string => new Date(NOW - milliseconds).toISOString();

function heartbeat(kind: string, over: Partial<Heartbeat> = {}): Heartbeat {
  const beat = { since: ago(7 * DAY), last: ago(5 * MINUTE), longestPause: 0, readEvents: ago(HOUR), proof: ago(HOUR) };
  return { ...PLACE, kind, ...beat, ...over };
}

function diagnosed(
  heartbeats: readonly Heartbeat[],
  over: Partial<Examined> = {},
  hasCanaries = true,
): Map<string, Diagnosis> {
  const standing = { now: NOW, kinds: ['ec2-instance'], hasCanaries, expectedRules: ['credlock-ec2-instance'] };
  const all = diagnosesOf({ ...EXAMINED, ...over }, heartbeats, standing);
  return new Map(all.map((one) => [one.kind, one]));
}

const any = (over: Partial<Heartbeat>, examined: Partial<Examined> = {}): readonly string[] =>
  diagnosed([heartbeat('any', over)], examined).get('any')?.problems ?? [];
const canary = (heartbeats: readonly Heartbeat[], hasCanaries = true): Diagnosis | undefined =>
  diagnosed(heartbeats, {}, hasCanaries).get('canary');

describe('all records of a place', () => {
  it('are well', () => {
    expect(any({})).toEqual([]);
  });

  it('sent no events ever, or not for a day', () => {
    expect(diagnosed([]).get('any')?.problems).toEqual(['no event has ever arrived']);
    expect(any({ last: ago(DAY) })).toEqual([]);
    expect(any({ last: ago(40 * HOUR) })).toEqual(['no event for 40 h']);
    expect(diagnosed([heartbeat('any', { region: 'us-east-1' })]).get('any')?.receivedSince).toBeNull();
  });

  it('sent no read-only events ever, or not for a day, where events came for longer than an hour', () => {
    expect(any({ readEvents: null })).toEqual(['no read-only event has ever arrived: check the state of both rules']);
    expect(any({ readEvents: null, since: ago(HOUR / 2) })).toEqual([]);
    expect(any({ readEvents: ago(50 * HOUR) })).toEqual(['no read-only event for 50 h']);
  });

  it('have what is wrong with rules, trails and their reading', () => {
    expect(any({}, { rules: [], trails: [], faults: ['cannot read'] })).toEqual([
      'no credlock rule on bus default: it forwards no events',
      'no trail covers this Region: CloudTrail sends no events to EventBridge',
      'cannot read',
    ]);
    expect(any({}, { rules: null, trails: null })).toEqual([]);
  });
});

describe('canaries', () => {
  it('are late after an hour', () => {
    expect(canary([heartbeat('any'), heartbeat('canary', { last: ago(HOUR) })])?.problems).toEqual([]);
    expect(canary([heartbeat('any'), heartbeat('canary', { last: ago(3 * HOUR) })])?.problems).toEqual([
      'no canary for 3 h',
    ]);
  });

  it('are missed only where one could have come', () => {
    expect(canary([heartbeat('any')])?.problems).toEqual(['no canary has ever arrived']);
    expect(canary([heartbeat('any', { since: ago(HOUR / 2) })])).toMatchObject({
      problems: [],
      notes: ['none has arrived yet'],
    });
    expect(canary([])).toMatchObject({ problems: [], notes: ['none has arrived yet'] });
    expect(canary([heartbeat('any')], false)).toMatchObject({ problems: [], notes: ['no canaries are sent here'] });
  });
});

describe('kinds of workloads', () => {
  it('are those with rules and those with events, each with its rule', () => {
    const all = diagnosed([heartbeat('any'), heartbeat('ecs-task')], {
      rules: [rule('ec2-instance'), rule('issuance')],
    });
    expect([...all.keys()]).toEqual(['any', 'canary', 'ec2-instance', 'ecs-task']);
    expect(all.get('any')?.rules).toHaveLength(2);
    expect(all.get('ec2-instance')).toMatchObject({ rules: [rule('ec2-instance')], notes: ['no events'] });
    expect(all.get('ecs-task')?.notes).toEqual(['no rule of its own; its events arrive through other rules']);
  });

  it('say where nothing was proven', () => {
    const all = diagnosed([heartbeat('ec2-instance', { proof: null })]);
    expect(all.get('ec2-instance')?.notes).toEqual(['no event attributed its credentials to a workload']);
  });
});

describe('rules', () => {
  it('need the state in which calls that only read come through', () => {
    expect(ruleFaults('default', [rule('issuance', 'ENABLED')])).toEqual([
      `rule credlock-issuance on bus default is ENABLED: read-only events do not match it; it must be ${STATE_NEEDED}`,
    ]);
  });

  it('do not where they are of other things, or run by the clock; but none may be off', () => {
    const others = [rule('tampering', 'ENABLED'), rule('trail', 'ENABLED'), rule('daily', 'ENABLED', false)];
    expect(ruleFaults('default', [rule('all'), ...others])).toEqual([]);
    expect(ruleFaults('default', [rule('all'), rule('daily', 'DISABLED', false)])).toEqual([
      'rule credlock-daily on bus default is DISABLED',
    ]);
  });

  it('are missing, unless no calls are to come', () => {
    expect(ruleFaults('hub', [rule('simulation', 'ENABLED')])).toHaveLength(1);
    expect(ruleFaults('hub', [rule('simulation', 'ENABLED')], { forwardsNothing: true })).toEqual([]);
  });

  it('are missing by name, and worth nothing without targets', () => {
    const expected = ['credlock-all', 'credlock-tampering'];
    expect(ruleFaults('default', [rule('all')], { expected })).toEqual([
      'rule credlock-tampering on bus default does not exist',
    ]);
    expect(ruleFaults('default', [{ ...rule('all'), targets: 0 }, rule('tampering')], { expected })).toEqual([
      'rule credlock-all on bus default has no targets: matching events go nowhere',
    ]);
    expect(ruleFaults('default', [{ ...rule('all'), targets: null }], { expected: [] })).toEqual([]);
  });
});

it.each([
  [0, '0 min'],
  [119 * MINUTE, '119 min'],
  [120 * MINUTE, '2 h'],
  [71 * HOUR, '71 h'],
  [3 * DAY, '3 d'],
])('%i ms are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});
