import { callerIdentity } from '../../trail-writer/calls';
import {
  allocateAddress,
  associateAddress,
  associateNatGatewayAddress,
  attachInterface,
  createInterface,
  createNatGateway,
  deleteNatGateway,
  replaceRoute,
} from '../../trail-writer/network-changes';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import { MEDIUM_OR_HIGH, HIGH } from '../verdict';
import { call, ec2, Ec2, fleet, on, work } from '../workloads';
import type { Stage, Vpc } from '../stage';

/** A NAT gateway as the records show it, and its address. */
export function recordedNat(stage: Stage, vpc: Vpc, at: number, name = 'main') {
  const gateway = stage.nat(vpc, name);
  const from = on(stage.aws(vpc.region));
  stage.operate(at, allocateAddress(from.address), vpc.account, vpc.region);
  stage.operate(at + 0.2, createNatGateway(gateway, from.address), vpc.account, vpc.region);
  stage.operate(at + 3, actions.routeTo(vpc.vpcId, { natGatewayId: gateway.id }), vpc.account, vpc.region);
  return { gateway, from };
}

/** An instance that forwards for its subnet: its address is that of all behind it. */
function natInstance(stage: Stage, vpc: Vpc, order: 'check-first' | 'address-first' | 'interface'): Ec2 {
  const router = new Ec2(stage, stage.instance('router', vpc));
  const address = stage.aws();
  stage.operate(1, allocateAddress(address));
  stage.launch(2, router.instance);
  router.issue(2.1);
  const own = { eniId: stage.instance('shared-interface', vpc).eniId, privateIp: `${vpc.block}.250` };
  const steps = {
    'check-first': [actions.disableSourceCheck(router.instance), associateAddress(address, router.instance)],
    'address-first': [associateAddress(address, router.instance), actions.disableSourceCheck(router.instance)],
    interface: [
      createInterface(own, router.instance),
      actions.disableInterfaceSourceCheck(own),
      actions.associateToInterface(address, own.eniId),
      attachInterface(own, router.instance),
    ],
  }[order];
  for (const [at, step] of steps.entries()) stage.operate(3 + at * 0.5, step);
  router.ping(10, on(address));
  for (const worker of fleet(stage, 4, vpc, 'worker')) work(worker, on(address), [20, 400], 45);
  return router;
}

export const NAT_SITUATIONS: readonly Situation[] = [
  benign('nat-recorded', 'A fleet leaves through a NAT gateway whose creation is on record', (stage) => {
    const vpc = stage.vpc();
    const { from } = recordedNat(stage, vpc, 0);
    for (const server of fleet(stage, 4, vpc)) work(server, from, [10, 500]);
  }),
  benign('nat-older', 'A fleet leaves through one NAT gateway that is older than the records', (stage) => {
    const from = on(stage.aws());
    for (const server of fleet(stage, 9)) work(server, from, [10, 500], 60);
  }),
  benign(
    'nat-older-two-addresses',
    'A NAT gateway older than the records has two addresses, and connections use both',
    (stage) => {
      const addresses = [on(stage.aws()), on(stage.aws())];
      for (const server of fleet(stage, 9)) work(server, addresses, [10, 600], 40);
    },
  ),
  benign('nat-older-five-addresses', 'A busy NAT gateway older than the records has five addresses', (stage) => {
    const addresses = Array.from({ length: 5 }, () => on(stage.aws()));
    for (const [at, server] of fleet(stage, 12).entries())
      work(server, [...addresses.slice(at % 5), ...addresses.slice(0, at % 5)], [10 + at, 600], 35);
  }),
  benign(
    'nat-second-address-recorded',
    'A NAT gateway on record gets a second address, and connections use both',
    (stage) => {
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      const second = on(stage.aws());
      stage.operate(200, allocateAddress(second.address));
      stage.operate(200.5, associateNatGatewayAddress(gateway, second.address));
      for (const server of fleet(stage, 4, vpc)) {
        work(server, from, [10, 195]);
        work(server, [from, second], [215, 500]);
      }
    },
  ),
  benign(
    'nat-second-address-unknown',
    'A NAT gateway on record gets an address that was allocated before the records',
    (stage) => {
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      const second = on(stage.aws());
      stage.operate(200, associateNatGatewayAddress(gateway, second.address));
      for (const server of fleet(stage, 6, vpc)) {
        work(server, from, [10, 195]);
        work(server, [from, second], [215, 500]);
      }
    },
  ),
  benign('nat-address-exchanged', 'An address of a NAT gateway is exchanged for another', (stage) => {
    const vpc = stage.vpc();
    const { gateway, from } = recordedNat(stage, vpc, 0);
    const second = on(stage.aws());
    stage.operate(240, allocateAddress(second.address));
    stage.operate(241, associateNatGatewayAddress(gateway, second.address));
    stage.operate(260, actions.disassociateNatAddress(gateway, from.address));
    for (const server of fleet(stage, 4, vpc)) {
      work(server, from, [10, 239]);
      work(server, second, [265, 500]);
    }
  }),
  benign(
    'nat-replaced',
    'A NAT gateway older than the records is replaced by one on record; the fleet moves with the route',
    (stage) => {
      const vpc = stage.vpc();
      const old = on(stage.aws());
      const servers = fleet(stage, 6, vpc);
      for (const server of servers) work(server, old, [10, 235]);
      const gateway = stage.nat(vpc, 'new');
      const next = on(stage.aws());
      stage.operate(240, allocateAddress(next.address));
      stage.operate(240.5, createNatGateway(gateway, next.address));
      stage.operate(245, replaceRoute(vpc.vpcId, { natGatewayId: gateway.id }));
      stage.operate(290, deleteNatGateway(stage.nat(vpc, 'old')));
      for (const server of servers) work(server, next, [246, 600]);
    },
  ),
  benign(
    'nat-replaced-for-one',
    'The only instance of a VPC moves to the NAT gateway that replaces the first, both on record',
    (stage) => {
      const vpc = stage.vpc();
      const first = recordedNat(stage, vpc, 0);
      const server = ec2(stage, 'only', vpc, 5);
      work(server, first.from, [10, 235]);
      const next = recordedNat(stage, vpc, 240, 'next');
      stage.operate(244, replaceRoute(vpc.vpcId, { natGatewayId: next.gateway.id }));
      stage.operate(250, deleteNatGateway(first.gateway));
      work(server, next.from, [246, 500]);
    },
  ),
  benign(
    'nat-per-zone-route-changed',
    'Two zones have NAT gateways on record; the route of one zone is pointed at the other',
    (stage) => {
      const vpc = stage.vpc();
      const a = recordedNat(stage, vpc, 0, 'a');
      const b = recordedNat(stage, vpc, 5, 'b');
      const servers = fleet(stage, 6, vpc);
      stage.operate(300, replaceRoute(vpc.vpcId, { natGatewayId: b.gateway.id }));
      for (const [at, server] of servers.entries()) {
        work(server, at % 2 ? b.from : a.from, [12, 295]);
        work(server, b.from, [302, 500]);
      }
    },
  ),
  benign('nat-per-zone-older', 'Two zones have NAT gateways older than the records; nothing changes', (stage) => {
    const [a, b] = [on(stage.aws()), on(stage.aws())];
    for (const [at, server] of fleet(stage, 16).entries()) work(server, at % 2 ? a : b, [10, 500], 60);
  }),
  benign('nat-regional', 'A regional NAT gateway gets its addresses from AWS, and no record names them', (stage) => {
    const vpc = stage.vpc();
    stage.operate(0, actions.createRegionalNat(stage.nat(vpc)));
    const addresses = [on(stage.aws()), on(stage.aws()), on(stage.aws())];
    for (const [at, server] of fleet(stage, 9, vpc).entries())
      work(server, [...addresses.slice(at % 3), ...addresses.slice(0, at % 3)], [10, 500], 40);
  }),
  benign(
    'nat-regional-grows',
    'A regional NAT gateway expands to another zone: later calls come from one more address',
    (stage) => {
      const vpc = stage.vpc();
      stage.operate(0, actions.createRegionalNat(stage.nat(vpc)));
      const [a, b] = [on(stage.aws()), on(stage.aws())];
      for (const server of fleet(stage, 8, vpc)) {
        work(server, a, [10, 295]);
        work(server, [a, b], [310, 600], 35);
      }
    },
  ),
  benign('nat-for-one', 'A VPC with one instance leaves through a NAT gateway on record', (stage) => {
    const vpc = stage.vpc();
    const { from } = recordedNat(stage, vpc, 0);
    work(ec2(stage, 'only', vpc, 5), from, [10, 900], 60);
  }),
  benign(
    'nat-for-one-two-addresses',
    'One instance leaves through a NAT gateway on record with two addresses',
    (stage) => {
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      const second = on(stage.aws());
      stage.operate(1, allocateAddress(second.address));
      stage.operate(1.5, associateNatGatewayAddress(gateway, second.address));
      work(ec2(stage, 'only', vpc, 5), [from, second], [10, 500]);
    },
  ),
  benign('nat-instance', 'An instance forwards for its subnet: source check off, then an Elastic IP', (stage) => {
    natInstance(stage, stage.vpc(), 'check-first');
  }),
  benign(
    'nat-instance-address-first',
    'An instance forwards for its subnet: an Elastic IP, then source check off',
    (stage) => {
      natInstance(stage, stage.vpc(), 'address-first');
    },
  ),
  benign(
    'nat-instance-interface',
    'A NAT instance takes an interface with an Elastic IP and source check off (fck-nat)',
    (stage) => {
      natInstance(stage, stage.vpc(), 'interface');
    },
  ),
  benign(
    'egress-account-recorded',
    'A fleet leaves through the NAT gateway of the organisation’s network account, on record',
    (stage) => {
      const { from } = recordedNat(stage, stage.vpc('egress', stage.place.network), 0);
      for (const server of fleet(stage, 5)) work(server, from, [10, 500]);
    },
  ),
  benign(
    'egress-account-for-one',
    'One instance leaves through the NAT gateway of the network account, on record, which serves others too',
    (stage) => {
      const { from } = recordedNat(stage, stage.vpc('egress', stage.place.network), 0);
      for (const server of fleet(stage, 5, stage.vpc('others', stage.place.sibling), 'other'))
        work(server, from, [10, 400], 60);
      work(ec2(stage, 'only'), from, [20, 400]);
    },
  ),
  benign(
    'egress-account-older',
    'Fleets of two accounts leave through a central egress that is older than the records',
    (stage) => {
      const from = on(stage.aws());
      for (const server of fleet(stage, 9)) work(server, from, [10, 400], 60);
      for (const server of fleet(stage, 9, stage.vpc('b', stage.place.sibling), 'b')) work(server, from, [10, 400], 60);
    },
  ),
  benign(
    'route-to-central-egress',
    'A VPC’s route is pointed from its own NAT gateway at the transit gateway of the central egress',
    (stage) => {
      const vpc = stage.vpc();
      const own = recordedNat(stage, vpc, 0);
      const central = recordedNat(stage, stage.vpc('egress', stage.place.network), 2);
      stage.operate(250, replaceRoute(vpc.vpcId, { transitGatewayId: 'tgw-0a1b2c3d4e5f60718' }));
      for (const server of fleet(stage, 5, vpc)) {
        work(server, own.from, [10, 245]);
        work(server, central.from, [252, 500]);
      }
    },
  ),
  benign(
    'nat-created-by-cloudformation',
    'A pipeline of the platform team replaces a NAT gateway by CloudFormation',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const gateway = stage.nat(vpc, 'stack');
      const next = on(stage.aws());
      stage.byService(240, 'cloudformation', allocateAddress(next.address));
      stage.byService(240.5, 'cloudformation', createNatGateway(gateway, next.address));
      stage.byService(243, 'cloudformation', replaceRoute(vpc.vpcId, { natGatewayId: gateway.id }));
      for (const server of fleet(stage, 4, vpc)) {
        work(server, from, [10, 235]);
        work(server, next, [245, 500]);
      }
    },
  ),
  report(
    'nat-deleted-address-reused',
    'A NAT gateway is deleted and its address released; later the address belongs to a stranger who has stolen credentials',
    (stage) => {
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      const [victim, ...others] = fleet(stage, 5, vpc);
      const next = recordedNat(stage, vpc, 240, 'next');
      stage.operate(244, replaceRoute(vpc.vpcId, { natGatewayId: next.gateway.id }));
      stage.operate(255, deleteNatGateway(gateway));
      stage.operate(262, actions.releaseAddress(from.address));
      for (const server of [victim, ...others]) {
        if (!server) continue;
        work(server, from, [10, 235]);
        work(server, next.from, [246, 700]);
      }
      if (!victim) return;
      call(victim, 640, from, callerIdentity());
      call(victim, 641, from);
      stage.report(victim, HIGH, from);
    },
  ),
  report(
    'nat-of-another-vpc',
    'Credentials of an instance are used behind the NAT gateway of another VPC of its account',
    (stage) => {
      const [vpc, other] = [stage.vpc(), stage.vpc('other')];
      const own = recordedNat(stage, vpc, 0, 'own');
      const foreign = recordedNat(stage, other, 5, 'other');
      const [victim, ...others] = fleet(stage, 4, vpc);
      for (const server of [victim, ...others]) if (server) work(server, own.from, [10, 400]);
      for (const server of fleet(stage, 4, other, 'other')) work(server, foreign.from, [12, 400]);
      if (!victim) return;
      call(victim, 222, foreign.from);
      stage.report(victim, MEDIUM_OR_HIGH, foreign.from);
    },
  ),
  report(
    'theft-during-nat-replacement',
    'While a fleet moves to a new NAT gateway, the credentials of one are used from a stranger’s instance',
    (stage) => {
      const vpc = stage.vpc();
      const first = recordedNat(stage, vpc, 0);
      const servers = fleet(stage, 6, vpc);
      for (const server of servers) work(server, first.from, [10, 235]);
      const next = recordedNat(stage, vpc, 240, 'next');
      stage.operate(244, replaceRoute(vpc.vpcId, { natGatewayId: next.gateway.id }));
      for (const server of servers) work(server, next.from, [246, 500]);
      const attacker = stage.rented();
      const [victim] = servers;
      if (!victim) return;
      call(victim, 251, attacker);
      stage.report(victim, HIGH, attacker);
    },
  ),
  report(
    'pool-grows-by-one',
    'Beside the two addresses of an old NAT gateway, one instance’s credentials appear at a third that no other workload uses',
    (stage) => {
      const addresses = [on(stage.aws()), on(stage.aws())];
      const servers = fleet(stage, 9);
      for (const server of servers) work(server, addresses, [10, 600], 40);
      const attacker = stage.rented();
      const [victim] = servers;
      if (!victim) return;
      for (const at of [320, 324, 331]) call(victim, at, attacker);
      stage.report(victim, HIGH, attacker);
    },
  ),
];
