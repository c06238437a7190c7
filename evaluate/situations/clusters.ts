import { AGENTS, callerIdentity, getSecret, listBuckets, over, through } from '../../trail-writer/calls';
import { assignIpv6Address, assignPrivateAddress, attachInterface } from '../../trail-writer/network-changes';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import type { Stage, Vpc } from '../stage';
import { HIGH } from '../verdict';
import { call, ec2, fleet, on, Pod, ServiceAccount, work, type Ec2 } from '../workloads';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';
import type { From } from '../../trail-writer/record';

const CNI = 'amazon-vpc-cni-k8s/v1.19.2 aws-sdk-go-v2/1.36.5 ua/2.1 os/linux lang/go#1.24.4';

/** A node of the cluster joins: it signs a request that the control plane sends, and its CNI looks at its interfaces. */
function joins(stage: Stage, node: Ec2, at: number, from: From): void {
  call(node, at, from, actions.read('eks', 'DescribeCluster', { name: `${stage.name}-cluster` }));
  call(node, at + 0.1, over(stage.amazon(), 'Go-http-client/1.1'), callerIdentity());
  call(node, at + 0.3, { ...from, userAgent: CNI }, actions.read('ec2', 'DescribeNetworkInterfaces', {}));
}

function nodesBehind(stage: Stage, vpc: Vpc, from: From, size = 3): Ec2[] {
  const nodes = fleet(stage, size, vpc, 'node');
  for (const [at, node] of nodes.entries()) {
    joins(stage, node, 6 + at, from);
    work(node, from, [10, 500], 50);
  }
  return nodes;
}

function publicNode(stage: Stage, name: string, vpc: Vpc) {
  const workload = launched(stage, name, 0, vpc);
  const from = on(stage.aws());
  joins(stage, workload, 1, from);
  work(workload, from, [5, 500], 50);
  return { workload, from };
}

export const CLUSTER_SITUATIONS: readonly Situation[] = [
  benign('nodes-behind-nat', 'Nodes join their cluster and leave through a NAT gateway on record', (stage) => {
    const vpc = stage.vpc();
    nodesBehind(stage, vpc, recordedNat(stage, vpc, 0).from);
  }),
  benign(
    'nodes-behind-old-nat',
    'Nodes older than the records leave through a NAT gateway older than the records',
    (stage) => {
      nodesBehind(stage, stage.vpc(), on(stage.aws()), 9);
    },
  ),
  benign(
    'control-plane-identity',
    'The control plane sends the node’s signed identity request every hour, from different addresses of AWS',
    (stage) => {
      const { workload } = publicNode(stage, 'node', stage.vpc());
      for (const at of [60, 120, 180, 240])
        call(workload, at, over(stage.amazon(), 'Go-http-client/1.1'), callerIdentity());
    },
  ),
  benign(
    'control-plane-identity-ec2',
    'The control plane’s identity requests come from addresses of EC2, as its servers run there',
    (stage) => {
      const { workload } = publicNode(stage, 'node', stage.vpc());
      for (const at of [60, 120, 180, 240])
        call(workload, at, over(stage.aws(), 'Go-http-client/1.1'), callerIdentity());
    },
  ),
  benign('pods-public-nodes', 'Pods with Pod Identity call from their nodes’ automatic addresses', (stage) => {
    const vpc = stage.vpc();
    for (const name of ['a', 'b', 'c']) {
      const node = publicNode(stage, `node-${name}`, vpc);
      const pod = new Pod(stage, `cart-${name}`, node);
      pod.issue(12);
      work(pod, node.from, [13, 400], 45);
    }
  }),
  benign(
    'pods-behind-nat',
    'Pods with Pod Identity leave through the NAT gateway on record that their nodes use',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      for (const [at, workload] of nodesBehind(stage, vpc, from).entries()) {
        const pod = new Pod(stage, `cart-${at}`, { workload, from });
        pod.issue(12 + at);
        work(pod, from, [14 + at, 400], 45);
      }
    },
  ),
  benign(
    'pods-secondary-addresses',
    'A node’s CNI assigns secondary addresses; pods call our endpoint from them',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const node = launched(stage, 'node', 0, vpc);
      const own = through(ours, node.instance.privateIp, AGENTS.go);
      joins(stage, node, 2, own);
      for (const [at, name] of ['cart', 'search'].entries()) {
        const address = `${vpc.block}.${130 + at}`;
        const { account, region } = node;
        stage.add(3 + at, {
          account,
          region,
          identity: node.identity(),
          from: { ...own, userAgent: CNI },
          action: assignPrivateAddress(node.instance, address),
        });
        const pod = new Pod(stage, name, { workload: node, from: own });
        pod.issue(8 + at);
        work(pod, through(ours, address, AGENTS.boto), [9 + at, 300], 45);
      }
      work(node, own, [10, 300], 45);
    },
  ),
  benign(
    'pods-prefix',
    'A node’s CNI assigns a prefix of sixteen addresses; pods call our endpoint from it',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const node = launched(stage, 'node', 0, vpc);
      const own = through(ours, node.instance.privateIp, AGENTS.go);
      joins(stage, node, 2, own);
      call(node, 3, { ...own, userAgent: CNI }, actions.assignPrefix(node.instance, `${vpc.block}.144/28`));
      for (const [at, name] of ['cart', 'search', 'mail'].entries()) {
        const pod = new Pod(stage, name, { workload: node, from: own });
        pod.issue(8 + at);
        work(pod, through(ours, `${vpc.block}.${146 + at}`, AGENTS.boto), [9 + at, 300], 45);
      }
      work(node, own, [10, 300], 45);
    },
  ),
  benign(
    'pods-second-interface',
    'A node’s CNI creates and attaches a second interface; pods, and with hop limit 2 the node’s role, call from its addresses',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const node = launched(stage, 'node', 0, vpc);
      const own = through(ours, node.instance.privateIp, AGENTS.go);
      joins(stage, node, 2, own);
      const second = { eniId: stage.instance('pod interface', vpc).eniId, privateIp: `${vpc.block}.160` };
      const pods = [161, 162, 163].map((host) => `${vpc.block}.${host}`);
      const cni = { ...own, userAgent: CNI };
      call(node, 3, cni, actions.createPodInterface(second, node.instance, pods));
      call(node, 3.2, cni, attachInterface(second, node.instance));
      work(node, [own, ...pods.map((address) => through(ours, address, AGENTS.boto))], [6, 300], 25);
    },
  ),
  benign(
    'node-role-in-pods',
    'Pods without a role of their own use the node’s credentials behind the NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      for (const node of nodesBehind(stage, vpc, from)) work(node, over(from.address, AGENTS.boto), [30, 300], 35);
    },
  ),
  benign(
    'irsa-behind-nat',
    'Pods of a service account get credentials and work behind the NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      nodesBehind(stage, vpc, from);
      const account = new ServiceAccount(stage, 'checkout', from);
      account.exchange(15, from);
      work(account, from, [16, 400]);
    },
  ),
  benign(
    'irsa-public-nodes',
    'Pods of a service account run on three public nodes, each with its own address',
    (stage) => {
      const vpc = stage.vpc();
      const nodes = ['a', 'b', 'c'].map((name) => publicNode(stage, `node-${name}`, vpc));
      const account = new ServiceAccount(stage, 'checkout', on('0.0.0.0'));
      for (let at = 15; at < 400; at += 40) {
        const from = nodes[Math.floor(at / 40) % 3]?.from;
        if (!from) continue;
        account.exchange(at, from);
        call(account, at + 0.1, from);
        call(account, at + 20, from);
      }
    },
  ),
  benign(
    'irsa-sts-endpoint',
    'Pods exchange their token through the VPC’s STS endpoint and work through the NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      nodesBehind(stage, vpc, from);
      const sts = stage.endpoint(stage.account, 'sts');
      const account = new ServiceAccount(stage, 'checkout', from);
      for (let at = 15; at < 400; at += 50) {
        account.exchange(at, through(sts, `${vpc.block}.${170 + (at % 7)}`, AGENTS.java));
        call(account, at + 0.1, from);
        call(account, at + 20, from);
      }
    },
  ),
  benign(
    'irsa-other-account',
    'Pods of a cluster in another account of the organisation take a role of this one, behind their NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc('cluster', stage.place.sibling);
      const { from } = recordedNat(stage, vpc, 0);
      nodesBehind(stage, vpc, from);
      const account = new ServiceAccount(stage, 'checkout', from);
      account.exchange(15, from);
      work(account, from, [16, 400]);
    },
  ),
  benign(
    'irsa-old-nat-two-addresses',
    'Pods of a service account leave through an old NAT gateway with two addresses, as nodes do',
    (stage) => {
      const addresses = [on(stage.aws()), on(stage.aws())] as const;
      for (const node of fleet(stage, 9, stage.vpc(), 'node')) work(node, addresses, [10, 500], 40);
      const account = new ServiceAccount(stage, 'checkout', addresses[0]);
      for (let at = 15; at < 400; at += 50) {
        account.exchange(at, addresses[at % 2 ? 1 : 0]);
        call(account, at + 0.1, addresses[0]);
        call(account, at + 10, addresses[1]);
      }
    },
  ),
  benign('ipv6-cluster', 'In an IPv6 cluster each pod calls from an address of the node’s prefix', (stage) => {
    const vpc = stage.vpc();
    const prefix = stage.awsV6().replace(/::.*$/, '');
    const node = launched(stage, 'node', 0, vpc);
    const own = over(`${prefix}::a`, AGENTS.go);
    stage.operate(0.2, assignIpv6Address(node.instance, own.address));
    call(node, 2, { ...own, userAgent: CNI }, actions.assignIpv6Prefix(node.instance, `${prefix}:b::/80`));
    work(node, own, [3, 300], 45);
    for (const [at, name] of ['cart', 'search'].entries()) {
      const pod = new Pod(stage, name, { workload: node, from: own });
      pod.issue(8 + at);
      work(pod, over(`${prefix}:b::${at + 1}`, AGENTS.boto), [9 + at, 300], 45);
    }
  }),
  report(
    'node-laptop',
    'A pod reads the node’s credentials from the metadata service; they are used on a laptop',
    (stage) => {
      const vpc = stage.vpc();
      const [victim] = nodesBehind(stage, vpc, recordedNat(stage, vpc, 0).from);
      if (!victim) return;
      const attacker = stage.laptop();
      call(victim, 200, attacker, callerIdentity());
      call(victim, 200.5, attacker, actions.read('ecr', 'DescribeRepositories', {}));
      stage.report(victim, HIGH, attacker);
    },
  ),
  report(
    'node-rented',
    'A node’s credentials are used on a stranger’s instance, and not only to ask who they are',
    (stage) => {
      const { workload } = publicNode(stage, 'node', stage.vpc());
      const attacker = stage.rented();
      call(workload, 200, attacker, callerIdentity());
      call(workload, 200.5, attacker, listBuckets());
      stage.report(workload, HIGH, attacker);
    },
  ),
  report('pod-laptop', 'A package in a pod sends its credentials away; they are used outside AWS', (stage) => {
    const node = publicNode(stage, 'node', stage.vpc());
    const pod = new Pod(stage, 'cart', node);
    pod.issue(12);
    work(pod, node.from, [13, 400], 45);
    const attacker = stage.laptop();
    call(pod, 210, attacker, listBuckets());
    stage.report(pod, HIGH, attacker);
  }),
  report(
    'pod-rented',
    'A pod behind a NAT gateway on record: its credentials are used on a stranger’s instance in the Region',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const [workload] = nodesBehind(stage, vpc, from);
      if (!workload) return;
      const pod = new Pod(stage, 'cart', { workload, from });
      pod.issue(12);
      work(pod, from, [13, 400], 45);
      const attacker = stage.rented();
      call(pod, 210, attacker, listBuckets());
      stage.report(pod, HIGH, attacker);
    },
  ),
  report('pod-foreign-endpoint', 'A pod’s credentials are used through a stranger’s endpoint', (stage) => {
    const node = publicNode(stage, 'node', stage.vpc());
    const pod = new Pod(stage, 'cart', node);
    pod.issue(12);
    work(pod, node.from, [13, 400], 45);
    const from = through(stage.endpoint(stage.place.foreign), '10.0.0.31', AGENTS.boto);
    call(pod, 210, from);
    stage.report(pod, HIGH, from);
  }),
  report('irsa-token-laptop', 'A service account’s token is copied and exchanged outside AWS', (stage) => {
    const vpc = stage.vpc();
    const { from } = recordedNat(stage, vpc, 0);
    nodesBehind(stage, vpc, from);
    const account = new ServiceAccount(stage, 'checkout', from);
    account.exchange(15, from);
    work(account, from, [16, 190]);
    const attacker = stage.laptop();
    account.exchange(200, attacker);
    call(account, 200.5, attacker, getSecret('checkout/card-processor'));
    stage.report(account, HIGH, attacker);
  }),
  report(
    'irsa-token-rented',
    'A service account’s token is copied and exchanged on a stranger’s instance in the Region',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      nodesBehind(stage, vpc, from);
      const account = new ServiceAccount(stage, 'checkout', from);
      account.exchange(15, from);
      work(account, from, [16, 190]);
      const attacker = stage.rented();
      account.exchange(200, attacker);
      call(account, 200.5, attacker, listBuckets());
      stage.report(account, HIGH, attacker);
    },
  ),
  report('irsa-credentials-laptop', 'Credentials that a pod exchanged are used outside AWS', (stage) => {
    const vpc = stage.vpc();
    const { from } = recordedNat(stage, vpc, 0);
    nodesBehind(stage, vpc, from);
    const account = new ServiceAccount(stage, 'checkout', from);
    account.exchange(15, from);
    call(account, 16, from);
    const attacker = stage.laptop();
    call(account, 35, attacker, listBuckets());
    stage.report(account, HIGH, attacker);
  }),
  report(
    'node-rented-only',
    'A node’s credentials that were only used at our endpoint appear at an IPv4 address of a stranger in another Region',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const node = ec2(stage, 'node', vpc);
      work(node, through(ours, node.instance.privateIp, AGENTS.go), [3, 300]);
      const attacker = stage.rented(stage.elsewhere);
      call(node, 155, attacker, listBuckets());
      stage.report(node, HIGH, attacker);
    },
  ),
];
