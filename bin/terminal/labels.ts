import type { Because, FindingType, Ownership } from '../../lambda/detection/model/finding';

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

/** A type of finding as a headline. */
export const TYPES: Readonly<Record<FindingType, string>> = {
  OutsideAWS: 'Used outside AWS',
  InsideAWS: 'Used from an unknown AWS address',
  UnknownOwner: 'Used from another address',
  ForeignEndpoint: 'Used through a foreign VPC endpoint',
  ImplausibleOrigin: 'Used from an impossible address',
  ConsoleSession: 'Turned into a console session',
  AfterTermination: 'Used after termination',
  UndeclaredEgress: 'Undeclared egress, or one thief',
  AffiliatedAccount: 'Used from another account of the organisation',
  SameAccount: 'Used from another workload of its account',
  WhileStopped: 'Used while stopped',
  EgressMoved: 'Egress moved',
  ManyOrigins: 'Used from many more origins',
  SameOrigin: 'Many workloads’ keys in one place',
  UnattributedService: 'Used through an AWS service',
  DetectorTampered: 'The detector was tampered with',
  ServiceCaller: 'An AWS service calls for it',
  EgressLearned: 'Shared egress learned',
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
