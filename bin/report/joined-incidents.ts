import { isKubernetesType, type Finding } from '../../lambda/detection/model/finding';

/** The findings; those on clusters in the incident of the workload whose credentials their requests were signed in with. */
export function withJoinedIncidents(findings: readonly Finding[]): readonly Finding[] {
  const incidents = new Map<string, string>();
  for (const finding of findings.filter(({ type }) => !isKubernetesType(type)))
    for (const credentials of credentialsOf(finding))
      if (!incidents.has(credentials)) incidents.set(credentials, finding.incidentId);
  return findings.map((finding) => {
    const joined = isKubernetesType(finding.type)
      ? credentialsOf(finding).find((one) => incidents.has(one))
      : undefined;
    return joined === undefined ? finding : { ...finding, incidentId: incidents.get(joined) ?? finding.incidentId };
  });
}

/** Access key ids, then ARNs of sessions. */
function credentialsOf({ sessions }: Finding): string[] {
  return [...sessions.flatMap(({ accessKeyIds }) => accessKeyIds), ...sessions.map(({ arn }) => arn)];
}
