import { organizationOf } from '../../../lambda/detection/model/settings';
import { addressOwners, type OwnerSources } from '../../../lambda/kubernetes/address-owner';
import { ipRangesOf } from '../../scenario';

const HOME = '111122223333';
const OTHER = '444455556666';
const RANGES = ipRangesOf('default');

function ownerOf(ip: string, account: string | null, more: Partial<OwnerSources> = {}) {
  const book = { accountOf: () => (account === null ? null : { account, region: '' }) };
  const organization = organizationOf([HOME], new Set());
  const { ownership, region } = addressOwners({ book, ipRanges: RANGES, organization, ...more })(ip, 0, HOME);
  return [ownership, region];
}

test.each([
  ['an address of the cluster’s account', '198.51.100.10', HOME, ['same-account', 'eu-west-1']],
  ['of another account, by records', '198.51.100.10', OTHER, ['foreign-account', 'eu-west-1']],
  ['of AWS', '198.51.100.10', null, ['aws', 'eu-west-1']],
  ['of nobody at AWS', '192.0.2.66', null, ['outside-aws', null]],
])('%s', (_what, ip, account, owner) => {
  expect(ownerOf(ip, account)).toEqual(owner);
});

test('accounts of the organisation, and accounts where none are listed', () => {
  const both = organizationOf([HOME, OTHER], new Set());
  expect(ownerOf('198.51.100.10', OTHER, { organization: both })).toEqual(['organization-account', 'eu-west-1']);
  const none = organizationOf([], new Set([HOME]));
  expect(ownerOf('198.51.100.10', OTHER, { organization: none })).toEqual(['unknown', 'eu-west-1']);
});

test('without address ranges and records nothing is known', () => {
  expect(ownerOf('192.0.2.66', null, { book: null, ipRanges: null })).toEqual(['unknown', null]);
});
