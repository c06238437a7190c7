import {
  AGENTS,
  assumeRole,
  describeInstances,
  describeTable,
  getParameter,
  getSecret,
  over,
  ssmPing,
  throughService,
  type Issued,
} from '../trail-writer/calls';
import {
  instanceIdentity,
  serviceIdentity,
  sessionKey,
  type Instance,
  type Key,
  type Shown,
} from '../trail-writer/identities';
import { hexFor, upperFor, uuidFor } from '../trail-writer/ids';
import { exchangeOf, type Token } from '../trail-writer/issuance';
import { isoTime, type Action, type From } from '../trail-writer/record';
import { read } from './actions';
import type { Stage } from './stage';

/** Something with credentials of AWS. */
export interface Workload {
  /** Part of its id in findings, and of no other workload's. */
  readonly token: string;
  readonly stage: Stage;
  readonly account: string;
  readonly region: string;
  /** AWS issues credentials; those used until now stay valid for hours. */
  issue(at: number): void;
  identity(): object;
  /** Minute of the last issuance. */
  readonly issuedAt: number;
  /** Minutes after which it gets new credentials. */
  readonly renewal: number;
}

const WORK: readonly Action[] = [
  getParameter('/app/settings'),
  getSecret('app/database'),
  describeTable('orders'),
  describeInstances(),
];

/** One call. */
export function call(workload: Workload, at: number, from: From, action: Action = getSecret('app/database')): void {
  const { stage, account, region } = workload;
  stage.add(at, { account, region, identity: workload.identity(), from, action });
}

/**
 * Calls every so many minutes; credentials are renewed as AWS does. Each workload begins at another of the places, as a
 * NAT gateway chooses an address for each connection.
 */
export function work(
  workload: Workload,
  from: From | readonly From[],
  [first, last]: readonly [number, number],
  every = 30,
): void {
  const places = 'address' in from ? [from] : from;
  const turn = Number.parseInt(hexFor(workload.token, 4), 16);
  for (let at = first, index = 0; at <= last; at += every, index += 1) {
    if (at - workload.issuedAt > workload.renewal) workload.issue(at - 0.5);
    const place = places[(index + turn) % places.length];
    const action = WORK[index % WORK.length];
    if (place && action) call(workload, at, place, action);
  }
}

export class Ec2 implements Workload {
  readonly token: string;
  readonly account: string;
  readonly region: string;
  readonly renewal = 300;
  issuedAt = 0;
  #keys: { readonly v1: Key; readonly v2: Key } | null = null;

  constructor(
    readonly stage: Stage,
    readonly instance: Instance,
  ) {
    this.token = instance.id;
    this.account = instance.account;
    this.region = instance.region;
    stage.workloads.push(this.token);
  }

  issue(at: number): void {
    const { stage, instance } = this;
    this.issuedAt = at;
    const purpose = stage.purpose(`${instance.id} ${at}`);
    const issued = isoTime(stage.time(at));
    const expires = isoTime(stage.time(at + 382));
    const key = (delivery: '1.0' | '2.0'): Key => ({
      id: `ASIA${upperFor(`${purpose} ${delivery}`, 16)}`,
      delivery,
      issued,
      instance,
    });
    this.#keys = { v1: key('1.0'), v2: key('2.0') };
    for (const { id } of [this.#keys.v1, this.#keys.v2]) {
      stage.add(at, {
        account: this.account,
        region: this.region,
        identity: serviceIdentity('ec2'),
        from: throughService('ec2'),
        action: assumeRole(instance.account, instance.role, instance.id, { id, expires }),
        requestId: uuidFor(purpose),
        sharedEventId: uuidFor(`${purpose} ${id}`),
      });
    }
  }

  identity(delivery: 'v1' | 'v2' = 'v2'): object {
    if (!this.#keys) throw new Error(`${this.instance.name} has no credentials yet`);
    return instanceIdentity(this.#keys[delivery]);
  }

  /** The SSM agent reports. */
  ping(at: number, from: From): void {
    call(this, at, { ...from, userAgent: AGENTS.ssm }, ssmPing(this.instance));
  }
}

interface SessionSpec {
  readonly token: string;
  readonly role: string;
  readonly name: string;
  readonly service: string;
  readonly account?: string;
  readonly shown?: Shown;
  readonly request?: object;
  readonly repeatsSession?: boolean;
}

/** A workload whose credentials a service gets from STS. */
export class ServiceSession implements Workload {
  readonly token: string;
  readonly account: string;
  readonly region: string;
  readonly renewal = 300;
  issuedAt = 0;
  #identity: object | null = null;

  constructor(
    readonly stage: Stage,
    readonly spec: SessionSpec,
    region = stage.region,
  ) {
    this.token = spec.token;
    this.account = spec.account ?? stage.account;
    this.region = region;
    stage.workloads.push(this.token);
  }

  issue(at: number): void {
    const { stage, account, region } = this;
    const { role, name, service, shown, request, repeatsSession } = this.spec;
    this.issuedAt = at;
    const session = { account, region, role, name };
    const issued: Issued = {
      id: `ASIA${upperFor(stage.purpose(`${role} ${name} ${region} ${at}`), 16)}`,
      expires: isoTime(stage.time(at + 360)),
      ...(request && { request }),
      ...(repeatsSession && { repeatsSession }),
    };
    stage.issue(at, service, session, issued);
    this.#identity = sessionKey(session, issued.id, isoTime(stage.time(at)), shown).identity;
  }

  identity(): object {
    if (!this.#identity) throw new Error(`${this.spec.name} has no credentials yet`);
    return this.#identity;
  }
}

/** A task role's session; `execution` is that of the role which fetches the image and opens the log. */
export function ecsTask(stage: Stage, name: string, role: 'task' | 'execution' = 'task'): ServiceSession {
  const id = hexFor(stage.purpose(`task ${name}`), 32);
  return new ServiceSession(stage, { token: id, role: `${stage.name}-${role}`, name: id, service: 'ecs-tasks' });
}

export function lambda(stage: Stage, name: string, region = stage.region): ServiceSession {
  const functionName = `${stage.name}-${name}`;
  const credentialsIssuedTo = `arn:aws:lambda:${region}:${stage.account}:function:${functionName}`;
  const inScopeOf = { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo };
  const role = `service-role/${stage.name}-function`;
  return new ServiceSession(
    stage,
    { token: functionName, role, name: functionName, service: 'lambda', shown: { inScopeOf } },
    region,
  );
}

/** A pod with Pod Identity; the agent on its node asks EKS for the credentials. */
export class Pod extends ServiceSession {
  constructor(
    stage: Stage,
    name: string,
    readonly node: { readonly workload: Workload; readonly from: From },
  ) {
    const cluster = `${stage.name}-cluster`;
    const uid = uuidFor(stage.purpose(`pod ${name}`));
    const tags = Object.entries({
      'eks-cluster-arn': `arn:aws:eks:${stage.region}:${stage.account}:cluster/${cluster}`,
      'eks-cluster-name': cluster,
      'kubernetes-namespace': 'default',
      'kubernetes-service-account': name,
      'kubernetes-pod-name': `${name}-7d9c5b6f4-x2klm`,
      'kubernetes-pod-uid': uid,
    }).map(([key, value]) => ({ key, value }));
    super(stage, {
      token: uid,
      role: `${stage.name}-pod`,
      name: `eks-${cluster.slice(0, 10)}-${name.slice(0, 12)}-${uuidFor(stage.purpose(`session ${name}`))}`,
      service: 'pods.eks',
      request: { durationSeconds: 21_600, tags, transitiveTagKeys: tags.map(({ key }) => key) },
      repeatsSession: true,
    });
  }

  override issue(at: number): void {
    const action = read('eks-auth', 'AssumeRoleForPodIdentity', {
      clusterName: `${this.stage.name}-cluster`,
      token: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    });
    call(this.node.workload, at, this.node.from, action);
    super.issue(at);
  }
}

/** A service account whose pods exchange their token themselves. */
export class ServiceAccount implements Workload {
  readonly token: string;
  readonly account: string;
  readonly region: string;
  readonly renewal = 50;
  issuedAt = 0;
  #identity: object | null = null;
  #from: From;
  #count = 0;

  constructor(
    readonly stage: Stage,
    readonly name: string,
    from: From,
    account = stage.account,
  ) {
    this.token = `${stage.name}-${name}`;
    this.account = account;
    this.region = stage.region;
    this.#from = from;
    stage.workloads.push(this.token);
  }

  issue(at: number): void {
    this.exchange(at, this.#from);
  }

  /** A pod (or who has its token) exchanges the token. */
  exchange(at: number, from: From): void {
    const { stage, account, region } = this;
    this.#from = from;
    this.issuedAt = at;
    this.#count += 1;
    const session = {
      account,
      region,
      role: `${stage.name}-irsa`,
      name: `aws-sdk-java-${this.#count}${Math.round(at * 60)}`,
    };
    const issuer = `oidc.eks.${region}.amazonaws.com/id/${hexFor(stage.purpose('issuer'), 32).toUpperCase()}`;
    const token: Token = { issuer, subject: `system:serviceaccount:default:${this.token}` };
    const id = `ASIA${upperFor(stage.purpose(`${session.name} ${this.token}`), 16)}`;
    const { action, identity, shown } = exchangeOf(token, session, { id, expires: isoTime(stage.time(at + 60)) });
    stage.add(at, { account, region, identity, from, action });
    this.#identity = sessionKey(session, id, isoTime(stage.time(at)), shown).identity;
  }

  identity(): object {
    if (!this.#identity) throw new Error(`${this.name} has no credentials yet`);
    return this.#identity;
  }
}

/** An instance with credentials, launched before the records begin. */
export function ec2(stage: Stage, name: string, vpc = stage.vpc(`of ${name}`), issuedAt = 0): Ec2 {
  const workload = new Ec2(stage, stage.instance(name, vpc));
  workload.issue(issuedAt);
  return workload;
}

/** Instances of one VPC, issued a minute apart. */
export function fleet(stage: Stage, size: number, vpc = stage.vpc(), name = 'web'): Ec2[] {
  return Array.from({ length: size }, (_, at) => ec2(stage, `${name}-${at}`, vpc, at * 0.2));
}

/** A software on AWS calls over the internet. */
export function on(address: string): From {
  return over(address, AGENTS.java);
}
