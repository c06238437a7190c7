import {
  AGENTS,
  assumeRole,
  callerIdentity,
  decrypt,
  describeTable,
  getObject,
  getParameter,
  getQueueUrl,
  getSecret,
  listBuckets,
  over,
  ssmPing,
  through,
} from '../../trail-writer/calls';
import { ADDRESSES, DATA, endpoint, instance, IRELAND, SHOP, VIRGINIA } from './cast';
import { Chapter, every, timeOf } from './chapter';
import { issueToFunction } from './functions';
import { principalId, sessionKey, type RoleSession, type SessionKey } from '../../trail-writer/identities';
import { hexFor, uuidFor } from '../../trail-writer/ids';
import { issueToPod, type Node, type Pod } from './pods';
import { issueToTask } from './tasks';
import type { Token } from '../../trail-writer/issuance';
import type { Action, From } from '../../trail-writer/record';

/** ECS tasks, EKS pods, service accounts and functions have keys as well: their work, and one theft of each. */
export function notOnlyInstances(): Chapter {
  const chapter = new Chapter('11-not-only-instances');
  twoRolesOfATask(chapter);
  taskThatNeverCalls(chapter);
  const nodes = [node(chapter, 1, '198.51.100.70'), node(chapter, 2, '198.51.100.71')] as const;
  pods(chapter, nodes[0]);
  serviceAccount(chapter, nodes);
  workflow(chapter);
  functionsAtWork(chapter);
  functionThatShowsItsEnvironment(chapter);
  return chapter;
}

/** The execution role fetches the image and opens the log, the task role works: two sessions of one task, one address. */
function twoRolesOfATask(chapter: Chapter): void {
  const behindNat = { agent: over(ADDRESSES.newShopNat, AGENTS.go), work: over(ADDRESSES.newShopNat, AGENTS.java) };
  for (const number of [1, 2]) {
    const task = `catalogue-${number}`;
    const execution = issueToTask(chapter, task, 'service-role/ecs-execution', `19:0${number}:10`);
    const role = issueToTask(chapter, task, 'catalogue-task', `19:0${number}:10`);
    chapter.use(execution, `19:0${number}:21`, behindNat.agent, read('ecr', 'GetAuthorizationToken', {}));
    chapter.use(execution, `19:0${number}:24`, behindNat.agent, createLogStream(`ecs/catalogue/${number}`));
    chapter.use(role, `19:0${number}:55`, behindNat.work, getSecret('catalogue/database'));
    for (const time of every(70, `19:1${number}:05`, '22:30'))
      chapter.use(role, time, behindNat.work, describeTable('articles'));
  }
}

/**
 * The brochure is a few pages of HTML whose task never calls AWS, though its key lies ready. Its web server can be made
 * to fetch that key, and the first and only call with it is the attacker's.
 */
function taskThatNeverCalls(chapter: Chapter): void {
  const key = issueToTask(chapter, 'brochure', 'brochure-task', '19:04:10');
  chapter.use(key, '19:41:33', over('192.0.2.81', AGENTS.kali), listBuckets());
}

/** A node of the cluster, with a public address of its own that no record names. */
function node(chapter: Chapter, number: number, address: string): Node {
  const server = instance(`cluster-node-${number}`, 'eks-node', `10.10.1.${70 + number}`);
  const { v2 } = chapter.issue(server, `19:0${number}:42`);
  for (const time of every(90, `19:0${number + 2}:15`, '22:30'))
    chapter.call(v2, time, over(address, AGENTS.ssm), ssmPing(server));
  return { key: v2, from: over(address, AGENTS.go) };
}

const SEARCH: Pod = { name: 'search-6c8d7f5b9-t5wzn', namespace: 'shop', serviceAccount: 'search', role: 'search-pod' };
const BASKET: Pod = { name: 'basket-7d9c5b6f4-x2klm', namespace: 'shop', serviceAccount: 'basket', role: 'basket-pod' };

/** Pods call from the address of their node. */
function pods(chapter: Chapter, host: Node): void {
  const inPod = over(host.from.address, AGENTS.boto);
  const search = issueToPod(chapter, SEARCH, host, '19:06:04');
  const basket = issueToPod(chapter, BASKET, host, '19:07:04');
  for (const time of every(80, '19:08:20', '22:30')) {
    chapter.use(search, time, inPod, getParameter('/search/synonyms'));
    chapter.use(basket, time, inPod, describeTable('baskets'));
  }
  for (const time of ['20:02:31', '21:22:31']) chapter.use(basket, time, inPod, getQueueUrl('orders'));
  packageThatPhonesHome(chapter, basket);
}

const COLLECTOR = over('192.0.2.82', AGENTS.go);

/** A package in the basket's image sends its key away. The attacker goes on from it into the data account. */
function packageThatPhonesHome(chapter: Chapter, basket: SessionKey): void {
  chapter.use(basket, '20:17:40', COLLECTOR, { ...callerIdentity(), region: VIRGINIA });
  chapter.use(basket, '20:18:02', COLLECTOR, read('dynamodb', 'ListTables', null));
  const exports = { account: DATA, region: IRELAND, role: 'exports-reader', name: 'basket' };
  const chained = assumeInOtherAccount(chapter, basket, exports, '20:19:30');
  chapter.use(chained, '20:20:11', COLLECTOR, listBuckets());
  for (const [at, time] of every(1, '20:21:05', '20:23').entries())
    chapter.use(chained, time, COLLECTOR, getObject(DATA, 'customer-exports', `2026/09/${13 - at}.csv.gz`));
}

/** Both accounts' trails have it; that of the role's account does not say with which key. */
function assumeInOtherAccount(chapter: Chapter, key: SessionKey, session: RoleSession, at: string): SessionKey {
  const { account, role, name } = session;
  const { issued, ...chained } = chapter.newKey(session, at, 1);
  const call = {
    from: COLLECTOR,
    action: assumeRole(account, role, name, { ...chained, repeatsSession: true }),
    sharedEventId: uuidFor(`chained ${chained.id}`),
    requestId: uuidFor(`chained ${chained.id} request`),
  };
  const { session: own, identity } = key;
  const otherAccount = {
    type: 'AWSAccount',
    principalId: principalId(own.account, own.role, own.name),
    accountId: own.account,
  };
  chapter.add(at, own.account, own.region, { identity, ...call });
  chapter.add(at, account, own.region, { identity: otherAccount, ...call });
  return sessionKey(session, chained.id, issued);
}

const CLUSTER_ISSUER = `oidc.eks.${IRELAND}.amazonaws.com/id/${hexFor('cluster issuer', 32).toUpperCase()}`;
const CHECKOUT: Token = { issuer: CLUSTER_ISSUER, subject: 'system:serviceaccount:shop:checkout' };

/**
 * A service account's pods ask for their keys themselves, each from its own node. Its token is copied out of a backup of
 * a node's disk and exchanged elsewhere: from then on every call with that key agrees with where it was asked for.
 */
function serviceAccount(chapter: Chapter, nodes: readonly Node[]): void {
  for (const [at, { from }] of nodes.entries()) {
    const inPod = over(from.address, AGENTS.java);
    for (const time of every(55, `19:1${at}`, '22:00')) {
      const minute = time.slice(0, 5);
      const session = checkoutSession(`aws-sdk-java-${timeOf(time)}`);
      const key = chapter.exchangeToken(CHECKOUT, session, `${minute}:02`, inPod);
      chapter.use(key, `${minute}:04`, inPod, getQueueUrl('orders'));
    }
  }
  const attacker = over('192.0.2.83', AGENTS.kali);
  const stolen = chapter.exchangeToken(CHECKOUT, checkoutSession('checkout'), '21:26:18', attacker);
  chapter.use(stolen, '21:26:50', attacker, listBuckets());
  chapter.use(stolen, '21:27:31', attacker, getSecret('checkout/card-processor'));
}

function checkoutSession(name: string): RoleSession {
  return { account: SHOP, region: IRELAND, role: 'checkout', name };
}

/** A token of another provider makes no workload: this one deploys the shop, from machines outside AWS. */
function workflow(chapter: Chapter): void {
  const runner = over('203.0.113.220', AGENTS.github);
  const token = { issuer: 'token.actions.githubusercontent.com', subject: 'repo:example/shop:ref:refs/heads/main' };
  const session = { account: SHOP, region: IRELAND, role: 'deploy', name: 'GitHubActions' };
  const key = chapter.exchangeToken(token, session, '20:30:05', runner);
  chapter.use(key, '20:30:41', runner, read('ecs', 'DescribeServices', { cluster: 'shop', services: ['catalogue'] }));
}

/** Outside a VPC a function calls from addresses of AWS, several at a time; inside one, from its interfaces. */
function functionsAtWork(chapter: Chapter): void {
  const thumbnails = issueToFunction(chapter, 'thumbnails', '19:08:30');
  const again = issueToFunction(chapter, 'thumbnails', '21:02:30');
  for (const [key, time, address] of [
    [thumbnails, '19:08:31', '198.51.100.80'],
    [thumbnails, '19:08:34', '198.51.100.81'],
    [thumbnails, '20:14:02', '198.51.100.82'],
    [again, '21:02:31', '203.0.113.40'],
    [again, '21:02:31', '198.51.100.80'],
  ] as const)
    chapter.use(key, time, over(address, AGENTS.lambda), decrypt(SHOP, 'thumbnails'));
  // The log has its own way out.
  chapter.use(thumbnails, '19:08:33', over('203.0.113.150', 'awslambda-worker/1.0'), createLogStream('thumbnails'));

  const archive = issueToFunction(chapter, 'archive', '19:12:30');
  for (const [time, privateIp] of [
    ['19:12:44', '10.10.3.17'],
    ['20:12:44', '10.10.3.44'],
    ['22:12:44', '10.10.3.17'],
  ] as const)
    chapter.use(
      archive,
      time,
      through(endpoint(SHOP, 'secretsmanager'), privateIp, AGENTS.lambda),
      getSecret('archive/database'),
    );
}

/**
 * The webhook's error page shows its environment, and the key in it. The attacker works from another machine on AWS, in
 * a Region where the function never ran, and looks around in the console.
 */
function functionThatShowsItsEnvironment(chapter: Chapter): void {
  const key = issueToFunction(chapter, 'webhook', '19:15:30');
  for (const [time, address] of [
    ['19:15:31', '198.51.100.84'],
    ['20:45:10', '198.51.100.85'],
    ['22:05:10', '198.51.100.84'],
  ] as const)
    chapter.use(key, time, over(address, AGENTS.lambda), getQueueUrl('orders'));
  const rented = over('198.51.100.197', AGENTS.boto);
  chapter.use(key, '21:34:02', rented, callerIdentity());
  chapter.use(key, '21:34:40', rented, read('lambda', 'ListFunctions20150331', { maxItems: 50 }));
  chapter.use(key, '21:35:20', rented, getParameter('/webhook/signing-key'));
  lookAroundInTheConsole(chapter, key, over('192.0.2.84', AGENTS.browser));
}

function lookAroundInTheConsole(chapter: Chapter, { identity }: SessionKey, browser: From): void {
  const signin = { service: 'signin', readOnly: false, request: null };
  const token = { ...signin, name: 'GetSigninToken', response: () => ({ GetSigninToken: 'Success' }) };
  const login = { ...signin, name: 'ConsoleLogin', response: () => ({ ConsoleLogin: 'Success' }) };
  const inConsole = { ...identity, accessKeyId: 'ASIACONSOLESESSION02' };
  chapter.add('21:41:05', SHOP, VIRGINIA, { identity, from: browser, action: token });
  chapter.add('21:41:09', SHOP, VIRGINIA, { identity: { ...identity, accessKeyId: '' }, from: browser, action: login });
  for (const [at, action] of [listBuckets(), read('lambda', 'ListFunctions20150331', { maxItems: 50 })].entries())
    chapter.add(`21:4${2 + at}:30`, SHOP, IRELAND, {
      identity: inConsole,
      from: { ...browser, fromConsole: true },
      action,
    });
}

function read(service: string, name: string, request: object | null): Action {
  return { service, name, readOnly: true, request };
}

function createLogStream(logGroupName: string): Action {
  const logStreamName = hexFor(`log stream ${logGroupName}`, 32);
  return { service: 'logs', name: 'CreateLogStream', readOnly: false, request: { logGroupName, logStreamName } };
}
