import { AGENTS, callerIdentity, listBuckets, over, through } from '../../trail-writer/calls';
import {
  allocateAddress,
  assignPrivateAddress,
  associateAddress,
  run,
  start,
  stop,
  terminate,
} from '../../trail-writer/network-changes';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import { HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, Ec2, ecsTask, fleet, lambda, on, Pod, ServiceAccount, work } from '../workloads';
import { lootFrom } from './attacks';
import { elasticAddressBy, launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';
import type { Stage } from '../stage';

/** A node of a cluster behind a NAT gateway on record. */
function nodeBehindNat(stage: Stage) {
  const vpc = stage.vpc();
  const { from } = recordedNat(stage, vpc, 0);
  const workload = launched(stage, 'node', 4, vpc);
  call(workload, 5, from, actions.read('eks', 'DescribeCluster', { name: `${stage.name}-cluster` }));
  work(workload, from, [8, 500], 45);
  return { vpc, workload, from };
}

/** A node that Karpenter, a pod on another node, launches at 60 and terminates at 125. */
function nodeEndedByKarpenter(stage: Stage) {
  const { vpc, ...host } = nodeBehindNat(stage);
  const karpenter = new Pod(stage, 'karpenter', host);
  karpenter.issue(10);
  work(karpenter, host.from, [11, 300], 45);
  const node = new Ec2(stage, stage.instance('spot-node', vpc));
  call(karpenter, 60, host.from, run(node.instance));
  node.issue(60.2);
  work(node, host.from, [62, 120], 20);
  call(karpenter, 125, host.from, terminate(node.instance));
  return { node, from: host.from };
}

/** Changes that workloads make for other workloads, and networks beyond one VPC. */
export const AUTOMATION_SITUATIONS: readonly Situation[] = [
  benign(
    'scheduler-function',
    'A function outside a VPC stops an instance in the evening and starts it in the morning',
    (stage) => {
      const server = ec2(stage, 'office-hours');
      work(server, on(stage.aws()), [2, 95]);
      const scheduler = lambda(stage, 'scheduler');
      scheduler.issue(99);
      call(scheduler, 100, over(stage.aws(), AGENTS.lambda), stop(server.instance));
      scheduler.issue(699);
      call(scheduler, 700, over(stage.aws(), AGENTS.lambda), start(server.instance));
      server.issue(700.4);
      work(server, on(stage.aws()), [702, 900]);
    },
  ),
  benign('deployment-task', 'A Fargate task that deploys gives an instance its Elastic IP', (stage) => {
    const server = launched(stage, 'web', 0);
    work(server, on(stage.aws()), [2, 95]);
    const task = ecsTask(stage, 'deploy');
    task.issue(90);
    const inTask = on(stage.aws());
    call(task, 92, inTask, actions.read('ec2', 'DescribeAddresses'));
    work(server, elasticAddressBy(task, 100, inTask, server), [103, 400]);
  }),
  benign(
    'karpenter',
    'Karpenter, a pod, launches a node with an automatic address and terminates it later',
    (stage) => {
      const { vpc, ...host } = nodeBehindNat(stage);
      const karpenter = new Pod(stage, 'karpenter', host);
      karpenter.issue(10);
      work(karpenter, host.from, [11, 300], 45);
      const node = new Ec2(stage, stage.instance('spot-node', vpc));
      call(karpenter, 60, host.from, run(node.instance));
      node.issue(60.2);
      const own = on(stage.aws());
      work(node, own, [61, 240], 30);
      call(karpenter, 245, host.from, terminate(node.instance));
      node.ping(246.5, own);
    },
  ),
  benign(
    'pods-secondary-range',
    'Pods have addresses of the VPC’s secondary range 100.64.0.0/16 and call our endpoint from them',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const node = launched(stage, 'node', 0, vpc);
      const own = through(ours, node.instance.privateIp, AGENTS.go);
      call(node, 1, own, actions.read('eks', 'DescribeCluster', { name: `${stage.name}-cluster` }));
      work(node, own, [3, 300], 45);
      for (const [at, name] of ['cart', 'search'].entries()) {
        const address = `100.64.7.${20 + at}`;
        call(node, 4 + at, own, assignPrivateAddress(node.instance, address));
        const pod = new Pod(stage, name, { workload: node, from: own });
        pod.issue(8 + at);
        work(pod, through(ours, address, AGENTS.boto), [9 + at, 300], 45);
      }
    },
  ),
  benign(
    'irsa-fargate',
    'Fargate pods of a service account leave through the NAT gateway on record; the cluster has no nodes',
    (stage) => {
      const { from } = recordedNat(stage, stage.vpc(), 0);
      const account = new ServiceAccount(stage, 'checkout', from);
      account.exchange(10, from);
      work(account, from, [11, 400]);
    },
  ),
  benign(
    'public-beside-gateway-endpoint',
    'An instance with an automatic address reads objects through the gateway endpoint of S3',
    (stage) => {
      const server = launched(stage, 'web', 0);
      work(
        server,
        [on(stage.aws()), through(stage.endpoint(stage.account, 's3'), server.instance.privateIp, AGENTS.java)],
        [2, 400],
      );
    },
  ),
  benign(
    'nat64',
    'IPv6-only instances call IPv6 endpoints by their own addresses and IPv4 ones by the NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      for (const server of fleet(stage, 4, vpc)) work(server, [over(stage.awsV6(), AGENTS.java), from], [6, 400], 40);
    },
  ),
  benign(
    'ephemeral-runners',
    'A function launches build runners that live twenty minutes, behind a NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const launcher = lambda(stage, 'launcher');
      launcher.issue(5);
      for (let at = 0; at < 5; at += 1) {
        const begin = 10 + at * 40;
        const runner = new Ec2(stage, stage.instance(`runner-${at}`, vpc));
        call(launcher, begin, over(stage.aws(), AGENTS.lambda), run(runner.instance));
        runner.issue(begin + 0.2);
        work(runner, from, [begin + 1, begin + 20], 5);
        call(runner, begin + 21, from, terminate(runner.instance));
      }
    },
  ),
  benign(
    'nat-regional-manual',
    'A regional NAT gateway gets the addresses of two zones by hand, both allocated on record',
    (stage) => {
      const vpc = stage.vpc();
      const [a, b] = [on(stage.aws()), on(stage.aws())];
      for (const { address } of [a, b]) stage.operate(0, allocateAddress(address));
      stage.operate(1, actions.createRegionalNat(stage.nat(vpc), [a.address, b.address]));
      for (const [at, server] of fleet(stage, 4, vpc).entries()) work(server, at % 2 ? [a, b] : [b, a], [6, 400]);
    },
  ),
  benign(
    'two-roles-on-one-instance',
    'Two instance profiles follow each other, and a task in bridge mode uses a third role, all at one Elastic IP',
    (stage) => {
      const server = launched(stage, 'host', 0);
      const from = on(stage.aws());
      stage.operate(0.3, allocateAddress(from.address));
      stage.operate(0.6, associateAddress(from.address, server.instance));
      work(server, from, [2, 195]);
      const other = new Ec2(stage, { ...server.instance, role: `${stage.name}-second-role` });
      other.issue(200);
      work(other, from, [201, 400]);
      const task = ecsTask(stage, 'api');
      task.issue(30);
      work(task, from, [31, 300]);
    },
  ),
  benign('late-joiner', 'An instance joins a fleet behind an old NAT gateway long after the others', (stage) => {
    const vpc = stage.vpc();
    const from = on(stage.aws());
    for (const server of fleet(stage, 6, vpc)) work(server, from, [3, 600], 45);
    work(launched(stage, 'late', 400, vpc), from, [402, 600], 20);
  }),
  benign(
    'second-nat-older',
    'A fleet of three behind an old NAT gateway, in an account of many other workloads',
    (stage) => {
      const from = on(stage.aws());
      for (const server of fleet(stage, 3)) work(server, from, [3, 600], 45);
      for (let at = 0; at < 20; at += 1) work(ec2(stage, `other-${at}`), on(stage.aws()), [3, 300], 90);
    },
  ),
  report('pod-on-other-node', 'The credentials of a pod are used at the public address of another node', (stage) => {
    const vpc = stage.vpc();
    const [a, b] = ['a', 'b'].map((name) => {
      const workload = launched(stage, `node-${name}`, 0, vpc);
      const from = on(stage.aws());
      work(workload, from, [3, 400], 45);
      return { workload, from };
    });
    if (!a || !b) return;
    const pod = new Pod(stage, 'cart', a);
    pod.issue(10);
    work(pod, a.from, [11, 300], 45);
    lootFrom(pod, 155, b.from);
    stage.report(pod, MEDIUM_OR_HIGH, b.from);
  }),
  report(
    'terminated-by-karpenter',
    'Karpenter terminates a node; an hour later its credentials are used outside AWS',
    (stage) => {
      const { node } = nodeEndedByKarpenter(stage);
      const attacker = stage.laptop();
      call(node, 190, attacker, listBuckets());
      stage.report(node, HIGH, attacker);
    },
  ),
  report(
    'terminated-by-karpenter-same-nat',
    'Karpenter terminates a node; two hours later its credentials are used behind the NAT gateway of the VPC',
    (stage) => {
      const { node, from } = nodeEndedByKarpenter(stage);
      call(node, 250, from, listBuckets());
      stage.report(node, HIGH, from);
    },
  ),
  report(
    'old-nat-laptop',
    'Behind an old NAT gateway with two addresses: one instance’s credentials are used on a laptop',
    (stage) => {
      const addresses = [on(stage.aws()), on(stage.aws())];
      const [victim, ...others] = fleet(stage, 9);
      for (const [at, server] of [victim, ...others].entries())
        if (server) work(server, at % 2 ? addresses : [...addresses].reverse(), [3, 500], 40);
      if (!victim) return;
      const attacker = stage.laptop();
      lootFrom(victim, 222, attacker);
      stage.report(victim, HIGH, attacker);
    },
  ),
  report(
    'five-victims-three-addresses',
    'An attacker uses the credentials of five instances from three rented servers in turn',
    (stage) => {
      const attackers = [stage.rented(), stage.rented(), stage.rented()];
      for (let at = 0; at < 5; at += 1) {
        const server = ec2(stage, `web-${at}`);
        work(server, on(stage.aws()), [3, 500], 40);
        for (const [turn, attacker] of attackers.entries()) {
          call(server, 200 + at + turn * 45, attacker, turn ? listBuckets() : callerIdentity());
          stage.report(server, HIGH, attacker);
        }
      }
    },
  ),
  report(
    'scheduler-function-stolen',
    'A scheduler function’s credentials are used outside AWS to start an instance; later the instance’s own are used at a stranger’s',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const server = ec2(stage, 'victim', vpc, 4);
      work(server, from, [6, 500], 40);
      const scheduler = lambda(stage, 'scheduler');
      scheduler.issue(99);
      call(scheduler, 100, over(stage.aws(), AGENTS.lambda), actions.read('ec2', 'DescribeInstances'));
      const [laptop, rented] = [stage.laptop(), stage.rented()];
      call(scheduler, 200, laptop, stop(server.instance));
      call(scheduler, 203, laptop, start(server.instance));
      server.issue(203.4);
      call(server, 215, rented, listBuckets());
      stage.report(scheduler, HIGH, laptop);
      stage.report(server, HIGH, rented);
    },
  ),
  report(
    'task-on-other-host',
    'A task in bridge mode on one host: its credentials are used at another host’s Elastic IP',
    (stage) => {
      const [host, other] = [launched(stage, 'host', 0), launched(stage, 'other', 1)];
      const [own, theirs] = [on(stage.aws()), on(stage.aws())];
      for (const [server, from] of [
        [host, own],
        [other, theirs],
      ] as const) {
        stage.operate(1.3, allocateAddress(from.address));
        stage.operate(1.6, associateAddress(from.address, server.instance));
        work(server, from, [3, 400], 45);
      }
      const task = ecsTask(stage, 'api');
      task.issue(10);
      work(task, own, [11, 300], 45);
      lootFrom(task, 150, theirs);
      stage.report(task, MEDIUM_OR_HIGH, theirs);
    },
  ),
];
