import { field, record, text, type JsonObject } from '../detection/model/json-field';
import type { AuditEvent } from './audit-event';
import { listOf } from './manifest-list';
import { readManifest } from './patch-operations';

/** A Service of type LoadBalancer as it was stored. */
export interface LoadBalancer {
  readonly namespace: string | null;
  readonly name: string | null;
  readonly labels: JsonObject | null;
  readonly selector: JsonObject | null;
  readonly loadBalancerClass: string | null;
  /** By their names behind `service.beta.kubernetes.io/`. */
  readonly annotation: (name: string) => string | null;
  /** Networks that it admits; empty: all. */
  readonly sourceRanges: readonly string[];
}

/** The load balancer that a request makes; null for other objects and services. */
export function readLoadBalancer({ object, manifest }: Pick<AuditEvent, 'object' | 'manifest'>): LoadBalancer | null {
  if (object?.resource !== 'services' || object.subresource !== null || (object.apiGroup ?? '') !== '') return null;
  const stored = readManifest(manifest);
  const metadata = record(stored, 'metadata');
  const spec = record(stored, 'spec');
  if (field(spec, 'type') !== 'LoadBalancer') return null;
  const annotations = record(metadata, 'annotations');
  const annotation = (name: string): string | null => text(annotations, `service.beta.kubernetes.io/${name}`);
  return {
    namespace: object.namespace ?? text(metadata, 'namespace'),
    name: object.name ?? text(metadata, 'name'),
    labels: record(metadata, 'labels'),
    selector: record(spec, 'selector'),
    loadBalancerClass: text(spec, 'loadBalancerClass'),
    annotation,
    sourceRanges: rangesOf(spec, annotation('load-balancer-source-ranges')),
  };
}

function rangesOf(spec: unknown, annotated: string | null): string[] {
  const listed = listOf(field(spec, 'loadBalancerSourceRanges')).filter((one) => typeof one === 'string');
  const ranges = listed.length > 0 ? listed : (annotated ?? '').split(',');
  return ranges.map((range) => range.trim()).filter((range) => range !== '');
}

/** Networks with a shorter prefix hold most of the Internet: `0.0.0.0/1` and `128.0.0.0/1` are the whole of it. */
const SHORTEST_PREFIX = 8;

export function admitsTheWorld({ sourceRanges }: LoadBalancer): boolean {
  return (
    sourceRanges.length === 0 || sourceRanges.some((range) => !(Number(range.split('/')[1] ?? 32) >= SHORTEST_PREFIX))
  );
}

export interface Exposure {
  readonly internal: boolean;
  readonly because: string;
}

const CLASSES_OF_CONTROLLER: ReadonlySet<string | null> = new Set(['service.k8s.aws/nlb', 'eks.amazonaws.com/nlb']);
const TYPES_OF_CONTROLLER: ReadonlySet<string | null> = new Set(['external', 'nlb-ip']);

/**
 * The reach of the load balancer. The AWS Load Balancer Controller makes internal ones by default; the cloud controller that
 * Kubernetes comes with makes public ones.
 */
export function exposureOf({ loadBalancerClass, annotation }: LoadBalancer): Exposure {
  const internal = annotation('aws-load-balancer-internal');
  const type = annotation('aws-load-balancer-type');
  const isInternal = internal !== null && internal !== 'false';
  if (CLASSES_OF_CONTROLLER.has(loadBalancerClass) || (loadBalancerClass === null && TYPES_OF_CONTROLLER.has(type))) {
    const scheme = annotation('aws-load-balancer-scheme') ?? (internal === 'false' ? 'internet-facing' : 'internal');
    return { internal: scheme !== 'internet-facing', because: `the AWS Load Balancer Controller makes it ${scheme}` };
  }
  if (loadBalancerClass !== null)
    return { internal: false, because: `the scheme of load balancers of class ${loadBalancerClass} is not known` };
  return isInternal
    ? { internal: true, because: 'the annotation aws-load-balancer-internal makes it internal' }
    : { internal: false, because: 'it has no class and no annotation that makes it internal' };
}
