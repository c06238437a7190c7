import { seededRandom, type Random } from '../../trail-writer/random';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { eventTimeOf } from '../../lambda/detection/model/event-time';
import { isJsonObject } from '../../lambda/detection/model/json-field';
import type { Finding } from '../../lambda/detection/model/finding';
import { organizationOf } from '../../lambda/detection/model/settings';
import { valueOf } from '../../lambda/detection/model/result';
import { addressOwners } from '../../lambda/kubernetes/address-owner';
import { parseClusterArn } from '../../lambda/kubernetes/cluster';
import { cutMembers } from '../../lambda/kubernetes/cut-members';
import { auditTimeOf } from '../../lambda/kubernetes/read-audit-event';
import { agentOfLine } from '../../lambda/runtime/agent-of-line';
import type { AuditContext } from '../../lambda/observing-kubernetes/audit-context';
import { observeAuditObject } from '../../lambda/observing-kubernetes/observe-audit-objects';
import { SettledPlaces } from '../../lambda/observing-kubernetes/settled-places';
import { ObservedRequests } from '../../lambda/observing-kubernetes/session-requests';
import { detectIn, factsOf, itemOf, type NamedScenario } from '../scenario';
import { auditNotice, auditObject, auditPayload } from './kubernetes/audit-payloads';
import { runLive, type LivePlan, type Story } from './live-run';
import { DEFAULT_RANGES } from './stories';
import { storyWith } from './story';

const HUB = '999988887777';
const BUCKET = 'credlock-audit';
const DEMO = 'arn:aws:eks:eu-west-1:111122223333:cluster/demo';

/** What `replay` reports of a scenario's audit log and records. */
export function replayedAudit(scenario: NamedScenario): readonly Finding[] {
  const { findings } = detectIn({ ...scenario, cluster: scenario.cluster ?? DEMO }, factsOf(scenario.records));
  return [...findings].sort((a, b) => compareText(a.firstSeen, b.firstSeen) || compareText(a.id, b.id));
}

/**
 * Lets workers read the same log in objects, cut and shuffled at random, some of them twice, beside its records, and take turns
 * before every table call. An object that failed is read again. Gives what Security Hub would hold as active in the end.
 */
export async function observedAudit(
  scenario: NamedScenario,
  failing: Pick<LivePlan, 'seed' | 'table' | 'throttling' | 'mostThrottled'>,
): Promise<readonly Finding[]> {
  const random = seededRandom(failing.seed);
  const ranges = scenario.ipRanges === 'default' ? DEFAULT_RANGES : scenario.ipRanges;
  const story = storyWith(scenario.records, { learnDays: 0, ...scenario.settings }, ranges);
  const now = Math.max(...scenario.records.map(timeOf), ...(scenario.audit ?? []).map(timeOf));
  let latest = now;
  const clock = (): number => (latest += 500);
  const objects = [...objectsOf(scenario, random)].map(([key, object]) =>
    objectReader(key, object, { scenario, story, clock }),
  );
  const plan = { ...failing, now };
  const { findings } = await runLive(
    { ...story, objects: objects.flatMap((read) => (random.chance(0.3) ? [read, read] : [read])) },
    plan,
  );
  return findings;
}

function objectReader(
  key: string,
  object: Buffer,
  { scenario, story, clock }: { readonly scenario: NamedScenario; readonly story: Story; readonly clock: () => number },
): NonNullable<Story['objects']>[number] {
  const { settings, ipRanges } = story;
  const organization = organizationOf(settings.organizationAccounts, new Set());
  const standing = {
    settings,
    partition: 'aws',
    place: { bucket: BUCKET, hubAccount: HUB },
    accounts: accountsOf(scenario),
    ownerOf: addressOwners({ book: null, ipRanges, organization }),
    open: () => Promise.resolve(chunksOf(object)),
    quarantine: () => Promise.resolve(),
    log: { info: nothing, warn: nothing, error: nothing },
    meter: { count: nothing, milliseconds: nothing, flush: nothing },
    now: clock,
  };
  const message = { messageId: key, body: JSON.stringify(auditNotice(key, BUCKET)) };
  return ({ table, seen, ask, publish }) =>
    observeAuditObject(message, {
      ...standing,
      table,
      publish,
      observing: { table, settings, ipRanges, kinds: kindsNamed(settings.workloads), seen, requestConfirm: ask },
      ...memoryBy(seen),
    });
}

type Memory = Pick<AuditContext, 'observed' | 'settled'>;
const memories = new WeakMap<object, Memory>();

/** The memory of a worker, which has this cache. */
function memoryBy(seen: object): Memory {
  const known = memories.get(seen) ?? { observed: new ObservedRequests(), settled: new SettledPlaces() };
  memories.set(seen, known);
  return known;
}

function timeOf(item: unknown): number {
  const { line: whole } = itemOf(item);
  const line = typeof whole === 'string' ? cutMembers(whole) : whole;
  return (isJsonObject(line) && (auditTimeOf(line) ?? eventTimeOf(line.eventTime ?? line.time))) || 0;
}

function objectsOf(scenario: NamedScenario, random: Random): Map<string, Buffer> {
  const { audit = [] } = scenario;
  const lines = [...audit, ...audit.filter(() => random.chance(0.2))];
  for (let last = lines.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [lines[last], lines[other]] = [lines[other], lines[last]];
  }
  const objects = new Map<string, Buffer>();
  while (lines.length > 0) {
    const payloads = Array.from({ length: 1 + random.below(2) }, () => lines.splice(0, 1 + random.below(4)));
    objects.set(`kubernetes/${objects.size}`, auditObject(payloads.flatMap((some) => payloadsOf(some, scenario))));
  }
  return objects;
}

/** One of each log group that lines are of. */
function payloadsOf(items: readonly unknown[], { cluster: home = DEMO }: NamedScenario): object[] {
  const byGroup = new Map<string, { logGroup: string; cluster: string; lines: unknown[] }>();
  for (const { arn: cluster = home, line } of items.map(itemOf)) {
    const { name } = valueOf(parseClusterArn(cluster));
    const agent = isJsonObject(line) ? agentOfLine(line) : null;
    const logGroup = agent === null ? `/aws/eks/${name}/cluster` : `/credlock/${agent}/${name}`;
    const group = byGroup.get(`${cluster} ${logGroup}`) ?? { logGroup, cluster, lines: [] };
    byGroup.set(`${cluster} ${logGroup}`, group);
    group.lines.push(line);
  }
  return [...byGroup.values()].map(({ lines, ...group }) => payloadOf(lines, group));
}

/** Without the times of CloudWatch Logs, which replay of bare events has not. */
function payloadOf(lines: readonly unknown[], { logGroup, cluster }: { logGroup: string; cluster: string }): object {
  const { account, region } = valueOf(parseClusterArn(cluster));
  const payload = auditPayload(lines, {
    owner: account ?? '',
    logGroup,
    subscriptionFilters: [`credlock-kubernetes-${region}`],
  });
  return { ...payload, logEvents: payload.logEvents.map(({ id, message }) => ({ id, message })) };
}

function accountsOf({ cluster = DEMO, audit = [] }: NamedScenario): ReadonlySet<string> {
  const clusters = audit.map((item) => itemOf(item).arn ?? cluster);
  return new Set(clusters.map((arn) => valueOf(parseClusterArn(arn)).account ?? ''));
}

async function* chunksOf(object: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < object.length; at += 1_000)
    yield await Promise.resolve(object.subarray(at, Math.min(object.length, at + 1_000)));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function nothing(): void {}
