import { eventTimeOf, expirationOf, isInFuture, isoTime } from '../../../../lambda/detection/model/event-time';

const NINE = Date.UTC(2026, 8, 1, 9, 5, 7);

describe('the time of a record', () => {
  it.each([
    ['2026-09-01T09:05:07Z', NINE],
    ['2026-09-01T09:05:07.250Z', NINE + 250],
    ['2026-09-01 09:05:07', NINE],
    ['2026-09-01T09:05:07', NINE],
    ['2026-09-01 11:05:07+02:00', NINE],
    ['2026-09-01T05:05:07-04:00', NINE],
    [NINE, NINE],
    [NINE / 1_000, NINE],
    [NINE / 1_000 + 0.0004, NINE],
    [1e11, 1e11],
    [1e11 - 1, 1e14 - 1_000],
    [8.64e15, 8.64e15],
  ])('%p', (value, time) => {
    expect(eventTimeOf(value)).toBe(time);
  });

  it.each([
    '',
    'yesterday',
    '2026-09-01',
    '2026-13-01T00:00:00Z',
    'x2026-09-01T09:05:07Z',
    0,
    -5,
    Number.NaN,
    8.64e15 + 2,
  ])('is none in %p', (value) => {
    expect(eventTimeOf(value)).toBeNull();
  });

  it.each([null, undefined, true, ['2026-09-01T09:05:07Z'], {}])('is none in %p', (value) => {
    expect(eventTimeOf(value)).toBeNull();
  });

  it('is in the future from 24 hours on', () => {
    expect([86_400_000, 86_400_001].map((lead) => isInFuture(NINE + lead, NINE))).toEqual([false, true]);
    expect(isInFuture(NINE - 90_000_000, NINE)).toBe(false);
  });

  it('is written as CloudTrail does', () => {
    expect(isoTime(NINE + 999)).toBe('2026-09-01T09:05:07Z');
  });
});

describe('the time at which credentials expire', () => {
  it.each([
    ['Jul 4, 2019 4:29:29 PM', Date.UTC(2019, 6, 4, 16, 29, 29)],
    ['Jul 10, 2023, 6:30:22 PM', Date.UTC(2023, 6, 10, 18, 30, 22)],
    ['Dec 31, 2026, 12:00:00 AM', Date.UTC(2026, 11, 31)],
    ['Jan 1, 2026, 12:00:00\u202fPM', Date.UTC(2026, 0, 1, 12)],
    ['Jan 1, 2026, 01:15:00\u00a0AM', Date.UTC(2026, 0, 1, 1, 15)],
    ['2026-09-01T09:05:07Z', NINE],
  ])('%s', (value, time) => {
    expect(expirationOf(value)).toBe(time);
  });

  it.each(['Foo 1, 2026, 1:15:00 AM', 'Jan 1, 2026, 13:15:00 AM', 'Jan 32, 2026, 1:15:00 AM', '', null])(
    'is unknown from %p',
    (value) => {
      expect(expirationOf(value)).toBeNull();
    },
  );
});
