import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENV, METRICS, environmentOf, variablesOf, type HandlerName } from '../../lambda/environment';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/111122223333/queue';
const OBSERVE = {
  CREDLOCK_LOCK_TABLE: 'locks',
  CREDLOCK_DELAYED_QUEUE_URL: QUEUE,
  CREDLOCK_QUARANTINE_QUEUE_URL: QUEUE,
  CREDLOCK_CONFIG_BUCKET: 'config',
  CREDLOCK_SETTINGS_KEY: 'settings.json',
  CREDLOCK_IP_RANGES_KEY: 'ip-ranges.json',
  CREDLOCK_HUB_ACCOUNT: '111122223333',
};

describe('the environment of a handler', () => {
  test('comes back under the names the code uses, with what is not set as null or its default', () => {
    expect(environmentOf('observe', OBSERVE)).toEqual({
      lockTable: 'locks',
      delayedQueueUrl: QUEUE,
      quarantineQueueUrl: QUEUE,
      configBucket: 'config',
      settingsKey: 'settings.json',
      ipRangesKey: 'ip-ranges.json',
      hubAccount: '111122223333',
      trailBucket: null,
      trailBucketOwner: null,
      trailPrefix: '',
      verifyQueueUrl: null,
      watchQueueUrl: null,
      detectorKey: null,
    });
  });

  test('is refused with every fault at once: variable, what is allowed, what was found', () => {
    const wrong = { ...OBSERVE, CREDLOCK_LOCK_TABLE: '', CREDLOCK_HUB_ACCOUNT: '12', CREDLOCK_TRAIL_BUCKET: 'trail' };
    expect(() => environmentOf('observe', wrong)).toThrow(
      'environment of observe: CREDLOCK_LOCK_TABLE must be the name of a DynamoDB table, got nothing; ' +
        'CREDLOCK_HUB_ACCOUNT must be an account id of 12 digits, got "12"; ' +
        'CREDLOCK_TRAIL_BUCKET_OWNER must be set where CREDLOCK_TRAIL_BUCKET is, got nothing',
    );
  });

  test('downloads address ranges from AWS unless configured otherwise, and only by https', () => {
    const { CREDLOCK_CONFIG_BUCKET, CREDLOCK_IP_RANGES_KEY, CREDLOCK_HUB_ACCOUNT } = OBSERVE;
    const given = { CREDLOCK_CONFIG_BUCKET, CREDLOCK_IP_RANGES_KEY, CREDLOCK_HUB_ACCOUNT };
    expect(environmentOf('refreshIpRanges', given).ipRangesUrl).toBe('https://ip-ranges.amazonaws.com/ip-ranges.json');
    expect(() => environmentOf('refreshIpRanges', { ...given, CREDLOCK_IP_RANGES_URL: 'http://mirror' })).toThrow(
      'CREDLOCK_IP_RANGES_URL must be a URL that begins with https://, got "http://mirror"',
    );
  });

  test('has Regions as a list, with commas between them and nothing else', () => {
    const given = {
      ...OBSERVE,
      CREDLOCK_PUBLISHING_QUEUE_URL: QUEUE,
      CREDLOCK_WATCH_QUEUE_URL: QUEUE,
      CREDLOCK_HUB_PARTITION: 'aws',
      AWS_REGION: 'eu-central-1',
    };
    const regions = (CREDLOCK_REGIONS: string) => environmentOf('watch', { ...given, CREDLOCK_REGIONS }).regions;
    expect(regions('eu-west-1,us-gov-east-1,ap-southeast-10')).toEqual([
      'eu-west-1',
      'us-gov-east-1',
      'ap-southeast-10',
    ]);
    expect(regions('')).toEqual([]);
    for (const wrong of ['eu-west-1, us-east-1', 'eu-west-1,', 'all', 'EU-WEST-1'])
      expect(() => regions(wrong)).toThrow(
        `CREDLOCK_REGIONS must be Regions separated by commas, got ${JSON.stringify(wrong)}`,
      );
  });

  test.each(['observe', 'confirm', 'publish', 'rejudge', 'refreshIpRanges', 'watch'] as const)(
    'lists what %s needs: exactly what is missed where nothing is set',
    (handler: HandlerName) => {
      const { required, optional } = variablesOf(handler);
      const message = String(messageOf(() => environmentOf(handler, {})));
      expect(required.filter((name) => !message.includes(`${name} `))).toEqual([]);
      expect(optional.filter((name) => message.includes(`${name} `))).toEqual([]);
      expect(new Set([...required, ...optional]).size).toBe(required.length + optional.length);
    },
  );

  test('is read where handlers are deployed and nowhere else', () => {
    const lambda = join(__dirname, '../../lambda');
    const files = readdirSync(lambda, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const readers = files.filter((file) => /\bprocess\.env\b/.test(readFileSync(join(lambda, file), 'utf8')));
    expect(readers).toEqual(['adapters/deployed-handler.ts']);
  });

  test('has each name once', () => {
    for (const names of [Object.values(ENV), Object.values(METRICS)])
      expect(new Set<string>(names).size).toBe(names.length);
  });
});

function messageOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
