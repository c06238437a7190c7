import { seededRandom, type Random } from '../trail-writer/random';
import { RecordWriter } from './trail-records';
import { buildWorld, ipRanges, TRAIL_START, type Instance, type World } from './trail-world';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A fleet behind NAT gateways that has been running for a week. */
export class Fleet {
  readonly ipRanges = ipRanges();
  private readonly random: Random;
  private readonly world: World;
  private readonly writer: RecordWriter;
  private readonly templates = new Map<string, Record<string, unknown>>();
  private ids = 0;

  constructor(instances: number, seed = 1) {
    this.random = seededRandom(seed);
    this.world = buildWorld(
      {
        seed,
        records: 0,
        days: 7,
        workloads: instances,
        accounts: 4,
        workloadsPerNat: 250,
        originsOfOneSession: 0,
        thefts: 0,
        judged: 1,
        assumedRole: 0,
        changes: 0,
        duplicates: 0,
        recordsPerFile: 1,
      },
      this.random,
    );
    this.writer = new RecordWriter(this.random);
  }

  /** What was recorded when it was set up, a week before `TRAIL_START`. */
  setUp(): unknown[] {
    const { networks, instances } = this.world;
    const start = TRAIL_START - 7 * DAY;
    return [
      ...networks.flatMap((network) => this.writer.natGateway(network, start)),
      ...instances.map((instance) => this.writer.runInstances(instance, start + HOUR)),
    ].map((text) => JSON.parse(text) as unknown);
  }

  /** Keys for a part of the fleet: AWS hands new ones to each instance every six hours or so. */
  issuances(time: number, part: (index: number) => boolean): unknown[] {
    return this.world.instances.filter((_, index) => part(index)).flatMap((instance) => this.issue(instance, time));
  }

  private issue(instance: Instance, time: number): unknown[] {
    instance.keys = [`ASIA${this.random.upper(16)}`, `ASIA${this.random.upper(16)}`];
    instance.issued = time + this.random.below(10 * MINUTE);
    for (const key of this.templates.keys()) if (key.startsWith(`${instance.id} `)) this.templates.delete(key);
    return this.writer.issue(instance, instance.issued).map((text) => JSON.parse(text) as unknown);
  }

  /**
   * The calls of one minute, in the order of a queue that has none, or of time. `from`: where an instance calls from; null
   * for its own network.
   */
  minute(
    time: number,
    callsPerMinute: number,
    { from, isOrdered }: { readonly from: (index: number) => string | null; readonly isOrdered: boolean },
  ): unknown[] {
    const calls: { readonly at: number; readonly record: unknown }[] = [];
    for (const [index, instance] of this.world.instances.entries()) {
      const address = from(index) ?? instance.network.address;
      for (let call = 0; call < callsPerMinute; call += 1) {
        const at = time + this.random.below(MINUTE);
        calls.push({ at, record: this.call(instance, at, address) });
      }
    }
    const places = new Map(calls.map((call) => [call, isOrdered ? call.at : this.random.next()]));
    calls.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    return calls.map(({ record }) => record);
  }

  /** A call with the credentials of the first instance. */
  callOfFirst(time: number, address: string): unknown {
    const [first] = this.world.instances;
    if (!first) throw new Error('the fleet has no instance');
    this.templates.delete(`${first.id} ${address}`);
    const record = this.call(first, time, address);
    this.templates.delete(`${first.id} ${address}`);
    return record;
  }

  private call(instance: Instance, time: number, address: string): unknown {
    const key = `${instance.id} ${address}`;
    let template = this.templates.get(key);
    if (!template) {
      template = JSON.parse(this.writer.instanceCall(instance, time, address)) as Record<string, unknown>;
      this.templates.set(key, template);
    }
    this.ids += 1;
    const eventID = `00000000-0000-4000-8000-${String(this.ids).padStart(12, '0')}`;
    return { ...template, eventID, eventTime: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z') };
  }
}
