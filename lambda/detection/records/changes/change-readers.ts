import type { CloudTrailRecord } from '../../model/cloudtrail-record';
import { field } from '../../model/json-field';
import { functionEntity } from '../../model/workload';
import { EKS_NODE_TAGS } from '../../vocabulary';
import { objectsBy, onlyText, parametersOf, type Parameters } from './parameters';

/** What a record describes for one instance, or without naming one. */
export interface ChangeDetail {
  readonly instanceId: string | null;
  /** The parts of the record that concern it, and their parameters. */
  readonly parts: readonly unknown[];
  readonly parameters: Parameters;
  readonly sourceDestCheck?: boolean;
  readonly eksNode?: boolean;
}

/** Splits the changes of a record by instance; empty where it changes nothing relevant. */
export type ChangeReader = (record: CloudTrailRecord) => ChangeDetail[];

/** The whole record, for each instance it names, or without one. */
export function anything({ request, response }: CloudTrailRecord): ChangeDetail[] {
  const parts = [request, response];
  const parameters = parametersOf(parts);
  const named = instancesIn(parameters, ['instanceid']);
  return named.length === 0
    ? [{ instanceId: null, parts, parameters }]
    : named.map((instanceId) => ({ instanceId, parts, parameters }));
}

/** Launched instances, each with its own interfaces. Responses name private addresses only. */
export function launches({ request, response }: CloudTrailRecord): ChangeDetail[] {
  const taggedAtLaunch = hasEksTag(objectsBy('resourcetype', [request]).get('instance') ?? []);
  return byInstance([response]).map((launched) => ({
    ...launched,
    eksNode: taggedAtLaunch || isTagged(launched.parameters),
  }));
}

/** Stopped or terminated instances. */
export function instances(record: CloudTrailRecord): ChangeDetail[] {
  return affected(record).map(alone);
}

/** Started instances, without those that ran already: their addresses did not change. */
export function starts(record: CloudTrailRecord): ChangeDetail[] {
  const started = affected(record).filter(({ parameters }) => onlyText(parameters, 'name') !== 'running');
  return started.map(alone);
}

/** Spot instances that EC2 stopped, hibernated or terminated; the record does not say which. */
export function evictions({ details }: CloudTrailRecord): ChangeDetail[] {
  const named = instancesIn(parametersOf([details]), ['instanceidset', 'instanceid']);
  return named.map(ofInstance);
}

const TASK_ID = /^[0-9a-f-]{32,36}$/;

/** A stopped ECS task, by its id. */
export function stoppedTasks({ request, response }: CloudTrailRecord): ChangeDetail[] {
  const named = ['taskarn', 'task'].flatMap((key) => parametersOf([request, response]).get(key) ?? []);
  const ids = named.map((name) => name.slice(name.lastIndexOf('/') + 1)).filter((id) => TASK_ID.test(id));
  return [...new Set(ids)].map(ofInstance);
}

/** A function, and the VPC that the answer puts it into; none where it has none. */
export function functions({ response }: CloudTrailRecord): ChangeDetail[] {
  const name = onlyText(parametersOf([response]), 'functionname');
  const parts = [field(response, 'vpcConfig')];
  return name === null ? [] : [{ instanceId: functionEntity(name), parts, parameters: parametersOf(parts) }];
}

/** Ends of tasks as the agents of their hosts report them. */
export function endedTasks(record: CloudTrailRecord): ChangeDetail[] {
  return onlyText(parametersOf([record.request]), 'status') === 'STOPPED' ? stoppedTasks(record) : [];
}

/** Everything, or the halves in which VPN software routes it. */
const DEFAULT_ROUTES: ReadonlySet<string> = new Set(['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1']);

/** Default routes of IPv4. A first one to an Internet gateway moves nothing: addresses behind it are the instances' own. */
export function routes(record: CloudTrailRecord): ChangeDetail[] {
  const parameters = parametersOf([record.request]);
  const isDefault = (parameters.get('destinationcidrblock') ?? []).some((cidr) => DEFAULT_ROUTES.has(cidr));
  const isFirst = record.eventName === 'CreateRoute' && onlyText(parameters, 'gatewayid')?.startsWith('igw-') === true;
  return isDefault && !isFirst ? anything(record) : [];
}

/** Route tables of subnets, not of gateways. */
export function routeTables(record: CloudTrailRecord): ChangeDetail[] {
  return parametersOf([record.request]).has('gatewayid') ? [] : anything(record);
}

/** Changes of attributes that switch forwarding of other hosts' traffic, or an automatic public address, on or off. */
export function attributes(record: CloudTrailRecord): ChangeDetail[] {
  const parameters = parametersOf([record.request]);
  const sourceDestCheck = sourceDestCheckIn(parameters);
  if (sourceDestCheck !== null) return anything(record).map((detail) => ({ ...detail, sourceDestCheck }));
  return parameters.has('associatepublicipaddress') ? anything(record) : [];
}

/** Instances that are tagged as nodes of an EKS cluster. */
export function eksTags({ request }: CloudTrailRecord): ChangeDetail[] {
  const parameters = parametersOf([request]);
  if (!isTagged(parameters)) return [];
  const tagged = instancesIn(parameters, ['resourceid', 'resourcesset', 'resources']);
  return tagged.map((instanceId) => ({ ...ofInstance(instanceId), eksNode: true }));
}

/** The instances of the response, as some of the request's may be refused or unchanged; else those of the request. */
function affected({ request, response }: CloudTrailRecord): ChangeDetail[] {
  const answered = byInstance([response]);
  return answered.length > 0 ? answered : byInstance([request]);
}

function byInstance(parts: readonly unknown[]): ChangeDetail[] {
  const named: ChangeDetail[] = [];
  for (const [instanceId, objects] of objectsBy('instanceid', parts))
    if (INSTANCE_ID.test(instanceId)) named.push({ instanceId, parts: objects, parameters: parametersOf(objects) });
  return named;
}

const NO_PARAMETERS = parametersOf([]);

function ofInstance(instanceId: string | null): ChangeDetail {
  return { instanceId, parts: [], parameters: NO_PARAMETERS };
}

function alone({ instanceId }: ChangeDetail): ChangeDetail {
  return ofInstance(instanceId);
}

const INSTANCE_ID = /^i-[0-9a-z]+$/i;

function instancesIn(parameters: Parameters, keys: readonly string[]): string[] {
  return keys.flatMap((key) => parameters.get(key) ?? []).filter((text) => INSTANCE_ID.test(text));
}

function sourceDestCheckIn(parameters: Parameters): boolean | null {
  const byName = onlyText(parameters, 'attribute')?.toLowerCase() === 'sourcedestcheck';
  const setting = onlyText(parameters, byName ? 'value' : 'sourcedestcheck')?.toLowerCase();
  if (setting === 'true') return true;
  return setting === 'false' ? false : null;
}

const EKS_TAGS: ReadonlySet<string> = new Set(EKS_NODE_TAGS.keys);

/** True when tags in these parts of a record make an instance a node of an EKS cluster. */
export function hasEksTag(parts: readonly unknown[]): boolean {
  return isTagged(parametersOf(parts));
}

function isTagged(parameters: Parameters): boolean {
  const keys = parameters.get('key') ?? [];
  return keys.some((key) => EKS_TAGS.has(key) || key.startsWith(EKS_NODE_TAGS.prefix));
}
