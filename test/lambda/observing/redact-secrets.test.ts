import { withoutSecrets } from '../../../lambda/observing/redact-secrets';

const RECORD = {
  eventName: 'AssumeRole',
  responseElements: {
    credentials: { accessKeyId: 'ASIAEXAMPLE', sessionToken: 'EXAMPLE/TOKEN+1==', SecretAccessKey: 'EXAMPLE/TOKEN' },
  },
};

describe('what is quarantined has no secrets in it', () => {
  test('at any depth, and the rest stays', () => {
    expect(JSON.parse(withoutSecrets(JSON.stringify([{ detail: RECORD }])))).toEqual([
      { detail: { eventName: 'AssumeRole', responseElements: { credentials: { accessKeyId: 'ASIAEXAMPLE' } } } },
    ]);
  });

  test.each([
    ['JSON inside JSON', JSON.stringify({ Message: JSON.stringify({ Message: JSON.stringify(RECORD) }) })],
    ['JSON that breaks off behind it', JSON.stringify(RECORD).slice(0, -5)],
    ['JSON that breaks off inside it', JSON.stringify(RECORD).slice(0, JSON.stringify(RECORD).indexOf('TOKEN+1') + 4)],
    ['broken JSON with JSON inside', JSON.stringify({ Message: JSON.stringify(RECORD) }).slice(0, -2)],
    ['broken JSON with escaped slashes', JSON.stringify(RECORD).replaceAll('/', '\\/').slice(0, -1)],
    ['an escaped name', '{"Message":"{\\"session\\\\u0054oken\\":\\"EXAMPLE/TOKEN\\"}"}'],
    [
      'other words for it',
      '{"x-amz-security-token":"EXAMPLE/TOKEN","session_token":1,"SESSION-TOKEN":"EXAMPLE/TOKEN"}',
    ],
    ['no JSON at all', 'sessionToken=EXAMPLE/TOKEN+1== sent'],
    ['YAML', 'credentials:\n  sessionToken: EXAMPLE/TOKEN+1==\n'],
  ])('in %s', (_what, text) => {
    expect(withoutSecrets(text)).not.toMatch(/EXAMPLE.TOKEN|TOKEN.?1/);
  });

  test('numbers and words that are no JSON objects stay what they are', () => {
    expect(['', '12', 'null', '"text"', 'not json {'].map(withoutSecrets)).toEqual([
      '',
      '12',
      'null',
      '"text"',
      'not json {',
    ]);
  });
});
