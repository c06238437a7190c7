import { STSClient } from '@aws-sdk/client-sts';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { inventoryFacts, type Inventory } from '../../lambda/detection/network/inventory';
import { readHeartbeats, recordedSince } from '../../lambda/store/heartbeats';
import type { ObserveContext } from '../../lambda/observing/observing-context';
import { storeInventory } from '../../lambda/observing/store-inventory';
import type { DeploymentOptions } from '../deployment/deployment-options';
import {
  chosenAccounts,
  chosenPlaces,
  placeText,
  type PlaceFlags,
  type Place,
} from '../deployment/accounts-and-regions';
import { awsFault } from '../deployment/aws-fault';
import { findDeployment, type Deployment } from '../deployment/deployment';
import { OBSERVE_OUTPUTS, openObserveContext } from '../deployment/observe-context';
import { verificationSessions } from '../deployment/role-sessions';
import { stepBar } from '../deployment/step-bar';
import { messageOf } from '../terminal/error-message';
import { readSnapshots } from './config-snapshot';
import { describeAccount } from '../../lambda/adapters/ec2/describe-account';
import { inventoryOf } from '../../lambda/verifying/inventory-of';
import type { LeftOut } from '../../lambda/verifying/left-out';
import { boxWidth, boxTable, type Cell } from '../terminal/box-table';
import { grouped, counted } from '../terminal/numbers';
import { paint, wantsColour } from '../terminal/paint';

export interface SeedOptions extends DeploymentOptions, PlaceFlags {
  /** Files to read instead of the EC2 API. */
  readonly configSnapshot?: readonly string[];
  readonly dryRun?: boolean;
}

/** Outcome for one account in a Region. */
export interface SeedOutcome extends Place {
  /** Null if it could not be read. */
  readonly inventory: Inventory | null;
  readonly stored: number;
  readonly fault: string | null;
}

interface Source extends Place {
  readonly read: (leftOut: LeftOut) => Promise<Inventory>;
}

const CONCURRENCY = 4;

/** Reads inventories and stores them as facts. Returns the exit code: 2 if some account could not be read or stored. */
export async function seed(options: SeedOptions): Promise<number> {
  const { configSnapshot, dryRun = false } = options;
  const leftOut: LeftOut = new Map();
  if (configSnapshot && dryRun) return seedAll(await snapshotSources(options, leftOut), null, leftOut);
  const deployment = await findDeployment(options, OBSERVE_OUTPUTS);
  const { context, close } = await openObserveContext(deployment);
  const sts = new STSClient(CLIENT_SETTINGS);
  try {
    const sources = configSnapshot
      ? await snapshotSources(options, leftOut)
      : await accountSources(options, deployment, context, sts);
    return await seedAll(sources, dryRun ? null : context, leftOut);
  } finally {
    sts.destroy();
    close();
  }
}

/** `context`: null for a dry run. */
async function seedAll(sources: readonly Source[], context: ObserveContext | null, leftOut: LeftOut): Promise<number> {
  const bar = stepBar(process.stderr, sources.length);
  const done: SeedOutcome[] = [];
  const waiting = [...sources];
  let storing: Promise<unknown> = Promise.resolve();
  const seedOne = async (source: Source): Promise<SeedOutcome> => {
    try {
      const inventory = await source.read(leftOut);
      // One after another, since two inventories of the same network would conflict.
      const storedOne = storing.then(() => store(inventory, source, context));
      storing = storedOne.catch(() => {});
      return await storedOne;
    } catch (error) {
      return { ...placeOf(source), inventory: null, stored: 0, fault: messageOf(error) };
    }
  };
  const work = async (): Promise<void> => {
    for (let source = waiting.shift(); source; source = waiting.shift()) {
      bar.step(done.length, placeText(source));
      done.push(await seedOne(source));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work)).finally(() => bar.stop());
  printOutcome(done, { leftOut, isDryRun: context === null });
  return done.some(({ fault }) => fault !== null) ? 2 : 0;
}

async function store(inventory: Inventory, source: Source, context: ObserveContext | null): Promise<SeedOutcome> {
  const facts = inventoryFacts(inventory);
  if (!context) return { ...placeOf(source), inventory, stored: 0, fault: null };
  const { stored, failed } = await storeInventory(facts, context);
  const [first] = failed;
  const fault = first ? `${failed.length} facts could not be stored: ${messageOf(first.error)}` : null;
  return { ...placeOf(source), inventory, stored, fault };
}

function placeOf({ account, region }: Place): Place {
  return { account, region };
}

async function snapshotSources(options: SeedOptions, leftOut: LeftOut): Promise<Source[]> {
  const accounts = chosenAccounts(options);
  const parts = await readSnapshots(options.configSnapshot ?? [], leftOut);
  const chosen = parts.filter(
    ({ account, region }) => (accounts?.includes(account) ?? true) && (options.region?.includes(region) ?? true),
  );
  if (chosen.length === 0) throw new Error('the snapshots contain none of the accounts and Regions given');
  return chosen.map((part) => ({
    ...placeOf(part),
    read: (unlisted) => Promise.resolve(inventoryOf(part.listing, { ...part, recordedSince: null }, unlisted)),
  }));
}

async function accountSources(
  options: SeedOptions,
  deployment: Deployment,
  { table }: ObserveContext,
  sts: STSClient,
): Promise<Source[]> {
  const heartbeats = await readHeartbeats(table).catch((error: unknown) => {
    throw awsFault('read the heartbeats in the lock table', error);
  });
  const regions = deployment.find('regions')?.split(',').filter(Boolean) ?? [deployment.region];
  const places = chosenPlaces(options, heartbeats, regions);
  if (places.length === 0)
    throw new Error('no account has sent events yet: give --account or --accounts, or wait for the first events');
  const sessionOf = verificationSessions(sts, deployment, deployment.find('verificationRole') || null, 'credlock-seed');
  return places.map(({ account, region }) => ({
    account,
    region,
    read: async (leftOut) => {
      const keys = await sessionOf(account);
      const askedAt = Date.now();
      const listing = await describeAccount(region, keys).catch((error: unknown) => {
        throw awsFault(
          'list its resources',
          error,
          keys ? 'The verification role needs the permission: update stack credlock-member there' : '',
        );
      });
      const where = { partition: deployment.partition, account, region, askedAt };
      return inventoryOf(listing, { ...where, recordedSince: await recordedSince(table, account, region) }, leftOut);
    },
  }));
}

export interface SeedSummary {
  /** By reason. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly isDryRun: boolean;
}

const NARROWEST = 80;
const WIDEST = 140;

/** Account and Region (`ap-northeast-1`), instances, addresses, gateways, endpoints. */
const FIRST = [14, 9, 9, 8, 9];
const HEAD = ['Account, Region', 'Instances', 'Addresses', 'Gateways', 'Endpoints', 'Outcome'];

/** A table on standard output, and totals on standard error. */
export function printOutcome(seeded: readonly SeedOutcome[], { leftOut, isDryRun }: SeedSummary): void {
  const width = Math.min(Math.max(process.stdout.columns ?? 100, NARROWEST), WIDEST);
  const widths = [...FIRST, width - boxWidth(HEAD.length) - FIRST.reduce((sum, one) => sum + one, 0)];
  const rows = [...seeded].sort(byPlace).map((one) => rowOf(one, isDryRun));
  for (const piece of boxTable(HEAD, widths, rows)) process.stdout.write(piece);
  process.stderr.write(`${summary(seeded, { leftOut, isDryRun }).join('\n')}\n`);
}

function byPlace(a: SeedOutcome, b: SeedOutcome): number {
  return `${a.account} ${a.region}` < `${b.account} ${b.region}` ? -1 : 1;
}

function rowOf({ account, region, inventory, stored, fault }: SeedOutcome, isDryRun: boolean): Cell[] {
  const { HIGH: red } = paint(wantsColour(process.stdout, process.env));
  const counts = inventory
    ? [inventory.instances, inventory.addresses, inventory.natGateways, inventory.endpoints]
    : [];
  const cells = Array.from({ length: 4 }, (_, at) => ({ text: counts[at] ? grouped(counts[at].length) : '' }));
  const outcome = isDryRun ? 'read, not stored' : `${counted(stored, 'fact')} stored`;
  return [
    { text: `${account}\n${region}` },
    ...cells,
    fault === null ? { text: outcome } : { text: fault, paint: red },
  ];
}

function summary(seeded: readonly SeedOutcome[], { leftOut, isDryRun }: SeedSummary): string[] {
  const failed = seeded.filter(({ fault }) => fault !== null).length;
  const facts = seeded.reduce((sum, { stored }) => sum + stored, 0);
  const skipped = [...leftOut]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, times]) => `${reason} ${grouped(times)}`);
  return [
    `Read ${grouped(seeded.length - failed)} of ${counted(seeded.length, 'place')} (an account in a Region)${failed > 0 ? '; see the table for the others' : ''}.`,
    ...(skipped.length > 0 ? [`Left out: ${skipped.join(', ')}.`] : []),
    isDryRun ? 'Dry run: nothing was stored.' : `Stored ${counted(facts, 'fact')}. Seeding again is safe.`,
  ];
}
