import { AGENTS, getObject, listBuckets, over, through } from '../../trail-writer/calls';
import { associateAddress, createNatGateway, allocateAddress } from '../../trail-writer/network-changes';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import { ANY, HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, ecsTask, fleet, lambda, on, work } from '../workloads';
import { configured } from './functions';
import { launched, restart } from './instance-addresses';
import { recordedNat } from './nat-gateways';

/** Ends of workloads and of addresses, and what follows them. */
export const ENDING_SITUATIONS: readonly Situation[] = [
  report(
    'scaled-in-by-call',
    'An operator has Auto Scaling terminate an instance; two hours later its credentials are used at its old address',
    (stage) => {
      const server = launched(stage, 'worker', 0);
      const from = on(stage.aws());
      work(server, from, [2, 95]);
      stage.operate(100, actions.terminateInGroup(server.instance));
      call(server, 220, from);
      stage.report(server, HIGH, from);
    },
  ),
  benign(
    'scaled-in-last-calls',
    'An operator has Auto Scaling terminate an instance, which sends its last calls while it shuts down',
    (stage) => {
      const server = launched(stage, 'worker', 0);
      const from = on(stage.aws());
      work(server, from, [2, 95]);
      stage.operate(100, actions.terminateInGroup(server.instance));
      for (const at of [100.5, 102, 105]) call(server, at, from);
    },
  ),
  report(
    'task-stopped-by-itself',
    'A task on a container instance ends, as its agent reports; three hours later its credentials are used at its address',
    (stage) => {
      const host = launched(stage, 'host', 0);
      const from = on(stage.aws());
      const task = ecsTask(stage, 'batch');
      task.issue(4);
      work(host, from, [2, 400]);
      work(task, from, [5, 95]);
      call(host, 100, from, actions.taskStateChange(task.spec.name, stage));
      call(task, 280, from);
      stage.report(task, HIGH, from);
    },
  ),
  benign(
    'restarted-twice-with-an-elastic-address',
    'An instance with an Elastic IP older than the records is stopped and started twice and keeps it',
    (stage) => {
      const server = ec2(stage, 'web');
      const from = on(stage.aws());
      work(server, from, [5, 95]);
      for (const at of [100, 300]) {
        restart(stage, server, at, at + 10);
        work(server, from, [at + 12, at + 150]);
      }
    },
  ),
  benign(
    'old-elastic-address-taken-away',
    'An Elastic IP older than the records is disassociated, by its association alone; the instance gets an automatic address',
    (stage) => {
      const server = ec2(stage, 'web');
      const from = on(stage.aws());
      work(server, from, [5, 195]);
      stage.operate(200, actions.disassociateAddress(from.address, server.instance));
      work(server, on(stage.aws()), [202, 500]);
    },
  ),
  benign(
    'old-elastic-address-moved-and-back',
    'An Elastic IP older than the records fails over to a standby and back, as a cluster manager moves it',
    (stage) => {
      const vpc = stage.vpc();
      const [first, standby] = [ec2(stage, 'first', vpc), ec2(stage, 'standby', vpc)];
      const shared = on(stage.aws());
      const [own, other] = [on(stage.aws()), on(stage.aws())];
      work(first, shared, [5, 195]);
      work(standby, own, [6, 195]);
      stage.operate(200, associateAddress(shared.address, standby.instance, true));
      work(first, other, [202, 295]);
      work(standby, shared, [203, 295]);
      stage.operate(300, associateAddress(shared.address, first.instance, true));
      work(first, shared, [302, 500]);
      work(standby, on(stage.aws()), [303, 500]);
    },
  ),
  report(
    'old-elastic-address-moved-and-theft',
    'An Elastic IP older than the records moves to another instance; the loser’s credentials are used at a third address beside its new one',
    (stage) => {
      const vpc = stage.vpc();
      const [first, second] = [ec2(stage, 'first', vpc), ec2(stage, 'second', vpc)];
      const from = on(stage.aws());
      work(first, from, [7, 245]);
      work(second, on(stage.aws()), [8, 245]);
      stage.operate(250, associateAddress(from.address, second.instance, true));
      work(first, on(stage.aws()), [252, 600]);
      work(second, from, [252, 600]);
      const attacker = stage.rented();
      call(first, 430, attacker);
      stage.report(first, HIGH, attacker);
    },
  ),
  benign(
    'function-two-zones',
    'A function with a VPC on record leaves through the NAT gateways of two zones, both on record, and through an endpoint',
    (stage) => {
      const vpc = stage.vpc();
      const nats = [recordedNat(stage, vpc, 0, 'a').from, recordedNat(stage, vpc, 1, 'b').from];
      configured(stage, 'import', vpc);
      const fn = lambda(stage, 'import');
      fn.issue(4);
      const endpoint = through(stage.endpoint(), `${vpc.block}.93`, AGENTS.lambda);
      work(fn, [...nats.map(({ address }) => over(address, AGENTS.lambda)), endpoint], [5, 600], 20);
    },
  ),
  benign(
    'function-leaves-its-vpc',
    'A function with a VPC on record loses it again and calls from AWS’s own addresses from then on',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      configured(stage, 'import', vpc);
      const fn = lambda(stage, 'import');
      fn.issue(4);
      work(fn, over(from.address, AGENTS.lambda), [5, 195]);
      configured(stage, 'import', null, 200);
      fn.issue(203);
      work(fn, [over(stage.aws(), AGENTS.lambda), over(stage.aws(), AGENTS.lambda)], [204, 400]);
    },
  ),
  report(
    'function-behind-new-nat-rented',
    'The NAT gateway of a function’s VPC is replaced on record; its credentials are used at another AWS address of the Region',
    (stage) => {
      const vpc = stage.vpc();
      const first = recordedNat(stage, vpc, 0);
      configured(stage, 'import', vpc);
      const fn = lambda(stage, 'import');
      fn.issue(4);
      work(fn, over(first.from.address, AGENTS.lambda), [5, 195]);
      const next = on(stage.aws());
      stage.operate(198, allocateAddress(next.address));
      stage.operate(199, createNatGateway(stage.nat(vpc, 'next'), next.address));
      work(fn, over(next.address, AGENTS.lambda), [201, 500]);
      const attacker = stage.rented();
      call(fn, 433, attacker, listBuckets());
      stage.report(fn, MEDIUM_OR_HIGH, attacker);
    },
  ),
  report(
    'function-key-in-the-namesakes-region',
    'Functions of one name run in two Regions; the key of one is used where the other runs',
    (stage) => {
      const here = lambda(stage, 'notify');
      const there = lambda(stage, 'notify', stage.elsewhere);
      for (const [at, fn] of [here, there].entries()) {
        fn.issue(at);
        work(fn, [over(stage.aws(fn.region), AGENTS.lambda), over(stage.aws(fn.region), AGENTS.lambda)], [2, 400]);
      }
      const attacker = stage.rented(stage.elsewhere);
      call(here, 222, attacker, listBuckets());
      stage.report(here, HIGH, attacker);
    },
  ),
  benign(
    'data-events-by-aws-internal',
    'A service reads objects in an instance’s name; the data events name AWS Internal and no service',
    (stage) => {
      const server = ec2(stage, 'web');
      work(server, on(stage.aws()), [5, 300]);
      for (const at of [50, 120])
        call(server, at, over('AWS Internal', 'AWS Internal'), getObject(stage.account, 'layers', 'blob'));
    },
  ),
  report(
    'first-call-long-before-the-address',
    'Half an hour before an instance gets its Elastic IP, its credentials are used at another AWS address; it called from neither before',
    (stage) => {
      const server = launched(stage, 'web', 2);
      const attacker = stage.rented();
      call(server, 20, attacker);
      const own = on(stage.aws());
      stage.operate(49, allocateAddress(own.address));
      stage.operate(50, associateAddress(own.address, server.instance));
      work(server, own, [52, 500]);
      for (const at of [210, 260]) call(server, at, attacker);
      stage.report(server, ANY, attacker);
    },
  ),
  report(
    'pool-of-the-fleet-and-one-beside',
    'A fleet uses five addresses of an old NAT gateway in turn; one instance’s credentials are used twice at an address of EC2 beside',
    (stage) => {
      const addresses = Array.from({ length: 5 }, () => on(stage.aws()));
      const servers = fleet(stage, 12);
      for (const server of servers) work(server, addresses, [5, 700], 20);
      const attacker = stage.rented();
      const [victim] = servers;
      if (!victim) return;
      for (const at of [300, 420]) call(victim, at, attacker);
      stage.report(victim, MEDIUM_OR_HIGH, attacker);
    },
  ),
];
