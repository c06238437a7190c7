import { picturesShown, worstIncidents } from '../../../bin/report/worst-incidents';
import { incidentId } from '../../../lambda/detection/findings/compose-finding';
import type { Finding } from '../../../lambda/detection/model/finding';

const DEMO: readonly [id: string, severity: Finding['severity'], type?: Finding['type']][] = [
  ['one', 'LOW'],
  ['two', 'HIGH'],
  ['one', 'MEDIUM'],
  ['three', 'HIGH'],
  ['four', 'INFORMATIONAL'],
];

function findings(rows = DEMO): Finding[] {
  return rows.map(
    ([incident, severity, type = 'OutsideAWS'], at) =>
      ({
        id: String(at),
        incidentId: incident,
        type,
        severity,
        firstSeen: `2026-09-01T00:00:0${at}Z`,
        sessions: [{ arn: `arn-${incident}`, role: 'web', accessKeyIds: [`key-${incident}`] }],
        events: [],
        related: [],
        workloads: null,
      }) as unknown as Finding,
  );
}

const shown = (most: number, rows = DEMO): string[] =>
  worstIncidents(findings(rows), most).findings.map(({ id }) => id);

test('keeps all findings of the worst incidents, in their order', () => {
  expect(shown(2)).toEqual(['1', '3']);
  expect(shown(3)).toEqual(['0', '1', '2', '3']);
});

test('keeps all where there is room', () => {
  expect(shown(4)).toEqual(['0', '1', '2', '3', '4']);
  expect(worstIncidents(findings(), 1).incidents).toBe(4);
  expect(worstIncidents([], 1)).toEqual({ findings: [], incidents: 0 });
});

test('a request to a cluster goes with the incident of the workload it was signed by', () => {
  const act = findings([['cluster', 'LOW', 'ExecInKubeSystemPod']]).map((one) => ({
    ...one,
    sessions: findings()[1]?.sessions ?? [],
  }));
  const { findings: kept, incidents } = worstIncidents([...findings(), ...act], 1);
  expect(incidents).toBe(4);
  expect(kept.map(({ incidentId: incident }) => incident)).toEqual(['two', 'cluster']);
});

test('needs the pictures of incidents, and of the workloads of groups', () => {
  const workload = {
    partition: 'aws',
    account: '111122223333',
    kind: 'ec2-instance',
    id: 'i-0a1',
    region: null,
    attributes: {},
  } as const;
  const [first, second] = findings();
  const group = { ...first, workloads: [workload] } as Finding;
  expect([...picturesShown([group, second as Finding])]).toEqual(['one', incidentId(workload), 'two']);
});
