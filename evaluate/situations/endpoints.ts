import { AGENTS, getObject, through } from '../../trail-writer/calls';
import { attachInterface, createInterface } from '../../trail-writer/network-changes';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import type { Endpoint, From } from '../../trail-writer/record';
import { ANY, HIGH, MEDIUM, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, fleet, lambda, ecsTask, on, work, type Ec2 } from '../workloads';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';

/** The instance calls through an endpoint with its own private address. */
export function privately(endpoint: Endpoint, { instance }: Ec2, privateIp = instance.privateIp): From {
  return through(endpoint, privateIp, AGENTS.java);
}

export const ENDPOINT_SITUATIONS: readonly Situation[] = [
  benign('own-endpoint', 'A fleet calls through the endpoint of its VPC', (stage) => {
    const ours = stage.endpoint();
    for (const server of fleet(stage, 5)) work(server, privately(ours, server), [5, 500], 45);
  }),
  benign(
    'own-endpoint-at-launch',
    'A launched instance calls through its VPC’s endpoint with the private address of its launch',
    (stage) => {
      const server = launched(stage, 'web', 3);
      work(server, privately(stage.endpoint(), server), [5, 500]);
    },
  ),
  benign('endpoint-beside-nat', 'SSM goes through an endpoint, everything else through the NAT gateway', (stage) => {
    const vpc = stage.vpc();
    const { from } = recordedNat(stage, vpc, 0);
    const ours = stage.endpoint();
    for (const server of fleet(stage, 4, vpc)) work(server, [from, privately(ours, server)], [8, 500], 25);
  }),
  benign('endpoints-of-two-services', 'Each service has its own endpoint in the VPC', (stage) => {
    const [ssm, kms] = [stage.endpoint(stage.account, 'ssm'), stage.endpoint(stage.account, 'kms')];
    for (const server of fleet(stage, 4)) work(server, [privately(ssm, server), privately(kms, server)], [5, 400]);
  }),
  benign('endpoint-created', 'An endpoint is created; the fleet’s calls move from the NAT gateway to it', (stage) => {
    const vpc = stage.vpc();
    const { from } = recordedNat(stage, vpc, 0);
    const ours = stage.endpoint();
    stage.operate(200, actions.createEndpoint(ours.id, vpc.vpcId, 'secretsmanager', stage.account));
    for (const server of fleet(stage, 5, vpc)) {
      work(server, from, [8, 195]);
      work(server, privately(ours, server), [205, 500]);
    }
  }),
  benign(
    'endpoint-deleted',
    'An endpoint is deleted; the fleet’s calls go through the NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const ours = stage.endpoint();
      stage.operate(200, actions.deleteEndpoint(ours.id));
      for (const server of fleet(stage, 5, vpc)) {
        work(server, privately(ours, server), [8, 195]);
        work(server, from, [203, 500]);
      }
    },
  ),
  benign(
    'shared-endpoints',
    'Fleets of two accounts call through the endpoint of the organisation’s network account',
    (stage) => {
      const shared = stage.endpoint(stage.place.network);
      for (const server of fleet(stage, 4)) work(server, privately(shared, server), [5, 400], 45);
      for (const server of fleet(stage, 4, stage.vpc('b', stage.place.sibling), 'b'))
        work(server, privately(shared, server), [5, 400], 45);
    },
  ),
  benign(
    'shared-endpoint-beside-own',
    'Some services have endpoints in the VPC, others in the network account’s',
    (stage) => {
      const [ours, shared] = [stage.endpoint(), stage.endpoint(stage.place.network)];
      for (const server of fleet(stage, 6))
        work(server, [privately(ours, server), privately(shared, server)], [5, 400]);
    },
  ),
  benign(
    'gateway-endpoint',
    'Objects go through the gateway endpoint of S3, everything else through the NAT gateway',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const gateway = stage.endpoint(stage.account, 's3');
      for (const server of fleet(stage, 4, vpc)) {
        work(server, from, [8, 400], 45);
        for (const at of [20, 120, 220])
          call(server, at, privately(gateway, server), getObject(stage.account, 'media', `${at}.jpg`));
      }
    },
  ),
  benign(
    'endpoint-in-public-block',
    'A VPC uses publicly routable addresses inside; its endpoint shows them',
    (stage) => {
      const ours = stage.endpoint();
      const block = stage.place.addresses.publicBlock();
      for (const [at, server] of fleet(stage, 5).entries())
        work(server, through(ours, `${block}.${20 + at}`, AGENTS.java), [5, 400], 45);
    },
  ),
  benign(
    'private-nat',
    'A fleet in a routable-poor VPC reaches the shared endpoint through a private NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const shared = stage.endpoint(stage.place.network);
      const privateIp = `${vpc.block}.5`;
      stage.operate(0, actions.createPrivateNat(stage.nat(vpc), privateIp));
      for (const server of fleet(stage, 5, vpc)) work(server, through(shared, privateIp, AGENTS.java), [5, 400], 45);
    },
  ),
  benign(
    'private-nat-older',
    'A fleet reaches the shared endpoint through a private NAT gateway older than the records',
    (stage) => {
      const shared = stage.endpoint(stage.place.network);
      const privateIp = `${stage.place.addresses.privateBlock()}.5`;
      for (const server of fleet(stage, 9)) work(server, through(shared, privateIp, AGENTS.java), [5, 400], 60);
    },
  ),
  benign(
    'internal-proxies',
    'A fleet calls through three internal proxies in turn, which use our endpoint',
    (stage) => {
      const ours = stage.endpoint();
      const block = stage.place.addresses.privateBlock();
      const proxies = [7, 8, 9].map((host) => through(ours, `${block}.${host}`, AGENTS.java));
      for (const server of fleet(stage, 9)) work(server, proxies, [5, 500], 35);
    },
  ),
  benign(
    'interface-attached',
    'An instance gets a second interface and calls the endpoint from its address',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const server = launched(stage, 'web', 0, vpc);
      const second = { eniId: stage.instance('second', vpc).eniId, privateIp: `${vpc.block}.248` };
      work(server, privately(ours, server), [3, 95]);
      stage.operate(100, createInterface(second, server.instance));
      stage.operate(100.5, attachInterface(second, server.instance));
      work(server, [privately(ours, server), privately(ours, server, second.privateIp)], [102, 400]);
    },
  ),
  report(
    'foreign-endpoint',
    'An attacker uses an instance’s credentials through the endpoint of his own VPC',
    (stage) => {
      const [victim, ...others] = fleet(stage, 4);
      const ours = stage.endpoint();
      for (const server of [victim, ...others]) if (server) work(server, privately(ours, server), [5, 400]);
      if (!victim) return;
      const from = through(stage.endpoint(stage.place.foreign), '172.31.85.253', AGENTS.boto);
      call(victim, 211, from);
      stage.report(victim, HIGH, from);
    },
  ),
  report(
    'foreign-endpoint-same-address',
    'An attacker gives his instance the victim’s private address and calls through his own endpoint',
    (stage) => {
      const victim = ec2(stage, 'victim');
      work(victim, privately(stage.endpoint(), victim), [5, 400]);
      const from = privately(stage.endpoint(stage.place.foreign), victim);
      call(victim, 211, from);
      stage.report(victim, HIGH, from);
    },
  ),
  report(
    'foreign-endpoint-nat-address',
    'An attacker’s VPC has the public block of the victim’s NAT gateway; his endpoint shows that very address',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const victim = ec2(stage, 'victim', vpc, 5);
      work(victim, from, [8, 400]);
      const copied = through(stage.endpoint(stage.place.foreign), from.address, AGENTS.boto);
      call(victim, 213, copied);
      stage.report(victim, HIGH, copied);
    },
  ),
  report(
    'foreign-endpoint-task',
    'An ECS task’s credentials are used through a stranger’s endpoint with the task’s private address',
    (stage) => {
      const task = ecsTask(stage, 'api');
      task.issue(0);
      const address = `${stage.place.addresses.privateBlock()}.77`;
      work(task, through(stage.endpoint(), address, AGENTS.java), [2, 400]);
      const from = through(stage.endpoint(stage.place.foreign), address, AGENTS.boto);
      call(task, 190, from);
      stage.report(task, HIGH, from);
    },
  ),
  report('foreign-endpoint-function', 'A function’s credentials are used through a stranger’s endpoint', (stage) => {
    const fn = lambda(stage, 'api');
    fn.issue(0);
    work(fn, on(stage.aws()), [2, 400]);
    const from = through(stage.endpoint(stage.place.foreign), '10.0.0.99', AGENTS.boto);
    call(fn, 190, from);
    stage.report(fn, HIGH, from);
  }),
  report(
    'foreign-endpoint-first',
    'The first call with an instance’s credentials comes through a stranger’s endpoint',
    (stage) => {
      const victim = ec2(stage, 'victim');
      const from = through(stage.endpoint(stage.place.foreign), '10.0.0.17', AGENTS.boto);
      call(victim, 1, from);
      work(victim, on(stage.aws()), [9, 400]);
      stage.report(victim, HIGH, from);
    },
  ),
  report(
    'sibling-endpoint-same-address',
    'Credentials are used through the endpoint of another account of the organisation, with a copied private address',
    (stage) => {
      const victim = ec2(stage, 'victim');
      work(victim, privately(stage.endpoint(), victim), [5, 400]);
      const theirs = stage.endpoint(stage.place.sibling);
      for (const server of fleet(stage, 3, stage.vpc('b', stage.place.sibling), 'b'))
        work(server, privately(theirs, server), [5, 400], 60);
      const from = privately(theirs, victim);
      call(victim, 211, from);
      stage.report(victim, MEDIUM_OR_HIGH, from);
    },
  ),
  report(
    'neighbour-through-endpoint',
    'Credentials of one instance are used through the VPC’s endpoint with the private address of another',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const [victim, neighbour] = [launched(stage, 'victim', 0, vpc), launched(stage, 'neighbour', 1, vpc)];
      for (const server of [victim, neighbour]) work(server, privately(ours, server), [5, 400]);
      call(victim, 211, privately(ours, neighbour));
      stage.report(victim, MEDIUM, privately(ours, neighbour));
    },
  ),
  report(
    'unknown-host-through-endpoint',
    'Credentials are used through the VPC’s endpoint with a private address that no record gave the instance',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const victim = launched(stage, 'victim', 0, vpc);
      work(victim, privately(ours, victim), [5, 400]);
      const from = privately(ours, victim, `${vpc.block}.201`);
      call(victim, 211, from);
      stage.report(victim, MEDIUM_OR_HIGH, from);
    },
  ),
  report(
    'first-call-through-endpoint-hours-later',
    'Hours after an instance’s last step, its credentials appear at an endpoint that no instance of its network uses',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const [victim, ...others] = fleet(stage, 5, vpc);
      for (const server of [victim, ...others]) if (server) work(server, from, [8, 600]);
      if (!victim) return;
      const late = through(stage.endpoint(stage.account, 'unused'), '10.250.0.9', AGENTS.boto);
      call(victim, 433, late);
      stage.report(victim, ANY, late);
    },
  ),
];
