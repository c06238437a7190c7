import { getSecret, listBuckets } from '../../trail-writer/calls';
import { start, stop, terminate } from '../../trail-writer/network-changes';
import { report, type Situation } from '../situation';
import { ANY, HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, fleet, on, work } from '../workloads';
import { lootFrom, withElasticAddress } from './attacks';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';

export const LIFECYCLE_SITUATIONS: readonly Situation[] = [
  report(
    'terminated-laptop',
    'An instance is terminated; an hour later its credentials are used outside AWS',
    (stage) => {
      const server = launched(stage, 'worker', 0);
      work(server, on(stage.aws()), [2, 95]);
      stage.operate(100, terminate(server.instance));
      const attacker = stage.laptop();
      call(server, 160, attacker, listBuckets());
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'terminated-same-nat',
    'An instance is terminated; an hour later its credentials are used behind its own NAT gateway',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const server = launched(stage, 'worker', 4, vpc);
      work(server, from, [6, 95]);
      for (const other of fleet(stage, 3, vpc)) work(other, from, [6, 300]);
      stage.operate(100, terminate(server.instance));
      call(server, 165, from);
      stage.report(server, HIGH, from);
    },
  ),
  report(
    'scaled-in-credentials',
    'Auto Scaling terminates an instance; two hours later its credentials are used at its last address',
    (stage) => {
      const server = launched(stage, 'worker', 0);
      const from = on(stage.aws());
      work(server, from, [2, 95]);
      stage.byService(100, 'autoscaling', terminate(server.instance));
      call(server, 220, from);
      stage.report(server, HIGH, from);
    },
  ),
  report(
    'reclaimed-credentials',
    'EC2 reclaims a spot instance; two hours later its credentials are used behind its own NAT gateway',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const server = launched(stage, 'worker', 4, vpc);
      work(server, from, [6, 95]);
      for (const other of fleet(stage, 3, vpc)) work(other, from, [6, 300]);
      stage.evict(100, server.instance);
      call(server, 220, from);
      // The record does not say whether EC2 terminated or stopped the instance.
      stage.report(server, MEDIUM_OR_HIGH, from);
    },
  ),
  report(
    'reclaimed-credentials-laptop',
    'EC2 reclaims a spot instance; its credentials are used outside AWS',
    (stage) => {
      const server = launched(stage, 'worker', 0);
      work(server, on(stage.aws()), [2, 95]);
      stage.evict(100, server.instance);
      const attacker = stage.laptop();
      call(server, 180, attacker);
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'terminated-fleet-at-one-address',
    'Five terminated workers’ credentials are used at one AWS address while their NAT gateway still serves others',
    (stage) => {
      const vpc = stage.vpc();
      const from = on(stage.aws());
      const workers = fleet(stage, 5, vpc, 'worker');
      for (const worker of workers) work(worker, from, [6, 95], 20);
      for (const other of fleet(stage, 6, vpc, 'web')) work(other, from, [6, 400], 40);
      const attacker = stage.rented();
      for (const [at, worker] of workers.entries()) {
        stage.byService(100, 'autoscaling', terminate(worker.instance));
        call(worker, 180 + at, attacker);
        stage.report(worker, HIGH, attacker);
      }
    },
  ),
  report('stopped-laptop', 'While an instance is stopped its credentials are used outside AWS', (stage) => {
    const server = ec2(stage, 'batch');
    work(server, on(stage.aws()), [2, 95]);
    stage.operate(100, stop(server.instance));
    const attacker = stage.laptop();
    call(server, 190, attacker);
    stage.report(server, HIGH, attacker);
  }),
  report(
    'stopped-same-nat',
    'While an instance is stopped its credentials are used behind its own NAT gateway',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const server = ec2(stage, 'batch', vpc, 4);
      work(server, from, [6, 95]);
      for (const other of fleet(stage, 3, vpc)) work(other, from, [6, 300]);
      stage.operate(100, stop(server.instance));
      call(server, 190, from);
      stage.report(server, MEDIUM_OR_HIGH, from);
    },
  ),
  report(
    'stopped-own-elastic',
    'While an instance is stopped its credentials are used at its own Elastic IP',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'batch');
      work(server, from, [2, 95]);
      stage.operate(100, stop(server.instance));
      call(server, 190, from);
      stage.report(server, ANY, from);
    },
  ),
  report(
    'old-automatic-address',
    'After a stop and start an instance has another automatic address; its credentials are used at the old one',
    (stage) => {
      const server = ec2(stage, 'batch');
      const old = on(stage.aws());
      work(server, old, [2, 95]);
      stage.operate(100, stop(server.instance));
      stage.operate(130, start(server.instance));
      server.issue(130.3);
      work(server, on(stage.aws()), [131, 500]);
      lootFrom(server, 340, old);
      stage.report(server, HIGH, old);
    },
  ),
  report(
    'after-start-laptop',
    'Minutes after an instance is started, its credentials are used outside AWS',
    (stage) => {
      const server = ec2(stage, 'batch');
      work(server, on(stage.aws()), [2, 95]);
      stage.operate(100, stop(server.instance));
      stage.operate(130, start(server.instance));
      server.issue(130.3);
      const attacker = stage.laptop();
      call(server, 133, attacker);
      work(server, on(stage.aws()), [136, 400]);
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'after-start-two-addresses',
    'An instance is started; its agent calls from a new address, and later the credentials appear at yet another',
    (stage) => {
      const server = ec2(stage, 'batch');
      work(server, on(stage.aws()), [2, 95]);
      stage.operate(100, stop(server.instance));
      stage.operate(130, start(server.instance));
      server.issue(130.3);
      const from = on(stage.aws());
      work(server, from, [131, 500]);
      const attacker = stage.rented();
      lootFrom(server, 300, attacker);
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'interface-account-left',
    'Credentials of an instance that moved to an Elastic IP are used at a stranger’s address hours later',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'web');
      work(server, from, [2, 700]);
      const attacker = stage.rented();
      call(server, 611, attacker, getSecret('app/database'));
      stage.report(server, HIGH, attacker);
    },
  ),
];
