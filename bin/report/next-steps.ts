import type { StepKind } from '../../lambda/detection/findings/finding-type-row';
import { FINDING_TYPE_TABLE } from '../../lambda/detection/findings/finding-types';
import type { Finding, FindingOrigin, FindingWorkload } from '../../lambda/detection/model/finding';
import { denyCommands } from './deny-commands';
import { readCommands } from './read-commands';
import { isByImdsV1 } from '../../lambda/detection/findings/evidence';
import { kindNamed } from '../../lambda/detection/kinds/all-kinds';
import { command } from '../../lambda/detection/model/shell-command';
import { managedIn } from '../../lambda/detection/model/workload';
import { kubectlCommands } from '../../lambda/kubernetes/kubectl-commands';
import { visible } from '../../lambda/detection/model/printable';

export interface NextStep {
  readonly text: string;
  /** POSIX shell lines for the AWS CLI, filled in for the finding; `$NAME` is for the reader to set. */
  readonly commands: readonly string[];
}

/** A finding's advice in order, with commands for each step, as far as it fits the facts. `now`: epoch milliseconds. */
export function nextSteps(finding: Finding, now = Date.now()): NextStep[] {
  const steps = FINDING_TYPE_TABLE[finding.type].advice;
  return finding.advice.flatMap((text, at) => {
    const kind = steps.find((step) => step.text === text)?.kind ?? steps[at]?.kind ?? 'look';
    const terminated = finding.workload?.attributes['terminated'];
    if (terminated !== undefined && kind === 'replace') return [];
    if (terminated !== undefined && kind === 'preserve') return [{ text: outlived(terminated), commands: [] }];
    const step = { text, commands: commandsFor(kind, finding, now).filter((line) => line !== null) };
    return kind === 'replace' ? [step, ...metadataStep(finding)] : [step];
  });
}

function outlived(terminated: string): string {
  return `The instance was terminated at ${terminated}: preserve what outlived it (volumes, snapshots, images, flow logs).`;
}

/** Closes the way in where the credentials were obtained by IMDSv1. */
function metadataStep({ workload, evidence }: Finding): NextStep[] {
  if (workload?.kind !== 'ec2-instance' || !isByImdsV1(evidence)) return [];
  const options = command`aws ec2 modify-instance-metadata-options --region ${workload.region} --instance-id ${workload.id} --http-tokens required --http-endpoint enabled`;
  return [
    {
      text: 'Require IMDSv2: the credentials were obtained by IMDSv1, which a request forged through the workload can reach.',
      commands: options === null ? [] : [options],
    },
  ];
}

function commandsFor(kind: StepKind, finding: Finding, now: number): readonly (string | null)[] {
  const { workload } = finding;
  if (kind === 'decide') return decideCommands(finding);
  if (kind === 'read') return readCommands(finding, now);
  if (kind === 'inspect' || kind === 'undo') return kubectlCommands(kind, finding);
  if (workload === null) return [];
  if (kind === 'deny') return denyCommands(workload, finding.sessions, finding.related);
  return containCommands(kind, workload);
}

function containCommands(kind: StepKind, workload: FindingWorkload): readonly (string | null)[] {
  const workloadKind = kindNamed(workload.kind);
  if (kind === 'replace') return workloadKind?.replaceCommands(workload) ?? [];
  return kind === 'preserve' ? (workloadKind?.preserveCommands(workload) ?? []) : [];
}

/** Looks up the origin: outside AWS by its registry, otherwise in the workload's account. */
function decideCommands({ type, origin, workload, workloads }: Finding): (string | null)[] {
  const home = workload ?? workloads?.[0];
  if (!origin?.ip || !home) return [];
  const region = managedIn(home) ?? origin.region;
  if (origin.kind === 'endpoint') {
    const { endpointId } = origin;
    return [
      command`aws ec2 describe-vpc-endpoints --region ${region} --filters ${`Name=vpc-endpoint-id,Values=${endpointId ?? ''}`}`,
    ];
  }
  const isOutside = origin.ownership === 'outside-aws' && origin.kind === 'public';
  const lookUp = isOutside
    ? command`whois ${origin.ip}`
    : command`aws ec2 describe-network-interfaces --region ${region} --filters ${`Name=${filterFor(origin)},Values=${origin.ip}`}`;
  return FINDING_TYPE_TABLE[type].declarable ? [lookUp, declarationOf(origin.ip, home.account)] : [lookUp];
}

function declarationOf(ip: string, account: string): string {
  const declared = { cidr: `${ip}/${ip.includes(':') ? 128 : 32}`, accounts: [account] };
  return `# if the address is yours: "trustedNetworks": [${visible(JSON.stringify(declared))}]`;
}

function filterFor({ ip, kind }: FindingOrigin): string {
  if (ip?.includes(':')) return 'ipv6-addresses.ipv6-address';
  return kind === 'implausible' || kind === 'cluster' ? 'addresses.private-ip-address' : 'association.public-ip';
}
