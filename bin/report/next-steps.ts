import type { StepKind } from '../../lambda/detection/findings/finding-type-row';
import { FINDING_TYPE_TABLE } from '../../lambda/detection/findings/finding-types';
import type { Finding } from '../../lambda/detection/model/finding';
import { denyCommands } from './deny-commands';
import { kindNamed } from '../../lambda/detection/kinds/all-kinds';
import { command } from '../../lambda/detection/model/shell-command';
import { managedIn } from '../../lambda/detection/model/workload';
import { visible } from '../terminal/escape-controls';

export interface NextStep {
  readonly text: string;
  /** POSIX shell lines for the AWS CLI, filled in for the finding; `$NAME` is for the reader to set. */
  readonly commands: readonly string[];
}

const FEW_KEYS = 3;
const FEW_REGIONS = 3;
const BEFORE = 15 * 60_000;

/** A finding's advice in order, with commands for each step. */
export function nextSteps(finding: Finding): NextStep[] {
  const steps = FINDING_TYPE_TABLE[finding.type].advice;
  return finding.advice.map((text, at) => {
    const kind = steps.find((step) => step.text === text)?.kind ?? steps[at]?.kind ?? 'look';
    return { text, commands: commandsFor(kind, finding).filter((line) => line !== null) };
  });
}

function commandsFor(kind: StepKind, finding: Finding): readonly (string | null)[] {
  const { workload } = finding;
  if (kind === 'decide') return decideCommands(finding);
  if (kind === 'read') return readCommands(finding);
  if (workload === null) return [];
  if (kind === 'deny') return denyCommands(workload, finding.sessions, finding.related);
  const workloadKind = kindNamed(workload.kind);
  if (kind === 'replace') return workloadKind?.replaceCommands(workload) ?? [];
  return kind === 'preserve' ? (workloadKind?.preserveCommands(workload) ?? []) : [];
}

/** Look up the address in the workload's account. */
function decideCommands({ origin, workload, workloads }: Finding): (string | null)[] {
  const home = workload ?? workloads?.[0];
  if (!origin?.ip || !home) return [];
  const region = managedIn(home) ?? origin.region;
  if (origin.kind === 'endpoint') {
    const { endpointId } = origin;
    return [
      command`aws ec2 describe-vpc-endpoints --region ${region} --filters ${`Name=vpc-endpoint-id,Values=${endpointId ?? ''}`}`,
    ];
  }
  const declared = { cidr: `${origin.ip}/${origin.ip.includes(':') ? 128 : 32}`, accounts: [home.account] };
  const filter = origin.ip.includes(':') ? 'ipv6-addresses.ipv6-address' : 'association.public-ip';
  return [
    command`aws ec2 describe-network-interfaces --region ${region} --filters ${`Name=${filter},Values=${origin.ip}`}`,
    `# if the address is yours: "trustedNetworks": [${visible(JSON.stringify(declared))}]`,
  ];
}

/** Look up the calls of each access key in the Regions of its calls. */
function readCommands({ sessions, related, events, firstSeen }: Finding): (string | null)[] {
  const keys = [...sessions, ...related].flatMap(({ accessKeyIds }) => accessKeyIds);
  const regions = [...new Set(events.map(({ region }) => region))].filter((region) => region !== '').sort();
  const since = new Date(Date.parse(firstSeen) - BEFORE).toISOString().replace('.000', '');
  return [...new Set(keys)]
    .slice(0, FEW_KEYS)
    .flatMap((key) =>
      regions
        .slice(0, FEW_REGIONS)
        .map(
          (region) =>
            command`aws cloudtrail lookup-events --region ${region} --start-time ${since} --lookup-attributes ${`AttributeKey=AccessKeyId,AttributeValue=${key}`}`,
        ),
    );
}
