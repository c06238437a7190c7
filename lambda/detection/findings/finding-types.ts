import type { FindingType, Severity } from '../model/finding';
import {
  ACCESS_TOKEN,
  ASFF,
  CLOUD_ACCOUNTS,
  CLOUD_LOGS,
  CONTAIN,
  DASHBOARD,
  decide,
  DECIDE,
  DENY,
  look,
  nothing,
  READ,
  type FindingTypeRow,
} from './finding-type-row';
import { KUBERNETES_TYPES } from './kubernetes-types';

const usedFrom =
  (phrase: string): FindingTypeRow['title'] =>
  ({ subject, place }) =>
    `Credentials of ${subject} ${phrase}: ${place}`;

/** Credentials of a workload used where they do not belong, until something explains it. */
const STOLEN = {
  severity: 'HIGH',
  advice: [DECIDE, ...CONTAIN],
  technique: CLOUD_ACCOUNTS,
  guardDuty: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration',
  asff: [ASFF.exfiltration, ASFF.credentialAccess],
  explainable: 'yes',
  declarable: true,
} as const satisfies Partial<FindingTypeRow>;

/** One row for each type: a new type is its name in `FINDING_TYPES`, a row here, and the rule that returns it. */
export const FINDING_TYPE_TABLE: Readonly<Record<FindingType, FindingTypeRow>> = {
  OutsideAWS: { ...STOLEN, label: 'Used outside AWS', title: usedFrom('used outside AWS') },
  InsideAWS: {
    ...STOLEN,
    // MEDIUM for a function that is in a VPC.
    weakSeverity: 'MEDIUM',
    uncertainSeverity: 'LOW',
    label: 'Used from an unknown AWS address',
    title: usedFrom('used from an unknown AWS address'),
  },
  UnknownOwner: {
    ...STOLEN,
    uncertainSeverity: 'LOW',
    label: 'Used from another address',
    title: usedFrom('used from another address'),
    advice: [
      look(
        'Provide AWS’s address ranges (ip-ranges.json): the finding then shows whether the credentials left AWS, or is archived.',
      ),
      DECIDE,
      ...CONTAIN,
    ],
  },
  ForeignEndpoint: {
    ...STOLEN,
    uncertainSeverity: 'LOW',
    label: 'Used through a foreign VPC endpoint',
    title: usedFrom('used through a foreign VPC endpoint'),
    advice: [
      decide(
        'Decide whether the endpoint’s account is yours. If it is, list it in organizationAccounts; the finding is then archived automatically.',
      ),
      ...CONTAIN,
    ],
    explainable: 'without-organization-list',
    declarable: false,
  },
  ImplausibleOrigin: {
    ...STOLEN,
    // MEDIUM while the workload has no plausible origin to compare with.
    weakSeverity: 'MEDIUM',
    label: 'Used from an impossible address',
    title: usedFrom('used from an address that cannot be its own'),
  },
  ConsoleSession: {
    ...STOLEN,
    label: 'Turned into a console session',
    title: usedFrom('turned into a console session'),
    advice: [
      look(
        'Workloads do not open console sessions: find out who did. The session outlives the credentials by hours; a denial by issue time ends it as well.',
      ),
      ...CONTAIN,
    ],
    technique: DASHBOARD,
    guardDuty: 'UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B',
    asff: [ASFF.consoleLogin, ASFF.credentialAccess],
    explainable: 'no',
    declarable: false,
  },
  AfterTermination: {
    ...STOLEN,
    label: 'Used after termination',
    title: usedFrom('used after its termination'),
    advice: [
      look('The instance no longer exists, so its credentials were copied elsewhere: there is nothing to declare.'),
      DENY,
      look('Preserve what outlived the instance: volumes, snapshots, images and the flow logs.'),
      READ,
    ],
    explainable: 'no',
    declarable: false,
  },
  UndeclaredEgress: {
    ...STOLEN,
    label: 'Undeclared egress, or one attacker',
    title: ({ count, place }) => `${count} workloads call only from ${place}: an undeclared egress, or one attacker`,
    advice: [
      decide('If this is your own egress, add it to trustedNetworks with the accounts it serves.'),
      look('If it is not, treat every workload listed as compromised.'),
    ],
    guardDuty: null,
    asff: [ASFF.unusualAddress, ASFF.credentialAccess],
  },
  AffiliatedAccount: {
    ...STOLEN,
    severity: 'MEDIUM',
    uncertainSeverity: 'LOW',
    label: 'Used from another account of the organisation',
    title: usedFrom('used from another account of the organisation'),
    advice: [
      look(
        'Ask the owner of the account named whether this address is an egress that your workloads share. If so, declare it in trustedNetworks.',
      ),
      DECIDE,
      ...CONTAIN,
    ],
    technique: ACCESS_TOKEN,
    asff: [ASFF.exfiltration, ASFF.credentialAccess, ASFF.lateralMovement],
  },
  SameAccount: {
    ...STOLEN,
    severity: 'MEDIUM',
    uncertainSeverity: 'LOW',
    label: 'Used from another workload of its account',
    title: usedFrom('used from another workload of its account'),
    advice: [
      look(
        'Investigate the other workload first: it uses credentials that are not its own, so it may be compromised as well.',
      ),
      DECIDE,
      ...CONTAIN,
    ],
    technique: ACCESS_TOKEN,
    guardDuty: null,
    asff: [ASFF.credentialAccess, ASFF.lateralMovement],
  },
  WhileStopped: {
    ...STOLEN,
    // MEDIUM from an origin that is trusted: a start may have been missed.
    weakSeverity: 'MEDIUM',
    label: 'Used while stopped',
    title: usedFrom('used while it was stopped'),
    declarable: false,
  },
  EgressMoved: {
    ...STOLEN,
    severity: 'MEDIUM',
    label: 'Egress moved',
    title: ({ count, place }) => `${count} workloads moved together to ${place}`,
    advice: [
      look(
        'If the egress was moved on purpose, no action is needed: the new address is learned as workloads are anchored there.',
      ),
      look('If it was not moved on purpose, treat every workload listed as compromised.'),
    ],
    guardDuty: null,
    asff: [ASFF.unusualAddress],
  },
  ManyOrigins: {
    ...STOLEN,
    highestOfMembers: true,
    label: 'Used from many more origins',
    title: ({ subject, count }) => `Credentials of ${subject} used from ${count} more untrusted origins`,
    declarable: false,
  },
  SameOrigin: {
    ...STOLEN,
    highestOfMembers: true,
    label: 'Credentials of many workloads in one place',
    title: ({ count, place }) => `Credentials of ${count} workloads used from one place: ${place}`,
  },
  UnattributedService: {
    ...STOLEN,
    severity: 'MEDIUM',
    // MEDIUM only for services in which a person or foreign code can make calls.
    weakSeverity: 'LOW',
    label: 'Used through an AWS service',
    title: usedFrom('used through an AWS service'),
    advice: [
      look(
        'Find out who used the service at that time: it may have given a person access to the workload’s credentials.',
      ),
    ],
    guardDuty: null,
    asff: [ASFF.unusualApplication],
    declarable: false,
  },
  ServiceCaller: {
    severity: 'INFORMATIONAL',
    label: 'An AWS service calls for it',
    title: ({ subject, place }) => `${place} calls with credentials of ${subject}`,
    advice: [nothing('No action is needed.')],
    technique: null,
    guardDuty: null,
    asff: [ASFF.unusualApplication],
    explainable: 'yes',
    declarable: false,
  },
  EgressLearned: {
    severity: 'INFORMATIONAL',
    label: 'Shared egress learned',
    title: ({ account, place }) => `${place} was learned as an egress that workloads of account ${account} share`,
    advice: [
      nothing('No action is needed. If the address is not your egress, investigate the workloads that call from it.'),
    ],
    technique: null,
    guardDuty: null,
    asff: [ASFF.unusualAddress],
    explainable: 'yes',
    declarable: false,
  },
  DetectorTampered: {
    severity: 'HIGH',
    // HIGH only for calls by a workload's session.
    weakSeverity: 'MEDIUM',
    label: 'The detector was tampered with',
    title: ({ account, subject }) => `Detector in account ${account}: ${subject}`,
    advice: [
      look(
        'Ask the caller whether the change was intended. For planned work, add a suppression of this type for the account beforehand.',
      ),
      look(
        'If it was not intended, treat the caller’s credentials as stolen, and assume that events since then were not seen.',
      ),
      look('Restore the deployment to its template: deploy it again, or let CloudFormation detect the drift.'),
      look(
        'Then read the events in between with `credlock backfill`, and check with `credlock doctor` that every source delivers events again.',
      ),
    ],
    technique: CLOUD_LOGS,
    guardDuty: 'Stealth:IAMUser/CloudTrailLoggingDisabled',
    asff: [ASFF.defenseEvasion],
    explainable: 'no',
    declarable: false,
  },
  ...KUBERNETES_TYPES,
};

/** The type's severity; `isWeak`: the lower one of a less certain case. */
export function severityOf(type: FindingType, isWeak = false): Severity {
  const { severity, weakSeverity } = FINDING_TYPE_TABLE[type];
  return isWeak ? (weakSeverity ?? severity) : severity;
}

/** The steps of the advice, in order. */
export function adviceOn(type: FindingType): readonly string[] {
  return FINDING_TYPE_TABLE[type].advice.map(({ text }) => text);
}

/** The fragment of the type's section in the runbook: `outsideaws`, as GitHub names the heading "OutsideAWS". */
export function runbookAnchor(type: FindingType): string {
  return type.toLowerCase();
}
