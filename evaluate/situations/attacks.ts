import {
  AGENTS,
  callerIdentity,
  getObject,
  getSecret,
  iam,
  listBuckets,
  over,
  through,
} from '../../trail-writer/calls';
import { allocateAddress, associateAddress } from '../../trail-writer/network-changes';
import * as actions from '../actions';
import type { From } from '../../trail-writer/record';
import { report, type Situation } from '../situation';
import type { Stage } from '../stage';
import { ANY, HIGH, MEDIUM, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, fleet, on, work, type Ec2, type Workload } from '../workloads';
import { privately } from './endpoints';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';

/** The credentials are exchanged for a console session. */
export function consoleSession(workload: Workload, at: number, browser: From): void {
  const { stage, account, region } = workload;
  const identity = workload.identity();
  const signin = { service: 'signin', readOnly: false, request: null };
  const token = { ...signin, name: 'GetSigninToken', response: () => ({ GetSigninToken: 'Success' }) };
  const login = { ...signin, name: 'ConsoleLogin', response: () => ({ ConsoleLogin: 'Success' }) };
  stage.add(at, { account, region: 'us-east-1', identity, from: browser, action: token });
  stage.add(at + 0.1, {
    account,
    region: 'us-east-1',
    identity: { ...identity, accessKeyId: '' },
    from: browser,
    action: login,
  });
  const inConsole = { ...identity, accessKeyId: 'ASIAEVALUATECONSOLE1' };
  stage.add(at + 1, {
    account,
    region,
    identity: inConsole,
    from: { ...browser, fromConsole: true },
    action: listBuckets(),
  });
}

/** Looks around, as attackers do first. */
export function lootFrom(workload: Workload, at: number, attacker: From): void {
  call(workload, at, attacker, callerIdentity());
  call(workload, at + 0.4, attacker, listBuckets());
  call(workload, at + 0.9, attacker, iam('ListRoles'));
  call(workload, at + 1.5, attacker, getSecret('app/database'));
}

/** An instance with an Elastic IP on record. */
export function withElasticAddress(stage: Stage, name: string, account = stage.account) {
  const server = launched(stage, name, 0, stage.vpc(`of ${name}`, account));
  const from = on(stage.aws());
  stage.operate(0.3, allocateAddress(from.address), account);
  stage.operate(0.6, associateAddress(from.address, server.instance), account);
  return { server, from };
}

function behindNat(stage: Stage, size = 4): [Ec2, From] {
  const vpc = stage.vpc();
  const { from } = recordedNat(stage, vpc, 0);
  const servers = fleet(stage, size, vpc);
  for (const server of servers) work(server, from, [6, 500], 40);
  const [victim] = servers;
  if (!victim) throw new Error('an empty fleet');
  return [victim, from];
}

function victimAt(stage: Stage, from = on(stage.aws())): Ec2 {
  const victim = ec2(stage, 'victim');
  work(victim, from, [3, 500], 40);
  return victim;
}

function stolen(victim: Ec2, attacker: From, at = 222): void {
  lootFrom(victim, at, attacker);
  victim.stage.report(victim, HIGH, attacker);
}

export const ATTACK_SITUATIONS: readonly Situation[] = [
  report('nat-laptop', 'Credentials of an instance behind a NAT gateway on record are used on a laptop', (stage) =>
    stolen(behindNat(stage)[0], stage.laptop()),
  ),
  report(
    'nat-rented',
    'Credentials of an instance behind a NAT gateway on record are used on a stranger’s instance in the Region',
    (stage) => stolen(behindNat(stage)[0], stage.rented()),
  ),
  report(
    'nat-other-region',
    'Credentials of an instance behind a NAT gateway on record are used in another Region of AWS',
    (stage) => stolen(behindNat(stage)[0], stage.rented(stage.elsewhere)),
  ),
  report('automatic-laptop', 'Credentials of an instance with an automatic address are used on a laptop', (stage) =>
    stolen(victimAt(stage), stage.laptop()),
  ),
  report(
    'automatic-rented',
    'Credentials of an instance with an automatic address are used on a stranger’s instance in the Region',
    (stage) => stolen(victimAt(stage), stage.rented()),
  ),
  report(
    'elastic-rented',
    'Credentials of an instance with an Elastic IP on record are used on a stranger’s instance',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'victim');
      work(server, from, [2, 400]);
      stolen(server, stage.rented(), 180);
    },
  ),
  report(
    'endpoint-rented',
    'An instance only ever uses its VPC’s endpoint; its credentials appear in another Region of AWS',
    (stage) => {
      const victim = ec2(stage, 'victim');
      work(victim, privately(stage.endpoint(), victim), [3, 400]);
      stolen(victim, stage.rented(stage.elsewhere));
    },
  ),
  report(
    'endpoint-laptop',
    'An instance only ever uses its VPC’s endpoint; its credentials appear outside AWS',
    (stage) => {
      const victim = ec2(stage, 'victim');
      work(victim, privately(stage.endpoint(), victim), [3, 400]);
      stolen(victim, stage.laptop());
    },
  ),
  report(
    'old-key',
    'The attacker uses the IMDSv1 credentials of the pair, the instance itself only those of IMDSv2',
    (stage) => {
      const victim = victimAt(stage);
      const attacker = stage.laptop();
      const { account, region } = victim;
      for (const at of [150, 152])
        stage.add(at, { account, region, identity: victim.identity('v1'), from: attacker, action: listBuckets() });
      stage.report(victim, HIGH, attacker);
    },
  ),
  report('ipv6-laptop', 'Credentials of an IPv4 instance are used from an IPv6 address outside AWS', (stage) =>
    stolen(behindNat(stage)[0], over(stage.place.addresses.outsideV6(), AGENTS.kali)),
  ),
  report(
    'ipv6-other-region',
    'Credentials of an IPv4 instance are used from an IPv6 address of another Region of AWS',
    (stage) => stolen(behindNat(stage)[0], over(stage.awsV6(stage.elsewhere), AGENTS.boto)),
  ),
  report(
    'ipv6-late',
    'Hours into the life of an IPv4-only fleet, one instance’s credentials are used from an IPv6 address of the Region',
    (stage) => {
      const [victim] = behindNat(stage, 6);
      const attacker = over(stage.awsV6(), AGENTS.boto);
      lootFrom(victim, 340, attacker);
      stage.report(victim, ANY, attacker);
    },
  ),
  report(
    'internet-late',
    'An endpoint-only fleet: hours later one instance’s credentials appear at an AWS address of the Region',
    (stage) => {
      const ours = stage.endpoint();
      const [victim, ...others] = fleet(stage, 6);
      for (const server of [victim, ...others]) if (server) work(server, privately(ours, server), [3, 500], 40);
      if (!victim) return;
      const attacker = stage.rented();
      lootFrom(victim, 370, attacker);
      stage.report(victim, ANY, attacker);
    },
  ),
  report(
    'neighbour-elastic',
    'Credentials of one instance are used on another of the account, whose Elastic IP is on record',
    (stage) => {
      const victim = victimAt(stage);
      const { server, from } = withElasticAddress(stage, 'neighbour');
      work(server, from, [2, 400]);
      lootFrom(victim, 222, from);
      stage.report(victim, MEDIUM, from);
    },
  ),
  report(
    'neighbour-automatic',
    'Credentials of one instance are used on another of the account, which is anchored at its automatic address',
    (stage) => {
      const victim = victimAt(stage);
      const neighbour = ec2(stage, 'neighbour');
      const from = on(stage.aws());
      work(neighbour, from, [4, 400]);
      lootFrom(victim, 222, from);
      stage.report(victim, MEDIUM_OR_HIGH, from);
    },
  ),
  report(
    'other-account-elastic',
    'Credentials are used on an instance of another account of the organisation, whose Elastic IP is on record',
    (stage) => {
      const victim = victimAt(stage);
      const { server, from } = withElasticAddress(stage, 'workbench', stage.place.sibling);
      work(server, from, [2, 400]);
      lootFrom(victim, 222, from);
      stage.report(victim, MEDIUM, from);
    },
  ),
  report('console', 'An attacker opens a console session with an instance’s credentials', (stage) => {
    const victim = victimAt(stage);
    const browser = over(stage.place.addresses.outside(), AGENTS.browser);
    consoleSession(victim, 200, browser);
    stage.report(victim, HIGH, browser);
  }),
  report('flood-one-address', 'Eight hundred calls from one laptop within an hour', (stage) => {
    const victim = victimAt(stage);
    const attacker = stage.laptop();
    for (let at = 0; at < 800; at += 1)
      call(victim, 200 + at * 0.07, attacker, getObject(stage.account, 'invoices', `${at}.pdf`));
    stage.report(victim, HIGH, attacker);
  }),
  report('flood-many-addresses', 'The attacker calls through forty addresses of a proxy network', (stage) => {
    const victim = victimAt(stage);
    const attackers = Array.from({ length: 40 }, () => stage.laptop());
    for (const [at, attacker] of attackers.entries()) call(victim, 200 + at * 2, attacker);
    stage.report(victim, HIGH, ...attackers);
  }),
  report('patient-laptop', 'One call a day for five days from the same address outside AWS', (stage) => {
    const victim = ec2(stage, 'victim');
    work(victim, on(stage.aws()), [3, 5 * 1440], 120);
    const attacker = stage.laptop();
    for (let day = 0; day < 5; day += 1) {
      victim.issue(day * 1440 + 190);
      call(victim, day * 1440 + 200, attacker);
    }
    stage.report(victim, HIGH, attacker);
  }),
  report('patient-rented', 'One call a day for five days from the same instance of a stranger', (stage) => {
    const vpc = stage.vpc();
    const { from } = recordedNat(stage, vpc, 0);
    const victim = ec2(stage, 'victim', vpc, 5);
    work(victim, from, [6, 5 * 1440], 120);
    const attacker = stage.rented();
    for (let day = 0; day < 5; day += 1) {
      victim.issue(day * 1440 + 190);
      call(victim, day * 1440 + 200, attacker);
    }
    stage.report(victim, HIGH, attacker);
  }),
  report(
    'six-victims',
    'One attacker uses the credentials of six instances behind a NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const servers = fleet(stage, 8, vpc);
      for (const server of servers) work(server, from, [6, 500], 40);
      const attacker = stage.laptop();
      for (const [at, server] of servers.slice(0, 6).entries()) {
        lootFrom(server, 200 + at * 3, attacker);
        stage.report(server, HIGH, attacker);
      }
    },
  ),
  report(
    'six-victims-rented',
    'One stranger’s instance uses the credentials of six instances with addresses of their own',
    (stage) => {
      const attacker = stage.rented();
      for (let at = 0; at < 6; at += 1) {
        const server = ec2(stage, `web-${at}`);
        work(server, on(stage.aws()), [3, 500], 40);
        lootFrom(server, 200 + at * 3, attacker);
        stage.report(server, HIGH, attacker);
      }
    },
  ),
  report(
    'object-not-presigned',
    'An object is fetched from outside AWS by a request that is signed in its header',
    (stage) => {
      const victim = victimAt(stage);
      const attacker = stage.laptop();
      call(victim, 200, attacker, getObject(stage.account, 'invoices', '4711.pdf'));
      stage.report(victim, HIGH, attacker);
    },
  ),
  report(
    'relay-does-more',
    'From the declared relay’s address comes more than the identity request it may send',
    (stage) => {
      const victim = victimAt(stage);
      const relay = over('203.0.113.254', AGENTS.boto);
      call(victim, 200, relay, listBuckets());
      stage.report(victim, HIGH, relay);
    },
  ),
  report(
    'declared-for-another-role',
    'Credentials of a role are used from the network that is declared for another role',
    (stage) => {
      const victim = victimAt(stage);
      const line = over('203.0.113.253', AGENTS.boto);
      call(victim, 200, line, listBuckets());
      stage.report(victim, HIGH, line);
    },
  ),
  report(
    'appstream',
    'A person runs commands with an instance’s credentials in AppStream: the service does not name itself as the caller',
    (stage) => {
      const victim = victimAt(stage);
      const from = over('appstream.amazonaws.com', 'appstream.amazonaws.com');
      call(victim, 200, from, listBuckets());
      stage.report(victim, MEDIUM, from);
    },
  ),
  report(
    'public-block-endpoint-stranger',
    'An instance uses its endpoint; a stranger’s endpoint shows a public address of his',
    (stage) => {
      const victim = ec2(stage, 'victim');
      work(victim, privately(stage.endpoint(), victim), [3, 400]);
      const attacker = through(stage.endpoint(stage.place.foreign), stage.aws(), AGENTS.boto);
      call(victim, 200, attacker, listBuckets());
      stage.report(victim, HIGH, attacker);
    },
  ),
  report(
    'released-elastic-address',
    'An instance’s Elastic IP is released; later it is a stranger’s, who uses the instance’s credentials',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'victim');
      work(server, from, [2, 195]);
      stage.operate(200, actions.disassociateAddress(from.address, server.instance));
      stage.operate(202, actions.releaseAddress(from.address));
      work(server, on(stage.aws()), [204, 700]);
      server.issue(600);
      lootFrom(server, 610, from);
      stage.report(server, HIGH, from);
    },
  ),
];
