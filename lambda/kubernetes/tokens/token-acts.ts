import type { Because, LockEntry } from '../../detection/model/finding';
import { isoTime } from '../../detection/model/event-time';
import { foundIn, type Found, type KubernetesAct } from '../act';
import { clusterKey } from '../cluster';
import type { ClusterHomes } from './cluster-homes';
import type { HolderJudgement, UseElsewhere } from './judge-tokens';
import type { TokenUse } from './token-fact';

const MOST_LOCKED = 20;

/** An act for each use elsewhere, by which findings are composed. Their groups are those of the holder. */
export function tokenActs(judgement: HolderJudgement): KubernetesAct[] {
  if (judgement.elsewhere.length === 0) return [];
  const lock = lockOf(judgement);
  return judgement.elsewhere.map((elsewhere) => actOfUse(elsewhere, judgement.homes, lock));
}

function actOfUse(elsewhere: UseElsewhere, homes: ClusterHomes, lock: readonly LockEntry[]): KubernetesAct {
  const { use, type } = elsewhere;
  const { cluster, auditId, time, account, claimedSources, userAgent, name, target, status, impersonated } = use;
  return {
    ...foundIn(cluster, foundFor(elsewhere, homes)),
    key: `${clusterKey(cluster)}/${auditId}/${time}/${type}`,
    time,
    cluster,
    auditId,
    caller: {
      username: `system:serviceaccount:${account.replace('/', ':')}`,
      impersonated,
      awsArn: null,
      accessKeyId: null,
      isController: false,
    },
    source: use.place,
    claimedSources,
    userAgent,
    name,
    target,
    status,
    lock,
  };
}

function foundFor(elsewhere: UseElsewhere, homes: ClusterHomes): Found {
  const { use, type, severity, owner, ruledOut } = elsewhere;
  const { pod, account, place } = use;
  const [namespace = null, serviceAccount = null] = account.split('/');
  const podName = pod?.name.split('/').at(-1) ?? null;
  const holder = holderText(elsewhere);
  return {
    type,
    severity,
    what: pod ? `${pod.name}/${pod.uid}` : account,
    object: { kind: pod ? 'Pod' : 'ServiceAccount', namespace, name: podName ?? serviceAccount },
    title: `token of ${holder} used ${owner === null ? `from ${place}` : `at ${owner} (${place})`}`,
    done: `used the token of ${holder} ${owner === null ? 'elsewhere' : `at ${owner}`}`,
    attributes: { serviceAccount, pod: podName, ...(pod && { podUid: pod.uid, ...nodeOf(pod.uid, homes) }) },
    evidence: evidenceFor(elsewhere, homes),
    ruledOut,
  };
}

function holderText({ use, isAfterEnd }: UseElsewhere): string {
  const holder = use.pod ? `pod ${use.pod.name}` : `service account ${use.account}`;
  return isAfterEnd ? `deleted ${holder}` : holder;
}

function nodeOf(pod: string, homes: ClusterHomes): { readonly node: string | null; readonly instance: string | null } {
  const [node = null] = homes.nodesOf(pod);
  return { node, instance: node === null ? null : homes.instanceOf(node) };
}

function evidenceFor({ use, owner, isAfterEnd }: UseElsewhere, homes: ClusterHomes): string[] {
  const { pod, place, credential, isStale } = use;
  const issuance = homes.issuanceOf(credential);
  const end = pod ? homes.facts.gone.get(pod.uid) : undefined;
  return [
    owner === null
      ? `${place} is no known address of the cluster’s pods and nodes.`
      : `${place} is the address of ${owner}, by the audit log.`,
    ...(pod ? [homeText(use, homes)] : []),
    ...(isAfterEnd && end ? [`The pod was gone at ${isoTime(end.time)}.`] : []),
    ...(issuance ? [`${issuance.requester} requested the token at ${isoTime(issuance.time)}.`] : []),
    ...(isStale ? ['The token is older than it states: the API server accepts tokens of pods for up to 90 days.'] : []),
  ];
}

function homeText({ pod }: TokenUse, homes: ClusterHomes): string {
  const nodes = homes.nodesOf(pod?.uid ?? '');
  const addresses = homes.podAddresses(pod?.uid ?? '').map(({ ip }) => ip);
  const named = nodes.map((node) => {
    const instance = homes.instanceOf(node);
    return instance === null ? node : `${node} (${instance})`;
  });
  const has = addresses.length === 0 ? 'No address of the pod is known' : `The pod has ${addresses.join(', ')}`;
  return named.length === 0 ? `${has}.` : `${has}; it runs on ${named.join(', ')}.`;
}

/** What is known of the holder's places, each once. */
function lockOf({ trusted, homes, elsewhere }: HolderJudgement): LockEntry[] {
  const pod = elsewhere[0]?.use.pod?.uid ?? null;
  const known = [
    ...(pod === null ? [] : homes.podAddresses(pod)),
    ...(pod === null ? [] : homes.nodesOf(pod)).flatMap((node) => [
      ...homes.nodeAddresses(node),
      ...homes.kubeletPlaces(node, Infinity),
    ]),
  ].map(({ ip, since }) => ({ ip, since, because: 'own-address' as Because }));
  const used = trusted.map(({ use, because }) => ({ ip: use.place, since: use.time, because }));
  const entries = new Map<string, LockEntry>();
  for (const { ip, since, because } of [...known, ...used]) {
    if (entries.has(ip) || entries.size >= MOST_LOCKED) continue;
    const kind = homes.isPrivate(ip) ? 'cluster' : 'public';
    entries.set(ip, { origin: { kind, ip }, because, since: isoTime(since), until: null });
  }
  return [...entries.values()];
}
