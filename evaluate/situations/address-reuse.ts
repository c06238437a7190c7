import { AGENTS, callerIdentity, listBuckets, over, through } from '../../trail-writer/calls';
import { allocateAddress, associateAddress, start, stop, terminate } from '../../trail-writer/network-changes';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import { ANY, HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, Ec2, ecsTask, fleet, on, work } from '../workloads';
import { lootFrom, withElasticAddress } from './attacks';
import { privately } from './endpoints';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';

/** Addresses that go from one holder to the next. */
export const REUSE_SITUATIONS: readonly Situation[] = [
  benign(
    'elastic-address-of-the-replacement',
    'Auto Scaling replaces an instance, and the replacement gets the Elastic IP of the terminated one',
    (stage) => {
      const vpc = stage.vpc();
      const { server, from } = withElasticAddress(stage, 'first');
      work(server, from, [2, 195]);
      stage.byService(200, 'autoscaling', terminate(server.instance));
      const second = launched(stage, 'second', 202, vpc);
      second.ping(203, on(stage.aws()));
      stage.operate(203.5, associateAddress(from.address, second.instance));
      work(second, from, [204, 500]);
    },
  ),
  benign(
    'automatic-address-of-a-terminated-one',
    'AWS gives a new instance the automatic address that a terminated one of the account had',
    (stage) => {
      const vpc = stage.vpc();
      const [first, from] = [launched(stage, 'first', 0, vpc), on(stage.aws())];
      work(first, from, [2, 195]);
      stage.operate(200, terminate(first.instance));
      work(launched(stage, 'second', 400, vpc), from, [402, 700]);
    },
  ),
  benign(
    'private-address-of-a-terminated-one',
    'A new instance gets the private address of a terminated one and calls the endpoint of their VPC',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const first = launched(stage, 'first', 0, vpc);
      work(first, privately(ours, first), [2, 195]);
      stage.operate(200, terminate(first.instance));
      const second = new Ec2(stage, { ...stage.instance('second', vpc), privateIp: first.instance.privateIp });
      stage.launch(300, second.instance);
      second.issue(300.1);
      work(second, privately(ours, second), [302, 600]);
    },
  ),
  benign('elastic-address-stopped', 'An instance with an Elastic IP is stopped and started and keeps it', (stage) => {
    const { server, from } = withElasticAddress(stage, 'web');
    work(server, from, [2, 195]);
    stage.operate(200, stop(server.instance));
    stage.operate(260, start(server.instance));
    server.issue(260.3);
    work(server, from, [262, 500]);
  }),
  benign('call-while-stopping', 'The agent’s last call comes a minute after the instance is told to stop', (stage) => {
    const { server, from } = withElasticAddress(stage, 'web');
    work(server, from, [2, 195]);
    stage.operate(200, stop(server.instance));
    server.ping(200.9, from);
    stage.operate(300, start(server.instance));
    server.issue(300.3);
    work(server, from, [302, 500]);
  }),
  benign(
    'elastic-address-transferred',
    'An Elastic IP comes from another account of the organisation by transfer',
    (stage) => {
      const server = ec2(stage, 'web');
      work(server, on(stage.aws()), [2, 195]);
      const from = on(stage.aws());
      const { sibling } = stage.place;
      stage.operate(1, allocateAddress(from.address), sibling);
      const allocation = actions.allocationOf(from.address);
      const transfer = { publicIp: from.address, allocationId: allocation, transferAccountId: stage.account };
      stage.operate(
        190,
        actions.write('ec2', 'EnableAddressTransfer', transfer, { addressTransfer: transfer }),
        sibling,
      );
      stage.operate(
        192,
        actions.write('ec2', 'AcceptAddressTransfer', { address: from.address }, { addressTransfer: transfer }),
      );
      stage.operate(200, associateAddress(from.address, server.instance));
      work(server, from, [202, 500]);
    },
  ),
  benign(
    'task-address-reused',
    'A Fargate task gets the public address that a stopped task of the service had',
    (stage) => {
      const from = on(stage.aws());
      for (const [at, name] of ['first', 'second'].entries()) {
        const task = ecsTask(stage, name);
        task.issue(at * 200);
        work(task, from, [at * 200 + 1, at * 200 + 150]);
      }
    },
  ),
  benign(
    'nat-address-kept',
    'A NAT gateway is deleted, and its Elastic IP serves the gateway that follows',
    (stage) => {
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      const servers = fleet(stage, 4, vpc);
      for (const server of servers) work(server, from, [6, 235]);
      const next = stage.nat(vpc, 'next');
      stage.operate(
        240,
        actions.write('ec2', 'DeleteNatGateway', { DeleteNatGatewayRequest: { NatGatewayId: gateway.id } }),
      );
      stage.operate(246, actions.createNat(next, from.address));
      stage.operate(249, actions.routeTo(vpc.vpcId, { natGatewayId: next.id }));
      for (const server of servers) work(server, from, [251, 500]);
    },
  ),
  report(
    'automatic-address-left-behind',
    'An instance got an Elastic IP; hours later its credentials are used at the automatic address it left, which is a stranger’s now',
    (stage) => {
      const server = ec2(stage, 'web');
      const old = on(stage.aws());
      work(server, old, [2, 195]);
      const from = on(stage.aws());
      stage.operate(199.5, allocateAddress(from.address));
      stage.operate(200, associateAddress(from.address, server.instance));
      work(server, from, [202, 700]);
      server.issue(595);
      lootFrom(server, 600, old);
      stage.report(server, HIGH, old);
    },
  ),
  report(
    'address-of-the-next-holder',
    'An Elastic IP moved to another instance; there the credentials of the first are used',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'first');
      const second = ec2(stage, 'second');
      work(server, from, [2, 195]);
      work(second, on(stage.aws()), [2, 195]);
      stage.operate(200, associateAddress(from.address, second.instance, true));
      work(server, on(stage.aws()), [203, 600]);
      work(second, from, [203, 600]);
      lootFrom(server, 420, from);
      stage.report(server, MEDIUM_OR_HIGH, from);
    },
  ),
  report(
    'elastic-address-transferred-away',
    'The attacker transfers the victim’s Elastic IP to an account of his by the stolen credentials and calls from it',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'victim');
      work(server, from, [2, 195]);
      const laptop = stage.laptop();
      const allocationId = actions.allocationOf(from.address);
      call(server, 200, laptop, actions.disassociateAddress(from.address, server.instance));
      call(
        server,
        201,
        laptop,
        actions.write('ec2', 'EnableAddressTransfer', { allocationId, transferAccountId: stage.place.foreign }),
      );
      lootFrom(server, 230, over(from.address, AGENTS.kali));
      stage.report(server, HIGH, laptop);
    },
  ),
  report(
    'identity-only-laptop',
    'An attacker only asks who he is with an instance’s credentials, outside AWS',
    (stage) => {
      const server = ec2(stage, 'web');
      work(server, on(stage.aws()), [2, 400]);
      const attacker = stage.laptop();
      call(server, 200, attacker, callerIdentity());
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'identity-only-rented',
    'An attacker only asks who he is with credentials of an instance that is no node of a cluster, on a stranger’s instance',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const server = ec2(stage, 'web', vpc, 5);
      work(server, from, [6, 400]);
      const attacker = stage.rented();
      call(server, 200, attacker, callerIdentity());
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'peered-network-through-endpoint',
    'Credentials are used through the VPC’s endpoint from an address of a peered network',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const victim = launched(stage, 'victim', 0, vpc);
      work(victim, privately(ours, victim), [2, 400]);
      const attacker = through(ours, '172.20.14.7', AGENTS.kali);
      call(victim, 200, attacker, listBuckets());
      stage.report(victim, MEDIUM_OR_HIGH, attacker);
    },
  ),
  report('hibernated-laptop', 'While an instance is hibernated its credentials are used outside AWS', (stage) => {
    const server = ec2(stage, 'desk');
    work(server, on(stage.aws()), [2, 95]);
    stage.operate(100, actions.hibernate(server.instance));
    const attacker = stage.laptop();
    call(server, 190, attacker);
    stage.report(server, HIGH, attacker);
  }),
  report(
    'stopped-by-the-attacker',
    'The attacker stops the instance with its own credentials and goes on using them at its address',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'victim');
      work(server, from, [2, 95]);
      const laptop = stage.laptop();
      call(server, 100, laptop, stop(server.instance));
      call(server, 190, laptop, listBuckets());
      stage.report(server, HIGH, laptop);
    },
  ),
  report(
    'own-network-new-endpoint',
    'The attacker creates an endpoint in the victim’s account by the stolen credentials and calls through it',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const victim = ec2(stage, 'victim', vpc, 5);
      work(victim, from, [6, 400]);
      const laptop = stage.laptop();
      const made = stage.endpoint(stage.account, 'made');
      call(victim, 200, laptop, actions.createEndpoint(made.id, vpc.vpcId, 'secretsmanager', stage.account));
      const inside = through(made, '10.213.7.7', AGENTS.kali);
      call(victim, 215, inside);
      stage.report(victim, HIGH, laptop);
      stage.report(victim, ANY, inside);
    },
  ),
];
