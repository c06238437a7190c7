import type { Finding, FindingOrigin, FindingType } from '../../detection/model/finding';

const CREDENTIAL_ACCESS = 'TTPs/Credential Access';
const LATERAL_MOVEMENT = 'TTPs/Lateral Movement';
const DEFENSE_EVASION = 'TTPs/Defense Evasion';
const UNUSUAL_ADDRESS = 'Unusual Behaviors/IP address';
const UNUSUAL_APPLICATION = 'Unusual Behaviors/Application';
/** What GuardDuty says of stolen workload keys: Security Hub's managed insights and people's automations look for it. */
const EXFILTRATION = 'Effects/Data Exfiltration';
const CONSOLE_LOGIN = 'Unusual Behaviors/User/UnauthorizedAccess:IAMUser-ConsoleLogin';

const BY_TYPE: Readonly<Record<FindingType, readonly string[]>> = {
  OutsideAWS: [EXFILTRATION, CREDENTIAL_ACCESS],
  InsideAWS: [EXFILTRATION, CREDENTIAL_ACCESS],
  UnknownOwner: [EXFILTRATION, CREDENTIAL_ACCESS],
  ForeignEndpoint: [EXFILTRATION, CREDENTIAL_ACCESS],
  ImplausibleOrigin: [EXFILTRATION, CREDENTIAL_ACCESS],
  ConsoleSession: [CONSOLE_LOGIN, CREDENTIAL_ACCESS],
  AfterTermination: [EXFILTRATION, CREDENTIAL_ACCESS],
  UndeclaredEgress: [UNUSUAL_ADDRESS, CREDENTIAL_ACCESS],
  AffiliatedAccount: [EXFILTRATION, CREDENTIAL_ACCESS, LATERAL_MOVEMENT],
  SameAccount: [CREDENTIAL_ACCESS, LATERAL_MOVEMENT],
  WhileStopped: [EXFILTRATION, CREDENTIAL_ACCESS],
  EgressMoved: [UNUSUAL_ADDRESS],
  ManyOrigins: [EXFILTRATION, CREDENTIAL_ACCESS],
  SameOrigin: [EXFILTRATION, CREDENTIAL_ACCESS],
  UnattributedService: [UNUSUAL_APPLICATION],
  ServiceCaller: [UNUSUAL_APPLICATION],
  EgressLearned: [UNUSUAL_ADDRESS],
  DetectorTampered: [DEFENSE_EVASION],
};

/**
 * The finding's types in Security Hub's taxonomy (`namespace/category/classifier`), GuardDuty's word for it first. The
 * classifiers are the ones GuardDuty's integration page lists; ours are `credlock:<type>`.
 */
export function asffTypes(finding: Finding): string[] {
  return BY_TYPE[finding.type].map((prefix) => {
    if (prefix === CONSOLE_LOGIN) return prefix;
    return prefix === EXFILTRATION ? `${prefix}/${exfiltration(finding)}` : `${prefix}/credlock:${finding.type}`;
  });
}

/** GuardDuty has one name for EC2 and one for all other workloads; without a suffix both begin with the same text. */
function exfiltration({ workload, workloads, origin }: Finding): string {
  const kinds = (workload ? [workload] : (workloads ?? [])).map(({ kind }) => kind);
  const whose = kinds.every((kind) => kind === 'ec2-instance') ? 'Instance' : 'Resource';
  return `UnauthorizedAccess:IAMUser-${whose}CredentialExfiltration${origin === null ? '' : suffix(origin)}`;
}

function suffix({ kind, ownership }: FindingOrigin): string {
  if (kind === 'endpoint') return '.InsideAWS';
  switch (ownership) {
    case 'outside-aws':
      return '.OutsideAWS';
    case 'aws':
    case 'organization-account':
    case 'same-account':
    case 'foreign-account':
      return '.InsideAWS';
    case 'unknown':
    case 'none':
      return '';
    default:
      return ownership satisfies never;
  }
}
