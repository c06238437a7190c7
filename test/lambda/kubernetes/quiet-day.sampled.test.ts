import { parseSettings } from '../../../lambda/detection/parse-settings';
import { valueOf } from '../../../lambda/detection/model/result';
import type { KubernetesAct } from '../../../lambda/kubernetes/act';
import { readAuditEvent } from '../../../lambda/kubernetes/read-audit-event';
import { actsOf } from '../../../lambda/kubernetes/rules';
import { quietCluster, type QuietCluster } from '../../../trail-writer/kubernetes/quiet-cluster';
import { seededRandom } from '../../../trail-writer/random';
import { IS_EXHAUSTIVE } from '../../sample';
import { DEMO_CLUSTER } from './audit-records';

const DAY = {
  nodes: 50,
  from: Date.parse('2026-09-01T00:00:00Z'),
  hours: 24,
  leaseSeconds: 10,
  scans: 200,
  deploys: 300,
};
const SAMPLE = { ...DAY, nodes: 6, hours: 1, leaseSeconds: 300, deploys: 24 };

test('nothing in an ordinary cluster is reported by default', () => {
  const { acts, events } = actsIn(IS_EXHAUSTIVE ? DAY : SAMPLE, {});

  expect(acts).toEqual([]);
  expect(events).toBeGreaterThan(IS_EXHAUSTIVE ? 400_000 : 1_000);
});

test('its agents are reported where their images are not expected', () => {
  const { acts } = actsIn(SAMPLE, { kubernetes: { privilegedImages: [], mountImages: [] } });

  expect(new Set(acts.map(({ type, object }) => `${type} ${object.name}`))).toMatchInlineSnapshot(`
    Set {
      "PrivilegedContainer cilium",
      "ContainerWithSensitiveMount cilium",
      "PrivilegedContainer nvidia-device-plugin-daemonset",
      "ContainerWithSensitiveMount nvidia-device-plugin-daemonset",
    }
  `);
});

function actsIn(cluster: QuietCluster, given: object): { acts: KubernetesAct[]; events: number } {
  const { kubernetes } = valueOf(parseSettings(given));
  const acts: KubernetesAct[] = [];
  let events = 0;
  for (const line of quietCluster(cluster, seededRandom(20260901))) {
    const event = readAuditEvent(line, DEMO_CLUSTER);
    if (event === null) continue;
    if ('fault' in event) throw new Error(event.fault);
    events += 1;
    acts.push(...actsOf(event, kubernetes));
  }
  return { acts, events };
}
