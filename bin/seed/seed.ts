import { STSClient } from '@aws-sdk/client-sts';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { inventoryFacts, type Inventory } from '../../lambda/detection/network/inventory';
import { readHeartbeats } from '../../lambda/store/heartbeats';
import type { ObserveContext } from '../../lambda/observing/observing-context';
import { storeInventory } from '../../lambda/observing/store-inventory';
import type { DeploymentOptions } from '../deployment/deployment-options';
import { chosenAccounts, chosenPlaces, placeText, type Chosen, type Place } from '../deployment/accounts-and-regions';
import { awsFault } from '../deployment/aws-fault';
import { findDeployment, type Deployment } from '../deployment/deployment';
import { OBSERVING_OUTPUTS, observingOf } from '../deployment/observing';
import { verificationSessions } from '../deployment/role-sessions';
import { stepBar } from '../deployment/step-bar';
import { messageOf } from '../terminal/error-message';
import { readSnapshots } from './config-snapshot';
import { describeAccount } from './describe-account';
import { inventoryOf } from './inventory-of';
import type { LeftOut } from './left-out';
import { boxWidth, boxTable, type Cell } from '../terminal/box-table';
import { grouped, counted } from '../terminal/numbers';
import { paint, wantsColour } from '../terminal/paint';

export interface SeedOptions extends DeploymentOptions, Chosen {
  /** Files to read instead of asking EC2. */
  readonly configSnapshot?: readonly string[];
  readonly dryRun?: boolean;
}

/** What came of one account in a Region. */
export interface Seeded extends Place {
  /** Null where it could not be read. */
  readonly inventory: Inventory | null;
  readonly stored: number;
  readonly fault: string | null;
}

interface Source extends Place {
  readonly read: (leftOut: LeftOut) => Promise<Inventory>;
}

const AT_ONCE = 4;

/** Reads inventories and stores them as facts. Gives the exit code: 2 where some account could not be read or stored. */
export async function seed(options: SeedOptions): Promise<number> {
  const { configSnapshot, dryRun = false } = options;
  const leftOut: LeftOut = new Map();
  if (configSnapshot && dryRun) return seedAll(await snapshotSources(options, leftOut), null, leftOut);
  const deployment = await findDeployment(options, OBSERVING_OUTPUTS);
  const { observing, close } = await observingOf(deployment);
  const sts = new STSClient(CLIENT_SETTINGS);
  try {
    const sources = configSnapshot
      ? await snapshotSources(options, leftOut)
      : await accountSources(options, deployment, observing, sts);
    return await seedAll(sources, dryRun ? null : observing, leftOut);
  } finally {
    sts.destroy();
    close();
  }
}

/** `observing`: null where nothing is to be stored. */
async function seedAll(
  sources: readonly Source[],
  observing: ObserveContext | null,
  leftOut: LeftOut,
): Promise<number> {
  const bar = stepBar(process.stderr, sources.length);
  const done: Seeded[] = [];
  const waiting = [...sources];
  let storing: Promise<unknown> = Promise.resolve();
  const seedOne = async (source: Source): Promise<Seeded> => {
    try {
      const inventory = await source.read(leftOut);
      // One after another: two that name the same network would be in each other's way.
      const storedOne = storing.then(() => store(inventory, source, observing));
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
  await Promise.all(Array.from({ length: AT_ONCE }, work)).finally(() => bar.stop());
  sayWhatWasSeeded(done, { leftOut, isDryRun: observing === null });
  return done.some(({ fault }) => fault !== null) ? 2 : 0;
}

async function store(inventory: Inventory, source: Source, observing: ObserveContext | null): Promise<Seeded> {
  const facts = inventoryFacts(inventory);
  if (!observing) return { ...placeOf(source), inventory, stored: 0, fault: null };
  const { stored, failed } = await storeInventory(facts, observing);
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
  if (chosen.length === 0) throw new Error('the snapshots hold nothing of the accounts and Regions chosen');
  return chosen.map((part) => ({
    ...placeOf(part),
    read: (unlisted) => Promise.resolve(inventoryOf(part.listing, part, unlisted)),
  }));
}

async function accountSources(
  options: SeedOptions,
  deployment: Deployment,
  { table }: ObserveContext,
  sts: STSClient,
): Promise<Source[]> {
  const heard = await readHeartbeats(table).catch((error: unknown) => {
    throw awsFault('read who was heard from the lock table', error);
  });
  const regions = deployment.find('regions')?.split(',').filter(Boolean) ?? [deployment.region];
  const places = chosenPlaces(options, heard, regions);
  if (places.length === 0)
    throw new Error('no account was heard yet: name some with --account or --accounts, or wait for their first events');
  const sessionOf = verificationSessions(sts, deployment, deployment.find('verificationRole') || null, 'credlock-seed');
  return places.map(({ account, region }) => ({
    account,
    region,
    read: async (leftOut) => {
      const keys = await sessionOf(account);
      const askedAt = Date.now();
      const listing = await describeAccount(region, keys).catch((error: unknown) => {
        throw awsFault(
          'read what is there',
          error,
          keys ? 'The verification role may do it: update credlock-member there' : '',
        );
      });
      return inventoryOf(listing, { partition: deployment.partition, account, region, askedAt }, leftOut);
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

/** What was read and stored as a table on standard output, and the sum on standard error. */
export function sayWhatWasSeeded(seeded: readonly Seeded[], { leftOut, isDryRun }: SeedSummary): void {
  const width = Math.min(Math.max(process.stdout.columns ?? 100, NARROWEST), WIDEST);
  const widths = [...FIRST, width - boxWidth(HEAD.length) - FIRST.reduce((sum, one) => sum + one, 0)];
  const rows = [...seeded].sort(byPlace).map((one) => rowOf(one, isDryRun));
  for (const piece of boxTable(HEAD, widths, rows)) process.stdout.write(piece);
  process.stderr.write(`${summary(seeded, { leftOut, isDryRun }).join('\n')}\n`);
}

function byPlace(a: Seeded, b: Seeded): number {
  return `${a.account} ${a.region}` < `${b.account} ${b.region}` ? -1 : 1;
}

function rowOf({ account, region, inventory, stored, fault }: Seeded, isDryRun: boolean): Cell[] {
  const { HIGH: red } = paint(wantsColour(process.stdout, process.env));
  const counts = inventory
    ? [inventory.instances, inventory.addresses, inventory.natGateways, inventory.endpoints]
    : [];
  const cells = Array.from({ length: 4 }, (_, at) => ({ text: counts[at] ? grouped(counts[at].length) : '' }));
  const outcome = isDryRun ? 'read; nothing was stored' : `${counted(stored, 'fact')} stored`;
  return [
    { text: `${account}\n${region}` },
    ...cells,
    fault === null ? { text: outcome } : { text: fault, paint: red },
  ];
}

function summary(seeded: readonly Seeded[], { leftOut, isDryRun }: SeedSummary): string[] {
  const failed = seeded.filter(({ fault }) => fault !== null).length;
  const facts = seeded.reduce((sum, { stored }) => sum + stored, 0);
  const skipped = [...leftOut]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, times]) => `${reason} ${grouped(times)}`);
  return [
    `Read ${grouped(seeded.length - failed)} of ${counted(seeded.length, 'place')} (an account in a Region)${failed > 0 ? '; see the table for the others' : ''}.`,
    ...(skipped.length > 0 ? [`Left out: ${skipped.join(', ')}.`] : []),
    isDryRun ? 'Dry run: nothing was stored.' : `Stored ${counted(facts, 'fact')}. Seeding again changes nothing.`,
  ];
}
