import { AGENTS, getSecret, iam, listBuckets, over } from '../../trail-writer/calls';
import {
  allocateAddress,
  associateAddress,
  associateNatGatewayAddress,
  deleteNatGateway,
  replaceRoute,
  run,
  start,
  stop,
  terminate,
} from '../../trail-writer/network-changes';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import type { Stage } from '../stage';
import { ANY, HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, fleet, lambda, on, work } from '../workloads';
import { lootFrom, withElasticAddress } from './attacks';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';

/** Ten instances behind an egress older than the records, the first of which is the build server. */
function buildServer(stage: Stage) {
  const from = on(stage.aws());
  const [builder = ec2(stage, 'builder'), ...others] = fleet(stage, 10, stage.vpc('builders'), 'build');
  for (const server of [builder, ...others]) work(server, from, [6, 700], 40);
  return { builder, from };
}

/** What follows at an address once its evidence has ended, and what stolen sessions make. */
export const SUCCESSOR_SITUATIONS: readonly Situation[] = [
  benign(
    'nat-address-moves-to-a-bastion',
    'A NAT gateway is deleted, and its Elastic IP goes to an instance, which calls from it',
    (stage) => {
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      for (const server of fleet(stage, 3, vpc)) work(server, from, [6, 195], 40);
      const next = recordedNat(stage, vpc, 196, 'next');
      stage.operate(200, replaceRoute(vpc.vpcId, { natGatewayId: next.gateway.id }));
      stage.operate(205, deleteNatGateway(gateway));
      const bastion = launched(stage, 'bastion', 230, vpc);
      stage.operate(231, associateAddress(from.address, bastion.instance));
      work(bastion, from, [233, 500]);
    },
  ),
  benign(
    'routes-of-a-fleet-by-a-build-server',
    'A build server behind an egress older than the records replaces the NAT gateway of a fleet',
    (stage) => {
      const { builder, from } = buildServer(stage);
      const vpc = stage.vpc();
      const old = on(stage.aws());
      const servers = fleet(stage, 4, vpc);
      for (const server of servers) work(server, old, [6, 235], 30);
      const next = on(stage.aws());
      const gateway = stage.nat(vpc, 'next');
      call(builder, 238, from, allocateAddress(next.address));
      call(builder, 239, from, actions.createNat(gateway, next.address));
      call(builder, 242, from, replaceRoute(vpc.vpcId, { natGatewayId: gateway.id }));
      for (const server of servers) work(server, next, [245, 500], 30);
    },
  ),
  benign(
    'restart-by-a-build-server',
    'A build server behind an egress older than the records stops and starts an instance with an automatic address',
    (stage) => {
      const { builder, from } = buildServer(stage);
      const server = launched(stage, 'web', 20);
      work(server, on(stage.aws()), [22, 195]);
      call(builder, 200, from, stop(server.instance));
      call(builder, 240, from, start(server.instance));
      server.issue(240.3);
      work(server, on(stage.aws()), [242, 500]);
    },
  ),
  benign(
    'address-of-the-own-range',
    'An instance gets an Elastic IP of a range that the company has brought to AWS',
    (stage) => {
      const server = launched(stage, 'web', 0);
      const own = on(stage.place.addresses.outside());
      stage.operate(0.3, allocateAddress(own.address));
      stage.operate(0.6, associateAddress(own.address, server.instance));
      work(server, own, [2, 400]);
    },
  ),
  benign(
    'elastic-address-recovered',
    'A released Elastic IP is recovered by its address an hour later and given back to its instance',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'web');
      work(server, from, [2, 195]);
      stage.operate(200, actions.disassociateAddress(from.address, server.instance));
      stage.operate(201, actions.releaseAddress(from.address));
      work(server, on(stage.aws()), [203, 255]);
      stage.operate(260, allocateAddress(from.address));
      stage.operate(261, associateAddress(from.address, server.instance));
      work(server, from, [263, 500]);
    },
  ),
  benign(
    'deployed-by-a-function-through-its-session',
    'A function takes a deployment role, and the chained session gives an instance another Elastic IP',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'web');
      work(server, from, [2, 195]);
      const deployer = lambda(stage, 'deployer');
      deployer.issue(190);
      const own = over(stage.aws(), AGENTS.lambda);
      call(deployer, 200, own, allocateAddress(stage.aws()));
      const next = on(stage.aws());
      call(deployer, 201, own, allocateAddress(next.address));
      call(deployer, 202, own, associateAddress(next.address, server.instance, true));
      work(server, next, [205, 500]);
    },
  ),
  report(
    'nat-address-of-the-bastion',
    'A NAT gateway’s Elastic IP went to a bastion; there the credentials of an instance are used that was behind the gateway',
    (stage) => {
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      const [victim = ec2(stage, 'victim', vpc), ...others] = fleet(stage, 3, vpc);
      const next = recordedNat(stage, vpc, 196, 'next');
      stage.operate(200, replaceRoute(vpc.vpcId, { natGatewayId: next.gateway.id }));
      stage.operate(205, deleteNatGateway(gateway));
      for (const server of [victim, ...others]) {
        work(server, from, [6, 195], 40);
        work(server, next.from, [202, 700], 40);
      }
      const bastion = launched(stage, 'bastion', 230, vpc);
      stage.operate(231, associateAddress(from.address, bastion.instance));
      work(bastion, from, [233, 700]);
      lootFrom(victim, 500, from);
      stage.report(victim, MEDIUM_OR_HIGH, from);
    },
  ),
  report(
    'second-nat-address-released',
    'The second address of a NAT gateway is taken off and released; hours later stolen credentials are used there',
    (stage) => {
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      const second = on(stage.aws());
      stage.operate(1, allocateAddress(second.address));
      stage.operate(4, associateNatGatewayAddress(gateway, second.address));
      const [victim = ec2(stage, 'victim', vpc), ...others] = fleet(stage, 4, vpc);
      for (const server of [victim, ...others]) {
        work(server, [from, second], [6, 230], 20);
        work(server, from, [250, 800], 40);
      }
      stage.operate(240, actions.disassociateNatAddress(gateway, second.address));
      stage.operate(248, actions.releaseAddress(second.address));
      lootFrom(victim, 620, second);
      stage.report(victim, HIGH, second);
    },
  ),
  report(
    'nat-instance-replaced',
    'A NAT instance is terminated and its Elastic IP released; the next day credentials of its subnet are used there',
    (stage) => {
      const vpc = stage.vpc();
      const router = launched(stage, 'router', 0, vpc);
      const from = on(stage.aws());
      stage.operate(0.3, allocateAddress(from.address));
      stage.operate(0.6, actions.disableSourceCheck(router.instance));
      stage.operate(0.9, associateAddress(from.address, router.instance));
      router.ping(2, from);
      const next = recordedNat(stage, vpc, 230, 'next');
      stage.operate(236, replaceRoute(vpc.vpcId, { natGatewayId: next.gateway.id }));
      stage.operate(240, terminate(router.instance));
      stage.operate(250, actions.releaseAddress(from.address));
      const [victim = ec2(stage, 'victim', vpc), ...others] = fleet(stage, 4, vpc);
      for (const server of [victim, ...others]) {
        work(server, from, [6, 230], 40);
        work(server, next.from, [240, 1700], 60);
      }
      victim.issue(1490);
      lootFrom(victim, 1500, from);
      stage.report(victim, HIGH, from);
    },
  ),
  report(
    'address-added-for-another-vpc',
    'With a stolen build server’s credentials the attacker gives another VPC’s NAT gateway his address, then uses an instance’s credentials there',
    (stage) => {
      const { builder } = buildServer(stage);
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      const victim = ec2(stage, 'victim', vpc, 4);
      work(victim, from, [6, 500], 40);
      const attacker = stage.rented();
      call(builder, 200, attacker, allocateAddress(attacker.address));
      call(builder, 201, attacker, associateNatGatewayAddress(gateway, attacker.address));
      lootFrom(victim, 230, attacker);
      stage.report(builder, HIGH, attacker);
      stage.report(victim, HIGH, attacker);
    },
  ),
  report(
    'instance-launched-by-the-attacker',
    'With an instance’s credentials, used outside AWS, the attacker launches another with the same role and works there',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'victim');
      work(server, from, [2, 500], 40);
      const laptop = stage.laptop();
      call(server, 200, laptop, iam('ListInstanceProfiles'));
      const made = stage.instance('made', stage.vpc());
      call(server, 202, laptop, run(made));
      call(server, 203, laptop, listBuckets());
      stage.report(server, HIGH, laptop);
    },
  ),
  report(
    'function-made-by-the-attacker',
    'With a task runner’s credentials the attacker makes a function on a stranger’s instance and calls it',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const server = ec2(stage, 'runner', vpc, 4);
      work(server, from, [6, 500], 40);
      const attacker = stage.rented();
      const functionName = `${stage.name}-made`;
      const request = { functionName, runtime: 'python3.13', role: `arn:aws:iam::${stage.account}:role/admin` };
      call(server, 200, attacker, actions.write('lambda', 'CreateFunction20150331', request, { functionName }));
      call(server, 201, attacker, getSecret('app/database'));
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'restarted-then-old-neighbour-address',
    'An instance with an automatic address is restarted; credentials of its successor session are used where it called before',
    (stage) => {
      const server = launched(stage, 'web', 0);
      const old = on(stage.aws());
      work(server, old, [2, 95], 20);
      stage.operate(100, stop(server.instance));
      stage.operate(160, start(server.instance));
      server.issue(160.3);
      work(server, on(stage.aws()), [162, 700], 40);
      lootFrom(server, 420, old);
      stage.report(server, ANY, old);
    },
  ),
];
