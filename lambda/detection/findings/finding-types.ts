import type { FindingType } from '../model/finding';

/** What a step is for; `look` and `nothing` have no command. */
export type StepKind = 'decide' | 'replace' | 'deny' | 'preserve' | 'read' | 'look' | 'nothing';

export interface AdviceStep {
  readonly kind: StepKind;
  readonly text: string;
}

const CONTAIN: readonly AdviceStep[] = [
  {
    kind: 'decide',
    text: 'Decide whether the origin can be the workload’s own. If it is, declare it in trustedNetworks; then this finding goes away by itself.',
  },
  {
    kind: 'replace',
    text: 'Give the workload a new role: replace its instance profile or task role, so that it gets keys the thief does not have.',
  },
  {
    kind: 'deny',
    text: 'Deny what was issued so far to this workload alone: aws:TokenIssueTime before now, scoped by ec2:SourceInstanceARN or aws:userid. Revoking the whole role would stop every workload that uses it.',
  },
  {
    kind: 'preserve',
    text: 'Preserve evidence before you stop anything: a snapshot of the disk, the memory if you can, the flow logs.',
  },
  {
    kind: 'read',
    text: 'Read what the keys did from the untrusted origin, and which roles they assumed from there.',
  },
];

const WITHOUT_DECISION = CONTAIN.filter(({ kind }) => kind !== 'decide');

const BY_TYPE: Partial<Record<FindingType, readonly AdviceStep[]>> = {
  UndeclaredEgress: [
    { kind: 'decide', text: 'If this is your own egress, add it to trustedNetworks with the accounts it serves.' },
    { kind: 'look', text: 'If it is not, treat every workload listed as compromised.' },
  ],
  EgressMoved: [
    {
      kind: 'look',
      text: 'If the egress was moved on purpose, nothing is to be done: the new address is learned as workloads are anchored there.',
    },
    { kind: 'look', text: 'If nobody moved it, treat every workload listed as compromised.' },
  ],
  SameAccount: [
    {
      kind: 'look',
      text: 'Look at the other workload first: it holds keys that are not its own, so it may be compromised as well.',
    },
    ...CONTAIN,
  ],
  AffiliatedAccount: [
    {
      kind: 'look',
      text: 'Ask the owner of the account named whether this address is an egress that your workloads share. If so, declare it in trustedNetworks.',
    },
    ...CONTAIN,
  ],
  UnknownOwner: [
    {
      kind: 'look',
      text: 'Say whose addresses are AWS’s (ip-ranges.json): then this finding tells whether the keys left AWS, or goes away.',
    },
    ...CONTAIN,
  ],
  ForeignEndpoint: [
    {
      kind: 'decide',
      text: 'Decide whether the endpoint’s account is yours. If it is, list it in organizationAccounts; then this finding goes away by itself.',
    },
    ...WITHOUT_DECISION,
  ],
  ConsoleSession: [
    {
      kind: 'look',
      text: 'No workload opens a console: find out who did. The console session lives on for hours; a denial by the time of issue ends it as well.',
    },
    ...WITHOUT_DECISION,
  ],
  AfterTermination: [
    {
      kind: 'look',
      text: 'The instance is gone, so whoever calls has taken its keys along: there is nothing to declare.',
    },
    ...CONTAIN.filter(({ kind }) => kind === 'deny'),
    { kind: 'look', text: 'Preserve what outlived the instance: volumes, snapshots, images, the flow logs.' },
    ...CONTAIN.filter(({ kind }) => kind === 'read'),
  ],
  UnattributedService: [
    {
      kind: 'look',
      text: 'Look up who used the service at that time: it may have handed the workload’s keys to a person.',
    },
  ],
  DetectorTampered: [
    {
      kind: 'look',
      text: 'Ask whoever made the calls whether they were meant. Planned work is silenced beforehand by a suppression of this type for the account.',
    },
    {
      kind: 'look',
      text: 'If they were not meant, treat the credentials that made them as stolen, and whatever happened since as unseen.',
    },
    {
      kind: 'look',
      text: 'Bring the deployment back to its template: deploy it again, or let CloudFormation detect what drifted.',
    },
    {
      kind: 'look',
      text: 'Then read the time in between with `credlock backfill`, and see with `credlock doctor` that every source is heard again.',
    },
  ],
  ServiceCaller: [{ kind: 'nothing', text: 'Nothing is to be done.' }],
  EgressLearned: [
    {
      kind: 'nothing',
      text: 'Nothing is to be done. If the address is not your egress, the workloads that call from it need a look.',
    },
  ],
};

/** What to do, in the order to do it. */
export function adviceOn(type: FindingType): readonly string[] {
  return stepsOn(type).map(({ text }) => text);
}

/** The same with what each step is for: `text` is as in a finding's `advice`. */
export function stepsOn(type: FindingType): readonly AdviceStep[] {
  return BY_TYPE[type] ?? CONTAIN;
}
