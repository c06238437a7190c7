import type { Random } from '../../trail-writer/random';
import { rewritten } from './rewritten-json';

const BETWEEN = [
  'a line of text\n',
  '{"detail":{"eventName":"X"}}\n',
  '{"eventVersion":"1.08","eventName":\n',
  '1,"x",\n',
  '\x1e',
];

/** Records line by line or in lists, some of them in wrappers or cut, with other things between them. */
export function streamOf(scenarios: readonly (readonly unknown[])[], random: Random): string {
  const pool = [...random.pick(scenarios), ...random.pick(scenarios)];
  const one = (): string =>
    withOddBracket(rewritten(withOddField(random.pick(pool), random), random, random.pick([0, 0, 0.05])), random);
  const many = (): string[] => Array.from({ length: 1 + random.below(8) }, one);
  const part = (): string => {
    const draw = random.below(20);
    if (draw === 0) return random.pick(BETWEEN);
    if (draw === 1) return one().slice(0, 40 + random.below(400));
    if (draw === 2) return `{"detail-type":"x","detail":${one()}}\n`;
    if (draw < 6) return `{"Records":[${many().join(',')}]}`;
    if (draw < 8) return `[${many().join(' , ')}]\n`;
    return many()
      .map((text) => `${text.replaceAll('\n', ' ')}\n`)
      .join('');
  };
  return Array.from({ length: 1 + random.below(4) }, part).join('');
}

const ODD_FIELDS: readonly Readonly<Record<string, unknown>>[] = [
  { eventType: 'AwsVpceEvent' },
  { eventCategory: 'Insight' },
  { eventType: 'AwsServiceEvent' },
  { eventTime: 1_780_000_000 },
  { eventTime: '2026-02-30T00:00:00Z' },
  { eventTime: '2099-01-01T00:00:00Z' },
  { eventTime: '2026-08-31T23:59:59.123Z' },
  { eventID: 'not-a-uuid' },
  { eventName: null },
  { eventSource: '' },
  { userIdentity: null },
  { userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' } },
  { recipientAccountId: 111122223333 },
  { requestParameters: { note: '{"eventType":"AwsVpceEvent"}', eventType: 'AwsVpceEvent' } },
  { requestParameters: { roleArn: 'arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0' } },
  { requestParameters: { text: 'inScopeOf AWS::EC2::Instance' } },
  { requestParameters: { principalType: 'IAMUser', path: 'Root' } },
  { requestParameters: { bucketName: 'b', key: 'ümlaut/☃' }, eventSource: 's3.amazonaws.com', eventName: 'GetObject' },
  {
    additionalEventData: { AuthenticationMethod: 'QueryString' },
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
  },
  { requestParameters: { source: 'aws:s3' } },
  { requestParameters: { eventSource: 'aws:s3' }, eventType: 'AwsServiceEvent' },
  { eventSource: 'aws:s3', eventType: undefined },
  { sourceIPAddress: 'unknown' },
  { Records: [] },
  { detail: {} },
];

export function withOddField(record: unknown, random: Random): unknown {
  if (!random.chance(0.3) || typeof record !== 'object') return record;
  return { ...record, ...random.pick(ODD_FIELDS) };
}

const BRACKETS = ['{', '}', '[', ']'];

/** Rarely, with one of its brackets changed into another one. */
export function withOddBracket(text: string, random: Random): string {
  const brackets = random.chance(0.02) ? [...text.matchAll(/[[\]{}]/g)] : [];
  if (brackets.length === 0) return text;
  const { index } = random.pick(brackets);
  return text.slice(0, index) + random.pick(BRACKETS) + text.slice(index + 1);
}
