import { AGENTS, listBuckets, over, through } from '../../trail-writer/calls';
import * as actions from '../actions';
import { benign, report, type Situation } from '../situation';
import type { Stage } from '../stage';
import { HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, ecsTask, fleet, on, work, type ServiceSession } from '../workloads';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';
import type { From } from '../../trail-writer/record';

interface Paths {
  /** Where the execution role's calls come from: the host's agent, or Fargate's. */
  readonly agent: From;
  readonly inTask: From | readonly From[];
  readonly until?: number;
}

/** The execution role fetches the image and opens the log, then the task works. */
function runTask(stage: Stage, name: string, at: number, { agent, inTask, until = at + 300 }: Paths): ServiceSession {
  const [execution, task] = [ecsTask(stage, name, 'execution'), ecsTask(stage, name)];
  execution.issue(at);
  task.issue(at);
  call(execution, at + 0.2, agent, actions.read('ecr', 'GetAuthorizationToken', {}));
  call(execution, at + 0.3, agent, actions.write('logs', 'CreateLogStream', { logGroupName: `/ecs/${name}` }));
  work(task, inTask, [at + 0.8, until], 40);
  return task;
}

export const TASK_SITUATIONS: readonly Situation[] = [
  benign('fargate-public', 'Fargate tasks have public addresses of their own', (stage) => {
    for (let at = 0; at < 5; at += 1) {
      const from = on(stage.aws());
      runTask(stage, `web-${at}`, at * 4, { agent: from, inTask: from });
    }
  }),
  benign('fargate-behind-nat', 'Fargate tasks leave through a NAT gateway on record', (stage) => {
    const { from } = recordedNat(stage, stage.vpc(), 0);
    for (let at = 0; at < 4; at += 1) runTask(stage, `web-${at}`, 5 + at * 3, { agent: from, inTask: from });
  }),
  benign('fargate-behind-old-nat', 'Fargate tasks leave through a NAT gateway older than the records', (stage) => {
    const from = on(stage.aws());
    for (let at = 0; at < 9; at += 1) runTask(stage, `web-${at}`, at * 3, { agent: from, inTask: from });
  }),
  benign(
    'fargate-endpoints',
    'Fargate tasks without Internet use the VPC’s endpoints for image, log and work',
    (stage) => {
      const [ecr, secrets] = [stage.endpoint(stage.account, 'ecr'), stage.endpoint(stage.account, 'secretsmanager')];
      const block = stage.place.addresses.privateBlock();
      for (let at = 0; at < 4; at += 1) {
        const address = `${block}.${20 + at}`;
        runTask(stage, `web-${at}`, at * 3, {
          agent: through(ecr, address, AGENTS.go),
          inTask: through(secrets, address, AGENTS.java),
        });
      }
    },
  ),
  benign(
    'fargate-mixed',
    'Images come through endpoints, the task itself leaves through a NAT gateway on record',
    (stage) => {
      const { from } = recordedNat(stage, stage.vpc(), 0);
      const ecr = stage.endpoint(stage.account, 'ecr');
      const block = stage.place.addresses.privateBlock();
      for (let at = 0; at < 4; at += 1)
        runTask(stage, `web-${at}`, 5 + at * 3, {
          agent: through(ecr, `${block}.${30 + at}`, AGENTS.go),
          inTask: from,
        });
    },
  ),
  benign('service-replaces-tasks', 'A service replaces its Fargate tasks; each has its own public address', (stage) => {
    for (let at = 0; at < 6; at += 1) {
      const from = on(stage.aws());
      runTask(stage, `web-${at}`, at * 90, { agent: from, inTask: from, until: at * 90 + 100 });
    }
  }),
  benign(
    'bridge-on-public-host',
    'Tasks in bridge mode call from the automatic address of their host, as the host’s agent does',
    (stage) => {
      const host = launched(stage, 'host', 0);
      const from = on(stage.aws());
      host.ping(1, from);
      work(host, from, [3, 400], 45);
      for (let at = 0; at < 3; at += 1) runTask(stage, `web-${at}`, 6 + at * 5, { agent: from, inTask: from });
    },
  ),
  benign('bridge-behind-nat', 'Tasks in bridge mode and their hosts leave through a NAT gateway on record', (stage) => {
    const vpc = stage.vpc();
    const { from } = recordedNat(stage, vpc, 0);
    for (const host of fleet(stage, 2, vpc, 'host')) work(host, from, [8, 400], 45);
    for (let at = 0; at < 4; at += 1) runTask(stage, `web-${at}`, 10 + at * 5, { agent: from, inTask: from });
  }),
  benign(
    'awsvpc-on-public-host',
    'The host’s agent pulls the image from its public address; the tasks leave through a NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const host = launched(stage, 'host', 4, vpc);
      const hostFrom = over(stage.aws(), AGENTS.go);
      host.ping(5, hostFrom);
      work(host, hostFrom, [7, 400], 45);
      for (let at = 0; at < 4; at += 1) runTask(stage, `web-${at}`, 10 + at * 5, { agent: hostFrom, inTask: from });
    },
  ),
  benign(
    'awsvpc-through-endpoint',
    'The host pulls the image through the endpoint with its own address, the task works with that of its interface',
    (stage) => {
      const vpc = stage.vpc();
      const ours = stage.endpoint();
      const host = launched(stage, 'host', 0, vpc);
      const hostFrom = through(ours, host.instance.privateIp, AGENTS.go);
      work(host, hostFrom, [2, 400], 45);
      for (let at = 0; at < 4; at += 1)
        runTask(stage, `web-${at}`, 5 + at * 5, {
          agent: hostFrom,
          inTask: through(ours, `${vpc.block}.${120 + at}`, AGENTS.java),
        });
    },
  ),
  report('task-laptop', 'The credentials of a Fargate task are used on a laptop', (stage) => {
    const from = on(stage.aws());
    const task = runTask(stage, 'web', 0, { agent: from, inTask: from });
    const attacker = stage.laptop();
    call(task, 120, attacker, listBuckets());
    stage.report(task, HIGH, attacker);
  }),
  report(
    'task-never-calls',
    'A task never calls AWS; the first and only call with its credentials comes from outside',
    (stage) => {
      const task = ecsTask(stage, 'static-site');
      task.issue(0);
      const attacker = stage.laptop();
      call(task, 37, attacker, listBuckets());
      stage.report(task, HIGH, attacker);
    },
  ),
  report(
    'task-rented',
    'The credentials of a task behind a NAT gateway on record are used on a stranger’s instance in the Region',
    (stage) => {
      const { from } = recordedNat(stage, stage.vpc(), 0);
      const tasks = [0, 1, 2, 3].map((at) => runTask(stage, `web-${at}`, 5 + at, { agent: from, inTask: from }));
      const attacker = stage.rented();
      const [victim] = tasks;
      if (!victim) return;
      call(victim, 120, attacker, listBuckets());
      stage.report(victim, HIGH, attacker);
    },
  ),
  report(
    'task-other-region',
    'The credentials of a Fargate task are used on a stranger’s instance in another Region',
    (stage) => {
      const from = on(stage.aws());
      const task = runTask(stage, 'web', 0, { agent: from, inTask: from });
      const attacker = stage.rented(stage.elsewhere);
      call(task, 120, attacker, listBuckets());
      stage.report(task, HIGH, attacker);
    },
  ),
  report(
    'task-endpoint-laptop',
    'A task that only ever uses endpoints: its credentials appear on the Internet, outside AWS',
    (stage) => {
      const ours = through(stage.endpoint(), `${stage.place.addresses.privateBlock()}.40`, AGENTS.java);
      const task = runTask(stage, 'web', 0, { agent: ours, inTask: ours });
      const attacker = stage.laptop();
      call(task, 120, attacker, listBuckets());
      stage.report(task, HIGH, attacker);
    },
  ),
  report(
    'execution-role-laptop',
    'The credentials of an execution role, read from a task’s metadata, are used outside AWS',
    (stage) => {
      const { from } = recordedNat(stage, stage.vpc(), 0);
      const execution = ecsTask(stage, 'web', 'execution');
      execution.issue(5);
      call(execution, 5.3, from, actions.read('ecr', 'GetAuthorizationToken', {}));
      const attacker = stage.laptop();
      call(execution, 60, attacker);
      stage.report(execution, HIGH, attacker);
    },
  ),
  report('stopped-task-laptop', 'A task is stopped; an hour later its credentials are used outside AWS', (stage) => {
    const from = on(stage.aws());
    const task = runTask(stage, 'web', 0, { agent: from, inTask: from, until: 100 });
    stage.operate(110, actions.write('ecs', 'StopTask', { cluster: 'main', task: task.token }));
    const attacker = stage.laptop();
    call(task, 170, attacker);
    stage.report(task, HIGH, attacker);
  }),
  report(
    'task-on-neighbour',
    'The credentials of a task are used on an instance of the same account with an Elastic IP on record',
    (stage) => {
      const from = on(stage.aws());
      const task = runTask(stage, 'web', 0, { agent: from, inTask: from });
      const neighbour = launched(stage, 'neighbour', 0);
      const theirs = on(stage.aws());
      stage.operate(0.4, actions.write('ec2', 'AllocateAddress', { domain: 'vpc' }, addressResponse(theirs.address)));
      stage.operate(0.8, actions.associateToInterface(theirs.address, neighbour.instance.eniId));
      work(neighbour, theirs, [3, 300]);
      call(task, 150, theirs, listBuckets());
      stage.report(task, MEDIUM_OR_HIGH, theirs);
    },
  ),
];

function addressResponse(publicIp: string): object {
  return { publicIp, domain: 'vpc', allocationId: actions.allocationOf(publicIp) };
}
