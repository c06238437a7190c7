import { parseSettings } from '../../../lambda/detection/parse-settings';
import type { Settings } from '../../../lambda/detection/model/settings';
import { METRICS } from '../../../lambda/environment';
import { modeOfAccount, whileLearning } from '../../../lambda/judging/mode';
import { startHub, type Hub } from '../hub';
import { AWAY_ADDRESS, call, HOME_ADDRESS, SHOP, termination } from '../records';
import { valueOf } from '../../../lambda/detection/model/result';

const OTHER = '444455556666';
const DAY = 86_400_000;
const NOW = Date.parse('2026-09-08T12:00:00Z');

function settingsOf(given: object): Settings {
  return valueOf(parseSettings(given));
}

describe('the mode of an account that was first seen', () => {
  test.each([
    ['a day ago is learn', {}, 1, 'learn'],
    ['a week less a second ago is learn', {}, 7 - 1 / 86_400, 'learn'],
    ['a week ago is live', {}, 7, 'live'],
    ['a week ago is what the settings have for those who learned', { mode: { default: 'report' } }, 7, 'report'],
    ['a day ago is learn, whatever comes after', { mode: { default: 'report' } }, 1, 'learn'],
    ['a day ago is live where all accounts are', { mode: 'live' }, 1, 'live'],
    ['a day ago is its own where it has one', { mode: { default: 'learn', [SHOP]: 'live' } }, 1, 'live'],
    ['a day ago is live where nobody has to learn', { learnDays: 0 }, 1, 'live'],
    ['a day ago is learn for as long as is asked', { learnDays: 2 }, 1, 'learn'],
    ['two days ago is live after as long as is asked', { learnDays: 2 }, 2, 'live'],
  ])('%s', (_what, given, daysAgo, mode) => {
    const accounts = [{ account: SHOP, since: NOW - daysAgo * DAY }];
    expect(modeOfAccount(SHOP, whileLearning(settingsOf(given), accounts, NOW))).toBe(mode);
  });

  test('at a time that was not written down is what it was', () => {
    const settings = settingsOf({});
    expect(whileLearning(settings, [{ account: SHOP, since: null }], NOW)).toBe(settings);
  });
});

describe('accounts that are new', () => {
  let hub: Hub;
  const THEFT = [call('11:00', HOME_ADDRESS), call('11:58', AWAY_ADDRESS)];

  beforeEach(async () => {
    hub = await startHub({ settings: { learnDays: 7 } });
  });

  afterEach(() => hub.close());

  test('learn for a week; what is open then is reported', async () => {
    await hub.sendEvents(THEFT);
    await hub.settle();
    expect(hub.imported()).toEqual([]);
    expect(hub.counted(METRICS.findingsConfirmed, { mode: 'learn' })).toBe(1);
    hub.clock.advance(6 * DAY);
    await hub.rejudge();
    await hub.settle();
    expect(hub.imported()).toEqual([]);
    expect(learned()).toBe(1);
    hub.clock.advance(1 * DAY);
    await hub.rejudge();
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ state: 'ACTIVE', type: 'OutsideAWS' }]);
    expect(hub.wire.sns.messages).toHaveLength(1);
    expect(learned()).toBe(0);
  });

  test('are told of at once what no later record can explain', async () => {
    await hub.sendEvents([call('11:00', HOME_ADDRESS), termination('11:30'), call('11:59', AWAY_ADDRESS)]);
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ type: 'AfterTermination' }]);
  });

  test('learn for themselves: others have learned already', async () => {
    await hub.sendEvents([termination('10:00', 'i-0c0c00000000000c3', OTHER)]);
    await hub.settle();
    hub.clock.advance(7 * DAY);
    const late = { account: OTHER, instance: 'i-0b0b00000000000b2', extra: { eventTime: '2026-09-08T12:00:00Z' } };
    await hub.sendEvents([
      ...THEFT,
      call('00:00', '198.51.100.20', { ...late, extra: { eventTime: '2026-09-08T11:00:00Z' } }),
      call('00:00', '203.0.113.201', late),
    ]);
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ id: expect.stringContaining(OTHER), state: 'ACTIVE' }]);
    expect(hub.imported()).toHaveLength(1);
  });

  /** Findings in the list that `rejudge` keeps. */
  function learned(): number {
    const list = hub.wire.s3.get('credlock-config', 'learning.json')?.bytes.toString('utf8') ?? '';
    return (JSON.parse(list) as { findings: number }).findings;
  }
});
