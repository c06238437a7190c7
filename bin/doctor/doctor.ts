import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { readHeartbeats, type Heartbeat } from '../../lambda/store/heartbeats';
import type { DeploymentOptions } from '../deployment/deployment-options';
import { chosenAccounts, chosenPlaces, placeText, type Chosen, type Place } from '../deployment/accounts-and-regions';
import { awsFault } from '../deployment/aws-fault';
import { findDeployment, type Deployment } from '../deployment/deployment';
import { verificationSessions } from '../deployment/role-sessions';
import { stepBar } from '../deployment/step-bar';
import { writeOutput } from '../files/write-output';
import { diagnosesOf, type Examined, type Standing } from './diagnosis';
import { doctorLines, doctorTable, problemsOf } from './doctor-report';
import { expectedRules } from './expected-rules';
import { hubFaults } from './examine-hub';
import { examinePlace, type Examination } from './examine-place';

export interface DoctorOptions extends DeploymentOptions, Chosen {
  readonly format: 'table' | 'jsonl';
  /** Leaves out of the output what is well. */
  readonly wrongOnly?: boolean;
}

const AT_ONCE = 8;

/** Looks at everything that was heard, and at what should be. Gives the exit code: 1 where something is wrong. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const deployment = await findDeployment(options, ['lockTable', 'configBucket', 'settingsKey', 'ipRangesKey']);
  const now = Date.now();
  const heartbeats = await heard(deployment);
  const role = deployment.find('verificationRole') || null;
  const isTrail = deployment.find('mode') === 'trail';
  const kinds = isTrail ? kindsHeard(heartbeats) : listOf(deployment, 'workloads');
  // Without verification roles they are sent where the hub itself is, and nowhere else.
  const canariesIn = ({ account, region }: Place): boolean =>
    !isTrail && (role !== null || (account === deployment.account && region === deployment.region));
  const expected = expectedRules(deployment);
  // Without a stack set, only the hub's own Region is sure to have them.
  const rulesIn = ({ account, region }: Place): readonly string[] =>
    account !== deployment.account || region === deployment.region ? expected : [];
  const standingOf = (place: Place): Standing => ({
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
      diagnoses: examined.flatMap((one) => diagnosesOf(one, heartbeats, standingOf(one))),
      hubFaults: [...(places.length === 0 ? ['no account was ever heard'] : []), ...(await hubFaults(deployment, now))],
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

async function heard(deployment: Deployment): Promise<Heartbeat[]> {
  const client = new DynamoDBClient(CLIENT_SETTINGS);
  try {
    return await readHeartbeats(dynamoDbLockTable(client, deployment.need('lockTable')));
  } catch (error) {
    throw awsFault('read who was heard from the lock table', error);
  } finally {
    client.destroy();
  }
}

/** In trail mode no kind needs a rule. */
function kindsHeard(heartbeats: readonly Heartbeat[]): string[] {
  const kinds = new Set(heartbeats.map(({ kind }) => kind));
  return [...kinds].filter((kind) => kind !== 'any' && kind !== 'canary');
}

/** `ec2-instance: …; any: …`, as the stack says it. */
function notCoveredBy(deployment: Deployment): string[] {
  const said = deployment.find('notCovered') ?? '';
  return said.split(/; (?=[a-z0-9-]+: )/).filter(Boolean);
}

function listOf(deployment: Deployment, output: 'regions' | 'workloads'): string[] {
  return deployment.find(output)?.split(',').filter(Boolean) ?? [];
}

/** Every account that was heard or named, in the Regions it was heard in and in all that are deployed. */
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
  await Promise.all(Array.from({ length: AT_ONCE }, work)).finally(() => bar.stop());
  return examined.sort((a, b) => (placeText(a) < placeText(b) ? -1 : 1));
}
