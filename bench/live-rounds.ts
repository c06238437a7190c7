import { setTimeout as wait } from 'node:timers/promises';
import { memoryLockTable } from '../lambda/adapters/memory/memory-lock-table';
import { valueOf } from '../lambda/detection/model/result';
import { parseSettings } from '../lambda/detection/parse-settings';
import type { Shard } from '../lambda/watching/shards';
import { runCanaries, runChecks, runShard, type RoundContext } from '../lambda/watching/watch-rounds';

const ACCOUNTS = 1_000;
const REGIONS = 17;
/** Every request of AWS takes so long. */
const MILLISECONDS = 50;
/** Invocations of `watch` at once, as deployed. */
const CONSUMERS = 2;
/** Messages of one invocation, as deployed. */
const BATCH = 10;
const RULES = ['ec2-instance', 'ecs-task', 'eks-pod', 'lambda-function', 'issuance', 'network', 'canary', 'tampering'];
const STATE = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/** The rounds of `watch` over an organisation of 17,000 places, with requests that take 50 ms each. */
export async function roundsOfOrganization(): Promise<void> {
  let requests = 0;
  const request = async (): Promise<void> => {
    requests += 1;
    await wait(MILLISECONDS);
  };
  const rules = RULES.map((name) => `credlock-${name}`);
  const sessions = new Set<string>();
  const read: ReturnType<RoundContext['openRules']>['read'] = async ({ roleArn }, expected) => {
    if (roleArn !== null && !sessions.has(roleArn)) {
      sessions.add(roleArn);
      await request();
    }
    await request();
    for (const _ of expected) await request();
    return rules.map((name) => ({ name, state: STATE, hasPattern: true, targets: 1 }));
  };
  const waiting: Shard[] = [];
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const rounds: RoundContext = {
    table: memoryLockTable(),
    places: {
      partition: 'aws',
      hubAccount: '999988887777',
      hubRegion: 'eu-west-1',
      verificationRole: 'credlock-verification',
      canaryRole: 'credlock-canary',
      regions: Array.from({ length: REGIONS }, (_, at) => `region-${at}`),
    },
    assume: request,
    canaryMinutes: 60,
    enqueue: (shards) => Promise.resolve(void waiting.push(...shards)),
    expected: { members: rules, memberPatterns: [], hub: rules },
    subscription: null,
    openRules: () => ({ read, close: () => sessions.clear() }),
    log: silent,
    meter: { count: () => {}, milliseconds: () => {}, flush: () => {} },
    now: Date.now,
  };
  const organizationAccounts = Array.from({ length: ACCOUNTS }, (_, at) => String(100_000_000_000 + at));
  const settings = valueOf(parseSettings({ organizationAccounts }));

  const measured = async (name: string, plan: () => Promise<unknown>): Promise<void> => {
    requests = 0;
    const began = performance.now();
    await plan();
    const planned = performance.now() - began;
    const parts = waiting.length;
    let longest = 0;
    const consume = async (): Promise<void> => {
      for (let some = waiting.splice(0, BATCH); some.length > 0; some = waiting.splice(0, BATCH)) {
        const start = performance.now();
        for (const shard of some) await runShard(shard, rounds);
        longest = Math.max(longest, performance.now() - start);
      }
    };
    await Promise.all(Array.from({ length: CONSUMERS }, consume));
    console.log(
      `${name}, ${ACCOUNTS} accounts in ${REGIONS} Regions: ${parts} parts, ${requests} requests of ${MILLISECONDS} ms, ${seconds(performance.now() - began)} with ${CONSUMERS} functions; planning ${seconds(planned)}, the longest invocation ${seconds(longest)}`,
    );
  };
  await measured('canaries to all places at once', () => runCanaries(rounds, settings));
  await measured('rules of an hour', () => runChecks(rounds, settings, null));
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
