import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { readHeartbeats, type Heartbeat } from '../../lambda/store/heartbeats';
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
import { verificationSessions } from '../deployment/role-sessions';
import { stepBar } from '../deployment/step-bar';
import { writeOutput } from '../files/write-output';
import { clusterFaults } from './cluster-check';
import { diagnosesOf, type Examined, type Expected } from './diagnosis';
import { doctorLines, doctorTable, problemsOf } from './doctor-report';
import { expectedRules } from './expected-rules';
import { hubFaults } from './examine-hub';
import { examinePlace, type Examination } from './examine-place';

export interface DoctorOptions extends DeploymentOptions, PlaceFlags {
  readonly format: 'table' | 'jsonl';
  /** Shows only rows with problems. */
  readonly wrongOnly?: boolean;
}

const CONCURRENCY = 8;

/** Compares the events that arrived with those expected. Returns the exit code: 1 if there are problems. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const deployment = await findDeployment(options, ['lockTable', 'configBucket', 'settingsKey', 'ipRangesKey']);
  const now = Date.now();
  const heartbeats = await heartbeatsIn(deployment);
  const role = deployment.find('verificationRole') || null;
  const isTrail = deployment.find('mode') === 'trail';
  const kinds = isTrail ? kindsIn(heartbeats) : listOf(deployment, 'workloads');
  // Without verification roles, canaries are sent only in the hub's account and Region.
  const canariesIn = ({ account, region }: Place): boolean =>
    !isTrail && (role !== null || (account === deployment.account && region === deployment.region));
  const expected = expectedRules(deployment);
  // Of the hub's account, only the hub's Region is sure to have them.
  const rulesIn = ({ account, region }: Place): readonly string[] =>
    account !== deployment.account || region === deployment.region ? expected : [];
  const expectedOf = (place: Place): Expected => ({
    now,
    kinds,
    hasCanaries: canariesIn(place),
    expectedRules: rulesIn(place),
  });
  const sts = new STSClient(CLIENT_SETTINGS);
  try {
    const sessionOf = verificationSessions(sts, deployment, role, 'credlock-doctor');
    const places = placesOf(options, heartbeats, deployment);
    const examined = await examineAll(places, { sessionOf, hasRules: !isTrail, expected });
    const report = {
      diagnoses: examined.flatMap((one) => diagnosesOf(one, heartbeats, expectedOf(one))),
      hubFaults: [
        ...(places.length === 0 ? ['no account has ever sent events'] : []),
        ...(await hubFaults(deployment, now)),
        ...(await clusterFaults(deployment, now)),
      ],
      notCovered: notCoveredBy(deployment),
      now,
    };
    const shown = options.wrongOnly ? report.diagnoses.filter(({ problems }) => problems.length > 0) : report.diagnoses;
    await writeOutput(options.format === 'jsonl' ? doctorLines(report, shown) : doctorTable(report, shown), undefined);
    return problemsOf(report) > 0 ? 1 : 0;
  } finally {
    sts.destroy();
  }
}

async function heartbeatsIn(deployment: Deployment): Promise<Heartbeat[]> {
  const client = new DynamoDBClient(CLIENT_SETTINGS);
  try {
    return await readHeartbeats(dynamoDbLockTable(client, deployment.need('lockTable')));
  } catch (error) {
    throw awsFault('read the heartbeats in the lock table', error);
  } finally {
    client.destroy();
  }
}

/** In trail mode no kind needs a rule. */
function kindsIn(heartbeats: readonly Heartbeat[]): string[] {
  const kinds = new Set(heartbeats.map(({ kind }) => kind));
  return [...kinds].filter((kind) => kind !== 'any' && kind !== 'canary');
}

/** The entries of output `NotCovered`: `ec2-instance: …; any: …`. */
function notCoveredBy(deployment: Deployment): string[] {
  const text = deployment.find('notCovered') ?? '';
  return text.split(/; (?=[a-z0-9-]+: )/).filter(Boolean);
}

function listOf(deployment: Deployment, output: 'regions' | 'workloads'): string[] {
  return deployment.find(output)?.split(',').filter(Boolean) ?? [];
}

/** Every account with events or named by flags, in its Regions with events and in all deployed ones. */
function placesOf(options: DoctorOptions, heartbeats: readonly Heartbeat[], deployment: Deployment): Place[] {
  const regions = listOf(deployment, 'regions');
  const accounts = chosenAccounts(options) ?? heartbeats.map(({ account }) => account);
  const deployed = accounts.flatMap((account) => regions.map((region) => ({ account, region })));
  const places = chosenPlaces(options, [...heartbeats, ...deployed], [deployment.region]);
  return [...new Map(places.map((place) => [placeText(place), place])).values()];
}

async function examineAll(places: readonly Place[], examination: Examination): Promise<Examined[]> {
  const bar = stepBar(process.stderr, places.length);
  const examined: Examined[] = [];
  const waiting = [...places];
  const work = async (): Promise<void> => {
    for (let place = waiting.shift(); place; place = waiting.shift()) {
      bar.step(examined.length, placeText(place));
      examined.push(await examinePlace(place, examination));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work)).finally(() => bar.stop());
  return examined.sort((a, b) => (placeText(a) < placeText(b) ? -1 : 1));
}
