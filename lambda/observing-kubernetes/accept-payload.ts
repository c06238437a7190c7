import { AUDIT_LOG, type RuntimeAgent } from '../detection/vocabulary';
import { accountIdOf, textOf, type JsonObject } from '../detection/model/json-field';
import { clusterOfLogGroup, type Cluster } from '../kubernetes/cluster';
import type { QuarantineReason } from '../observing/quarantine';
import { runtimeLogGroup } from '../runtime/runtime-log-group';
import { quoted } from './audit-notice';

/** Why the lines of a payload are not read: a closed list. */
export type IgnoredPayload = 'control-message' | 'other-log';

export type Acceptance =
  /** `agent` is null for an audit log. */
  | { readonly cluster: Cluster; readonly agent: RuntimeAgent | null; readonly events: readonly unknown[] }
  | { readonly ignored: IgnoredPayload }
  | { readonly reason: QuarantineReason; readonly detail: string };

export interface PayloadRules {
  readonly partition: string;
  /** Whether an account's audit logs are read. */
  readonly isWatched: (account: string) => boolean;
}

/** The control plane's logs have one log group. */
const STREAM =
  /^(kube-apiserver-audit|kube-apiserver|authenticator|kube-controller-manager|kube-scheduler|cloud-controller-manager)-[0-9a-f]{32}$/;
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;

/**
 * Accepts what CloudWatch Logs sent of the audit log of a cluster in a watched account, or of the log group of an agent there.
 * CloudWatch Logs itself writes the account, the log group, the stream and the filter. Those who may put events into the group
 * can write lines of their own; into an agent's, each node can.
 */
export function acceptPayload(payload: JsonObject, { partition, isWatched }: PayloadRules): Acceptance {
  const { messageType, owner, logGroup, logEvents } = payload;
  if (messageType === 'CONTROL_MESSAGE') return { ignored: 'control-message' };
  if (messageType !== 'DATA_MESSAGE' || !Array.isArray(logEvents))
    return { reason: 'not-an-audit-log', detail: `messageType is ${quoted(messageType)}` };
  const account = accountIdOf(owner);
  if (account === null || !isWatched(account))
    return { reason: 'owner-not-watched', detail: `owner is ${quoted(owner)}, log group ${quoted(logGroup)}` };
  const source = sourceOf(payload);
  if (!source) return { reason: 'not-an-audit-log', detail: `of account ${account}: ${sourceText(payload)}` };
  const { name, region, agent, log } = source;
  if (agent === null && log !== 'kube-apiserver-audit') return { ignored: 'other-log' };
  return { cluster: { partition, account, region, name }, agent, events: logEvents };
}

interface LogSource {
  /** Of the cluster. */
  readonly name: string;
  readonly region: string;
  readonly agent: RuntimeAgent | null;
  /** Of the control plane. Streams of agents may have any name. */
  readonly log: string | undefined;
}

function sourceOf({ logGroup, logStream, subscriptionFilters }: JsonObject): LogSource | null {
  const region = regionOf(subscriptionFilters);
  if (region === null) return null;
  const group = textOf(logGroup) ?? '';
  const runtime = runtimeLogGroup(group);
  if (runtime) return { name: runtime.cluster, region, agent: runtime.agent, log: undefined };
  const name = clusterOfLogGroup(group);
  const log = STREAM.exec(textOf(logStream) ?? '')?.[1];
  return name === null || log === undefined ? null : { name, region, agent: null, log };
}

function sourceText({ logGroup, logStream, subscriptionFilters }: JsonObject): string {
  const filters = JSON.stringify(subscriptionFilters)?.slice(0, 256) ?? 'missing';
  return `log group is ${quoted(logGroup)}, log stream ${quoted(logStream)}, subscription filters ${filters}`;
}

/** In the name of the detector's filter. */
function regionOf(filters: unknown): string | null {
  for (const filter of Array.isArray(filters) ? filters : []) {
    const name = textOf(filter) ?? '';
    const region = name.slice(AUDIT_LOG.filterPrefix.length);
    if (name.startsWith(AUDIT_LOG.filterPrefix) && REGION.test(region)) return region;
  }
  return null;
}
