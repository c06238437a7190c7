import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { workloadKey } from '../../lambda/detection/model/workload';
import { SIMULATION } from '../../lambda/detection/vocabulary';
import { partition, SORT_KEYS } from '../../lambda/store/table-schema';
import { sampleId, sampleTable } from '../../lambda/confirming/simulated-findings';
import type { DeploymentOptions } from '../deployment/deployment-options';
import { awsFault } from '../deployment/aws-fault';
import { findDeployment, type Deployment } from '../deployment/deployment';
import { counted } from '../terminal/numbers';
import { archiveSamples, findFinding } from './sample-findings';
import { simulateInCluster } from './simulate-in-cluster';
import { sampleTheft, type SampleTheft } from './sample-theft';
import { noFinding, report, seconds, Waiting } from './waiting';

export interface SimulateOptions extends DeploymentOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly clean?: boolean;
  /** Simulate events of a cluster instead of a theft. */
  readonly kubernetes?: boolean;
}

/** Sends a simulated theft to the hub's bus and waits for its finding, or archives such findings. Returns the exit code. */
export async function simulate(options: SimulateOptions): Promise<number> {
  const deployment = await findDeployment(
    options,
    options.clean ? [] : NEEDED[options.kubernetes ? 'kubernetes' : 'theft'],
  );
  const securityHub = new SecurityHubClient(CLIENT_SETTINGS);
  try {
    if (options.clean) return await clean(securityHub);
    if (options.kubernetes) return await simulateInCluster(deployment, securityHub, options.timeout);
    return await new Simulation(deployment, securityHub, options.timeout).run();
  } finally {
    securityHub.destroy();
  }
}

const NEEDED = { theft: ['lockTable', 'hubBusName'], kubernetes: ['auditBucket'] } as const;

async function clean(securityHub: SecurityHubClient): Promise<number> {
  const archived = await archiveSamples(securityHub, Date.now());
  process.stdout.write(`Archived ${counted(archived, 'sample')} in Security Hub.\n`);
  return 0;
}

class Simulation {
  private readonly theft: SampleTheft;
  private readonly waiting: Waiting;

  constructor(
    private readonly deployment: Deployment,
    private readonly securityHub: SecurityHubClient,
    timeout: number,
  ) {
    this.waiting = new Waiting(timeout);
    this.theft = sampleTheft({ ...deployment, now: Date.now() });
  }

  async run(): Promise<number> {
    const bus = this.deployment.need('hubBusName');
    await this.put(bus);
    const put = Date.now();
    const { workload, away, records } = this.theft;
    report(
      `Sent ${counted(records.length, 'record')} of a simulated theft to bus ${bus}: credentials of ${workload.id} used from ${away}.`,
    );
    const stored = await this.waiting.until(() => this.isStored());
    if (stored === null)
      return noFinding(
        this.waiting,
        `no record of it is in the lock table: check that rule credlock-simulation on bus ${bus} is enabled and that observe runs`,
      );
    report(`Stored after ${seconds(stored - put)}.`);
    const imported = await this.waiting.until(
      async () => (await findFinding(this.securityHub, this.findingId)) !== null,
    );
    if (imported === null)
      return noFinding(
        this.waiting,
        'its records are stored, but Security Hub has no finding: check the dead-letter queues and logs of confirm and publish',
      );
    report(`Imported after another ${seconds(imported - stored)}.`);
    process.stdout.write(
      [
        `Finding ${this.findingId} is in Security Hub.`,
        `Bus to lock table ${seconds(stored - put)}, lock table to Security Hub ${seconds(imported - stored)}, total ${seconds(imported - put)}.`,
        'CloudTrail’s delivery, which takes minutes, comes on top. `credlock simulate --clean` archives the sample.\n',
      ].join('\n'),
    );
    return 0;
  }

  private get findingId(): string {
    return sampleId(`credlock/${workloadKey(this.theft.workload)}/public/${this.theft.away}`);
  }

  private async put(bus: string): Promise<void> {
    const client = new EventBridgeClient(CLIENT_SETTINGS);
    const entries = this.theft.records.map((record) => ({
      EventBusName: bus,
      Source: SIMULATION.source,
      DetailType: 'AWS API Call via CloudTrail',
      Detail: JSON.stringify(record),
    }));
    try {
      const { Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries: entries }));
      const refused = answers.find(({ ErrorCode: code }) => code !== undefined);
      if (refused) throw new Error(`${refused.ErrorCode ?? ''}: ${refused.ErrorMessage ?? ''}`);
    } catch (error) {
      throw awsFault(`put events on bus ${bus}`, error);
    } finally {
      client.destroy();
    }
  }

  private async isStored(): Promise<boolean> {
    const client = new DynamoDBClient(CLIENT_SETTINGS);
    try {
      const table = sampleTable(dynamoDbLockTable(client, this.deployment.need('lockTable')));
      const sightings = await table.query(partition.workload(this.theft.workload), SORT_KEYS.sighting);
      return sightings.length > 0;
    } catch (error) {
      throw awsFault('read the lock table', error);
    } finally {
      client.destroy();
    }
  }
}
