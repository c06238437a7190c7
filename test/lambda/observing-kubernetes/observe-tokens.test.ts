import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { confirmWorkload } from '../../../lambda/confirming/confirm-workload';
import { kindsNamed } from '../../../lambda/detection/kinds/all-kinds';
import type { CloudTrailRecord } from '../../../lambda/detection/model/cloudtrail-record';
import type { Finding } from '../../../lambda/detection/model/finding';
import { valueOf } from '../../../lambda/detection/model/result';
import type { Workload } from '../../../lambda/detection/model/workload';
import { parseSettings } from '../../../lambda/detection/parse-settings';
import { TOKEN_HOLDER } from '../../../lambda/judging-tokens/token-holder';
import { readAuditEvent } from '../../../lambda/kubernetes/read-audit-event';
import { sessionRecordOf } from '../../../lambda/kubernetes/session-record';
import { observeTokens, TokenFacts } from '../../../lambda/observing-kubernetes/observe-tokens';
import { SettledPlaces } from '../../../lambda/observing-kubernetes/settled-places';
import { observeReadRecords } from '../../../lambda/observing/observe-records';
import type { LockTable } from '../../../lambda/store/lock-table';
import { boundedSeenCache } from '../../../lambda/store/seen-cache';
import { PARTITIONS, SORT_KEYS } from '../../../lambda/store/table-schema';
import { DEMO_CLUSTER } from '../kubernetes/audit-records';
import { factsIn } from '../kubernetes/tokens/judged-tokens';
import { heartbeat, nodeStatus, podStatus, START, testPod, used, type Line } from '../kubernetes/tokens/token-records';
import { eachCall } from '../live-run';

const LAPTOP = '203.0.113.9';
const MINUTE = 60_000;
const WEB = testPod(0);
const HOME = [heartbeat(WEB.on, 0), podStatus(WEB, 1), used(WEB, 2)];
const nothing = (): void => undefined;

/** A container of `observe-kubernetes`, and what it and `confirm` did. */
class Deployment {
  readonly calls: string[] = [];
  readonly asked: { readonly workload: Workload; readonly minute: number }[] = [];
  readonly published: Finding[] = [];
  isQueueDown = false;
  readonly #table: LockTable;
  readonly #memory = { seen: boundedSeenCache(), settled: new SettledPlaces() };
  readonly #settings;

  constructor(settings: object = {}) {
    this.#settings = valueOf(parseSettings({ learnDays: 0, ...settings }));
    this.#table = eachCall(memoryLockTable(), (does, { operation, pk, sk }) => {
      if (pk.startsWith(PARTITIONS.tokens)) this.calls.push(`${operation} ${sk.replace(/#.*/, '')}`);
      return does();
    });
  }

  async observe(lines: readonly Line[], minute = 10, withSessions = true): Promise<void> {
    const requestConfirm = (workload: Workload, due: number): Promise<void> => {
      if (this.isQueueDown) return Promise.reject(new Error('the queue is down'));
      this.asked.push({ workload, minute: (due - START) / MINUTE });
      return Promise.resolve();
    };
    const common = { table: this.#table, settings: this.#settings, ipRanges: null, requestConfirm };
    const observing = { ...common, kinds: kindsNamed(this.#settings.workloads), now: START + minute * MINUTE };
    if (withSessions)
      await observeReadRecords(lines.flatMap(sessionRecordIn), { ...observing, seen: boundedSeenCache() });
    this.calls.length = 0;
    this.asked.length = 0;
    const facts = new TokenFacts();
    for (const fact of factsIn(lines)) facts.add(fact);
    await observeTokens(facts.take(), { ...observing, ...this.#memory });
  }

  /** What was asked for; gives what it published. */
  async confirm(minute: number): Promise<string[]> {
    const before = this.published.length;
    for (const { workload } of this.asked.splice(0))
      await confirmWorkload(workload, {
        judging: { table: this.#table, settings: this.#settings, ipRanges: null },
        requestConfirm: (again, due) => Promise.resolve(void this.asked.push({ workload: again, minute: due })),
        publish: (finding) => Promise.resolve(void this.published.push(finding)),
        readsAnswers: false,
        meter: { count: nothing, milliseconds: nothing, flush: nothing },
        now: () => START + minute * MINUTE,
        pause: () => Promise.resolve(),
      });
    return this.published.slice(before).map(({ status, type, origin }) => `${status} ${type} ${origin?.ip}`);
  }
}

function sessionRecordIn(line: Line): CloudTrailRecord[] {
  const event = readAuditEvent(line, DEMO_CLUSTER);
  const record = event === null || 'fault' in event ? null : sessionRecordOf(event);
  return record ? [record] : [];
}

function instanceOf({ on }: ReturnType<typeof testPod>): Workload {
  return { partition: 'aws', account: '111122223333', kind: 'ec2-instance', id: on.instance };
}

const WRITE_OF_USE = `merge ${SORT_KEYS.tokenUse.slice(0, -1)}`;

describe('uses of tokens in the deployment', () => {
  it('are one write an hour and credential at the pod, and no read', async () => {
    const deployment = new Deployment();
    await deployment.observe(HOME);
    expect(deployment.asked).toEqual([]);
    await deployment.observe([used(WEB, 3), used(WEB, 4)]);
    expect(deployment.calls).toEqual([]);
    await deployment.observe([used(WEB, 62), used(WEB, 63)], 70);
    expect(deployment.calls).toEqual([WRITE_OF_USE]);
    await deployment.observe([used(WEB, 64, WEB.address, { identity: { renewal: 1 } })], 70);
    expect(deployment.calls).toEqual([WRITE_OF_USE]);
  });

  it('elsewhere wait for the hold, are published, and archived by a late fact', async () => {
    const deployment = new Deployment();
    await deployment.observe([heartbeat(WEB.on, 0), podStatus(WEB, 1), used(WEB, 2), used(WEB, 3, '10.9.9.9')], 4);
    expect(deployment.asked.map(({ minute }) => minute)).toEqual([8]);
    expect(await deployment.confirm(5)).toEqual([]);
    expect(await deployment.confirm(8)).toEqual(['ACTIVE ServiceAccountTokenMoved 10.9.9.9']);
    await deployment.observe([podStatus(WEB, 2, [WEB.address, '10.9.9.9'])], 20);
    expect(await deployment.confirm(21)).toEqual(['ARCHIVED ServiceAccountTokenMoved 10.9.9.9']);
  });

  it('are judged again where a fact is about their node', async () => {
    const deployment = new Deployment();
    await deployment.observe([heartbeat(WEB.on, 0), podStatus(WEB, 1), used(WEB, 3, '10.9.9.9')], 9);
    expect(await deployment.confirm(9)).toEqual(['ACTIVE ServiceAccountTokenMoved 10.9.9.9']);
    await deployment.observe([nodeStatus(WEB.on, 2, [WEB.on.address, '10.9.9.9'])], 20);
    expect(await deployment.confirm(21)).toEqual(['ARCHIVED ServiceAccountTokenMoved 10.9.9.9']);
  });

  it('are judged again with the verdicts on their node', async () => {
    const deployment = new Deployment();
    await deployment.observe(HOME);
    deployment.asked.push({ workload: instanceOf(WEB), minute: 10 });
    await deployment.confirm(11);
    expect(deployment.asked.map(({ workload }) => workload.kind)).toEqual([TOKEN_HOLDER]);
  });

  it('are asked for again where asking failed', async () => {
    const deployment = new Deployment();
    const lines = [...HOME, used(WEB, 3, LAPTOP)];
    deployment.isQueueDown = true;
    await expect(deployment.observe(lines, 9)).rejects.toThrow('the queue is down');
    deployment.isQueueDown = false;
    await deployment.observe(lines, 9);
    expect(deployment.asked).toHaveLength(1);
    await deployment.observe(lines, 9);
    expect(deployment.asked).toHaveLength(0);
  });

  it('at more places than are kept have no first use that is trusted', async () => {
    const flood = Array.from({ length: 101 }, (_, at) => used(WEB, at / 100, `10.7.0.${at}`));
    const deployment = new Deployment();
    await deployment.observe(flood.slice(0, 1), 9);
    expect(deployment.asked).toEqual([]);
    await deployment.observe(flood, 9);
    await deployment.confirm(9);
    expect(deployment.published.flatMap(({ events }) => events).length).toBeGreaterThan(100);
  });

  it('are at no place of their own where more addresses are stated than are read', async () => {
    const deployment = new Deployment();
    await deployment.observe([...HOME, used(WEB, 3, '10.9.9.9')], 9);
    await deployment.observe([nodeStatus(WEB.on, 2, [WEB.on.address, '10.9.9.9'])], 9);
    expect(await deployment.confirm(9)).toEqual([]);
    const flood = Array.from({ length: 5_000 }, (_, at) =>
      heartbeat(WEB.on, 5, `10.${100 + Math.floor(at / 200)}.0.${at % 200}`),
    );
    await deployment.observe(flood, 20, false);
    expect(await deployment.confirm(21)).toEqual([`ACTIVE ServiceAccountTokenMoved ${WEB.address}`]);
    expect(deployment.published[0]?.events).toHaveLength(2);
  });
});
