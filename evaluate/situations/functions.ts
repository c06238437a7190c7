import { AGENTS, callerIdentity, decrypt, listBuckets, over, through } from '../../trail-writer/calls';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import type { Stage, Vpc } from '../stage';
import { HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, lambda, on, work, type ServiceSession } from '../workloads';
import { recordedNat } from './nat-gateways';
import { fleet } from '../workloads';
import { consoleSession } from './attacks';

const environment = (address: string) => over(address, AGENTS.lambda);

function started(stage: Stage, name: string, at: number, region = stage.region): ServiceSession {
  const fn = lambda(stage, name, region);
  fn.issue(at);
  return fn;
}

/** A function with a network of its own, or (null) without one. */
export function configured(stage: Stage, name: string, vpc: Vpc | null, at = 0.5): void {
  const functionName = `${stage.name}-${name}`;
  const vpcConfig = {
    vpcId: vpc?.vpcId ?? '',
    subnetIds: vpc ? [vpc.subnetId] : [],
    securityGroupIds: vpc ? ['sg-0a1b2c3d4e5f60718'] : [],
  };
  const functionArn = `arn:aws:lambda:${stage.region}:${stage.account}:function:${functionName}`;
  const answer = {
    functionName,
    functionArn,
    role: `arn:aws:iam::${stage.account}:role/service-role/${stage.name}-function`,
    vpcConfig,
  };
  const action = at < 1 ? 'CreateFunction20150331' : 'UpdateFunctionConfiguration20150331v2';
  stage.operate(at, actions.write('lambda', action, { functionName, vpcConfig }, answer));
}

export const FUNCTION_SITUATIONS: readonly Situation[] = [
  benign(
    'function-many-addresses',
    'A function outside a VPC runs in many environments of its Region at a time',
    (stage) => {
      const fn = started(stage, 'thumbnails', 0);
      work(
        fn,
        Array.from({ length: 14 }, () => environment(stage.aws())),
        [1, 600],
        20,
      );
    },
  ),
  benign(
    'function-cold-starts',
    'A function gets new credentials at each cold start and calls from other addresses',
    (stage) => {
      const fn = started(stage, 'thumbnails', 0);
      for (const at of [0, 130, 260, 390]) {
        fn.issue(at);
        for (const after of [1, 2, 50]) call(fn, at + after, environment(stage.aws()));
      }
    },
  ),
  benign('function-behind-nat', 'A function in a VPC leaves through a NAT gateway on record', (stage) => {
    const vpc = stage.vpc();
    const { from } = recordedNat(stage, vpc, 0);
    configured(stage, 'import', vpc);
    work(started(stage, 'import', 5), environment(from.address), [6, 600]);
  }),
  benign(
    'function-behind-old-nat',
    'A function in a VPC leaves through the NAT gateway older than the records that a fleet uses',
    (stage) => {
      const from = on(stage.aws());
      for (const server of fleet(stage, 8)) work(server, from, [5, 400], 60);
      work(started(stage, 'import', 5), environment(from.address), [6, 400]);
    },
  ),
  benign(
    'function-through-endpoint',
    'A function in a VPC calls our endpoint from the addresses of its interfaces',
    (stage) => {
      const ours = stage.endpoint();
      const block = stage.place.addresses.privateBlock();
      const interfaces = [17, 44, 91].map((host) => through(ours, `${block}.${host}`, AGENTS.lambda));
      work(started(stage, 'archive', 0), interfaces, [1, 600], 25);
    },
  ),
  benign(
    'function-moves-into-vpc',
    'A function gets a VPC configuration and leaves through a NAT gateway on record from then on',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const fn = started(stage, 'import', 5);
      work(fn, [environment(stage.aws()), environment(stage.aws())], [6, 190], 20);
      const functionName = `${stage.name}-import`;
      const vpcConfig = { subnetIds: [vpc.subnetId], securityGroupIds: ['sg-0a1b2c3d4e5f60718'] };
      const answer = { functionName, vpcConfig: { ...vpcConfig, vpcId: vpc.vpcId } };
      stage.operate(
        200,
        actions.write('lambda', 'UpdateFunctionConfiguration20150331v2', { functionName, vpcConfig }, answer),
      );
      fn.issue(203);
      work(fn, environment(from.address), [204, 500]);
    },
  ),
  benign(
    'function-two-regions',
    'Functions of one name and one role run in two Regions, each at addresses of its own',
    (stage) => {
      const here = started(stage, 'notify', 0);
      const there = started(stage, 'notify', 2, stage.elsewhere);
      for (let at = 5; at < 400; at += 45) {
        call(here, at, environment(stage.aws()));
        call(there, at + 3, environment(stage.aws(stage.elsewhere)));
      }
    },
  ),
  benign('function-log', 'The runtime writes the log and traces from AWS’s own network', (stage) => {
    const fn = started(stage, 'thumbnails', 0);
    work(fn, environment(stage.aws()), [1, 300]);
    for (const at of [2, 102, 202])
      call(
        fn,
        at,
        over(stage.amazon(), 'awslambda-worker/1.0'),
        actions.write('logs', 'CreateLogStream', { logGroupName: '/aws/lambda/thumbnails' }),
      );
  }),
  benign('function-service-caller', 'KMS decrypts the function’s environment on its behalf', (stage) => {
    const fn = started(stage, 'thumbnails', 0);
    const { account, region } = fn;
    stage.add(0.1, {
      account,
      region,
      identity: { ...fn.identity(), invokedBy: 'lambda.amazonaws.com' },
      from: over('lambda.amazonaws.com', 'lambda.amazonaws.com'),
      action: decrypt(account, 'environment'),
    });
    work(fn, environment(stage.aws()), [1, 300]);
  }),
  report('function-laptop', 'A function’s error page shows its credentials; they are used on a laptop', (stage) => {
    const fn = started(stage, 'webhook', 0);
    work(fn, [environment(stage.aws()), environment(stage.aws())], [1, 400], 25);
    const attacker = stage.laptop();
    call(fn, 133, attacker, callerIdentity());
    call(fn, 134, attacker, listBuckets());
    stage.report(fn, HIGH, attacker);
  }),
  report(
    'function-other-region',
    'A function’s credentials are used on a stranger’s instance in another Region',
    (stage) => {
      const fn = started(stage, 'webhook', 0);
      work(fn, [environment(stage.aws()), environment(stage.aws())], [1, 400], 25);
      const attacker = stage.rented(stage.elsewhere);
      call(fn, 133, attacker, listBuckets());
      stage.report(fn, HIGH, attacker);
    },
  ),
  report(
    'function-in-vpc-laptop',
    'The credentials of a function behind a NAT gateway on record are used outside AWS',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      configured(stage, 'import', vpc);
      const fn = started(stage, 'import', 5);
      work(fn, environment(from.address), [6, 400]);
      const attacker = stage.laptop();
      call(fn, 140, attacker, listBuckets());
      stage.report(fn, HIGH, attacker);
    },
  ),
  report(
    'function-in-vpc-rented',
    'A function with a VPC on record leaves through its NAT gateway; its credentials are used at another AWS address of the Region',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      configured(stage, 'import', vpc);
      const fn = started(stage, 'import', 5);
      work(fn, environment(from.address), [6, 400]);
      const attacker = stage.rented();
      call(fn, 140, attacker, listBuckets());
      stage.report(fn, MEDIUM_OR_HIGH, attacker);
    },
  ),
  report(
    'function-first-call-outside',
    'The first call with a function’s credentials comes from outside AWS',
    (stage) => {
      const fn = started(stage, 'webhook', 0);
      const attacker = stage.laptop();
      call(fn, 2, attacker, listBuckets());
      work(fn, environment(stage.aws()), [30, 300]);
      stage.report(fn, HIGH, attacker);
    },
  ),
  report('function-console', 'A function’s credentials are exchanged for a console session', (stage) => {
    const fn = started(stage, 'webhook', 0);
    work(fn, environment(stage.aws()), [1, 300]);
    const browser = over(stage.place.addresses.outside(), AGENTS.browser);
    consoleSession(fn, 120, browser);
    stage.report(fn, HIGH, browser);
  }),
];
