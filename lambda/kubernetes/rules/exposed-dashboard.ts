import { severityOf } from '../../detection/findings/finding-types';
import { objectName, type Found } from '../act';
import type { AuditEvent } from '../audit-event';
import { isStored } from '../request';
import { admitsTheWorld, exposureOf, readLoadBalancer, type LoadBalancer } from '../services';

/** Dashboards of Kubernetes and Kubeflow behind a public load balancer. */
export function exposedDashboard(event: AuditEvent): Found | null {
  const service = readLoadBalancer(event);
  const dashboard = service && dashboardOf(service);
  if (!dashboard || !isStored(event)) return null;
  const exposure = exposureOf(service);
  if (exposure.internal) return null;
  const { namespace, name, sourceRanges } = service;
  const object = { kind: 'Service', namespace, name };
  const isOpen = admitsTheWorld(service);
  return {
    type: 'ExposedDashboard',
    severity: severityOf('ExposedDashboard', !isOpen),
    what: objectName(object),
    object,
    title: `${dashboard.name} dashboard exposed by the load balancer of Service ${objectName(object)}`,
    done: `exposed the ${dashboard.name} dashboard by the load balancer of Service ${objectName(object)}`,
    attributes: { dashboard: dashboard.name },
    evidence: [
      `The Service has the type LoadBalancer, and ${dashboard.because}.`,
      ...(isOpen ? [] : [`It admits only ${sourceRanges.slice(0, 5).join(', ')}.`]),
    ],
    ruledOut: [
      { explanation: 'refused-request', because: `the API server answered with ${event.status}` },
      { explanation: 'internal-load-balancer', because: exposure.because },
      ...(isOpen ? [{ explanation: 'source-ranges', because: rangesText(sourceRanges) }] : []),
    ],
  };
}

function rangesText(ranges: readonly string[]): string {
  return ranges.length === 0
    ? 'it names no source ranges'
    : `its source ranges ${ranges.slice(0, 5).join(', ')} admit most addresses`;
}

interface Dashboard {
  readonly name: 'Kubernetes' | 'Kubeflow';
  readonly because: string;
}

const NAME_LABELS = ['k8s-app', 'app', 'app.kubernetes.io/name', 'app.kubernetes.io/part-of'];
const KUBERNETES = 'kubernetes-dashboard';
const KUBEFLOW_DASHBOARD = 'centraldashboard';
const KUBEFLOW = 'kubeflow';

/** By its names, labels and namespace; null for other services. */
function dashboardOf(service: LoadBalancer): Dashboard | null {
  const { namespace, name } = service;
  const labels = [service.labels, service.selector].flatMap((all) => NAME_LABELS.map((label) => all?.[label]));
  if (name === KUBERNETES || name === `${KUBERNETES}-kong-proxy`)
    return { name: 'Kubernetes', because: `its name is ${name}` };
  if (labels.includes(KUBERNETES))
    return { name: 'Kubernetes', because: `a label or its selector names ${KUBERNETES}` };
  if (namespace === KUBERNETES) return { name: 'Kubernetes', because: `it is in namespace ${KUBERNETES}` };
  if (name === KUBEFLOW_DASHBOARD) return { name: 'Kubeflow', because: `its name is ${name}` };
  if (labels.includes(KUBEFLOW_DASHBOARD) || labels.includes(KUBEFLOW))
    return { name: 'Kubeflow', because: 'a label or its selector names Kubeflow' };
  return namespace === KUBEFLOW ? { name: 'Kubeflow', because: `it is in namespace ${KUBEFLOW}` } : null;
}
