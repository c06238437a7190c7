import { memoryLockTable } from '../../lambda/adapters/memory/memory-lock-table';
import { updateFindings } from '../../lambda/confirming/update-findings';
import { detect } from '../../lambda/detection/detect';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import type { Finding } from '../../lambda/detection/model/finding';
import { workloadKey, type Workload } from '../../lambda/detection/model/workload';
import { DEFAULT_SETTINGS } from '../../lambda/detection/parse-settings';
import { judgeWorkloads } from '../../lambda/judging/judge-workloads';
import { observeRecords } from '../../lambda/observing/observe-records';
import { boundedSeenCache } from '../../lambda/store/seen-cache';
import { partition } from '../../lambda/store/table-schema';
import { factsOf, ipRangesOf } from '../scenario';
import { AWAY_ADDRESS, call, HOME_ADDRESS, INSTANCE, SHOP, termination } from './records';

const MINUTE = 60_000;
const START = Date.parse('2026-09-01T12:00:00Z');
const WORKLOAD: Workload = { partition: 'aws', account: SHOP, kind: 'ec2-instance', id: INSTANCE };
const FINDING = `credlock/${workloadKey(WORKLOAD)}/public/${AWAY_ADDRESS}`;

/** The live path over a table in memory, at a time that advances with each batch. */
class Deployment {
  readonly judging = { table: memoryLockTable(), settings: DEFAULT_SETTINGS, ipRanges: ipRangesOf('default') };
  readonly published = new Map<string, Finding>();
  readonly statuses: string[] = [];
  confirmations = 0;
  judged = 0;
  private now = START;
  private requests: { readonly workload: Workload; readonly notBefore: number }[] = [];
  private readonly seen = boundedSeenCache();

  async take(records: readonly unknown[], batch = 100): Promise<void> {
    for (let at = 0; at < records.length; at += batch) {
      const groups = records.slice(at, at + batch).map((record, id) => ({ id, records: [record] }));
      const { failed, judged } = await observeRecords(groups, {
        ...this.judging,
        kinds: kindsNamed(DEFAULT_SETTINGS.workloads),
        seen: this.seen,
        requestConfirm: (workload, notBefore) => Promise.resolve(void this.requests.push({ workload, notBefore })),
        now: this.now,
      });
      expect([...failed.values()]).toEqual([]);
      this.judged += judged;
      this.now += 1_000;
      await this.confirm();
    }
  }

  /** Time passes until nothing is requested any more. */
  async settle(): Promise<void> {
    while (this.requests.length > 0) {
      this.now += 5 * MINUTE;
      await this.confirm();
    }
  }

  active(): string[] {
    const active = [...this.published.values()].filter(({ status }) => status === 'ACTIVE');
    return active.map(({ type, severity, origin }) => `${severity} ${type} ${origin?.ip ?? '-'}`);
  }

  private async confirm(): Promise<void> {
    const due = this.requests.filter(({ notBefore }) => notBefore <= this.now);
    this.requests = this.requests.filter(({ notBefore }) => notBefore > this.now);
    for (const workload of new Map(due.map((one) => [workloadKey(one.workload), one.workload])).values()) {
      this.confirmations += 1;
      const publish = (finding: Finding): Promise<void> => {
        this.published.set(finding.id, finding);
        if (finding.id === FINDING) this.statuses.push(`${finding.type} ${finding.status}`);
        return Promise.resolve();
      };
      const update = await updateFindings(workload, { ...this.judging, publish, now: this.now });
      await update.finish();
    }
  }
}

function flood(count: number): unknown[] {
  return Array.from({ length: count }, (_, at) => {
    const clock = [Math.floor(at / 60) % 60, at % 60].map((part) => String(part).padStart(2, '0')).join(':');
    return call(`11:${clock}`, `11.0.${at >> 8}.${at & 255}`);
  });
}

const DEAD = [call('08:00', HOME_ADDRESS), call('09:00', HOME_ADDRESS), termination('09:30')];
const THEFT = call('10:30', AWAY_ADDRESS);

describe('a flood of origins', () => {
  test('withdraws no finding that is open, and the instance’s termination is read', async () => {
    const deployment = new Deployment();
    await deployment.take([...DEAD, THEFT]);
    await deployment.settle();
    expect(deployment.active()).toEqual([`HIGH AfterTermination ${AWAY_ADDRESS}`]);
    await deployment.take(flood(2_100));
    await deployment.settle();
    expect(new Set(deployment.statuses)).toEqual(new Set(['AfterTermination ACTIVE']));
    const active = deployment.active();
    expect(active[0]).toBe(`HIGH AfterTermination ${AWAY_ADDRESS}`);
    expect(new Set(active.slice(1).map((text) => text.split(' ').slice(0, 2).join(' ')))).toEqual(
      new Set(['HIGH AfterTermination', 'HIGH ManyOrigins']),
    );
  });

  test('that came first hides no theft, and what replay finds is found', async () => {
    const records = [...DEAD, ...flood(800), THEFT];
    const deployment = new Deployment();
    await deployment.take(records);
    await deployment.settle();
    const { findings } = detect({
      facts: factsOf(records),
      settings: DEFAULT_SETTINGS,
      ipRanges: ipRangesOf('default'),
    });
    const replayed = findings.map(({ type, severity, origin }) => `${severity} ${type} ${origin?.ip ?? '-'}`);
    // The origin that gave its place to the theft keeps its finding: by an incomplete reading none is archived.
    expect(deployment.active().filter((text) => !replayed.includes(text))).toEqual(['HIGH AfterTermination 11.0.0.19']);
    expect(replayed.filter((text) => !deployment.active().includes(text))).toEqual([]);
  });

  test('is judged a few times, not once for each batch', async () => {
    const deployment = new Deployment();
    await deployment.take([call('08:00', HOME_ADDRESS), ...flood(1_500)]);
    await deployment.settle();
    expect(deployment.judged).toBeLessThan(12);
    expect(deployment.confirmations).toBeLessThan(12);
    expect(deployment.active()).toContain('HIGH ManyOrigins -');
  });

  test('makes no address plausible whose facts were not read', async () => {
    const deployment = new Deployment();
    // An EC2 address of the Region, used first of all on the IPv6 path but after the flood.
    await deployment.take([call('08:00', HOME_ADDRESS), ...flood(500), call('11:59', '2001:db8:e1::7')]);
    const { judged, isComplete } = await judgeWorkloads([WORKLOAD], deployment.judging);
    expect(isComplete).toBe(false);
    expect(judged[0]?.judgement.verdicts.map(({ origin }) => origin.ip)).toContain('2001:db8:e1::7');
    const places = await deployment.judging.table.query(partition.place('2001:db8:e1::7'));
    expect(places).toEqual([]);
  });

  test('ends: afterwards the workload is judged as before', async () => {
    const deployment = new Deployment();
    await deployment.take([call('08:00', HOME_ADDRESS), ...flood(400)]);
    await deployment.settle();
    await deployment.take([THEFT]);
    await deployment.settle();
    const { judged } = await judgeWorkloads([WORKLOAD], deployment.judging);
    expect(judged[0]?.judgement.verdicts).toHaveLength(401);
  });
});
