import {
  AGENTS,
  assumeRole,
  callerIdentity,
  decrypt,
  denied,
  describeInstances,
  getObject,
  iam,
  listBuckets,
  over,
  through,
} from '../../trail-writer/calls';
import { issuedBy, roleIdentity, sessionKey } from '../../trail-writer/identities';
import { upperFor } from '../../trail-writer/ids';
import { allocateAddress, associateAddress } from '../../trail-writer/network-changes';
import { isoTime, type From } from '../../trail-writer/record';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import { ANY } from '../verdict';
import { call, ec2, Ec2, fleet, on, work } from '../workloads';
import { elasticAddressBy, launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';

const addresses = (count: number, draw: () => string): From[] => Array.from({ length: count }, () => on(draw()));

export const EVERYDAY_SITUATIONS: readonly Situation[] = [
  benign(
    'chained-role',
    'An instance assumes a role of another account and works with it behind its NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const server = ec2(stage, 'app', vpc, 4);
      work(server, from, [6, 400], 40);
      const session = { account: stage.place.sibling, region: stage.region, role: `${stage.name}-reader`, name: 'app' };
      const id = `ASIA${upperFor(stage.purpose('chained'), 16)}`;
      call(
        server,
        60,
        from,
        assumeRole(session.account, session.role, 'app', {
          id,
          expires: isoTime(stage.time(120)),
          repeatsSession: true,
        }),
      );
      const { identity } = sessionKey(session, id, isoTime(stage.time(60)));
      for (const at of [61, 90])
        stage.add(at, { account: session.account, region: stage.region, identity, from, action: listBuckets() });
    },
  ),
  benign(
    'named-like-an-instance',
    'A person assumes a support role with an instance’s id as session name, and works at home',
    (stage) => {
      const server = ec2(stage, 'web');
      work(server, on(stage.aws()), [3, 400]);
      const role = `${stage.name}-support`;
      const home = over(stage.place.addresses.outside(), AGENTS.cli);
      const id = `ASIA${upperFor(stage.purpose('support'), 16)}`;
      stage.operate(
        50,
        assumeRole(stage.account, role, server.instance.id, {
          id,
          expires: isoTime(stage.time(110)),
          repeatsSession: true,
        }),
      );
      const identity = roleIdentity(stage.account, role, server.instance.id, {
        accessKeyId: id,
        sessionContext: issuedBy(stage.account, role, isoTime(stage.time(50))),
      });
      stage.add(55, {
        account: stage.account,
        region: stage.region,
        identity,
        from: home,
        action: describeInstances(),
      });
    },
  ),
  benign('presigned-links', 'Customers fetch objects by links that an instance has signed', (stage) => {
    const server = ec2(stage, 'shop');
    work(server, on(stage.aws()), [3, 400]);
    for (let at = 0; at < 12; at += 1) {
      const customer = over(at % 3 ? stage.place.addresses.outside() : stage.aws(stage.elsewhere), AGENTS.browser);
      call(server, 40 + at * 5, customer, getObject(stage.account, 'invoices', `${at}.pdf`, true));
    }
  }),
  benign(
    'declared-relay',
    'Vault sends the identity request that its client signed, from the address declared for it',
    (stage) => {
      const server = ec2(stage, 'app');
      work(server, on(stage.aws()), [3, 400]);
      for (const at of [30, 150]) call(server, at, over('203.0.113.254', AGENTS.kubelet), callerIdentity());
    },
  ),
  benign(
    'declared-line',
    'Instances reach AWS by the company’s own line, which is declared for their role',
    (stage) => {
      for (let at = 0; at < 3; at += 1) {
        const server = new Ec2(stage, { ...stage.instance(`till-${at}`, stage.vpc()), role: 'declared-line-role' });
        server.issue(0);
        work(server, over('203.0.113.253', AGENTS.java), [3 + at, 400], 60);
      }
    },
  ),
  benign(
    'cloud-proxies',
    'A fleet leaves through a proxy service with eight addresses of AWS, one after the other',
    (stage) => {
      const proxies = addresses(8, () => stage.aws());
      for (const [at, server] of fleet(stage, 12).entries())
        work(server, [...proxies.slice(at % 8), ...proxies.slice(0, at % 8)], [5, 700], 30);
    },
  ),
  benign('service-callers', 'Services act on an instance’s behalf and name themselves', (stage) => {
    const server = ec2(stage, 'app');
    work(server, on(stage.aws()), [3, 400]);
    const { account, region } = server;
    for (const [at, service] of [
      'secretsmanager.amazonaws.com',
      's3.amazonaws.com',
      'AWS Internal',
      'cloudformation.amazonaws.com',
    ].entries())
      stage.add(50 + at, {
        account,
        region,
        identity: { ...server.identity(), invokedBy: service },
        from: over(service, service),
        action: decrypt(account, 'app'),
      });
  }),
  benign(
    'internal-data-events',
    'ECR and CloudWatch read objects for an instance as `AWS Internal`, without naming a caller',
    (stage) => {
      const server = ec2(stage, 'app');
      work(server, on(stage.aws()), [3, 400]);
      for (const at of [40, 140])
        call(server, at, over('AWS Internal', 'AWS Internal'), getObject(stage.account, 'layers', `${at}`));
    },
  ),
  benign('other-region-calls', 'An instance calls services of another Region, and IAM', (stage) => {
    const server = ec2(stage, 'app');
    const from = on(stage.aws());
    work(server, from, [3, 400]);
    call(server, 50, from, iam('GetRole', { roleName: server.instance.role }));
    call(server, 60, from, { ...listBuckets(), region: stage.elsewhere });
  }),
  benign('denied-calls', 'An instance’s own calls are denied', (stage) => {
    const server = ec2(stage, 'app');
    const from = on(stage.aws());
    work(server, from, [3, 400]);
    for (const at of [50, 51])
      call(server, at, from, denied(describeInstances(), 'arn:aws:sts::111122223333:assumed-role/app/i-0'));
  }),
  benign(
    'host-management',
    'Default host management registers an instance with a role of its own, from the instance’s address',
    (stage) => {
      const server = launched(stage, 'app', 0);
      const from = on(stage.aws());
      work(server, from, [3, 400]);
      const { account, region } = server;
      const role = 'service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole';
      const identity = roleIdentity(account, role, server.instance.id, {
        accessKeyId: `ASIA${upperFor(stage.purpose('dhmc'), 16)}`,
        sessionContext: issuedBy(account, role, isoTime(stage.time(1))),
      });
      stage.add(2, {
        account,
        region,
        identity,
        from,
        action: actions.write('ssm', 'UpdateInstanceInformation', { instanceId: server.instance.id }),
      });
    },
  ),
  benign('infrastructure-role', 'EC2’s infrastructure role decrypts an instance’s volume', (stage) => {
    const server = launched(stage, 'app', 0);
    work(server, on(stage.aws()), [3, 400]);
    const { account, region } = server;
    const identity = roleIdentity(account, 'aws:ec2-infrastructure', server.instance.id, {
      accessKeyId: `ASIA${upperFor(stage.purpose('infra'), 16)}`,
      sessionContext: issuedBy(account, 'aws:ec2-infrastructure', isoTime(stage.time(1))),
      invokedBy: 'AWS Internal',
    });
    stage.add(0.2, {
      account,
      region,
      identity,
      from: over('AWS Internal', 'AWS Internal'),
      action: decrypt(account, 'volumes'),
    });
  }),
  benign(
    'pipeline-on-instance',
    'A build server behind the NAT gateway on record gives another instance its Elastic IP',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const builder = ec2(stage, 'builder', vpc, 4);
      work(builder, from, [6, 400], 40);
      const server = launched(stage, 'web', 30);
      work(server, on(stage.aws()), [32, 95]);
      work(server, elasticAddressBy(builder, 100, from, server), [103, 400]);
    },
  ),
  benign(
    'pipeline-behind-old-nat',
    'A build server behind a NAT gateway older than the records gives another instance its Elastic IP',
    (stage) => {
      const from = on(stage.aws());
      const [builder, ...others] = fleet(stage, 9);
      for (const server of [builder, ...others]) if (server) work(server, from, [6, 400], 40);
      if (!builder) return;
      const server = launched(stage, 'web', 30);
      work(server, on(stage.aws()), [32, 95]);
      work(server, elasticAddressBy(builder, 100, from, server), [103, 400]);
    },
  ),
  benign(
    'own-address-by-itself',
    'A self-healing pair: the standby takes over the Elastic IP by its own credentials',
    (stage) => {
      const vpc = stage.vpc();
      const [first, second] = [ec2(stage, 'first', vpc), ec2(stage, 'second', vpc)];
      const [elastic, standby] = [on(stage.aws()), on(stage.aws())];
      stage.operate(0.5, allocateAddress(elastic.address));
      stage.operate(1, associateAddress(elastic.address, first.instance));
      work(first, elastic, [3, 195]);
      work(second, standby, [3, 195]);
      call(second, 200, standby, associateAddress(elastic.address, second.instance, true));
      work(second, elastic, [202, 400]);
      work(first, on(stage.aws()), [202, 400]);
    },
  ),
  benign('rare-caller', 'An instance calls once a day, always from its automatic address', (stage) => {
    const server = ec2(stage, 'nightly');
    const from = on(stage.aws());
    for (let day = 0; day < 5; day += 1) {
      server.issue(day * 1440 + 60);
      call(server, day * 1440 + 61, from);
    }
  }),
  benign('people-at-home', 'People work at home while the instances of their account work in AWS', (stage) => {
    for (const server of fleet(stage, 3)) work(server, on(stage.aws()), [3, 400], 45);
    for (const at of [10, 90, 200])
      stage.user(at, 'dave', over(stage.place.addresses.outside(), AGENTS.cli), describeInstances());
  }),
  benign(
    'person-through-own-nat',
    'A person on a bastion behind the VPC’s NAT gateway on record calls from the address of its instances',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      for (const at of [5, 65, 125]) stage.user(at, 'erin', { ...from, userAgent: AGENTS.cli }, describeInstances());
      for (const server of fleet(stage, 4, vpc)) work(server, from, [8, 400], 45);
    },
  ),
  benign('quick-burst', 'A batch instance calls six hundred times in an hour from its own address', (stage) => {
    const server = launched(stage, 'batch', 0);
    const from = on(stage.aws());
    for (let at = 0; at < 600; at += 1) call(server, 2 + at * 0.1, from, getObject(stage.account, 'input', `${at}`));
  }),
  benign(
    'endpoint-first-then-internet',
    'A fleet boots by endpoints and then also uses its NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const ours = stage.endpoint();
      for (let at = 0; at < 3; at += 1) {
        const server = launched(stage, `web-${at}`, 10 + at, vpc);
        const own = through(ours, server.instance.privateIp, AGENTS.java);
        server.ping(11 + at, own);
        work(server, [own, from], [13 + at, 400]);
      }
    },
  ),
  report(
    'undeclared-line',
    'Ten instances leave by the company’s own line, which is not declared: told once, with the address to declare',
    (stage) => {
      const line = on(stage.place.addresses.outside());
      for (const server of fleet(stage, 10)) {
        work(server, line, [5, 400], 60);
        stage.report(server, ANY, line);
      }
    },
  ),
  report(
    'undeclared-proxies',
    'Ten instances leave through a proxy service with eight addresses outside AWS, not declared: told once',
    (stage) => {
      const proxies = addresses(8, () => stage.place.addresses.outside());
      for (const [at, server] of fleet(stage, 10).entries()) {
        work(server, [...proxies.slice(at % 8), ...proxies.slice(0, at % 8)], [5, 500], 30);
        stage.report(server, ANY, ...proxies);
      }
    },
  ),
];
