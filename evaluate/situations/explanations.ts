import { AGENTS, assumeRole, iam, over, throughService } from '../../trail-writer/calls';
import { roleIdentity, sessionKey, userIdentity } from '../../trail-writer/identities';
import { upperFor } from '../../trail-writer/ids';
import {
  allocateAddress,
  assignIpv6Address,
  associateAddress,
  attachInterface,
  createInterface,
  createNatGateway,
  start,
  stop,
} from '../../trail-writer/network-changes';
import { isoTime, type Action, type From } from '../../trail-writer/record';
import * as actions from '../actions';
import { report, type Situation } from '../situation';
import type { Stage } from '../stage';
import { HIGH } from '../verdict';
import { call, ec2, work, type Ec2, type Workload } from '../workloads';
import { recordedNat } from './nat-gateways';

/** A victim behind a NAT gateway on record, which an Elastic IP of its own would not change, and the attacker's machines. */
function scene(stage: Stage): { readonly victim: Ec2; readonly laptop: From; readonly rented: From } {
  const vpc = stage.vpc();
  const { from } = recordedNat(stage, vpc, 0);
  const victim = ec2(stage, 'victim', vpc, 4);
  work(victim, from, [6, 500], 40);
  return { victim, laptop: stage.laptop(), rented: stage.rented() };
}

/** A service makes a change for the session that called it. */
function onBehalf(workload: Workload, at: number, service: string, action: Action): void {
  const { stage, account, region } = workload;
  const identity = { ...workload.identity(), invokedBy: `${service}.amazonaws.com` };
  stage.add(at, { account, region, identity, from: throughService(service), action });
}

/** An explanation by the stolen credentials themselves: from the laptop, for the rented machine. */
function explained(
  name: string,
  story: string,
  steps: (rented: string, victim: Ec2, stage: Stage) => readonly Action[],
): Situation {
  return report(name, story, (stage) => {
    const { victim, laptop, rented } = scene(stage);
    for (const [at, step] of steps(rented.address, victim, stage).entries()) call(victim, 200 + at, laptop, step);
    call(victim, 212, rented);
    call(victim, 240, rented);
    stage.report(victim, HIGH, laptop);
    stage.report(victim, HIGH, rented);
  });
}

/** An explanation by a user or role that the stolen credentials made. */
function throughPrincipal(name: string, story: string, made: (victim: Ec2, laptop: From) => object): Situation {
  return report(name, story, (stage) => {
    const { victim, laptop, rented } = scene(stage);
    const identity = made(victim, laptop);
    const { account, region } = stage;
    const steps = [allocateAddress(rented.address), associateAddress(rented.address, victim.instance)];
    for (const [at, action] of steps.entries())
      stage.add(205 + at, { account, region, identity, from: laptop, action });
    call(victim, 212, rented);
    call(victim, 240, rented);
    stage.report(victim, HIGH, laptop);
    stage.report(victim, HIGH, rented);
  });
}

export const EXPLANATION_SITUATIONS: readonly Situation[] = [
  explained(
    'forged-elastic-address',
    'The attacker associates an Elastic IP with the victim by its own credentials',
    (address, victim) => [allocateAddress(address), associateAddress(address, victim.instance)],
  ),
  explained(
    'forged-old-elastic-address',
    'The attacker associates an Elastic IP of unknown address with the victim',
    (address, victim) => [associateAddress(address, victim.instance)],
  ),
  report('forged-stop-and-start', 'The attacker stops and starts the victim by its own credentials', (stage) => {
    const { victim, laptop, rented } = scene(stage);
    call(victim, 200, laptop, stop(victim.instance));
    call(victim, 203, laptop, start(victim.instance));
    victim.issue(203.4);
    call(victim, 212, rented);
    stage.report(victim, HIGH, laptop);
    stage.report(victim, HIGH, rented);
  }),
  explained(
    'forged-interface',
    'The attacker attaches an interface with an Elastic IP to the victim',
    (address, victim, stage) => {
      const own = { eniId: stage.instance('forged', stage.vpc()).eniId, privateIp: '10.66.0.4' };
      return [
        allocateAddress(address),
        createInterface(own, victim.instance),
        actions.associateToInterface(address, own.eniId),
        attachInterface(own, victim.instance),
      ];
    },
  ),
  explained(
    'forged-nat-gateway',
    'The attacker creates a NAT gateway in the victim’s VPC with an address of his',
    (address, victim, stage) => {
      const gateway = stage.nat({ ...stage.vpc(), vpcId: victim.instance.vpcId }, 'forged');
      const { vpcId } = victim.instance;
      return [
        allocateAddress(address),
        createNatGateway(gateway, address),
        actions.routeTo(vpcId, { natGatewayId: gateway.id }),
      ];
    },
  ),
  report(
    'forged-ipv6',
    'The attacker assigns an IPv6 address to the victim by its own credentials and calls from it',
    (stage) => {
      const { victim, laptop } = scene(stage);
      const v6 = over(stage.awsV6(), AGENTS.boto);
      call(victim, 200, laptop, assignIpv6Address(victim.instance, v6.address));
      call(victim, 212, v6);
      stage.report(victim, HIGH, laptop);
      stage.report(victim, ['LOW', 'MEDIUM', 'HIGH'], v6);
    },
  ),
  report(
    'forged-cloudformation',
    'The attacker lets CloudFormation associate the Elastic IP, in the name of the stolen session',
    (stage) => {
      const { victim, laptop, rented } = scene(stage);
      call(
        victim,
        200,
        laptop,
        actions.write('cloudformation', 'CreateStack', { stackName: 'forged' }, { stackId: 'forged' }),
      );
      onBehalf(victim, 201, 'cloudformation', allocateAddress(rented.address));
      onBehalf(victim, 202, 'cloudformation', associateAddress(rented.address, victim.instance));
      call(victim, 212, rented);
      stage.report(victim, HIGH, laptop);
      stage.report(victim, HIGH, rented);
    },
  ),
  report(
    'forged-automation',
    'The attacker lets an SSM Automation stop and start the victim, in the name of the stolen session',
    (stage) => {
      const { victim, laptop, rented } = scene(stage);
      call(
        victim,
        200,
        laptop,
        actions.write('ssm', 'StartAutomationExecution', { documentName: 'AWS-RestartEC2Instance' }),
      );
      onBehalf(victim, 201, 'ssm', stop(victim.instance));
      onBehalf(victim, 204, 'ssm', start(victim.instance));
      victim.issue(204.3);
      call(victim, 212, rented);
      stage.report(victim, HIGH, laptop);
      stage.report(victim, HIGH, rented);
    },
  ),
  throughPrincipal(
    'forged-created-user',
    'The attacker creates a user and an access key with the stolen credentials; the user associates the address',
    (victim, laptop) => {
      const { stage } = victim;
      const accessKeyId = `AKIA${upperFor(stage.purpose('created user'), 16)}`;
      const userName = `${stage.name}-support`;
      call(victim, 200, laptop, { ...iam('CreateUser', { userName }), response: () => ({ user: { userName } }) });
      call(victim, 201, laptop, {
        ...iam('CreateAccessKey', { userName }),
        response: () => ({ accessKey: { accessKeyId, userName, status: 'Active' } }),
      });
      return { ...userIdentity(stage.account, userName), accessKeyId };
    },
  ),
  throughPrincipal(
    'forged-access-key',
    'The attacker gives an old user another access key; the user associates the address',
    (victim, laptop) => {
      const { stage } = victim;
      const accessKeyId = `AKIA${upperFor(stage.purpose('second key'), 16)}`;
      const userName = `${stage.name}-deploy`;
      call(victim, 201, laptop, {
        ...iam('CreateAccessKey', { userName }),
        response: () => ({ accessKey: { accessKeyId, userName, status: 'Active' } }),
      });
      return { ...userIdentity(stage.account, userName), accessKeyId };
    },
  ),
  throughPrincipal(
    'forged-assumed-role',
    'The attacker assumes a role with the stolen credentials; the role associates the address',
    (victim, laptop) => {
      const { stage } = victim;
      const { account, region } = victim;
      const session = { account, region, role: `${stage.name}-deployer`, name: 'deploy' };
      const id = `ASIA${upperFor(stage.purpose('assumed'), 16)}`;
      const issued = { id, expires: isoTime(stage.time(260)), repeatsSession: true };
      call(victim, 201, laptop, assumeRole(account, session.role, session.name, issued));
      return sessionKey(session, id, isoTime(stage.time(201))).identity;
    },
  ),
  throughPrincipal(
    'forged-created-role',
    'The attacker creates a role with the stolen credentials and assumes it; the role associates the address',
    (victim, laptop) => {
      const { stage } = victim;
      const { account, region } = victim;
      const role = `${stage.name}-created`;
      call(victim, 199, laptop, iam('CreateRole', { roleName: role }));
      const session = { account, region, role, name: 'x' };
      const id = `ASIA${upperFor(stage.purpose('created role'), 16)}`;
      call(
        victim,
        201,
        laptop,
        assumeRole(account, role, 'x', { id, expires: isoTime(stage.time(260)), repeatsSession: true }),
      );
      return sessionKey(session, id, isoTime(stage.time(201))).identity;
    },
  ),
  throughPrincipal(
    'forged-federation-token',
    'The attacker makes a user, and with it a federated session, which associates the address',
    (victim, laptop) => {
      const { stage } = victim;
      const { account, region } = victim;
      const userName = `${stage.name}-fed`;
      const accessKeyId = `AKIA${upperFor(stage.purpose('federating user'), 16)}`;
      call(victim, 200, laptop, {
        ...iam('CreateAccessKey', { userName }),
        response: () => ({ accessKey: { accessKeyId, userName } }),
      });
      const id = `ASIA${upperFor(stage.purpose('federated'), 16)}`;
      const federated = {
        ...actions.read('sts', 'GetFederationToken', { name: 'fed' }),
        response: () => ({ credentials: { accessKeyId: id, expiration: isoTime(stage.time(900)) } }),
      };
      stage.add(202, {
        account,
        region,
        identity: { ...userIdentity(account, userName), accessKeyId },
        from: laptop,
        action: federated,
      });
      return {
        type: 'FederatedUser',
        principalId: `${account}:fed`,
        arn: `arn:aws:sts::${account}:federated-user/fed`,
        accountId: account,
        accessKeyId: id,
      };
    },
  ),
  report(
    'forged-behind-nat',
    'A victim behind a NAT gateway on record: the attacker adds his address to that gateway by the stolen credentials',
    (stage) => {
      const vpc = stage.vpc();
      const { gateway, from } = recordedNat(stage, vpc, 0);
      const victim = ec2(stage, 'victim', vpc, 4);
      work(victim, from, [6, 500], 40);
      const [laptop, rented] = [stage.laptop(), stage.rented()];
      call(victim, 200, laptop, allocateAddress(rented.address));
      call(
        victim,
        201,
        laptop,
        actions.write('ec2', 'AssociateNatGatewayAddress', {
          AssociateNatGatewayAddressRequest: {
            NatGatewayId: gateway.id,
            AllocationId: { tag: 1, content: actions.allocationOf(rented.address) },
          },
        }),
      );
      call(victim, 212, rented);
      stage.report(victim, HIGH, laptop);
      stage.report(victim, HIGH, rented);
    },
  ),
  report(
    'chained-role-laptop',
    'The role session that an instance assumes for its work is stolen and used outside AWS',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const server = ec2(stage, 'app', vpc, 4);
      work(server, from, [6, 400], 40);
      const { account, region } = server;
      const session = { account, region, role: `${stage.name}-reader`, name: `${stage.name}-app` };
      const id = `ASIA${upperFor(stage.purpose('chained'), 16)}`;
      call(
        server,
        60,
        from,
        assumeRole(account, session.role, session.name, {
          id,
          expires: isoTime(stage.time(120)),
          repeatsSession: true,
        }),
      );
      const { identity } = sessionKey(session, id, isoTime(stage.time(60)));
      const read = actions.read('dynamodb', 'ListTables', {});
      for (const at of [61, 75, 90]) stage.add(at, { account, region, identity, from, action: read });
      const attacker = stage.laptop();
      for (const at of [95, 97]) stage.add(at, { account, region, identity, from: attacker, action: read });
      stage.workloads.push(session.name);
      stage.thefts.push({
        workload: `${session.name}|${server.token}`,
        severities: ['MEDIUM', 'HIGH'],
        origins: [attacker.address],
      });
    },
  ),
  report(
    'chained-by-attacker',
    'The attacker goes on from stolen credentials to a role of another account',
    (stage) => {
      const { victim, laptop } = scene(stage);
      const { region } = stage;
      const account = stage.place.sibling;
      const id = `ASIA${upperFor(stage.purpose('next account'), 16)}`;
      call(
        victim,
        200,
        laptop,
        assumeRole(account, `${stage.name}-exports`, 'x', {
          id,
          expires: isoTime(stage.time(260)),
          repeatsSession: true,
        }),
      );
      const identity = roleIdentity(account, `${stage.name}-exports`, 'x', { accessKeyId: id });
      stage.add(203, { account, region, identity, from: laptop, action: actions.read('dynamodb', 'ListTables', {}) });
      stage.report(victim, HIGH, laptop);
    },
  ),
];
