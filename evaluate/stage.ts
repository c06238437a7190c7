import { AGENTS, assumeRole, over, throughService, type Issued } from '../trail-writer/calls';
import {
  issuedBy,
  personIdentity,
  roleIdentity,
  serviceIdentity,
  userIdentity,
  type Instance,
} from '../trail-writer/identities';
import { hexFor, uuidFor } from '../trail-writer/ids';
import { natGateway, run, type NatGateway } from '../trail-writer/network-changes';
import {
  trailRecord,
  type Action,
  type Call,
  type Endpoint,
  type From,
  type TrailRecord,
} from '../trail-writer/record';
import { REGIONS, type AddressBook } from './address-book';
import type { Severity, Theft } from './verdict';

const MINUTE = 60_000;

/** Where a situation takes place. */
export interface Place {
  readonly account: string;
  /** Another account of the organisation. */
  readonly sibling: string;
  /** The organisation's account with its central network. */
  readonly network: string;
  /** An account outside the organisation. */
  readonly foreign: string;
  /** Where administrators sit. */
  readonly office: string;
  readonly region: string;
  /** Epoch milliseconds of minute 0. */
  readonly start: number;
  readonly addresses: AddressBook;
}

export interface Vpc {
  readonly account: string;
  readonly region: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly block: string;
}

/** As `vpce-…/address`, or the address alone. */
function originOf({ address, endpoint }: From): string {
  return endpoint ? `${endpoint.id}/${address}` : address;
}

/** Collects the records of one situation and its right answer. Times are minutes since its start. */
export class Stage {
  readonly records: TrailRecord[] = [];
  readonly thefts: Theft[] = [];
  /** Parts of ids of all its workloads in findings. */
  readonly workloads: string[] = [];
  #count = 0;

  constructor(
    readonly name: string,
    readonly place: Place,
  ) {}

  get account(): string {
    return this.place.account;
  }

  get region(): string {
    return this.place.region;
  }

  /** Another Region of AWS. */
  get elsewhere(): string {
    return REGIONS.find((region) => region !== this.region) ?? this.region;
  }

  /** Something must be reported. */
  report(workload: { readonly token: string }, severities: readonly Severity[], ...origins: readonly From[]): void {
    this.thefts.push({ workload: workload.token, severities, origins: origins.map(originOf) });
  }

  /** A purpose for ids, of this situation only. */
  purpose(what: string): string {
    return `evaluate ${this.name} ${what}`;
  }

  /** A fresh public address of EC2. */
  aws(region = this.region): string {
    return this.place.addresses.aws(region);
  }

  /** A fresh address of AWS's own services. */
  amazon(): string {
    return this.place.addresses.amazon(this.region);
  }

  awsV6(region = this.region): string {
    return this.place.addresses.awsV6(region);
  }

  /** An attacker's machine that is not on AWS. */
  laptop(): From {
    return over(this.place.addresses.outside(), AGENTS.kali);
  }

  /** An attacker's machine on EC2, in an account nobody knows. */
  rented(region = this.region): From {
    return over(this.aws(region), AGENTS.boto);
  }

  vpc(name = 'main', account = this.account, region = this.region): Vpc {
    const purpose = this.purpose(`vpc ${name}`);
    return {
      account,
      region,
      vpcId: `vpc-0${hexFor(purpose, 16)}`,
      subnetId: `subnet-0${hexFor(purpose, 16)}`,
      block: this.place.addresses.privateBlock(),
    };
  }

  nat(vpc: Vpc, name = 'main'): NatGateway {
    return natGateway(this.purpose(`nat ${name} ${vpc.vpcId}`), vpc.vpcId);
  }

  endpoint(account = this.account, name = 'main'): Endpoint {
    return { id: `vpce-0${hexFor(this.purpose(`endpoint ${account} ${name}`), 16)}`, account };
  }

  instance(name: string, vpc: Vpc, host = 10 + (this.#count % 240)): Instance {
    this.#count += 1;
    const { account, region, vpcId, subnetId, block } = vpc;
    const purpose = this.purpose(`instance ${name}`);
    return {
      name: `${this.name}-${name}`,
      role: `${this.name}-role`,
      account,
      region,
      vpcId,
      subnetId,
      id: `i-0${hexFor(purpose, 16)}`,
      eniId: `eni-0${hexFor(purpose, 16)}`,
      privateIp: `${block}.${host}`,
    };
  }

  /** An administrator changes something, from the office. */
  operate(at: number, action: Action, account = this.account, region = this.region): void {
    const person = { email: 'admin@example.com', account, role: 'AWSReservedSSO_Admin_5f1c2d3e4a5b6c7d' };
    this.add(at, {
      account,
      region,
      identity: personIdentity(person, '2026-10-04T22:48:09Z'),
      from: over(this.place.office, AGENTS.terraform),
      action,
    });
  }

  /** A service-linked role changes something (`autoscaling`, `spot`). */
  byService(at: number, service: string, action: Action, account = this.account): void {
    const role = `aws-service-role/${service}.amazonaws.com/AWSServiceRoleFor${service}`;
    const identity = roleIdentity(account, role, service, {
      sessionContext: issuedBy(account, role, '2026-10-04T23:00:00Z'),
      invokedBy: `${service}.amazonaws.com`,
    });
    this.add(at, { account, region: this.region, identity, from: throughService(service), action });
  }

  launch(at: number, instance: Instance): void {
    this.byService(at, 'autoscaling', run(instance), instance.account);
  }

  /** A call by an IAM user with a long-term key. */
  user(at: number, name: string, from: From, action: Action): void {
    const { account, region } = this;
    const identity = {
      ...userIdentity(account, name),
      accessKeyId: `AKIA${hexFor(this.purpose(name), 16).toUpperCase()}`,
    };
    this.add(at, { account, region, identity, from, action });
  }

  /** STS issues credentials of a role to a service. */
  issue(
    at: number,
    service: string,
    to: { account: string; region: string; role: string; name: string },
    issued: Issued,
  ): void {
    this.add(at, {
      account: to.account,
      region: to.region,
      identity: serviceIdentity(service),
      from: throughService(service),
      action: assumeRole(to.account, to.role, to.name, issued),
      sharedEventId: uuidFor(this.purpose(`shared ${issued.id}`)),
    });
  }

  time(at: number): number {
    return this.place.start + Math.round(at * MINUTE);
  }

  add(at: number, call: Omit<Call, 'eventId' | 'requestId' | 'time'> & Partial<Pick<Call, 'requestId'>>): void {
    const purpose = this.purpose(`record ${this.records.length}`);
    this.records.push(
      trailRecord({ eventId: uuidFor(`${purpose} event`), requestId: uuidFor(purpose), time: this.time(at), ...call }),
    );
  }

  /** The service event of a spot instance that EC2 reclaims. */
  evict(at: number, ...instances: readonly Instance[]): void {
    const { account, region } = this;
    this.add(at, {
      account,
      region,
      identity: { accountId: account, invokedBy: 'ec2.amazonaws.com' },
      from: throughService('ec2'),
      action: { service: 'ec2', name: 'BidEvictedEvent', readOnly: false, request: null },
    });
    const record = this.records.pop();
    if (!record) return;
    const details = {
      eventType: 'AwsServiceEvent',
      serviceEventDetails: { instanceIdSet: instances.map(({ id }) => id) },
    };
    this.records.push({ ...record, json: { ...record.json, ...details } });
  }
}
