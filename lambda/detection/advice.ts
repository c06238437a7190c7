import type { FindingType } from './finding';

const CONTAIN = [
  'Decide whether the origin can be the workload’s own. If it is, declare it in trustedNetworks; then this finding goes away by itself.',
  'Give the workload a new role: replace its instance profile or task role, so that it gets keys the thief does not have.',
  'Deny what was issued so far to this workload alone: aws:TokenIssueTime before now, scoped by ec2:SourceInstanceARN or aws:userid. Revoking the whole role would stop every workload that uses it.',
  'Preserve evidence before you stop anything: a snapshot of the disk, the memory if you can, the flow logs.',
  'Read what the keys did from the untrusted origin, and which roles they assumed from there.',
];

const BY_TYPE: Partial<Record<FindingType, readonly string[]>> = {
  UndeclaredEgress: [
    'If this is your own egress, add it to trustedNetworks with the accounts it serves.',
    'If it is not, treat every workload listed as compromised.',
  ],
  EgressMoved: [
    'If the egress was moved on purpose, nothing is to be done: the new address is learned as workloads are anchored there.',
    'If nobody moved it, treat every workload listed as compromised.',
  ],
  SameAccount: [
    'Look at the other workload first: it holds keys that are not its own, so it may be compromised as well.',
    ...CONTAIN,
  ],
  AffiliatedAccount: [
    'Ask the owner of the account named whether this address is an egress that your workloads share. If so, declare it in trustedNetworks.',
    ...CONTAIN,
  ],
  UnattributedService: [
    'Look up who used the service at that time: it may have handed the workload’s keys to a person.',
  ],
  DetectorTampered: [
    'Ask whoever made the calls whether they were meant. Planned work is silenced beforehand by a suppression of this type for the account.',
    'If they were not meant, treat the credentials that made them as stolen, and whatever happened since as unseen.',
    'Bring the deployment back to its template: deploy it again, or let CloudFormation detect what drifted.',
    'Then read the time in between with `credlock backfill`, and see with `credlock doctor` that every source is heard again.',
  ],
  ServiceCaller: ['Nothing is to be done.'],
  EgressLearned: [
    'Nothing is to be done. If the address is not your egress, the workloads that call from it need a look.',
  ],
};

/** What to do, in the order to do it. */
export function adviceOn(type: FindingType): readonly string[] {
  return BY_TYPE[type] ?? CONTAIN;
}
