import {
  AGENTS,
  assumeRole,
  callerIdentity,
  decrypt,
  describeInstances,
  describeTable,
  getObject,
  getParameter,
  getQueueUrl,
  getSecret,
  iam,
  listBuckets,
  over,
  ssmPing,
  through,
  throughService,
} from '../../trail-writer/calls';
import { ADDRESSES, ALICE, BOB, DATA, endpoint, instance, IRELAND, NETWORK, SHOP, STOREFRONTS, VIRGINIA } from './cast';
import { Chapter, every } from './chapter';
import { issuedBy, roleIdentity, serviceIdentity, type Instance, type Key } from '../../trail-writer/identities';
import { uuidFor } from '../../trail-writer/ids';
import { run } from '../../trail-writer/network-changes';
import type { Action } from '../../trail-writer/record';

const LATE_STOREFRONT = instance('storefront-7', 'storefront', '10.10.1.17');
const NODE = instance('node-1', 'eks-node', '10.10.1.41');
const MAILER = instance('mailer', 'mailer', '10.11.1.10', { region: VIRGINIA });
const LEDGER_IMPORT = instance('ledger-import', 'ledger-import', '10.20.1.9', { account: DATA });
/** Checks who its clients are by running the `GetCallerIdentity` they signed; `demo/credlock.json` declares it. */
const VAULT = '203.0.113.240';
const CONTROL_PLANE = '203.0.113.20';
const BEHIND_NAT = {
  agent: over(ADDRESSES.shopNat, AGENTS.ssm),
  application: over(ADDRESSES.shopNat, AGENTS.java),
};

/** Nothing happens but work, and nothing of it may be reported. */
export function aQuietMorning(): Chapter {
  const chapter = new Chapter('01-a-quiet-morning');
  storefronts(chapter);
  scaleOut(chapter);
  sessionsBesideTheProfile(chapter);
  namedLikeAnInstance(chapter);
  otherPlaces(chapter);
  people(chapter);
  awsItself(chapter);
  return chapter;
}

function storefronts(chapter: Chapter): void {
  for (const [at, server] of STOREFRONTS.entries()) {
    const keys = chapter.issue(server, `06:0${at}:12`);
    for (const time of every(30, `06:0${at}:40`, '08:50'))
      chapter.call(keys.v2, time, BEHIND_NAT.agent, ssmPing(server));
    for (const time of every(60, `06:1${at}:05`, '08:50'))
      chapter.call(keys.v2, time, BEHIND_NAT.application, secretOf(server));
    chapter.call(keys.v2, `07:2${at}:30`, BEHIND_NAT.application, describeTable('orders'));
    if (at === 0) oldScript(chapter, keys.v1);
    if (at === 0) servicesActFor(chapter, keys.v2);
    if (at === 1) chapter.call(keys.v2, '07:05:11', over(VAULT, AGENTS.kubelet), callerIdentity());
    if (at === 2) links(chapter, keys.v2);
  }
}

/** Nobody dares to touch it: it still asks IMDSv1, and so has the other key of the pair. */
function oldScript(chapter: Chapter, key: Key): void {
  for (const time of every(60, '06:30', '08:30'))
    chapter.call(key, time, over(ADDRESSES.shopNat, AGENTS.oldCli), getParameter('/shop/banner'));
}

function servicesActFor(chapter: Chapter, key: Key): void {
  chapter.callFor(key, '08:02:10', 'secretsmanager.amazonaws.com', decrypt(SHOP, 'shop/storefront/database'));
  chapter.callFor(key, '08:12:10', 's3.amazonaws.com', decrypt(SHOP, 'shop-invoices'));
  chapter.callFor(key, '08:22:10', 'AWS Internal', decrypt(SHOP, 'orders'));
}

function secretOf({ name }: Instance): Action {
  return getSecret(`shop/${name.replace(/-\d$/, '')}/database`);
}

function invoice(number: number, presigned: boolean): Action {
  return getObject(SHOP, 'shop-invoices', `2026/09/invoice-${number}.pdf`, presigned);
}

/** Invoices that customers fetch by a link which a storefront has signed. */
function links(chapter: Chapter, key: Key): void {
  chapter.call(key, '07:41:02', BEHIND_NAT.application, invoice(4710, false));
  for (const [at, customer] of ['192.0.2.201', '192.0.2.214', '203.0.113.215'].entries())
    chapter.call(key, `07:4${2 + at}:37`, over(customer, AGENTS.browser), invoice(4711 + at, true));
}

function scaleOut(chapter: Chapter): void {
  for (const [server, at] of [
    [LATE_STOREFRONT, '07:10'],
    [NODE, '06:20'],
  ] as const) {
    const tags = server === NODE ? { 'eks:cluster-name': 'shop', 'kubernetes.io/cluster/shop': 'owned' } : {};
    launchByAutoScaling(chapter, server, at, run(server, tags));
    const keys = chapter.issue(server, `${at}:04`);
    chapter.call(keys.v2, `${at}:51`, BEHIND_NAT.agent, ssmPing(server));
    for (const time of every(40, '07:30:20', '08:50')) chapter.call(keys.v2, time, BEHIND_NAT.agent, ssmPing(server));
    // The control plane runs the identity request that the node signed as its token.
    if (server === NODE) {
      for (const time of every(60, '06:23:40', '08:40'))
        chapter.call(keys.v2, time, over(CONTROL_PLANE, AGENTS.kubelet), callerIdentity());
    }
  }
}

function launchByAutoScaling(chapter: Chapter, server: Instance, at: string, action: Action): void {
  const role = 'aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
  const identity = roleIdentity(server.account, role, 'AutoScaling', {
    sessionContext: issuedBy(server.account, role, '2026-09-14T06:00:00Z'),
    invokedBy: 'autoscaling.amazonaws.com',
  });
  const sharedEventId = uuidFor(`launch ${server.name}`);
  chapter.add(at, server.account, server.region, {
    identity,
    from: throughService('autoscaling'),
    action,
    sharedEventId,
  });
}

/**
 * Beside its profile's session an instance has those of its own identity, of EC2's infrastructure and of default host
 * management; that the last is the instance's, nothing in this trail proves.
 */
function sessionsBesideTheProfile(chapter: Chapter): void {
  const [, server] = STOREFRONTS;
  if (!server) return;
  const issued = '2026-09-14T06:01:12Z';
  const inScopeOf = {
    issuerType: 'AWS::EC2::Instance',
    credentialsIssuedTo: `arn:aws:ec2:${server.region}:${SHOP}:instance/${server.id}`,
  };
  const identity = roleIdentity(SHOP, 'aws:ec2-instance', server.id, {
    accessKeyId: 'ASIAIDENTITYROLEKEY1',
    sessionContext: { ...issuedBy(SHOP, 'aws:ec2-instance', issued), ec2RoleDelivery: '2.0' },
    inScopeOf,
  });
  const action = { service: 'ssm', name: 'RequestManagedInstanceRoleToken', readOnly: false, request: null };
  chapter.add('06:02:20', SHOP, IRELAND, { identity, from: BEHIND_NAT.agent, action });

  const infrastructure = roleIdentity(SHOP, 'aws:ec2-infrastructure', server.id, {
    accessKeyId: 'ASIAINFRASTRUCTURE01',
    sessionContext: issuedBy(SHOP, 'aws:ec2-infrastructure', issued),
    invokedBy: 'AWS Internal',
    inScopeOf,
  });
  chapter.add('06:01:02', SHOP, IRELAND, {
    identity: infrastructure,
    from: over('AWS Internal', 'AWS Internal'),
    action: decrypt(SHOP, 'volumes'),
    sharedEventId: uuidFor('infrastructure role'),
  });

  const role = 'service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole';
  const hostManagement = roleIdentity(SHOP, role, server.id, {
    accessKeyId: 'ASIAHOSTMANAGEMENT01',
    sessionContext: issuedBy(SHOP, role, issued),
  });
  chapter.add('06:02:50', SHOP, IRELAND, { identity: hostManagement, from: BEHIND_NAT.agent, action: ssmPing(server) });
}

/** Alice takes a role under the name of a session that looks like a storefront's, and works with it at home. */
function namedLikeAnInstance(chapter: Chapter): void {
  const [server] = STOREFRONTS;
  if (!server) return;
  const key = { id: 'ASIASUPPORTSESSION01', expires: '2026-09-14T08:40:00Z' };
  chapter.person(ALICE, '07:40', assumeRole(SHOP, 'support', server.id, key));
  const identity = roleIdentity(SHOP, 'support', server.id, {
    accessKeyId: key.id,
    sessionContext: issuedBy(SHOP, 'support', '2026-09-14T07:40:00Z'),
  });
  const action = describeInstances();
  chapter.add('07:44:18', SHOP, IRELAND, { identity, from: over(ADDRESSES.home, AGENTS.cli), action });
}

function otherPlaces(chapter: Chapter): void {
  const mailer = chapter.issue(MAILER, '06:12:12').v2;
  for (const time of every(45, '06:14:31', '08:50')) {
    chapter.call(mailer, time, over('198.51.100.140', AGENTS.ssm), ssmPing(MAILER));
    chapter.call(mailer, time, over('198.51.100.140', AGENTS.boto), getQueueUrl('mail'));
  }
  chapter.call(mailer, '07:00:02', over('198.51.100.140', AGENTS.boto), iam('GetRole', { roleName: MAILER.role }));
  const ledger = chapter.issue(LEDGER_IMPORT, '06:16:12').v2;
  for (const time of every(45, '06:18:11', '08:50'))
    chapter.call(
      ledger,
      time,
      through(endpoint(DATA, 'ssm'), LEDGER_IMPORT.privateIp, AGENTS.ssm),
      ssmPing(LEDGER_IMPORT),
    );
}

function people(chapter: Chapter): void {
  for (const time of every(35, '07:02:09', '08:50')) {
    chapter.person(ALICE, time, describeInstances());
    chapter.person(BOB, time, listBuckets(), over(ADDRESSES.home, AGENTS.cli));
  }
  chapter.person(ALICE, '08:03:55', getQueueUrl('orders'), over('203.0.113.230', AGENTS.cli));
  chapter.add('06:58:30', SHOP, VIRGINIA, {
    identity: {
      type: 'IAMUser',
      accountId: SHOP,
      userName: 'break-glass',
      arn: `arn:aws:iam::${SHOP}:user/break-glass`,
    },
    from: over(ADDRESSES.office, AGENTS.browser),
    action: {
      service: 'signin',
      name: 'ConsoleLogin',
      readOnly: false,
      request: null,
      response: () => ({ ConsoleLogin: 'Success' }),
      additionalEventData: { MFAUsed: 'Yes' },
    },
  });
}

/** Records without a session: most of any trail. */
function awsItself(chapter: Chapter): void {
  for (const account of [SHOP, DATA, NETWORK]) {
    for (const [at, time] of every(45, '06:10:00', '08:50').entries()) {
      const service = ['config', 'autoscaling', 'cloudtrail'][at % 3] ?? 'config';
      const action = service === 'autoscaling' ? describeInstances() : bucketAcl(account);
      const sharedEventId = uuidFor(`${account} ${time}`);
      chapter.add(time, account, IRELAND, {
        identity: serviceIdentity(service),
        from: throughService(service),
        action,
        sharedEventId,
      });
    }
  }
}

function bucketAcl(account: string): Action {
  const bucketName = `trail-${account}`;
  return {
    service: 's3',
    name: 'GetBucketAcl',
    readOnly: true,
    request: { bucketName, Host: `${bucketName}.s3.eu-west-1.amazonaws.com`, acl: '' },
  };
}
