import type { Change } from '../facts/facts';
import { joinedKey } from '../model/joined-key';
import { emptyLife, instanceKey, type Door, type InstanceLife, type NetworkBook } from './network-book';
import { BEFORE, type Tenure } from './address-tenure';
import { push, type Tenures } from './tenure-ledger';

const HOUR = 3_600_000;

/** Records when instances ran, their addresses, and their open doors. */
export class Instances {
  /** By instance and address. */
  private readonly latest = new Map<string, Tenure>();
  /** Instances that Auto Scaling was asked to end. */
  private readonly due = new Set<InstanceLife>();
  /** Automatic public addresses, and their interfaces, by instance. */
  private readonly automatic = new Map<string, { readonly tenure: Tenure; readonly eniId: string | null }>();

  constructor(
    private readonly book: NetworkBook,
    private readonly tenures: Tenures,
  ) {}

  /** By `instanceKey`; a new one where the instance is unknown. */
  life(key: string): InstanceLife {
    let life = this.book.instances.get(key);
    if (!life) {
      life = emptyLife();
      this.book.instances.set(key, life);
    }
    return life;
  }

  /** The life of the instance a change names; null where it names none. */
  named({ account, instanceId }: Change): InstanceLife | null {
    return instanceId === null ? null : this.life(instanceKey(account, instanceId));
  }

  /** The tenures of the instance a change names; empty where it names none, or an unknown one. */
  tenuresOf({ account, instanceId }: Change): readonly Tenure[] {
    return instanceId === null ? [] : (this.book.instance(account, instanceId)?.tenures ?? []);
  }

  touch(change: Change): void {
    const life = this.named(change);
    if (!life) return;
    // Some exports leave the Region out, which then contradicts nothing.
    if (change.region !== '') life.region ??= change.region;
    if (change.eksNode) life.eksNode = true;
  }

  power(change: Change, on: boolean): void {
    const life = this.named(change);
    if (!life || change.instanceId === null) return;
    const key = instanceKey(change.account, change.instanceId);
    if (!on || !this.beganWith(change, key)) this.loseAutomatic(change, key, null);
    life.power.push({ time: change.time, on, eventId: change.eventId });
    if (on) life.doors.push(doorOf(change, 'start', 'public'));
  }

  /** Lifecycle hooks delay the end by an hour, unless configured otherwise; the record of the end itself counts more. */
  scaleIn(change: Change): void {
    const life = this.named(change);
    if (!life || life.terminated) return;
    life.terminated = { time: change.time + HOUR, eventId: change.eventId };
    this.due.add(life);
  }

  terminate(change: Change): void {
    const life = this.named(change);
    if (!life) return;
    if (this.due.delete(life)) life.terminated = null;
    life.terminated ??= { time: change.time, eventId: change.eventId };
    for (const tenure of life.tenures) this.tenures.end(tenure, change);
  }

  /** A private address is unique in a VPC, so it is taken from its holder; public addresses are released by their own records. */
  give(change: Change, key: string, address: string, vpcId: string | null): void {
    const life = this.life(key);
    if (this.openOf(key, address)) return;
    if (vpcId !== null) for (const tenure of this.tenures.openIn(vpcId, address)) this.tenures.end(tenure, change);
    const [account = '', id = ''] = key.split('/');
    const tenure = this.tenures.begin(change, { address, holder: { kind: 'instance', id }, account, vpcId });
    life.tenures.push(tenure);
    this.latest.set(joinedKey(key, address), tenure);
  }

  /** An automatic public address, which lasts until the instance stops, starts or gets an Elastic IP address. */
  giveAutomatic(change: Change, key: string, address: string): void {
    this.give(change, key, address, null);
    const tenure = this.openOf(key, address);
    if (tenure) this.automatic.set(key, { tenure, eniId: change.interfaces[0]?.eniId ?? null });
  }

  /** `eniId`: the interface that got another address instead; null where it is lost in any case. */
  loseAutomatic(change: Change, key: string, eniId: string | null): void {
    const lost = this.automatic.get(key);
    if (!lost || (eniId !== null && lost.eniId !== null && eniId !== lost.eniId)) return;
    this.tenures.end(lost.tenure, change);
    this.automatic.delete(key);
  }

  take(change: Change, key: string, address: string): void {
    const tenure = this.openOf(key, address);
    if (tenure) this.tenures.end(tenure, change);
  }

  /** Takes an Elastic IP address: AWS may give an automatic one instead, which no record names. */
  takeElastic(change: Change, key: string, address: string): void {
    const tenure = this.openOf(key, address);
    if (!tenure) return;
    this.tenures.end(tenure, change);
    this.openDoor(change, key, 'eip-lost');
  }

  /** An association older than the records ended: any instance of the account and Region may have lost its address. */
  loseUnknown({ account, region, time, eventId, action }: Change): void {
    push(this.book.moves, account, { region, vpcId: null, subnetId: null, time, eventId, action });
  }

  openDoor(change: Change, key: string, cause: Door['cause']): void {
    this.life(key).doors.push(doorOf(change, cause, cause === 'unknown-interface' ? 'any' : 'public'));
  }

  getSecondInterface(change: Change, key: string): void {
    this.life(key).secondInterface ??= doorOf(change, 'second-interface', 'public');
  }

  /** True when a start gave the current address; the clocks of EC2 and CloudTrail differ. */
  private beganWith({ time }: Change, key: string): boolean {
    return (this.automatic.get(key)?.tenure.since ?? 0) > time - BEFORE;
  }

  private openOf(key: string, address: string): Tenure | null {
    const tenure = this.latest.get(joinedKey(key, address));
    return tenure?.until === null ? tenure : null;
  }
}

function doorOf(change: Change, cause: Door['cause'], admits: Door['admits']): Door {
  return { cause, admits, time: change.time, eventId: change.eventId, action: change.action };
}
