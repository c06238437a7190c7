import { Column, ROW_WORDS } from '../../../lambda/trail-files/log-file-scanner';
import { testScanner } from '../../test-scanner';

const scanner = testScanner();

const ARN = 'arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d';
const SESSION = `"type":"AssumedRole","arn":"${ARN}"`;
const CREATED = (time: string): string => `"sessionContext":{"attributes":{"creationDate":"${time}"},"role":"web"}`;
const FIRST = `${SESSION},"accessKeyId":"ASIAFIRST",${CREATED('2026-08-03T08:00:00Z')}`;
const ACCOUNT = '"type":"AWSAccount","accountId":"444455556666"';

interface Seen {
  readonly identity: number;
  readonly shape: number;
  readonly key: string | null;
  readonly origin: number;
}

/** Of each record, in their order. */
function seenIn(records: readonly string[]): Seen[] {
  scanner.reset();
  const scanned = scanner.scan(scanner.input.write(`{"Records":[${records.join(',')}]}`));
  expect(scanned?.rows).toBe(records.length);
  return records.map((record, row) => {
    const id = scanner.words[row * ROW_WORDS + Column.caller] ?? -1;
    const isIdentity = record.includes('AWSAccount');
    const identity = isIdentity ? id : scanner.identityOf(id);
    const origin = isIdentity ? -1 : scanner.originOf(id);
    return { identity, shape: scanner.shapeOf(identity), key: scanner.keyOf(identity), origin };
  });
}

/** `more`: other members of the record. */
function recordOf(identity: string, more = ''): string {
  const call = '"eventName":"GetObject","eventSource":"s3.amazonaws.com","eventType":"AwsApiCall"';
  const event = `"eventTime":"2026-08-03T08:00:00Z","eventID":"0a0b0c0d-0000-4000-8000-00000000000a"`;
  return `{"userIdentity":{${identity}},${call},${event},"sourceIPAddress":"192.0.2.7","about":"${ARN}"${more}}`;
}

const ALIKE = {
  'in their keys': FIRST.replace('ASIAFIRST', 'ASIASECOND123'),
  'in the times their sessions began': FIRST.replace('08:00:00Z', '14:13:12Z'),
  'in both': FIRST.replace('ASIAFIRST', 'ASIASECOND123').replace('08:00:00Z', '14:13:12.345Z'),
};

it.each(Object.entries(ALIKE))('identities are of one shape that differ %s', (_, other) => {
  const [one, two] = seenIn([recordOf(FIRST), recordOf(other)]);
  expect(two?.identity).not.toBe(one?.identity);
  expect(two?.shape).toBe(one?.shape);
  expect(two?.key).toBe(other.includes('SECOND') ? 'ASIASECOND123' : 'ASIAFIRST');
});

const DIFFERENT = {
  'in their names': FIRST.replace('i-0a1b', 'i-0a1c'),
  'in a member behind the time': FIRST.replace('"role":"web"', '"role":"wet"'),
  'in the place of the key': `"accessKeyId":"ASIAFIRST",${SESSION},${CREATED('2026-08-03T08:00:00Z')}`,
  'in a time that is none': FIRST.replace('08:00:00Z', 'yesterday'),
  'in the key of another object too': FIRST.replace('"role":', '"accessKeyId":"ASIAOTHER","role":'),
  'in an escape': FIRST.replace('web/i', 'web\\/i'),
  'in a key that is none': FIRST.replace('ASIAFIRST', 'asia first'),
  'in an empty key': FIRST.replace('ASIAFIRST', ''),
  'in white space': FIRST.replace('"accessKeyId":', '"accessKeyId": '),
};

it.each(Object.entries(DIFFERENT))('identities are of several shapes that differ %s', (_, other) => {
  const [one, two, again] = seenIn([recordOf(FIRST), recordOf(other), recordOf(FIRST)]);
  expect(two?.shape).toBe(two?.identity);
  expect(two?.shape).not.toBe(one?.shape);
  expect(again).toEqual(one);
});

it('identities of one shape are of one account of the record', () => {
  const [one, two] = seenIn([
    recordOf(FIRST, ',"recipientAccountId":"111122223333"'),
    recordOf(ALIKE['in both'], ',"recipientAccountId":"111122224444"'),
  ]);
  expect(two?.shape).not.toBe(one?.shape);
});

it('callers of one origin call from one address and endpoint, whatever their identity', () => {
  const [one, same, other, endpoint] = seenIn([
    recordOf(FIRST),
    recordOf(DIFFERENT['in their names']),
    recordOf(FIRST).replace('192.0.2.7', '192.0.2.8'),
    recordOf(FIRST, ',"vpcEndpointId":"vpce-0a1b2c3d"'),
  ]);
  expect(same?.origin).toBe(one?.origin);
  expect(new Set([one?.origin, other?.origin, endpoint?.origin]).size).toBe(3);
});

it('identities without a session are of one shape whatever their principals, but not of several accounts', () => {
  const [one, same, other] = seenIn([
    recordOf(`${ACCOUNT},"principalId":"AIDAONE"`),
    recordOf(`${ACCOUNT},"principalId":"AIDAANOTHER"`),
    recordOf(`${ACCOUNT.replace('4444', '7777')},"principalId":"AIDAONE"`),
  ]);
  expect(same?.identity).not.toBe(one?.identity);
  expect(same?.shape).toBe(one?.shape);
  expect(other?.shape).not.toBe(one?.shape);
});
