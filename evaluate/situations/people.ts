import { AGENTS, callerIdentity, describeInstances, getSecret, listBuckets, over } from '../../trail-writer/calls';
import { personIdentity, userIdentity } from '../../trail-writer/identities';
import { allocateAddress, associateAddress } from '../../trail-writer/network-changes';
import type { Action, From } from '../../trail-writer/record';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import type { Stage } from '../stage';
import { ANY, HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, ecsTask, fleet, on, work } from '../workloads';
import { lootFrom } from './attacks';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';

/** A person signed in through IAM Identity Center calls. */
function signedIn(stage: Stage, at: number, from: From, action: Action = describeInstances()): void {
  const { account, region } = stage;
  const person = { email: 'frank@example.com', account, role: 'AWSReservedSSO_Developer_0a1b2c3d4e5f6071' };
  stage.add(at, { account, region, identity: personIdentity(person, '2026-10-04T22:48:09Z'), from, action });
}

/** An IAM user signs in to the console with a password. */
function signIn(stage: Stage, at: number, name: string, from: From): void {
  const { account } = stage;
  const action = {
    service: 'signin',
    name: 'ConsoleLogin',
    readOnly: false,
    request: null,
    response: () => ({ ConsoleLogin: 'Success' }),
  };
  stage.add(at, { account, region: 'us-east-1', identity: userIdentity(account, name), from, action });
}

/** Workloads and people that call from one address. */
export const PEOPLE_SITUATIONS: readonly Situation[] = [
  benign(
    'person-on-a-managed-instance',
    'A person uses keys of their own on an instance with an automatic address, which Systems Manager manages',
    (stage) => {
      const server = launched(stage, 'bastion', 0);
      const own = on(stage.aws());
      server.ping(1, own);
      for (const at of [30, 35, 90]) stage.user(at, 'grace', { ...own, userAgent: AGENTS.boto }, describeInstances());
      for (let at = 6; at < 400; at += 30) server.ping(at, own);
    },
  ),
  benign(
    'person-on-an-instance-with-an-elastic-address',
    'A person uses keys of their own on an instance whose Elastic IP is on record',
    (stage) => {
      const server = launched(stage, 'bastion', 0);
      const own = on(stage.aws());
      stage.operate(0.3, allocateAddress(own.address));
      stage.operate(0.6, associateAddress(own.address, server.instance));
      for (const at of [2, 35, 90]) stage.user(at, 'heidi', { ...own, userAgent: AGENTS.boto }, describeInstances());
      work(server, own, [10, 400], 45);
    },
  ),
  benign(
    'people-behind-the-old-egress-of-a-fleet',
    'A fleet and the cloud desktops of its developers leave through one egress older than the records',
    (stage) => {
      const from = on(stage.aws());
      for (const at of [1, 61, 121]) signedIn(stage, at, { ...from, userAgent: AGENTS.cli });
      for (const at of [2, 62, 122]) stage.user(at, 'ivan', { ...from, userAgent: AGENTS.cli }, describeInstances());
      for (const server of fleet(stage, 8)) work(server, from, [4, 400], 45);
    },
  ),
  benign(
    'person-comes-later',
    'An instance has worked at its automatic address for hours when a person first calls from there',
    (stage) => {
      const server = launched(stage, 'web', 0);
      const own = on(stage.aws());
      work(server, own, [2, 700], 45);
      for (const at of [460, 465]) stage.user(at, 'judy', { ...own, userAgent: AGENTS.boto }, callerIdentity());
    },
  ),
  benign(
    'administrators-of-a-task-behind-its-nat',
    'A task leaves through a NAT gateway on record, through which administrators on a desktop of the VPC use the console',
    (stage) => {
      const { from } = recordedNat(stage, stage.vpc(), 0);
      signIn(stage, 4, 'kim', { ...from, userAgent: AGENTS.browser });
      signedIn(stage, 6, { ...from, userAgent: AGENTS.browser });
      const task = ecsTask(stage, 'api');
      task.issue(10);
      work(task, from, [11, 400], 45);
    },
  ),
  report(
    'first-where-a-signed-in-person-calls',
    'The only calls with an instance’s credentials come from the cloud desktop of a person signed in by Identity Center',
    (stage) => {
      const desktop = over(stage.aws(), AGENTS.cli);
      for (const at of [5, 65, 125]) signedIn(stage, at, desktop);
      const server = launched(stage, 'web', 0);
      lootFrom(server, 70, desktop);
      stage.report(server, ANY, desktop);
    },
  ),
  report(
    'first-where-a-signed-in-person-calls-then-elastic',
    'The first call comes from a signed-in person’s cloud desktop; later the instance calls from its Elastic IP on record',
    (stage) => {
      const desktop = over(stage.aws(), AGENTS.cli);
      for (const at of [5, 65, 125]) signedIn(stage, at, desktop);
      const server = launched(stage, 'web', 0);
      lootFrom(server, 50, desktop);
      const own = on(stage.aws());
      stage.operate(80, allocateAddress(own.address));
      stage.operate(81, associateAddress(own.address, server.instance));
      work(server, own, [90, 400]);
      // The instance may have had the other address until it got this one.
      stage.report(server, ANY, desktop);
    },
  ),
  report(
    'first-where-a-user-signs-in',
    'A user signs in to the console at an AWS address; minutes later a task’s credentials are first and only used there',
    (stage) => {
      const desktop = over(stage.aws(), AGENTS.browser);
      signIn(stage, 20, 'mallory', desktop);
      const task = ecsTask(stage, 'api');
      task.issue(10);
      for (const at of [30, 31, 95]) call(task, at, { ...desktop, userAgent: AGENTS.cli }, getSecret('app/database'));
      stage.report(task, ANY, desktop);
    },
  ),
  report(
    'two-victims-first-where-a-person-calls',
    'The first calls with two instances’ credentials come from a person’s cloud desktop; later each calls from its own address',
    (stage) => {
      const desktop = over(stage.aws(), AGENTS.cli);
      for (const at of [5, 65, 125]) stage.user(at, 'niaj', desktop, describeInstances());
      for (const name of ['a', 'b']) {
        const server = launched(stage, `web-${name}`, 0);
        call(server, 50, desktop, listBuckets());
        work(server, on(stage.aws()), [70, 400]);
        stage.report(server, MEDIUM_OR_HIGH, desktop);
      }
    },
  ),
  report(
    'person-at-the-victims-nat',
    'A person calls through the NAT gateway of a VPC; credentials of its instance are used at an address of a stranger',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      for (const at of [5, 65]) stage.user(at, 'olivia', { ...from, userAgent: AGENTS.cli }, describeInstances());
      const server = ec2(stage, 'web', vpc, 4);
      work(server, from, [6, 400], 40);
      const attacker = stage.rented();
      call(server, 222, attacker, actions.read('iam', 'ListUsers'));
      stage.report(server, HIGH, attacker);
    },
  ),
];
