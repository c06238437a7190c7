import {
  AGENTS,
  describeTable,
  getParameter,
  getQueueUrl,
  getSecret,
  listBuckets,
  over,
  ssmPing,
  through,
} from '../../trail-writer/calls';
import { ADDRESSES, DATA, endpoint, instance, IRELAND, NETWORK, SHOP, STOREFRONTS, vpcOf } from './cast';
import { Chapter, every } from './chapter';
import { hexFor } from '../../trail-writer/ids';
import {
  allocateAddress,
  assignIpv6Address,
  assignPrivateAddress,
  associateAddress,
  associateNatGatewayAddress,
  attachInterface,
  createInterface,
  createNatGateway,
  deleteNatGateway,
  natGateway,
  replaceRoute,
  run,
  start,
  stop,
} from '../../trail-writer/network-changes';

const SHOP_VPC = vpcOf(SHOP, IRELAND);

/** Every way an instance comes by another address that is its own. Nothing of it may be reported. */
export function changesWithGoodReasons(): Chapter {
  const chapter = new Chapter('02-changes-with-good-reasons');
  elasticAddressGiven(chapter);
  elasticAddressMoved(chapter);
  interfaceAttached(chapter);
  stoppedAndStarted(chapter);
  natGatewayReplaced(chapter);
  ipv6Assigned(chapter);
  secondaryAddressAssigned(chapter);
  endpointBesideNat(chapter);
  egressAccount(chapter);
  companyLine(chapter);
  exportedOnPurpose(chapter);
  return chapter;
}

function elasticAddressGiven(chapter: Chapter): void {
  const server = instance('file-gateway', 'file-gateway', '10.10.1.50');
  const { v2 } = chapter.issue(server, '09:01:12');
  chapter.call(v2, '09:02:40', over('198.51.100.30', AGENTS.ssm), ssmPing(server));
  chapter.operate(SHOP, '09:20', allocateAddress('198.51.100.31'));
  chapter.operate(SHOP, '09:20:09', associateAddress('198.51.100.31', server));
  for (const time of every(50, '09:32:40', '13:00'))
    chapter.call(v2, time, over('198.51.100.31', AGENTS.ssm), ssmPing(server));
}

/** Fail-over: the Elastic IP goes to the other machine, and the first gets an automatic address. */
function elasticAddressMoved(chapter: Chapter): void {
  const first = instance('vpn-a', 'vpn', '10.10.1.51');
  const second = instance('vpn-b', 'vpn', '10.10.1.52');
  const firstKey = chapter.issue(first, '09:03:12').v2;
  const secondKey = chapter.issue(second, '09:04:12').v2;
  chapter.operate(SHOP, '09:05', allocateAddress('198.51.100.32'));
  chapter.operate(SHOP, '09:05:08', associateAddress('198.51.100.32', first));
  chapter.call(firstKey, '09:06:30', over('198.51.100.32', AGENTS.ssm), ssmPing(first));
  chapter.call(secondKey, '09:07:30', over('198.51.100.33', AGENTS.ssm), ssmPing(second));
  chapter.operate(SHOP, '10:20', associateAddress('198.51.100.32', second, true));
  for (const time of every(60, '10:22:30', '13:00')) {
    chapter.call(firstKey, time, over('198.51.100.34', AGENTS.ssm), ssmPing(first));
    chapter.call(secondKey, time, over('198.51.100.32', AGENTS.ssm), ssmPing(second));
  }
}

function interfaceAttached(chapter: Chapter): void {
  const server = instance('proxy', 'proxy', '10.10.1.53');
  const second = { eniId: `eni-0${hexFor('second interface of the proxy', 16)}`, privateIp: '10.10.2.20' };
  const ssm = endpoint(SHOP, 'ssm');
  chapter.operate(SHOP, '09:08', run(server));
  const { v2 } = chapter.issue(server, '09:08:05');
  chapter.call(v2, '09:09:10', through(ssm, server.privateIp, AGENTS.ssm), ssmPing(server));
  chapter.operate(SHOP, '10:01', createInterface(second, server));
  chapter.operate(SHOP, '10:01:30', attachInterface(second, server));
  for (const time of every(60, '10:10:10', '13:00'))
    chapter.call(v2, time, through(ssm, second.privateIp, AGENTS.boto), getParameter('/proxy/rules'));
}

function stoppedAndStarted(chapter: Chapter): void {
  const server = instance('build', 'build', '10.10.1.54');
  const before = chapter.issue(server, '09:10:12').v2;
  chapter.call(before, '09:11:10', over('198.51.100.35', AGENTS.ssm), ssmPing(server));
  chapter.operate(SHOP, '11:00', stop(server));
  chapter.operate(SHOP, '11:30', start(server));
  const after = chapter.issue(server, '11:30:21').v2;
  for (const time of every(60, '11:31:50', '13:00'))
    chapter.call(after, time, over('198.51.100.36', AGENTS.ssm), ssmPing(server));
}

/** All storefronts move together, because their NAT gateway was replaced; later the new one gets a second address. */
function natGatewayReplaced(chapter: Chapter): void {
  const nat = natGateway('shop, new', SHOP_VPC);
  chapter.operate(SHOP, '12:02', allocateAddress(ADDRESSES.newShopNat));
  chapter.operate(SHOP, '12:02:20', createNatGateway(nat, ADDRESSES.newShopNat));
  chapter.operate(SHOP, '12:05', replaceRoute(SHOP_VPC, { natGatewayId: nat.id }));
  chapter.operate(SHOP, '12:09', deleteNatGateway(natGateway('shop, old', SHOP_VPC)));
  chapter.operate(SHOP, '12:40', allocateAddress(ADDRESSES.secondShopNat));
  chapter.operate(SHOP, '12:40:20', associateNatGatewayAddress(nat, ADDRESSES.secondShopNat));
  for (const [at, server] of STOREFRONTS.entries()) {
    const { v2 } = chapter.issue(server, `11:4${at}:12`);
    chapter.call(v2, `11:5${at}:40`, over(ADDRESSES.shopNat, AGENTS.ssm), ssmPing(server));
    chapter.call(v2, `12:1${at}:40`, over(ADDRESSES.newShopNat, AGENTS.ssm), ssmPing(server));
    chapter.call(v2, `12:2${at}:05`, over(ADDRESSES.newShopNat, AGENTS.java), describeTable('orders'));
    chapter.call(v2, `13:0${at}:05`, over(ADDRESSES.secondShopNat, AGENTS.java), describeTable('orders'));
  }
}

function ipv6Assigned(chapter: Chapter): void {
  const server = instance('dual-stack', 'api', '10.10.1.55');
  chapter.operate(SHOP, '09:12', run(server));
  const { v2 } = chapter.issue(server, '09:12:05');
  chapter.call(v2, '09:13:10', over('198.51.100.37', AGENTS.ssm), ssmPing(server));
  chapter.operate(SHOP, '10:30', assignIpv6Address(server, '2001:db8:e1:10::25'));
  chapter.call(v2, '10:41:10', over('2001:db8:e1:10::25', AGENTS.boto), listBuckets());
  chapter.call(v2, '10:43:10', over('198.51.100.37', AGENTS.ssm), ssmPing(server));
}

function secondaryAddressAssigned(chapter: Chapter): void {
  const server = instance('ledger', 'ledger', '10.10.1.56');
  const secrets = endpoint(SHOP, 'secretsmanager');
  chapter.operate(SHOP, '09:14', run(server));
  const { v2 } = chapter.issue(server, '09:14:05');
  chapter.call(v2, '09:15:10', through(secrets, server.privateIp, AGENTS.java), getSecret('ledger/database'));
  chapter.operate(SHOP, '10:45', assignPrivateAddress(server, '10.10.1.57'));
  chapter.call(v2, '11:15:10', through(secrets, '10.10.1.57', AGENTS.java), getSecret('ledger/database'));
}

/** Some services through an endpoint, the others through the NAT gateway, in turns. */
function endpointBesideNat(chapter: Chapter): void {
  const server = instance('search', 'search', '10.10.1.58');
  const { v2 } = chapter.issue(server, '09:16:12');
  for (const time of every(50, '09:17:10', '11:55')) {
    chapter.call(v2, time, through(endpoint(SHOP, 'ssm'), server.privateIp, AGENTS.ssm), ssmPing(server));
    chapter.call(v2, time, over(ADDRESSES.shopNat, AGENTS.boto), getQueueUrl('search-index'));
  }
}

/** The data team's machines leave by the network account's NAT gateway, and one more is moved to it. */
function egressAccount(chapter: Chapter): void {
  chapter.operate(NETWORK, '09:00', allocateAddress(ADDRESSES.hubNat));
  chapter.operate(NETWORK, '09:00:20', createNatGateway(natGateway('hub', vpcOf(NETWORK, IRELAND)), ADDRESSES.hubNat));
  const servers = [1, 2, 3, 4].map((number) =>
    instance(`etl-${number}`, 'etl', `10.20.1.${10 + number}`, { account: DATA }),
  );
  for (const [at, server] of servers.entries()) {
    const { v2 } = chapter.issue(server, `09:1${at}:42`);
    for (const time of every(70, `09:2${at}:10`, '13:00'))
      chapter.call(v2, time, over(ADDRESSES.hubNat, AGENTS.boto), listBuckets());
  }
  const moved = instance('etl-5', 'etl', '10.20.1.15', { account: DATA });
  const { v2 } = chapter.issue(moved, '09:18:42');
  chapter.call(v2, '09:29:10', over('198.51.100.61', AGENTS.boto), listBuckets());
  chapter.operate(DATA, '11:05', replaceRoute(vpcOf(DATA, IRELAND), { transitGatewayId: `tgw-0${hexFor('tgw', 16)}` }));
  for (const time of every(60, '11:12:10', '13:00'))
    chapter.call(v2, time, over(ADDRESSES.hubNat, AGENTS.boto), listBuckets());
}

/** The tills in the stores reach AWS by the company's own line, as `demo/credlock.json` declares. */
function companyLine(chapter: Chapter): void {
  const server = instance('till', 'store-till', '10.10.9.4');
  const { v2 } = chapter.issue(server, '09:19:12');
  chapter.call(v2, '09:20:10', over('198.51.100.38', AGENTS.ssm), ssmPing(server));
  for (const [at, time] of every(60, '10:00:10', '13:00').entries())
    chapter.call(v2, time, over(`192.0.2.${130 + at}`, AGENTS.boto), getQueueUrl('sales'));
}

/** A load test takes keys off its machine with its owners' consent: found, and suppressed by `demo/credlock.json`. */
function exportedOnPurpose(chapter: Chapter): void {
  const server = instance('load-test', 'load-test', '10.10.1.59');
  const { v2 } = chapter.issue(server, '09:21:12');
  chapter.call(v2, '09:22:10', over('198.51.100.39', AGENTS.ssm), ssmPing(server));
  for (const time of every(30, '10:40:10', '12:00'))
    chapter.call(v2, time, over('192.0.2.180', AGENTS.boto), getQueueUrl('orders'));
}
