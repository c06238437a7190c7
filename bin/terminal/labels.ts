import type { Because, Ownership } from '../../lambda/detection/model/finding';

/** Whose place an origin is, in a few words. */
export const OWNERS: Readonly<Record<Ownership, string>> = {
  'outside-aws': 'outside AWS',
  aws: 'AWS',
  'organization-account': 'organisation’s account',
  'same-account': 'same account',
  'foreign-account': 'foreign account',
  unknown: 'owner unknown',
  none: 'nobody’s',
};

/** Why an origin is trusted, in a few words. */
export const BECAUSES: Readonly<Record<Because, string>> = {
  'own-address': 'own address',
  declared: 'declared',
  'first-use': 'first use',
  'first-use-unverified': 'first use, unverified',
  door: 'first use after a change',
  'shared-egress': 'shared egress',
  issuance: 'issued there',
  inventory: 'inventory',
  service: 'AWS service',
};

/** Explanations that were tried and failed (`ruledOut`), as people would name them; others are shown as they are. */
export const EXPLANATIONS: Readonly<Record<string, string>> = {
  'service-caller': 'An AWS service calling for it',
  'declared-network': 'A network you declared',
  'own-address': 'An address of its own',
  'first-use': 'Its first use',
  'address-change': 'A change of address',
  'shared-egress': 'An egress it shares',
  'aws-address': 'An AWS address of its Region',
  'issuing-origin': 'Where its key was asked for',
  'locked-origin': 'A place it is known at',
};
