import { seededRandom, type Random } from '../../trail-writer/random';
import { isJsonObject } from '../../lambda/detection/model/json-field';
import type { Finding } from '../../lambda/detection/model/finding';
import { organizationOf } from '../../lambda/detection/model/settings';
import { valueOf } from '../../lambda/detection/model/result';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { addressOwners } from '../../lambda/kubernetes/address-owner';
import { parseClusterArn } from '../../lambda/kubernetes/cluster';
import { agentOfLine } from '../../lambda/runtime/agent-of-line';
import { observeAuditObject } from '../../lambda/observing-kubernetes/observe-audit-objects';
import type { LockTable } from '../../lambda/store/lock-table';
import { detectInAudit, factsOf, ipRangesOf, type NamedScenario } from '../scenario';
import { auditNotice, auditObject, auditPayload } from './kubernetes/audit-payloads';
import { eachCall } from './live-run';

const HUB = '999988887777';
const BUCKET = 'credlock-audit';
const DEMO = 'arn:aws:eks:eu-west-1:111122223333:cluster/demo';
const NOW = Date.parse('2026-12-31T00:00:00Z');

/** What `replay` reports of a scenario's audit log. */
export function replayedAudit(scenario: NamedScenario): readonly Finding[] {
  const settings = valueOf(parseSettings(scenario.settings ?? {}));
  const input = { facts: factsOf(scenario.records), settings, ipRanges: ipRangesOf(scenario.ipRanges) };
  return detectInAudit(scenario.audit ?? [], { ...input, cluster: scenario.cluster ?? DEMO }).findings;
}

/**
 * Lets workers read the same log in objects, cut and shuffled at random, some of them twice, and take turns before every
 * table call. An object that failed is read again. Gives what Security Hub would hold as active in the end.
 */
export async function observedAudit(
  scenario: NamedScenario,
  { seed, table, throttling = 0 }: { readonly seed: number; readonly table: LockTable; readonly throttling?: number },
): Promise<readonly Finding[]> {
  const random = seededRandom(seed);
  const settings = valueOf(parseSettings({ learnDays: 0, ...scenario.settings }));
  const objects = objectsOf(scenario, random);
  const published = new Map<string, { finding: Finding; updatedAt: number }>();
  const act = async <T>(does: () => Promise<T>): Promise<T> => {
    for (let turns = random.below(3); turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
    if (random.chance(throttling / 2)) throw new Error('throttled');
    const answer = await does();
    if (random.chance(throttling / 2)) throw new Error('timed out');
    return answer;
  };
  let now = NOW;
  const context = {
    table: eachCall(table, act),
    settings,
    partition: 'aws',
    place: { bucket: BUCKET, hubAccount: HUB },
    accounts: new Set([accountOf(scenario)]),
    ownerOf: addressOwners({
      book: null,
      ipRanges: ipRangesOf(scenario.ipRanges),
      organization: organizationOf(settings.organizationAccounts, new Set()),
    }),
    open: (key: string) => Promise.resolve(chunksOf(objects.get(key) ?? Buffer.alloc(0))),
    publish: (finding: Finding, updatedAt: number) => {
      const known = published.get(finding.id);
      if (!known || known.updatedAt < updatedAt) published.set(finding.id, { finding, updatedAt });
      return Promise.resolve();
    },
    quarantine: () => Promise.resolve(),
    log: { info: nothing, warn: nothing, error: nothing },
    meter: { count: nothing, milliseconds: nothing, flush: nothing },
    now: () => (now += random.below(3) * 500),
  };
  const waiting = [...objects.keys()].flatMap((key) => (random.chance(0.3) ? [key, key] : [key]));
  const work = async (): Promise<void> => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      const message = { messageId: key, body: JSON.stringify(auditNotice(key, BUCKET)) };
      await observeAuditObject(message, context).catch(() => waiting.unshift(message.messageId));
    }
  };
  await Promise.all(Array.from({ length: 3 }, work));
  // What failed last may have been put back after the others had gone.
  await work();
  const active = [...published.values()].map(({ finding }) => finding).filter(({ status }) => status === 'ACTIVE');
  return active.sort((a, b) => compareText(a.firstSeen, b.firstSeen) || compareText(a.id, b.id));
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
function payloadsOf(lines: readonly unknown[], { cluster = DEMO }: NamedScenario): object[] {
  const { name } = valueOf(parseClusterArn(cluster));
  const byGroup = new Map<string, unknown[]>();
  for (const line of lines) {
    const agent = isJsonObject(line) ? agentOfLine(line) : null;
    const group = agent === null ? `/aws/eks/${name}/cluster` : `/credlock/${agent}/${name}`;
    byGroup.set(group, [...(byGroup.get(group) ?? []), line]);
  }
  return [...byGroup].map(([logGroup, some]) => payloadOf(some, { logGroup, cluster }));
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

function accountOf({ cluster = DEMO }: NamedScenario): string {
  return valueOf(parseClusterArn(cluster)).account ?? '';
}

async function* chunksOf(object: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < object.length; at += 1_000)
    yield await Promise.resolve(object.subarray(at, Math.min(object.length, at + 1_000)));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function nothing(): void {}
