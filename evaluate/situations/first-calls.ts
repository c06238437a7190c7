import { AGENTS, describeInstances, getSecret, listBuckets, over } from '../../trail-writer/calls';
import { report, type Situation } from '../situation';
import { ANY, HIGH, MEDIUM_OR_HIGH } from '../verdict';
import { call, ec2, fleet, on, work } from '../workloads';
import { lootFrom, withElasticAddress } from './attacks';
import { launched } from './instance-addresses';
import { recordedNat } from './nat-gateways';

export const FIRST_CALL_SITUATIONS: readonly Situation[] = [
  report('first-outside', 'The attacker calls from outside AWS before the instance does', (stage) => {
    const server = launched(stage, 'web', 0);
    const attacker = stage.laptop();
    call(server, 1, attacker);
    work(server, on(stage.aws()), [30, 400]);
    stage.report(server, HIGH, attacker);
  }),
  report(
    'first-and-only-outside',
    'The only call ever with an instance’s credentials comes from outside AWS',
    (stage) => {
      const server = launched(stage, 'web', 0);
      const attacker = stage.laptop();
      lootFrom(server, 40, attacker);
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'first-other-region',
    'The first call with an instance’s credentials comes from another Region of AWS',
    (stage) => {
      const server = launched(stage, 'web', 0);
      const attacker = stage.rented(stage.elsewhere);
      call(server, 1, attacker);
      work(server, on(stage.aws()), [30, 400]);
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'first-before-elastic',
    'A stranger’s instance in the Region calls first; the instance itself calls from its Elastic IP on record',
    (stage) => {
      const { server, from } = withElasticAddress(stage, 'web');
      const attacker = stage.rented();
      lootFrom(server, 4, attacker);
      work(server, from, [20, 400]);
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'first-before-nat',
    'A stranger’s instance in the Region calls first; the instance itself is behind its VPC’s NAT gateway on record',
    (stage) => {
      const vpc = stage.vpc();
      const { from } = recordedNat(stage, vpc, 0);
      const server = launched(stage, 'web', 4, vpc);
      const attacker = stage.rented();
      lootFrom(server, 5, attacker);
      work(server, from, [20, 400]);
      for (const other of fleet(stage, 4, vpc, 'other')) work(other, from, [6, 400], 45);
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'first-before-old-nat',
    'A stranger’s instance calls first; the instance itself leaves as its fleet does, by a NAT gateway older than the records',
    (stage) => {
      const vpc = stage.vpc();
      const from = on(stage.aws());
      for (const other of fleet(stage, 9, vpc, 'other')) work(other, from, [6, 500], 45);
      const server = launched(stage, 'web', 100, vpc);
      const attacker = stage.rented();
      lootFrom(server, 101, attacker);
      work(server, from, [120, 500]);
      stage.report(server, HIGH, attacker);
    },
  ),
  report(
    'first-contested',
    'A stranger’s instance calls first; the instance has an automatic address, so neither has the better claim',
    (stage) => {
      const server = launched(stage, 'web', 0);
      const [attacker, own] = [stage.rented(), on(stage.aws())];
      lootFrom(server, 4, attacker);
      work(server, own, [20, 400]);
      stage.report(server, HIGH, attacker, own);
    },
  ),
  report(
    'first-with-two-victims',
    'One stranger’s instance calls first with the credentials of two instances, which both have automatic addresses',
    (stage) => {
      const attacker = stage.rented();
      for (const name of ['a', 'b']) {
        const server = launched(stage, `web-${name}`, 0);
        const own = on(stage.aws());
        lootFrom(server, 4, attacker);
        work(server, own, [20, 400]);
        stage.report(server, HIGH, attacker, own);
      }
    },
  ),
  report(
    'first-with-five-victims',
    'One stranger’s instance calls first with the credentials of five instances with addresses of their own',
    (stage) => {
      const attacker = stage.rented();
      for (let at = 0; at < 5; at += 1) {
        const server = launched(stage, `web-${at}`, 0);
        const own = on(stage.aws());
        lootFrom(server, 4 + at, attacker);
        work(server, own, [20, 400]);
        stage.report(server, HIGH, attacker, own);
      }
    },
  ),
  report(
    'first-where-a-user-calls',
    'The first call with an instance’s credentials comes from the address of an IAM user’s cloud desktop',
    (stage) => {
      const desktop = over(stage.aws(), AGENTS.cli);
      for (const at of [5, 65, 125]) stage.user(at, 'carol', desktop, describeInstances());
      const server = launched(stage, 'web', 0);
      call(server, 50, desktop, listBuckets());
      call(server, 52, desktop, getSecret('app/database'));
      stage.report(server, ANY, desktop);
    },
  ),
  report(
    'first-where-a-user-calls-then-own',
    'The first call comes from the address where an IAM user calls; later the instance calls from its own',
    (stage) => {
      const desktop = over(stage.aws(), AGENTS.cli);
      for (const at of [5, 65, 125]) stage.user(at, 'carol', desktop, describeInstances());
      const server = launched(stage, 'web', 0);
      call(server, 50, desktop, listBuckets());
      work(server, on(stage.aws()), [70, 400]);
      stage.report(server, MEDIUM_OR_HIGH, desktop);
    },
  ),
  report('second-instance-of-attacker', 'The instance is first; two strangers’ instances follow', (stage) => {
    const server = ec2(stage, 'web');
    work(server, on(stage.aws()), [2, 400]);
    const attackers = [stage.rented(), stage.rented()] as const;
    lootFrom(server, 150, attackers[0]);
    lootFrom(server, 260, attackers[1]);
    stage.report(server, HIGH, attackers[0]);
    stage.report(server, HIGH, attackers[1]);
  }),
];
