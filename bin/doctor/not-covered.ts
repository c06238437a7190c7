/** What a deployment of these outputs cannot see; it must not be taken for clean. */
export function notCovered({
  kinds,
  forwardAll,
  isTrail,
}: {
  /** Kinds that have rules. */
  readonly kinds: readonly string[];
  readonly forwardAll: boolean;
  /** Whether log files are read instead of events. */
  readonly isTrail: boolean;
}): string[] {
  const always = ['data-plane calls (S3 objects, DynamoDB items, …) that the trail does not select'];
  if (isTrail) return always;
  if (forwardAll) return [...always, 'events larger than 256 KB'];
  const without = KINDS.filter((kind) => !kinds.includes(kind));
  return [
    ...(without.length > 0 ? [`all calls of ${without.join(', ')}: no rule forwards them (setting workloads)`] : []),
    `calls of sessions that a workload assumed (role chaining)${FORWARD}`,
    ...(kinds.includes('eks-pod')
      ? [`calls with service accounts’ keys that do not name their federation${FORWARD}`]
      : []),
    ...always,
    'events larger than 256 KB',
  ];
}

const FORWARD = ': no field tells them from others (forwardAll or trail mode shows them)';
const KINDS = ['ec2-instance', 'ecs-task', 'eks-pod', 'lambda-function'] as const;
