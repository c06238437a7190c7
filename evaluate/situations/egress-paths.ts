import { AGENTS, through } from '../../trail-writer/calls';
import { allocateAddress, createNatGateway, replaceRoute } from '../../trail-writer/network-changes';
import type { From } from '../../trail-writer/record';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import type { Stage, Vpc } from '../stage';
import { HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, ecsTask, fleet, on, work } from '../workloads';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';

/** Two zones of the network account's inspection VPC, each with a NAT gateway on record. */
function inspectionVpc(stage: Stage, account = stage.place.network): readonly [From, From] {
  const vpc = stage.vpc('inspection', account);
  return [recordedNat(stage, vpc, 0, 'zone a').from, recordedNat(stage, vpc, 1, 'zone b').from];
}

/** A private NAT gateway, and calls that leave through it to a central endpoint. */
function privateNat(stage: Stage, vpc: Vpc, host: number, central: string): From {
  const address = `${vpc.block}.${host}`;
  stage.operate(0.5, actions.createPrivateNat(stage.nat(vpc, `private ${host}`), address), vpc.account, vpc.region);
  return through(stage.endpoint(central), address, AGENTS.java);
}

/** Everything of one route table goes elsewhere. */
function routesMove(stage: Stage, vpc: Vpc, at: number, how: 'replaced' | 'deleted and made' | 'association'): void {
  const gateway = stage.nat(vpc, 'next');
  const target = { natGatewayId: gateway.id };
  if (how === 'replaced') return stage.operate(at, replaceRoute(vpc.vpcId, target));
  if (how === 'association') return stage.operate(at, actions.replaceTableAssociation(vpc));
  stage.operate(at, actions.deleteRoute(vpc.vpcId));
  stage.operate(at + 0.1, actions.routeTo(vpc.vpcId, target));
}

export const EGRESS_PATH_SITUATIONS: readonly Situation[] = [
  benign(
    'inspection-vpc-two-zones',
    'Two launched instances leave through a transit gateway and the two NAT gateways of the network account’s inspection VPC',
    (stage) => {
      const [a, b] = inspectionVpc(stage);
      const vpc = stage.vpc();
      for (const name of ['one', 'two']) work(launched(stage, name, 5, vpc), [a, b], [8, 400]);
    },
  ),
  benign(
    'inspection-vpc-of-the-account',
    'A fleet older than the records leaves through the two NAT gateways of another VPC of its account',
    (stage) => {
      const nats = inspectionVpc(stage, stage.account);
      for (const server of fleet(stage, 4)) work(server, nats, [8, 400]);
    },
  ),
  benign(
    'inspection-vpc-of-the-account-launched',
    'A launched instance leaves through a transit gateway and the two NAT gateways of another VPC of its account',
    (stage) => {
      const nats = inspectionVpc(stage, stage.account);
      work(launched(stage, 'one', 5), nats, [8, 400]);
    },
  ),
  benign(
    'private-nat-of-another-account',
    'Instances older than the records reach central endpoints through two private NAT gateways of the network account',
    (stage) => {
      const { network } = stage.place;
      const transit = stage.vpc('transit', network);
      const nats = [privateNat(stage, transit, 20, network), privateNat(stage, transit, 21, network)];
      for (const server of fleet(stage, 2)) work(server, nats, [8, 400]);
    },
  ),
  report(
    'private-nat-address-beside',
    'An instance behind a private NAT gateway: its credentials are used through the central endpoint with an address of no gateway',
    (stage) => {
      const { network } = stage.place;
      const transit = stage.vpc('transit', network);
      const home = privateNat(stage, transit, 20, network);
      const server = ec2(stage, 'only');
      work(server, home, [8, 400]);
      const attacker = through(stage.endpoint(network), `${transit.block}.77`, AGENTS.boto);
      call(server, 222, attacker);
      stage.report(server, MEDIUM_OR_HIGH, attacker);
    },
  ),
  benign(
    'internal-proxies-bypassed',
    'A fleet calls our endpoint through an internal proxy with three addresses; some services bypass it',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const proxies = [5, 6, 7].map((host) => through(ours, `${vpc.block}.${host}`, AGENTS.java));
      for (const server of fleet(stage, 5, vpc))
        work(server, [...proxies, through(ours, server.instance.privateIp, AGENTS.ssm)], [5, 700], 25);
    },
  ),
  benign(
    'tasks-of-unknown-vpc-two-zones',
    'Tasks leave through the NAT gateways of two zones, both on record; no record names the tasks’ VPC',
    (stage) => {
      const vpc = stage.vpc();
      const nats = [recordedNat(stage, vpc, 0, 'a').from, recordedNat(stage, vpc, 1, 'b').from];
      for (const name of ['a', 'b']) {
        const task = ecsTask(stage, name);
        task.issue(4);
        work(task, nats, [5, 400]);
      }
    },
  ),
  benign(
    'table-association-replaced',
    'A subnet gets another route table, which leads to another NAT gateway older than the records; its instances appear there',
    (stage) => {
      const vpc = stage.vpc();
      const [old, next] = [on(stage.aws()), on(stage.aws())];
      const servers = [launched(stage, 'one', 1, vpc), launched(stage, 'two', 1, vpc)];
      for (const server of servers) work(server, old, [5, 235]);
      routesMove(stage, vpc, 240, 'association');
      for (const server of servers) work(server, next, [242, 500]);
    },
  ),
  benign(
    'route-made-anew',
    'The default route of a fleet is deleted and made anew, to a NAT gateway on record; the old one stays',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const servers = fleet(stage, 3, vpc);
      for (const server of servers) work(server, from, [5, 235]);
      const next = on(stage.aws());
      stage.operate(230, allocateAddress(next.address));
      stage.operate(231, createNatGateway(stage.nat(vpc, 'next'), next.address));
      routesMove(stage, vpc, 240, 'deleted and made');
      for (const server of servers) work(server, next, [241, 500]);
    },
  ),
  report(
    'route-replaced-and-theft',
    'The route of a fleet leads to another NAT gateway on record; the next day one’s credentials are used on a stranger’s instance',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const servers = fleet(stage, 3, vpc);
      const next = recordedNat(stage, vpc, 100, 'next').from;
      routesMove(stage, vpc, 120, 'replaced');
      for (const server of servers) {
        work(server, from, [5, 115]);
        work(server, next, [122, 1500], 60);
      }
      const attacker = stage.rented();
      const [victim] = servers;
      if (!victim) return;
      call(victim, 1400, attacker);
      stage.report(victim, HIGH, attacker);
    },
  ),
  benign(
    'small-account-in-a-large-organisation',
    'The only instance of an account is launched behind a NAT gateway on record and first calls from there; later from its second address',
    (stage) => {
      const vpc = stage.vpc();
      const nats = [recordedNat(stage, vpc, 0).from, recordedNat(stage, vpc, 1, 'second').from];
      work(launched(stage, 'only', 5, vpc), nats, [6, 400]);
    },
  ),
  report(
    'proxy-pool-and-theft',
    'Ten instances use sixteen addresses of a proxy on AWS in turn; credentials of two of them are used at a seventeenth',
    (stage) => {
      const proxy = Array.from({ length: 16 }, () => on(stage.aws()));
      const servers = fleet(stage, 10);
      for (const server of servers) work(server, proxy, [5, 1200], 12);
      const attacker = stage.rented();
      for (const victim of servers.slice(0, 2)) {
        for (const at of [400, 430, 460]) call(victim, at, attacker);
        stage.report(victim, HIGH, attacker);
      }
    },
  ),
];
