import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { workloadKey } from '../../lambda/detection/model/workload';
import { SIMULATION_SOURCE } from '../../lambda/environment';
import { partition, SORT_KEYS } from '../../lambda/store/table-schema';
import { sampleId, sampleTable } from '../../lambda/confirming/simulated-findings';
import type { DeploymentOptions } from '../deployment/deployment-options';
import { awsFault } from '../deployment/aws-fault';
import { findDeployment, type Deployment } from '../deployment/deployment';
import { counted } from '../terminal/numbers';
import { archiveSamples, findingNamed } from './sample-findings';
import { sampleTheft, type SampleTheft } from './sample-theft';

export interface SimulateOptions extends DeploymentOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly clean?: boolean;
}

const POLL = 2_000;

/** Puts a sample theft on the hub's bus and waits for its finding, or archives such findings. Gives the exit code. */
export async function simulate(options: SimulateOptions): Promise<number> {
  const deployment = await findDeployment(options, options.clean ? [] : ['lockTable', 'hubBusName']);
  const securityHub = new SecurityHubClient(CLIENT_SETTINGS);
  try {
    if (options.clean) return await clean(securityHub);
    return await new Simulation(deployment, securityHub, options.timeout).run();
  } finally {
    securityHub.destroy();
  }
}

async function clean(securityHub: SecurityHubClient): Promise<number> {
  const archived = await archiveSamples(securityHub, Date.now());
  process.stdout.write(`Archived ${counted(archived, 'sample')} in Security Hub.\n`);
  return 0;
}

class Simulation {
  private readonly theft: SampleTheft;
  private readonly started = Date.now();

  constructor(
    private readonly deployment: Deployment,
    private readonly securityHub: SecurityHubClient,
    private readonly timeout: number,
  ) {
    this.theft = sampleTheft({ ...deployment, now: this.started });
  }

  async run(): Promise<number> {
    const bus = this.deployment.need('hubBusName');
    await this.put(bus);
    const put = Date.now();
    const { workload, away, records } = this.theft;
    say(
      `Put ${counted(records.length, 'record')} of a sample theft on bus ${bus}: keys of ${workload.id} used from ${away}.`,
    );
    const stored = await this.until(() => this.isStored());
    if (stored === null)
      return this.giveUp(
        `nothing of it is in the lock table: is rule credlock-simulation on bus ${bus} enabled, and does observe run?`,
      );
    say(`Stored after ${seconds(stored - put)}.`);
    const imported = await this.until(async () => (await findingNamed(this.securityHub, this.findingId)) !== null);
    if (imported === null)
      return this.giveUp(
        'its records are stored, and Security Hub has no finding: look at the dead letters and logs of confirm and publish',
      );
    say(`Imported after ${seconds(imported - stored)} more.`);
    process.stdout.write(
      [
        `Finding ${this.findingId} is in Security Hub.`,
        `From the bus to the table ${seconds(stored - put)}, from there to Security Hub ${seconds(imported - stored)}, in all ${seconds(imported - put)}.`,
        'CloudTrail’s own minutes come on top. `credlock simulate --clean` archives the sample.\n',
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
      Source: SIMULATION_SOURCE,
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

  /** When it came true; null where it did not in time. */
  private async until(isTrue: () => Promise<boolean>): Promise<number | null> {
    while (Date.now() - this.started < this.timeout) {
      if (await isTrue()) return Date.now();
      await wait(Math.min(POLL, this.timeout));
    }
    return null;
  }

  private giveUp(why: string): number {
    process.stderr.write(`credlock: not in ${seconds(this.timeout)}: ${why}\n`);
    return 1;
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1_000)} s`;
}
