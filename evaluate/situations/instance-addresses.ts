import { AGENTS, over, through } from '../../trail-writer/calls';
import {
  allocateAddress,
  assignIpv6Address,
  assignPrivateAddress,
  associateAddress,
  attachInterface,
  createInterface,
  start,
  stop,
  terminate,
} from '../../trail-writer/network-changes';
import type { From } from '../../trail-writer/record';
import * as actions from '../actions';
import { benign, type Situation } from '../situation';
import type { Stage } from '../stage';
import { call, ec2, Ec2, fleet, on, work, type Workload } from '../workloads';

/** An instance whose launch is on record. */
export function launched(stage: Stage, name: string, at: number, vpc = stage.vpc(`of ${name}`)): Ec2 {
  const server = new Ec2(stage, stage.instance(name, vpc));
  stage.launch(at, server.instance);
  server.issue(at + 0.1);
  return server;
}

function elasticAddress(stage: Stage, at: number, { instance }: Ec2, known = true) {
  const from = on(stage.aws());
  if (known) stage.operate(at - 0.5, allocateAddress(from.address));
  stage.operate(at, associateAddress(from.address, instance));
  return from;
}

/** A workload gives an instance an Elastic IP, from where it calls itself. */
export function elasticAddressBy(maker: Workload, at: number, from: From, { stage, instance }: Ec2): From {
  const own = on(stage.aws());
  call(maker, at, from, allocateAddress(own.address));
  call(maker, at + 1, from, associateAddress(own.address, instance));
  return own;
}

/** Stopped and started again: new credentials, and a new address where it was automatic. */
export function restart(stage: Stage, server: Ec2, stopAt: number, startAt: number): void {
  stage.operate(stopAt, stop(server.instance));
  stage.operate(startAt, start(server.instance));
  server.issue(startAt + 0.3);
}

export const ADDRESS_SITUATIONS: readonly Situation[] = [
  benign(
    'automatic-address',
    'An instance calls from the automatic address it has had since before the records',
    (stage) => {
      work(ec2(stage, 'old'), on(stage.aws()), [5, 900], 60);
    },
  ),
  benign('automatic-address-at-launch', 'An instance is launched and calls from an automatic address', (stage) => {
    const server = launched(stage, 'new', 10);
    const from = on(stage.aws());
    server.ping(11, from);
    work(server, from, [15, 500]);
  }),
  benign(
    'elastic-address-given',
    'An instance with an automatic address gets an Elastic IP that was allocated on record',
    (stage) => {
      const server = ec2(stage, 'web');
      work(server, on(stage.aws()), [5, 195]);
      work(server, elasticAddress(stage, 200, server), [202, 500]);
    },
  ),
  benign('elastic-address-unknown', 'An instance gets an Elastic IP that was allocated before the records', (stage) => {
    const server = ec2(stage, 'web');
    work(server, on(stage.aws()), [5, 195]);
    work(server, elasticAddress(stage, 200, server, false), [202, 500]);
  }),
  benign(
    'elastic-address-after-user-data',
    'User data calls from the automatic address for a minute before Terraform’s Elastic IP arrives',
    (stage) => {
      const server = launched(stage, 'web', 10);
      const automatic = on(stage.aws());
      server.ping(10.4, automatic);
      call(server, 10.7, automatic);
      const from = elasticAddress(stage, 11.2, server);
      work(server, from, [12, 500]);
    },
  ),
  benign(
    'elastic-address-seconds-before',
    'The agent calls from the automatic address twenty seconds before the Elastic IP is associated',
    (stage) => {
      const server = launched(stage, 'web', 30);
      server.ping(30.8, on(stage.aws()));
      work(server, elasticAddress(stage, 31.1, server), [32, 600], 40);
    },
  ),
  benign(
    'elastic-address-moved',
    'An Elastic IP moves to the standby; the first instance gets an automatic address',
    (stage) => {
      const vpc = stage.vpc();
      const [first, second] = [ec2(stage, 'first', vpc), ec2(stage, 'second', vpc)];
      const from = elasticAddress(stage, 5, first);
      work(first, from, [7, 245]);
      work(second, on(stage.aws()), [8, 245]);
      stage.operate(250, associateAddress(from.address, second.instance, true));
      work(first, on(stage.aws()), [252, 500]);
      work(second, from, [252, 500]);
    },
  ),
  benign(
    'old-elastic-address-moved',
    'An Elastic IP older than the records moves from one instance to the other',
    (stage) => {
      const vpc = stage.vpc();
      const [first, second] = [ec2(stage, 'first', vpc), ec2(stage, 'second', vpc)];
      const from = on(stage.aws());
      work(first, from, [7, 245]);
      work(second, on(stage.aws()), [8, 245]);
      stage.operate(250, associateAddress(from.address, second.instance, true));
      work(first, on(stage.aws()), [252, 500]);
      work(second, from, [252, 500]);
    },
  ),
  benign(
    'elastic-address-taken-away',
    'An Elastic IP is disassociated and released; the instance gets an automatic address',
    (stage) => {
      const server = ec2(stage, 'web');
      const from = elasticAddress(stage, 5, server);
      work(server, from, [7, 245]);
      stage.operate(250, actions.disassociateAddress(from.address, server.instance));
      stage.operate(251, actions.releaseAddress(from.address));
      work(server, on(stage.aws()), [252, 500]);
    },
  ),
  benign(
    'elastic-address-to-interface',
    'An Elastic IP is associated with the instance’s interface and private address',
    (stage) => {
      const server = launched(stage, 'web', 2);
      work(server, on(stage.aws()), [5, 195]);
      const from = on(stage.aws());
      const { eniId, privateIp } = server.instance;
      stage.operate(199, allocateAddress(from.address));
      stage.operate(200, actions.associateToInterface(from.address, eniId, privateIp));
      work(server, from, [202, 500]);
    },
  ),
  benign('stopped-and-started', 'An instance is stopped and started: another automatic address', (stage) => {
    const server = ec2(stage, 'batch');
    work(server, on(stage.aws()), [5, 235]);
    restart(stage, server, 240, 300);
    work(server, on(stage.aws()), [302, 600]);
  }),
  benign(
    'started-and-slow',
    'An instance is started and makes its first call thirty hours later, from another address',
    (stage) => {
      const server = ec2(stage, 'batch');
      work(server, on(stage.aws()), [5, 95]);
      restart(stage, server, 100, 130);
      const first = 130 + 30 * 60;
      server.issue(first - 60);
      work(server, on(stage.aws()), [first, first + 200]);
    },
  ),
  benign(
    'stopped-every-night',
    'A scheduler stops and starts an instance three times; each time it has another address',
    (stage) => {
      const server = ec2(stage, 'office-hours');
      work(server, on(stage.aws()), [5, 235], 60);
      for (const day of [1, 2, 3]) {
        const begin = day * 1440;
        restart(stage, server, begin - 1190, begin);
        work(server, on(stage.aws()), [begin + 2, begin + 235], 60);
      }
    },
  ),
  benign('hibernated', 'An instance is hibernated and resumed', (stage) => {
    const server = ec2(stage, 'desk');
    work(server, on(stage.aws()), [5, 95]);
    stage.operate(100, actions.hibernate(server.instance));
    stage.operate(400, start(server.instance));
    server.issue(400.4);
    work(server, on(stage.aws()), [402, 600]);
  }),
  benign('rebooted', 'An instance is rebooted and keeps its address', (stage) => {
    const server = ec2(stage, 'web');
    const from = on(stage.aws());
    work(server, from, [5, 95]);
    stage.operate(100, actions.rebootInstance(server.instance));
    work(server, from, [104, 400]);
  }),
  benign(
    'spot-stopped-and-resumed',
    'EC2 stops a persistent spot instance for capacity and starts it again hours later',
    (stage) => {
      const server = ec2(stage, 'spot');
      work(server, on(stage.aws()), [5, 95]);
      stage.byService(100, 'spot', stop(server.instance));
      stage.byService(280, 'spot', start(server.instance));
      server.issue(280.5);
      work(server, on(stage.aws()), [282, 500]);
    },
  ),
  benign('spot-reclaimed', 'EC2 reclaims a spot instance; another is launched with another address', (stage) => {
    const vpc = stage.vpc();
    const first = launched(stage, 'first', 0, vpc);
    work(first, on(stage.aws()), [5, 198]);
    stage.evict(200, first.instance);
    const second = launched(stage, 'second', 203, vpc);
    work(second, on(stage.aws()), [205, 500]);
  }),
  benign('scaled-out', 'Auto Scaling launches six instances with automatic addresses', (stage) => {
    const vpc = stage.vpc();
    for (let at = 0; at < 6; at += 1) {
      const server = launched(stage, `web-${at}`, 10 + at * 12, vpc);
      const from = on(stage.aws());
      server.ping(11 + at * 12, from);
      work(server, from, [12 + at * 12, 400], 45);
    }
  }),
  benign(
    'scaled-in',
    'Auto Scaling terminates an instance whose agent makes its last call while shutting down',
    (stage) => {
      const server = launched(stage, 'web', 0);
      const from = on(stage.aws());
      work(server, from, [3, 190]);
      stage.byService(200, 'autoscaling', terminate(server.instance));
      call(server, 200.8, from);
      server.ping(202.5, from);
    },
  ),
  benign('warm-pool', 'A warm pool stops an instance after its first boot and starts it when it is needed', (stage) => {
    const server = launched(stage, 'web', 0);
    server.ping(1, on(stage.aws()));
    stage.byService(5, 'autoscaling', stop(server.instance));
    stage.byService(300, 'autoscaling', start(server.instance));
    server.issue(300.3);
    work(server, on(stage.aws()), [301, 500]);
  }),
  benign(
    'second-interface-with-elastic-address',
    'An instance gets a second interface with an Elastic IP and calls from both',
    (stage) => {
      const server = launched(stage, 'router', 0);
      const [first, second] = [on(stage.aws()), on(stage.aws())];
      const { vpcId } = server.instance;
      const own = { eniId: stage.instance('second interface', { ...stage.vpc(), vpcId }).eniId, privateIp: '10.9.9.9' };
      work(server, first, [3, 95]);
      stage.operate(100, createInterface(own, server.instance));
      stage.operate(100.4, attachInterface(own, server.instance));
      stage.operate(101, allocateAddress(second.address));
      stage.operate(101.3, actions.associateToInterface(second.address, own.eniId));
      work(server, [first, second], [103, 400]);
    },
  ),
  benign(
    'secondary-address-with-elastic-address',
    'An instance gets a secondary private address and an Elastic IP on it',
    (stage) => {
      const server = launched(stage, 'mail', 0);
      const [first, second] = [on(stage.aws()), on(stage.aws())];
      const { eniId, privateIp } = server.instance;
      const secondary = privateIp.replace(/\d+$/, '251');
      work(server, first, [3, 95]);
      stage.operate(100, assignPrivateAddress(server.instance, secondary));
      stage.operate(101, allocateAddress(second.address));
      stage.operate(101.3, actions.associateToInterface(second.address, eniId, secondary));
      work(server, [first, second], [103, 400]);
    },
  ),
  benign(
    'interface-moved',
    'A fail-over moves an interface, and its private address, to the other instance',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const [first, second] = [launched(stage, 'first', 0, vpc), launched(stage, 'second', 1, vpc)];
      const floating = { eniId: stage.instance('floating', vpc).eniId, privateIp: `${vpc.block}.249` };
      const own = (server: Ec2) => through(ours, server.instance.privateIp, AGENTS.java);
      const moved = through(ours, floating.privateIp, AGENTS.java);
      stage.operate(2, createInterface(floating, first.instance));
      stage.operate(3, attachInterface(floating, first.instance));
      work(first, [own(first), moved], [5, 195]);
      work(second, own(second), [5, 195]);
      stage.operate(200, actions.detachInterface(floating, first.instance));
      stage.operate(201, attachInterface(floating, second.instance));
      work(first, own(first), [203, 400]);
      work(second, [own(second), moved], [203, 400]);
    },
  ),
  benign(
    'ipv6-assigned',
    'An instance with IPv4 gets an IPv6 address and calls dual-stack endpoints from it',
    (stage) => {
      const server = launched(stage, 'web', 0);
      const [v4, v6] = [on(stage.aws()), over(stage.awsV6(), AGENTS.java)];
      work(server, v4, [3, 95]);
      stage.operate(100, assignIpv6Address(server.instance, v6.address));
      work(server, [v4, v6], [103, 400]);
    },
  ),
  benign(
    'dual-stack-fleet',
    'The instances of a dual-stack subnet older than the records call now by IPv4 and now by IPv6',
    (stage) => {
      const v4 = on(stage.aws());
      for (const server of fleet(stage, 8)) work(server, [v4, over(stage.awsV6(), AGENTS.java)], [5, 400], 40);
    },
  ),
  benign(
    'rolling-replacement',
    'An instance refresh replaces four instances one by one; all have automatic addresses',
    (stage) => {
      const vpc = stage.vpc();
      for (let at = 0; at < 4; at += 1) {
        const old = ec2(stage, `old-${at}`, vpc);
        work(old, on(stage.aws()), [3 + at, 200 + at * 15], 40);
        stage.byService(205 + at * 15, 'autoscaling', terminate(old.instance));
        work(launched(stage, `new-${at}`, 206 + at * 15, vpc), on(stage.aws()), [208 + at * 15, 500], 40);
      }
    },
  ),
  benign('profile-replaced', 'An instance gets another instance profile: a new role, the same address', (stage) => {
    const server = ec2(stage, 'web');
    const from = on(stage.aws());
    work(server, from, [5, 195]);
    stage.operate(
      200,
      actions.write('ec2', 'ReplaceIamInstanceProfileAssociation', { associationId: 'iip-assoc-0a1b2c3d4e5f60718' }),
    );
    const other = new Ec2(stage, { ...server.instance, role: `${stage.name}-other-role` });
    other.issue(201);
    work(other, from, [203, 400]);
  }),
];
