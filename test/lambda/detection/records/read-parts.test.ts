import { callText } from '../../../../lambda/detection/facts/call-sample';
import type { Sighting } from '../../../../lambda/detection/facts/facts';
import { WORKLOAD_KINDS } from '../../../../lambda/detection/kinds/all-kinds';
import type { JsonObject } from '../../../../lambda/detection/model/json-field';
import { readFacts } from '../../../../lambda/detection/records/read-facts';
import {
  resourceOf,
  neutralRecord,
  readCallerPart,
  readCallPart,
} from '../../../../lambda/detection/records/read-parts';
import { GRANT_ACTIONS } from '../../../../lambda/detection/vocabulary';
import { readRecord } from '../../../../lambda/detection/records/read-record';
import { trailScenarios } from '../../../scenario';
import { call } from '../../records';

const HOME = '198.51.100.10';

const SHOWING_CALLER = [
  'userIdentity',
  'eventVersion',
  'recipientAccountId',
  'sessionCredentialFromConsole',
  'eventType',
  'eventCategory',
  'sourceIPAddress',
  'vpcEndpointId',
  'vpcEndpointAccountId',
];

function callerPart(record: JsonObject): ReturnType<typeof readCallerPart> {
  const members = Object.entries(record).filter(([name]) => SHOWING_CALLER.includes(name));
  return readCallerPart(neutralRecord(JSON.stringify(Object.fromEntries(members)).slice(1, -1)), WORKLOAD_KINDS);
}

function wholeOf(value: JsonObject): Sighting | null {
  const reading = readRecord(value);
  if ('skip' in reading) return null;
  const [fact, ...others] = readFacts(reading.record, WORKLOAD_KINDS).facts;
  return fact?.fact === 'sighting' && others.length === 0 ? fact : null;
}

describe('a record that is read in two parts', () => {
  const records = trailScenarios()
    .flatMap((scenario) => scenario.records as JsonObject[])
    .filter((record) => wholeOf(record) !== null);

  it('gives the sighting that it gives as a whole', () => {
    let compared = 0;
    for (const record of records) {
      const [whole, by, made] = [wholeOf(record), callerPart(record), readCallPart(record, WORKLOAD_KINDS)];
      if (!whole || !by?.caller || !made) continue;
      compared += 1;
      const resource = resourceOf(
        made.kind,
        JSON.stringify(record['requestParameters'] ?? null),
        JSON.stringify(record['resources'] ?? null),
      );
      expect({
        caller: by.caller,
        did: by.did | made.did,
        what: callText({ ...made.kind, resource }),
        account: by.account,
      }).toEqual({
        caller: whole.caller,
        did: whole.did,
        what: whole.event.what,
        account: record['recipientAccountId'],
      });
    }
    expect(compared).toBeGreaterThan(records.length / 2);
  });

  it('has no part where one decides nothing without the other', () => {
    const internal = call('10:00', 'AWS Internal');
    expect(callerPart(internal)).toBeNull();
    expect(callerPart({ ...internal, recipientAccountId: null, userIdentity: {} })).toBeNull();
    expect(readCallPart({ ...internal, eventTime: null }, WORKLOAD_KINDS)).toBeNull();
  });

  it('has no call part for actions that make principals, whose requests are read', () => {
    for (const eventName of Object.values(GRANT_ACTIONS).flat())
      expect(readCallPart(call('10:00', HOME, { extra: { eventName } }), WORKLOAD_KINDS)).toBeNull();
  });

  it('has a caller without sightings where its identity is no role session', () => {
    const identity = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' };
    const part = { account: '111122223333', caller: null, did: 0 };
    expect(callerPart(call('10:00', HOME, { extra: { userIdentity: identity } }))).toEqual({
      ...part,
      person: expect.objectContaining({ account: '111122223333', address: HOME, who: identity.arn }),
      skip: null,
    });
    expect(callerPart(call('10:00', '10.0.0.7', { extra: { userIdentity: identity } }))).toEqual({
      ...part,
      person: null,
      skip: 'not-a-role-session',
    });
  });

  it('may be a pre-signed request where it is about an object', () => {
    const presignable = (source: string, name: string) =>
      readCallPart(call('10:00', HOME, { source, name }), WORKLOAD_KINDS)?.presignable;
    expect(presignable('s3.amazonaws.com', 'GetObject')).toBe(true);
    expect(presignable('s3-outposts.amazonaws.com', 'PutObject')).toBe(true);
    expect(presignable('s3.amazonaws.com', 'ListBuckets')).toBe(false);
    expect(presignable('ssm.amazonaws.com', 'GetObject')).toBe(false);
    expect(presignable('mys3.amazonaws.com', 'GetObject')).toBe(false);
  });
});
