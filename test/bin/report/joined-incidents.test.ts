import { withJoinedIncidents } from '../../../bin/report/joined-incidents';
import type { Finding } from '../../../lambda/detection/model/finding';

const KEY = 'ASIAEXAMPLEEXAMPLE00';
const ARN = 'arn:aws:sts::111122223333:assumed-role/node/i-0a11ce00000000001';

function finding(
  type: Finding['type'],
  incidentId: string,
  accessKeyId: string,
  arn = `${ARN}x${accessKeyId}`,
): Finding {
  return { type, incidentId, sessions: [{ arn, role: 'node', accessKeyIds: [accessKeyId] }] } as unknown as Finding;
}

const incidentsOf = (findings: readonly Finding[]): string[] =>
  withJoinedIncidents(findings).map(({ incidentId }) => incidentId);

test('a request to a cluster with a workload’s stolen key belongs to the workload’s incident', () => {
  expect(incidentsOf([finding('ExecInKubeSystemPod', 'cluster', KEY), finding('OutsideAWS', 'node', KEY)])).toEqual([
    'node',
    'node',
  ]);
});

test('so does one with another key of its session', () => {
  const stolen = [finding('OutsideAWS', 'node', KEY, ARN), finding('PrivilegedContainer', 'pod', 'ASIAOTHER', ARN)];

  expect(incidentsOf(stolen)).toEqual(['node', 'node']);
});

test('with other credentials it is an incident of its own, and workloads never join clusters', () => {
  const findings = [finding('ExecInKubeSystemPod', 'cluster', 'ASIAOTHER'), finding('OutsideAWS', 'node', KEY)];

  expect(incidentsOf(findings)).toEqual(['cluster', 'node']);
  expect(incidentsOf(findings.slice(0, 1))).toEqual(['cluster']);
});
