import { readFileSync } from 'node:fs';
import { anonymisedHint } from '../../../bin/replay/anonymised';
import { ipRangesIn } from '../../../bin/files/ip-ranges-cache';
import { addressesIn, MOST_SAMPLED, mergedAddresses } from '../../../lambda/detection/facts/address-sample';
import { FactSet } from '../../../lambda/detection/facts/fact-set';
import type { IpRanges } from '../../../lambda/detection/model/ip-ranges';
import { kindsNamed } from '../../../lambda/detection/kinds/all-kinds';
import { readInto } from '../../../lambda/detection/records/read-facts';
import { sessionCall } from '../../lambda/trail-files/trail-fixtures';

const ranges = ipRangesIn(readFileSync('test/ip-ranges.json', 'utf8'));
const RANGES = 'value' in ranges ? ranges.value : null;

function hintOf(facts: FactSet, ipRanges: IpRanges | null): string | null {
  return anonymisedHint(addressesIn(facts), ipRanges);
}

function factsOf(...calls: (readonly [ip: string, account: string, instance: string])[]): FactSet {
  const facts = new FactSet();
  for (const [sourceIPAddress, accountId, instance] of calls) {
    const arn = `arn:aws:sts::${accountId}:assumed-role/web/${instance}`;
    const record = sessionCall(`e-${instance}-${sourceIPAddress}`, {
      sourceIPAddress,
      userIdentity: { type: 'AssumedRole', arn, accountId, sessionContext: { ec2RoleDelivery: '2.0' } },
      recipientAccountId: accountId,
    });
    readInto(facts, record, kindsNamed(['ec2-instance']), Infinity);
  }
  return facts;
}

const [A, B] = ['111122223333', '444455556666'];
const [ONE, TWO, THREE] = ['i-0123456789abcdef0', 'i-0123456789abcdef1', 'i-0123456789abcdef2'];

test('documentation addresses look anonymised, genuine ones do not', () => {
  expect(hintOf(factsOf(['198.51.100.7', A, ONE], ['192.0.2.1', A, ONE]), null)).toMatch(
    /^The records look anonymised: of 2 source addresses 2 are reserved for documentation or impossible, such as 192/,
  );
  expect(hintOf(factsOf(['198.51.100.7', A, ONE], ['3.248.10.20', A, ONE]), null)).toBeNull();
});

test('documentation addresses that the address ranges name are meant', () => {
  expect(hintOf(factsOf(['198.51.100.7', A, ONE], ['192.0.2.1', A, ONE]), RANGES)).toBeNull();
});

test('one address for sessions of several accounts looks anonymised, for those of one it may be a NAT gateway', () => {
  const all = (...accounts: readonly string[]): FactSet =>
    factsOf(...[ONE, TWO, THREE].map((id, at) => ['3.248.10.20', accounts[at] ?? A, id] as const));
  expect(hintOf(all(A, B, B), null)).toBe(
    'The records look anonymised: all calls of 3 sessions in 2 accounts show one address, so that theft cannot be seen.',
  );
  expect(hintOf(all(A, A, A), null)).toBeNull();
});

test('many addresses are known by a sample, which is the same however the records are split', () => {
  const calls = Array.from({ length: 600 }, (_, at) => [`198.51.${at % 100}.${at % 250}`, A, ONE] as const);
  const [first, second] = [factsOf(...calls.slice(0, 350)), factsOf(...calls.slice(250))].map(addressesIn);
  const whole = addressesIn(factsOf(...calls));
  expect(whole.addresses).toHaveLength(MOST_SAMPLED);
  expect(first && second && mergedAddresses(first, second)).toEqual(whole);
  const sessions = Array.from({ length: 400 }, (_, at) => `i-${String(at).padStart(17, '0')}`);
  const one = addressesIn(factsOf(...sessions.map((id, at) => ['3.248.10.20', at % 2 ? A : B, id] as const)));
  expect(anonymisedHint(one, null)).toContain('all calls of at least 256 sessions in 2 accounts show one address');
  // Of several addresses, sessions are not counted.
  expect(mergedAddresses(one, whole)).toMatchObject({ sessions: [], accounts: [] });
});
