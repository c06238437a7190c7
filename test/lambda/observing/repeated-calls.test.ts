import { WORKLOAD_KINDS } from '../../../lambda/detection/kinds/all-kinds';
import { neutralRecord, readCallerPart, type CallerPart } from '../../../lambda/detection/records/read-parts';
import { ScannedCall } from '../../../lambda/fact-reading/call-runs';
import { RepeatedCalls } from '../../../lambda/observing/repeated-calls';
import type { SeenCache } from '../../../lambda/store/seen-cache';
import { Column } from '../../../lambda/trail-files/log-file-scanner';
import { at } from '../detection/trail';

/** Everything is stored. */
const SEEN: SeenCache = { get: () => ({ least: '', did: ['other'] }), set: () => undefined };
const CALL = {
  kind: { region: 'eu-west-1', source: 's3.amazonaws.com', name: 'ListBuckets', errorCode: null, userAgent: null },
  did: 1,
  presignable: false,
};

function callerAt(ip: string): CallerPart {
  const arn = 'arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0';
  const record = neutralRecord(`"userIdentity":{"type":"AssumedRole","arn":"${arn}"},"sourceIPAddress":"${ip}"`);
  const part = record && readCallerPart(record, WORKLOAD_KINDS);
  if (!part) throw new Error('it is a caller');
  return part;
}

function callOf(caller: CallerPart, minutes: number): ScannedCall {
  const words = new Int32Array(8);
  words[Column.time] = at('08:00') / 1_000 + 60 * minutes;
  return new ScannedCall(words, 0, caller, CALL);
}

it('calls that repeat what is stored are known again, until those of many callers and hours are', () => {
  const now = at('20:00');
  const repeated = new RepeatedCalls(SEEN, 4);
  const [one, other] = [callerAt('198.51.100.1'), callerAt('198.51.100.2')];
  const find = (caller: CallerPart, minutes: number): unknown => repeated.find(callOf(caller, minutes), now);
  const first = find(one, 0);
  expect(first).not.toBeNull();
  for (const hour of [1, 2, 3]) expect(find(one, 60 * hour)).not.toBe(first);
  expect(find(one, 1)).toBe(first);
  // The fifth.
  expect(find(other, 0)).not.toBeNull();
  const again = find(one, 2);
  expect(again).not.toBe(first);
  expect(again).toEqual({ ...(first as object), earliest: at('08:02'), facts: expect.anything() });
});
