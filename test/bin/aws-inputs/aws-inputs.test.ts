import { AWAY_ADDRESS, call, HOME_ADDRESS, logFile, SHOP } from '../../lambda/records';
import { HUB } from '../../lambda/hub';
import { IP_RANGES, linesOf, removeAll } from '../credlock-command';
import { startOperator, type Operator } from '../operator';

const REPLAY = ['replay', '--ip-ranges', IP_RANGES, '--format', 'jsonl'];
const TRAIL = 's3://organization-trail/AWSLogs/';
const HOME = call('08:00', HOME_ADDRESS);
const AWAY = call('09:00', AWAY_ADDRESS);
let operator: Operator;

beforeEach(async () => {
  operator = await startOperator();
});

afterEach(() => operator.close());
afterAll(removeAll);

function putFile(time: string, record: unknown, account = SHOP): void {
  const folder = `AWSLogs/${account}/CloudTrail/eu-west-1/2026/09/01`;
  const key = `${folder}/${account}_CloudTrail_eu-west-1_20260901T${time}Z_abcdefgh.json.gz`;
  operator.hub.wire.s3.put('organization-trail', key, logFile([record]));
}

describe('s3://', () => {
  it('reads the log files below a prefix, and finds the theft in them', async () => {
    putFile('0805', HOME);
    putFile('0905', AWAY);
    const { stdout, stderr, code } = await operator.run([...REPLAY, TRAIL]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(linesOf(stdout)).toHaveLength(1);
    expect(stdout).toContain(AWAY_ADDRESS);
    expect(stderr).toContain('Read 2 files, 2 records');
  });

  it('reads only the period, accounts and Regions that are wanted, by the names of the files', async () => {
    putFile('0805', HOME);
    putFile('0905', AWAY);
    putFile('0806', HOME, '444455556666');
    const read = async (...options: string[]): Promise<string | undefined> =>
      /Read \d+ files?/.exec((await operator.run([...REPLAY, TRAIL, ...options])).stderr)?.[0];
    expect(await read('--from', '2026-09-01T09:00')).toBe('Read 1 file');
    expect(await read('--to', '2026-09-01T09:00')).toBe('Read 2 files');
    expect(await read('--account', SHOP)).toBe('Read 2 files');
    expect(await read('--account', SHOP, '--region', 'us-east-1')).toBe('Read 0 files');
  });

  it('says what is wrong with a bucket that cannot be listed', async () => {
    const { stderr, code } = await operator.run([...REPLAY, 's3://no-such-bucket/x']);
    expect(stderr).toContain('credlock: cannot list s3://no-such-bucket/x: ');
    expect(code).toBe(1);
  });
});

describe('--event-history', () => {
  it('reads every page of every Region, and says what is missing', async () => {
    const history = operator.hub.wire.cloudTrail.history(HUB, 'eu-west-1');
    history.push(...Array.from({ length: 60 }, () => JSON.stringify(HOME)), JSON.stringify(AWAY));
    const { stdout, stderr, code } = await operator.run([...REPLAY, '--event-history', '--region', 'eu-west-1']);
    expect(code).toBe(0);
    expect(linesOf(stdout)).toHaveLength(1);
    expect(stderr).toContain('Read 1 file, 61 records');
    expect(stderr).toContain('Event history has the management events of this account only: no data events');
  });

  it('is wanted where no path is given', async () => {
    const { stderr, code } = await operator.run(REPLAY);
    expect(stderr).toContain('give a file or folder, s3://bucket/prefix, - or --event-history');
    expect(code).toBe(1);
  });
});
