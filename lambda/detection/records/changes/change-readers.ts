import type { CloudTrailRecord } from '../../model/cloudtrail-record';
import { objectsBy, onlyText, parametersOf, type Parameters } from './parameters';

/** What one record tells of one instance, or of none by name. */
export interface Told {
  readonly instanceId: string | null;
  /** The parts of the record that are about it. */
  readonly parts: readonly unknown[];
  readonly sourceDestCheck?: boolean;
  readonly eksNode?: boolean;
}

/** Tells one record's changes apart by instance; nothing where it changes nothing that can matter. */
export type Teller = (record: CloudTrailRecord) => Told[];

/** All the record says, of the instance it names or of none. */
export function anything({ request, response }: CloudTrailRecord): Told[] {
  const parts = [request, response];
  const named = instancesIn(parametersOf(parts), ['instanceid']);
  return named.length === 0 ? [{ instanceId: null, parts }] : named.map((instanceId) => ({ instanceId, parts }));
}

/** One a launched instance, with its own interfaces. Responses name private addresses only (20 of 20 public records). */
export function launches({ request, response }: CloudTrailRecord): Told[] {
  const taggedAtLaunch = hasEksTag(objectsBy('resourcetype', [request]).get('instance') ?? []);
  return byInstance([response]).map((launched) => ({
    ...launched,
    eksNode: taggedAtLaunch || hasEksTag(launched.parts),
  }));
}

/** One a stopped or terminated instance. */
export function instances(record: CloudTrailRecord): Told[] {
  return affected(record).map(({ instanceId }) => ({ instanceId, parts: [] }));
}

/** One a started instance; starting one that runs changes nothing, and must not look as if its address could have. */
export function starts(record: CloudTrailRecord): Told[] {
  const started = affected(record).filter(({ parts }) => onlyText(parametersOf(parts), 'name') !== 'running');
  return started.map(({ instanceId }) => ({ instanceId, parts: [] }));
}

const ROUTE_TARGETS = ['natgatewayid', 'networkinterfaceid', 'instanceid', 'vpcendpointid'];

/** Routes through something that has an address of its own; others leave every address as it was. */
export function routes(record: CloudTrailRecord): Told[] {
  const parameters = parametersOf([record.request, record.response]);
  return ROUTE_TARGETS.some((key) => parameters.has(key)) ? anything(record) : [];
}

/** Attribute changes matter where they switch forwarding for others on or off. */
export function forwarding(record: CloudTrailRecord): Told[] {
  const sourceDestCheck = sourceDestCheckIn(parametersOf([record.request]));
  return sourceDestCheck === null ? [] : anything(record).map((told) => ({ ...told, sourceDestCheck }));
}

/** One an instance that is tagged as a node of an EKS cluster. */
export function eksTags({ request }: CloudTrailRecord): Told[] {
  if (!hasEksTag([request])) return [];
  const tagged = instancesIn(parametersOf([request]), ['resourceid', 'resourcesset', 'resources']);
  return tagged.map((instanceId) => ({ instanceId, parts: [], eksNode: true }));
}

/** Public addresses of later launches: no record ever names those. */
export function nothing(): Told[] {
  return [];
}

/** The instances of the response, where the request's may have been refused or unchanged; else those of the request. */
function affected({ request, response }: CloudTrailRecord): Told[] {
  const told = byInstance([response]);
  return told.length > 0 ? told : byInstance([request]);
}

function byInstance(parts: readonly unknown[]): Told[] {
  const named = [...objectsBy('instanceid', parts)].filter(([id]) => INSTANCE_ID.test(id));
  return named.map(([instanceId, objects]) => ({ instanceId, parts: objects }));
}

const INSTANCE_ID = /^i-[0-9a-z]+$/i;

function instancesIn(parameters: Parameters, keys: readonly string[]): string[] {
  return keys.flatMap((key) => parameters.get(key) ?? []).filter((text) => INSTANCE_ID.test(text));
}

function sourceDestCheckIn(parameters: Parameters): boolean | null {
  const byName = onlyText(parameters, 'attribute')?.toLowerCase() === 'sourcedestcheck';
  const said = onlyText(parameters, byName ? 'value' : 'sourcedestcheck')?.toLowerCase();
  if (said === 'true') return true;
  return said === 'false' ? false : null;
}

/** Tags that EKS, its node groups and eksctl put on their nodes, and the one that nodes run by hand must have. */
const EKS_TAGS = new Set(['eks:cluster-name', 'aws:eks:cluster-name', 'alpha.eksctl.io/cluster-name']);
const CLUSTER_TAG = 'kubernetes.io/cluster/';

/** Whether tags in these requests, responses or parts of them make an instance a node of an EKS cluster. */
export function hasEksTag(parts: readonly unknown[]): boolean {
  const keys = parametersOf(parts).get('key') ?? [];
  return keys.some((key) => EKS_TAGS.has(key) || key.startsWith(CLUSTER_TAG));
}
