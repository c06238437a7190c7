import { AddressBook, REGIONS } from '../../evaluate/address-book';
import { recordedNat } from '../../evaluate/situations/nat-gateways';
import { Stage } from '../../evaluate/stage';
import { call, fleet, work, type Ec2 } from '../../evaluate/workloads';
import {
  assumeRole,
  callerIdentity,
  denied,
  describeInstances,
  getObject,
  getSecret,
  iam,
  listBuckets,
} from '../../trail-writer/calls';
import { roleIdentity } from '../../trail-writer/identities';
import { upperFor } from '../../trail-writer/ids';
import { logFiles, type LogFile } from '../../trail-writer/log-files';
import { seededRandom } from '../../trail-writer/random';
import { isoTime, type From } from '../../trail-writer/record';

const ACCOUNTS = ['111122223333', '222233334444', '333344445555', '444455556666'] as const;
const DAY = Date.parse('2026-10-05T06:00:00Z');
/** Instances in each account and Region. */
const FLEET = 10;

/**
 * The log files of an incident: the credentials of an instance's role are used outside AWS, first to look around, then for a
 * session in another account, which reads data in another Region; among quiet fleets in four accounts and two Regions.
 */
export function incidentFiles(): LogFile[] {
  const addresses = new AddressBook(seededRandom(17), []);
  const office = addresses.outside();
  const stages = ACCOUNTS.flatMap((account, at) =>
    REGIONS.map((region) => {
      const sibling = ACCOUNTS[(at + 1) % ACCOUNTS.length] ?? account;
      const place = { account, sibling, network: ACCOUNTS[0], foreign: '999988887777', office, region, addresses };
      return new Stage(`incident-${at}-${region}`, { ...place, start: DAY });
    }),
  );
  const fleets = stages.map(quietFleet);
  const [victim] = fleets[0] ?? [];
  if (victim) attack(victim, victim.stage.laptop());
  return logFiles({ folder: 'incident', records: stages.flatMap(({ records }) => records) });
}

function quietFleet(stage: Stage): Ec2[] {
  const vpc = stage.vpc();
  const { from } = recordedNat(stage, vpc, 0);
  const servers = fleet(stage, FLEET, vpc);
  for (const server of servers) work(server, from, [6, 400], 40);
  return servers;
}

function attack(victim: Ec2, attacker: From): void {
  const { stage, account } = victim;
  const { instance } = victim;
  const sessionArn = `arn:aws:sts::${account}:assumed-role/${instance.role}/${instance.id}`;
  const looks = [callerIdentity(), listBuckets(), iam('ListRoles'), denied(iam('ListUsers'), sessionArn)];
  for (const [at, action] of [...looks, describeInstances(), getSecret('app/database')].entries())
    call(victim, 200 + at, attacker, action);
  const { sibling } = stage.place;
  const id = `ASIA${upperFor(stage.purpose('chained'), 16)}`;
  const issued = { id, expires: isoTime(stage.time(270)), repeatsSession: true };
  call(victim, 210, attacker, assumeRole(sibling, 'exports', 'x', issued));
  const identity = roleIdentity(sibling, 'exports', 'x', { accessKeyId: id });
  for (const [at, action] of [callerIdentity(), listBuckets(), getObject(sibling, 'exports', 'all.csv')].entries())
    stage.add(212 + at, { account: sibling, region: stage.elsewhere, identity, from: attacker, action });
}
