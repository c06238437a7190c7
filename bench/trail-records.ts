import { serviceIdentity } from '../trail-writer/identities';
import type { Random } from '../trail-writer/random';
import { isoTime, trailRecord } from '../trail-writer/record';
import { CHANGES, INSTANCE_CALLS, OTHER_CALLS, PEOPLE_CALLS, runInstances, tagged, type Call } from './trail-calls';
import type { Account, Instance, Network } from './trail-world';

interface Setting {
  readonly account: Account;
  readonly time: number;
  readonly identity: object;
  readonly address: string;
  readonly userAgent: string;
  readonly call: Call;
  /** Records of callers that are services have no TLS details, and a sharedEventID. */
  readonly byService?: boolean;
}

/** A role session of a person or service. */
interface Session {
  readonly accessKeyId: string;
  readonly begun: number;
  readonly office: string;
}

/** Makes the texts of records, in the field order and shapes CloudTrail writes them. */
export class RecordWriter {
  readonly #random: Random;
  readonly #sessions = new Map<string, Session>();
  #hour = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  runInstances(instance: Instance, time: number): string {
    return this.#record({
      ...this.#operator(instance.network.account),
      time,
      call: runInstances(this.#random, instance.network.account, instance),
    });
  }

  /** AWS hands the instance its keys: two records, one request. */
  issue(instance: Instance, time: number): string[] {
    const random = this.#random;
    const { account } = instance.network;
    const requestId = random.uuid();
    return instance.keys.map((accessKeyId) => {
      const roleArn = `arn:aws:iam::${account.id}:role/${instance.role.name}`;
      return this.#assumeRole({
        account,
        time,
        service: 'ec2.amazonaws.com',
        roleArn,
        session: instance.id,
        accessKeyId,
        requestId,
      });
    });
  }

  instanceCall(instance: Instance, time: number, address: string): string {
    const { account } = instance.network;
    const arn = `arn:aws:sts::${account.id}:assumed-role/${instance.role.name}/${instance.id}`;
    const modern = Number(account.id) % 2 === 0;
    const identity = {
      ...sessionIdentity(account, instance.role, instance.id, instance.keys[instance.delivery === '1.0' ? 0 : 1]),
      arn,
      sessionContext: {
        sessionIssuer: issuer(account, instance.role),
        ...(modern ? {} : { webIdFederationData: {} }),
        attributes: { creationDate: isoTime(instance.issued), mfaAuthenticated: 'false' },
        ec2RoleDelivery: instance.delivery,
      },
      ...(modern && {
        inScopeOf: {
          issuerType: 'AWS::EC2::Instance',
          credentialsIssuedTo: `arn:aws:ec2:${account.region}:${account.id}:instance/${instance.id}`,
        },
      }),
    };
    const userAgent = this.#random.pick(INSTANCE_AGENTS);
    const call = this.#random.pick(INSTANCE_CALLS)(this.#random, account, instance);
    return this.#record({ account, time, identity, address, userAgent, call });
  }

  power(name: 'StopInstances' | 'StartInstances', { id, network: { account } }: Instance, time: number): string {
    const items = [{ instanceId: id }];
    const call: Call = {
      source: 'ec2.amazonaws.com',
      name,
      readOnly: false,
      request: { instancesSet: { items }, ...(name === 'StopInstances' && { force: false }) },
      response: { requestId: this.#random.uuid(), instancesSet: { items } },
    };
    return this.#record({ ...this.#operator(account), time, call });
  }

  natGateway(network: Network, time: number): string[] {
    const random = this.#random;
    const operator = this.#operator(network.account);
    const allocate: Call = {
      source: 'ec2.amazonaws.com',
      name: 'AllocateAddress',
      readOnly: false,
      request: { domain: 'vpc', tagSpecificationSet: { items: [tagged('elastic-ip', random)] } },
      response: {
        requestId: random.uuid(),
        publicIp: network.address,
        domain: 'vpc',
        allocationId: network.allocation,
        publicIpv4Pool: 'amazon',
        networkBorderGroup: network.account.region,
      },
    };
    const token = random.uuid();
    const create: Call = {
      source: 'ec2.amazonaws.com',
      name: 'CreateNatGateway',
      readOnly: false,
      request: {
        CreateNatGatewayRequest: {
          ConnectivityType: 'public',
          AllocationId: network.allocation,
          SubnetId: network.subnet,
          ClientToken: token,
        },
      },
      response: {
        CreateNatGatewayResponse: {
          xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
          natGateway: {
            connectivityType: 'public',
            subnetId: network.subnet,
            natGatewayAddressSet: {
              item: { isPrimary: true, allocationId: network.allocation, status: 'associating' },
            },
            createTime: isoTime(time),
            vpcId: network.vpc,
            natGatewayId: network.nat,
            state: 'pending',
          },
          requestId: random.uuid(),
          clientToken: token,
        },
      },
    };
    return [
      this.#record({ ...operator, time, call: allocate }),
      this.#record({ ...operator, time: time + 6000, call: create }),
    ];
  }

  /** Batch machines, interfaces and addresses that come and go and carry no judged call. */
  change(account: Account, time: number): string {
    const random = this.#random;
    const operator = this.#operator(account);
    return this.#record({ ...operator, time, call: random.pick(CHANGES)(random, account, null) });
  }

  /** A call of somebody's or some service's role session. */
  assumedRoleCall(account: Account, time: number): string {
    const random = this.#random;
    if (random.chance(0.02)) return this.#serviceIssue(account, time);
    const service = random.chance(0.35);
    const role = service ? random.pick(SERVICE_ROLES) : random.pick(PEOPLE_ROLES);
    const session = service ? role.session : `${random.pick(PEOPLE)}@example.com`;
    const made = { name: role.name, principal: `AROA${account.id}PEOPL` };
    const { accessKeyId, begun, office } = this.#sessionOf(`${account.id}/${role.name}/${session}`, time);
    const identity = {
      ...sessionIdentity(account, made, session, accessKeyId),
      sessionContext: {
        sessionIssuer: issuer(account, made),
        attributes: { creationDate: isoTime(begun), mfaAuthenticated: 'false' },
      },
      ...(service && { invokedBy: role.service }),
    };
    const call = random.pick(PEOPLE_CALLS)(random, account, null);
    const address = service ? role.service : office;
    const userAgent = service ? role.service : random.pick(PEOPLE_AGENTS);
    return this.#record({ account, time, identity, address, userAgent, call, byService: service });
  }

  /** Everybody has one key and one address for an hour. */
  #sessionOf(who: string, time: number): Session {
    const hour = Math.floor(time / 3_600_000);
    if (hour !== this.#hour) this.#sessions.clear();
    this.#hour = hour;
    const random = this.#random;
    const session = this.#sessions.get(who) ?? {
      accessKeyId: `ASIA${random.upper(16)}`,
      begun: hour * 3_600_000 + random.below(1_200_000),
      office: `192.0.2.${1 + random.below(250)}`,
    };
    this.#sessions.set(who, session);
    return session;
  }

  /** Everything else: users, services, other accounts reading buckets. */
  otherCall(account: Account, time: number): string {
    const random = this.#random;
    const call = random.pick(OTHER_CALLS)(random, account, null);
    if (random.chance(0.45)) {
      const service = random.pick(SERVICES);
      const identity = serviceIdentity(service.replace('.amazonaws.com', ''));
      return this.#record({ account, time, identity, address: service, userAgent: service, call, byService: true });
    }
    if (random.chance(0.3)) {
      const identity = { type: 'AWSAccount', principalId: `AIDA${random.upper(17)}`, accountId: '999988887777' };
      const address = `198.51.100.${1 + random.below(250)}`;
      return this.#record({ account, time, identity, address, userAgent: random.pick(PEOPLE_AGENTS), call });
    }
    return this.#record({ ...this.#operator(account), time, call });
  }

  #operator(account: Account): Omit<Setting, 'time' | 'call'> {
    const random = this.#random;
    const user = random.pick(account.users);
    const identity = {
      type: 'IAMUser',
      principalId: user.principal,
      arn: `arn:aws:iam::${account.id}:user/${user.name}`,
      accountId: account.id,
      accessKeyId: user.key,
      userName: user.name,
    };
    return { account, identity, address: '192.0.2.10', userAgent: random.pick(PEOPLE_AGENTS) };
  }

  #serviceIssue(account: Account, time: number): string {
    const random = this.#random;
    const role = random.pick(SERVICE_ROLES);
    return this.#assumeRole({
      account,
      time,
      service: role.service,
      roleArn: `arn:aws:iam::${account.id}:role/aws-service-role/${role.service}/${role.name}`,
      session: role.session,
      accessKeyId: `ASIA${random.upper(16)}`,
      requestId: random.uuid(),
    });
  }

  #assumeRole(issue: {
    readonly account: Account;
    readonly time: number;
    readonly service: string;
    readonly roleArn: string;
    readonly session: string;
    readonly accessKeyId: string;
    readonly requestId: string;
  }): string {
    const { account, time, service } = issue;
    const credentials = {
      accessKeyId: issue.accessKeyId,
      sessionToken: this.#random.base64(380),
      expiration: isoTime(time + 23_700_000),
    };
    const call: Call = {
      source: 'sts.amazonaws.com',
      name: 'AssumeRole',
      readOnly: true,
      request: { roleArn: issue.roleArn, roleSessionName: issue.session },
      response: { credentials },
      requestId: issue.requestId,
      resources: [{ accountId: account.id, type: 'AWS::IAM::Role', ARN: issue.roleArn }],
    };
    const identity = serviceIdentity(service.replace('.amazonaws.com', ''));
    return this.#record({ account, time, identity, address: service, userAgent: service, call, byService: true });
  }

  /** Records of an older version too, in every other account. */
  #record({ account, call, time, identity, address, userAgent, byService }: Setting): string {
    const random = this.#random;
    const { source, response, requestId = random.uuid(), ...action } = call;
    const { json } = trailRecord({
      eventId: random.uuid(),
      requestId,
      time,
      account: account.id,
      region: account.region,
      identity,
      from: { address, userAgent },
      action: {
        ...action,
        service: source.replace('.amazonaws.com', ''),
        ...(response && { response: () => response }),
      },
      ...(byService && { sharedEventId: random.uuid() }),
    });
    return JSON.stringify(Number(account.id) % 2 === 0 ? json : { ...json, eventVersion: '1.08' });
  }
}

function issuer(account: Account, role: { readonly name: string; readonly principal: string }): object {
  return {
    type: 'Role',
    principalId: role.principal,
    arn: `arn:aws:iam::${account.id}:role/${role.name}`,
    accountId: account.id,
    userName: role.name,
  };
}

function sessionIdentity(
  account: Account,
  role: { readonly name: string; readonly principal: string },
  session: string,
  accessKeyId: string,
): object {
  return {
    type: 'AssumedRole',
    principalId: `${role.principal}:${session}`,
    arn: `arn:aws:sts::${account.id}:assumed-role/${role.name}/${session}`,
    accountId: account.id,
    accessKeyId,
  };
}

const PEOPLE = ['alice', 'bob', 'carol', 'dan', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'mallory', 'olivia'];
const SERVICES = [
  'autoscaling.amazonaws.com',
  'config.amazonaws.com',
  'delivery.logs.amazonaws.com',
  'cloudfront.amazonaws.com',
  'rds.amazonaws.com',
];
const SERVICE_ROLES = [
  { name: 'AWSServiceRoleForConfig', session: 'AWSConfig-Describe', service: 'config.amazonaws.com' },
  { name: 'AWSServiceRoleForAutoScaling', session: 'AutoScaling', service: 'autoscaling.amazonaws.com' },
  { name: 'AWSServiceRoleForAmazonSSM', session: 'StateManagerService', service: 'ssm.amazonaws.com' },
  { name: 'AWSServiceRoleForRDS', session: 'RDS-Monitoring', service: 'rds.amazonaws.com' },
];
const PEOPLE_ROLES = [
  { name: 'AWSReservedSSO_ReadOnly_0a1b2c3d4e5f6071', session: '', service: '' },
  { name: 'AWSReservedSSO_PowerUser_1122334455667788', session: '', service: '' },
  { name: 'deployment', session: '', service: '' },
];
const INSTANCE_AGENTS = [
  'aws-sdk-go/1.55.5 (go1.22.7; linux; amd64) amazon-ssm-agent/',
  'Boto3/1.34.131 md/Botocore#1.34.131 ua/2.0 os/linux#6.1.109-118.189.amzn2023.x86_64 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.131',
  'aws-sdk-java/2.26.12 Linux/6.1.109-118.189.amzn2023.x86_64 OpenJDK_64-Bit_Server_VM/21.0.4+7-LTS Java/21.0.4 vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy',
];
const PEOPLE_AGENTS = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
  'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.66.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.30.5 os/linux lang/go#1.22.6 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.177.1',
  'aws-cli/2.17.44 md/awscrt#0.21.2 ua/2.0 os/linux#6.8.0-41-generic md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#s3.ls',
];
