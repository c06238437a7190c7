import { chapter, CONFIG, credlock, DAY, findingsOf, once, place, put, removeAll, replay } from '../credlock-command';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allScenarios } from '../../scenario';
import { sessionCall } from '../../lambda/trail-files/trail-fixtures';

const INSTANCE = 'i-0503ef25295e8af60';
const SESSION = `arn:aws:sts::111122223333:assumed-role/receipts/${INSTANCE}`;
const CHAINED = 'arn:aws:sts::111122223333:assumed-role/receipts-archive/botocore-session-1789394100';
const STOLEN = 'ASIA3J2UBPKY2CGP2GUU';
const WHOLE_DAY = [...DAY, '--config', CONFIG];

async function ofScenario(name: string, ...args: string[]): Promise<string> {
  const scenario = allScenarios().find((one) => one.name === name);
  const records = put('records.json', JSON.stringify({ Records: scenario?.records }));
  const config = put('credlock.json', JSON.stringify(scenario?.settings ?? {}));
  const ipRanges = join(__dirname, '../../ip-ranges.json');
  return (await credlock(['replay', records, '--config', config, '--ip-ranges', ipRanges, '--explain', ...args]))
    .stdout;
}

const ofInstance = once(() => replay([chapter('03'), '--explain', INSTANCE]));

afterAll(removeAll);

describe('--explain', () => {
  test.concurrent(
    'shows the untrusted origin with reasons and next steps, then the trusted ones in a line each',
    async () => {
      const { stdout, stderr, code } = await replay([...WHOLE_DAY, '--explain', INSTANCE]);
      const [head] = stdout.split('\n');
      expect(head).toBe(`EC2 instance ${INSTANCE}, account 111122223333, eu-west-1`);
      const origins = stdout.split('\n').filter((line) => line.startsWith('2026-'));
      expect(origins).toEqual([
        '2026-09-14T13:41:03Z  192.0.2.66  SUSPICIOUS',
        '2026-09-14T13:02:40Z – 2026-09-14T14:02:40Z  198.51.100.11  trusted by first-use, then shared-egress',
      ]);
      for (const part of [
        `    192.0.2.66 is in no AWS range.\n    Key: ${STOLEN}; its records name the workload.\n`,
        '    Calls: s3:GetObject ×7 shop-receipts, ',
        'iam:ListUsers (AccessDenied)',
        '    Ruled out:\n      service-caller: ',
        '      first-use: 192.0.2.66 is in no AWS range\n',
        '    Seen in record c5841a7c-b3f8-4891-ac74-930d37259632.\n',
        'Trusted origins\n  198.51.100.11  shared egress, since 2026-09-14T13:02:40Z\n',
        `  HIGH  OutsideAWS  credlock/aws/111122223333/ec2-instance/${INSTANCE}/public/192.0.2.66\n`,
        '\nNext steps\n  1. Decide whether the origin can belong to the workload.',
        `        aws iam put-role-policy --role-name receipts --policy-name credlock-${INSTANCE} `,
        `From there ${CHAINED} was assumed at 2026-09-14T13:55:00Z`,
      ])
        expect(stdout).toContain(part);
      expect(stdout).not.toContain('its records name the workload.\n    Seen in records');
      expect(stdout).not.toContain('\u001b');
      expect(stderr).toContain('Judged 36 workloads');
      expect(code).toBe(0);
    },
  );

  test.concurrent('--long shows the trusted origins with their reasons as well', async () => {
    const { stdout } = await replay([...WHOLE_DAY, '--explain', INSTANCE, '--long']);
    expect(stdout).toContain('    Based on record c68de747-b3d0-4f28-a983-87a79231a504.');
    expect(stdout).toContain('its records name the workload.\n    Based on');
  });

  test.concurrent.each([
    ['the beginning of a workload’s id', INSTANCE.slice(0, 12)],
    ['the key of a workload', `aws/111122223333/ec2-instance/${INSTANCE}`],
    ['a session ARN', SESSION],
    ['the ARN of a session that was chained from it', CHAINED],
    ['the key of a session that was chained from it', 'ASIAARCHIVESESSION01'],
    ['the id of a finding', `credlock/aws/111122223333/ec2-instance/${INSTANCE}/public/192.0.2.66`],
    ['the id of an incident', `credlock/incident/aws/111122223333/ec2-instance/${INSTANCE}`],
  ])('%s finds the same', async (_, asked) => {
    const [byWorkload, byOther] = await Promise.all([ofInstance(), replay([chapter('03'), '--explain', asked])]);
    expect(byOther).toEqual(byWorkload);
    expect(byWorkload.stdout).toContain('SUSPICIOUS');
  });

  test.concurrent('an access key id shows where that key was used', async () => {
    const { stdout } = await replay([chapter('03'), '--explain', STOLEN]);
    expect(stdout).toMatch(/192\.0\.2\.66 {2}SUSPICIOUS/);
    expect(stdout).not.toContain('trusted by');
  });

  test.concurrent('what is asked for is what findings name', async () => {
    const findings = await findingsOf(WHOLE_DAY);
    const [last] = findings.slice(-1);
    const { stdout } = await replay([...WHOLE_DAY, '--explain', last?.id ?? '']);
    expect(stdout).toContain(last?.workload?.id);
    expect(stdout).toContain(last?.events[0]?.id);
  });

  test.concurrent('goes into --out, and goes with --fail-on', async () => {
    const out = place('explanation.txt');
    const { stdout, code } = await replay([chapter('03'), '--explain', INSTANCE, '--out', out, '--fail-on', 'HIGH']);
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
    expect(readFileSync(out, 'utf8')).toContain('SUSPICIOUS');
  });

  test.concurrent.each(['i-00000000000000000', 'arn:aws:sts::111122223333:assumed-role/receipts/someone', ''])(
    'of %p, which nothing is about, it ends with 1',
    async (asked) => {
      const { stdout, stderr, code } = await replay([chapter('03'), '--explain', asked]);
      expect(stderr).toContain(`credlock: --explain ${asked}: no record is about it; give a workload id`);
      expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    },
  );

  test.concurrent('of a session that is no workload’s, it says that its calls were read', async () => {
    const arn = 'arn:aws:sts::111122223333:assumed-role/deploy/alice';
    const userIdentity = { type: 'AssumedRole', arn, accountId: '111122223333', accessKeyId: 'ASIAALICE00000000001' };
    const input = put('alice.json', JSON.stringify({ Records: [sessionCall('1', { userIdentity })] }));
    const { stderr, code } = await replay([input, '--explain', arn]);
    expect(stderr).toContain('its calls were read, but not judged');
    expect(code).toBe(1);
  });

  test.concurrent(
    'a rejected change is shown with its reason, and is why no change of the address explains the call',
    async () => {
      const text = await ofScenario('evasion/attacker-associates-an-address-with-the-instance', 'i-0158defdbfbe6e5d7');
      const why = 'was made with the credentials of i-0158defdbfbe6e5d7 from 192.0.2.66, which is not its own origin';
      const record = 'record ebfea3c9-1098-48e7-a359-963e98b0dc27';
      expect(text).toContain(
        `      address-change: AssociateAddress at 2026-09-01T08:00:00Z (${record}) ${why}, so it explains nothing\n`,
      );
      expect(text).toContain(`  2026-09-01T08:00:00Z  AssociateAddress is rejected: it ${why} (${record})\n`);
      expect(text).not.toContain('no ENI, EIP or start event');
    },
  );

  test.concurrent('two origins with equal claims are both shown as contested', async () => {
    const text = await ofScenario('door/unknown-interface-second-candidate', 'i-07c0c8b87f00c8bb0');
    expect(text).toMatch(/ {2}HIGH {2}InsideAWS \(contested\) {2}credlock/);
    expect(text).toMatch(/ {2}198\.51\.100\.62 {2}SUSPICIOUS, contested by 198\.51\.100\.10\n/);
    expect(text).toMatch(/ {2}198\.51\.100\.10 {2}trusted by first-use, contested by 198\.51\.100\.62\n/);
  });

  test.concurrent.each([
    ['endpoint/own-beside-the-locked-ipv4-address', /vpce-\S+\/198\.51\.100\.20 \(own account \d+\) {2}trusted/],
    ['endpoint/of-a-listed-account-beside-a-public-anchor', /\(organisation’s account \d+\) {2}trusted by/],
    ['endpoint/foreign-beside-the-locked-ipv4-address', /\(foreign account \d+\) {2}SUSPICIOUS by endpoint/],
    ['endpoint/unknown-with-own-private-address', /\(unknown owner\) {2}trusted by own-address/],
  ])('the owner of an endpoint is shown, trusted or not: %s', async (name, shown) => {
    const scenario = allScenarios().find((one) => one.name === name);
    const [workload] = /i-[0-9a-f]{17}/.exec(JSON.stringify(scenario?.records)) ?? [];
    expect(await ofScenario(name, workload ?? '')).toMatch(shown);
  });

  test.concurrent('a group of workloads is explained by its id, as the table names it', async () => {
    const group = allScenarios().find(({ name }) => name === 'group/fleet-moved-to-new-address');
    const [only] = group?.expect ?? [];
    const home = /"sourceIPAddress":"([\d.]+)"/.exec(JSON.stringify(group?.records))?.[1] ?? '';
    const text = await ofScenario(
      'group/fleet-moved-to-new-address',
      `credlock/aws/egress-moved/${home}/${only?.origin ?? ''}`,
    );
    expect(text).toContain(`5 workloads moved together to ${only?.origin ?? ''}\n`);
    expect(text).toMatch(/ {2}MEDIUM {2}EgressMoved {2}credlock/);
    expect(text).toContain('\nNext steps\n  1. ');
    expect(text).toMatch(/\n5 workloads\n( {2}i-[0-9a-f]{17}, account \d+\n){5}--explain with the id/);
  });
});
