import * as fc from 'fast-check';
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

  test.each([
    [
      'XML',
      '<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SessionToken>EXAMPLE/TOKEN+1==</SessionToken></Credentials>',
    ],
    ['XML that breaks off', '<Credentials><ns2:SecretAccessKey xsi:type="x">EXAMPLE/TOKEN'],
    ['XML in JSON', JSON.stringify({ body: '<a><sessionToken>EXAMPLE/TOKEN</sessionToken></a>' })],
    ['escaped XML', '&lt;SessionToken&gt;EXAMPLE/TOKEN&lt;/SessionToken&gt;'],
    [
      'a query string',
      'https://s3.amazonaws.com/b/k?X-Amz-Security-Token=EXAMPLE%2FTOKEN%2B1%3D%3D&X-Amz-Date=20260901T000000Z',
    ],
    [
      'a percent-encoded URL',
      encodeURIComponent('https://s3.amazonaws.com/b/k?X-Amz-Security-Token=EXAMPLE/TOKEN+1==&a=b'),
    ],
    [
      'a URL encoded twice',
      encodeURIComponent(encodeURIComponent('https://example.com/?SigninToken=EXAMPLE/TOKEN&a=b')),
    ],
    ['a sign-in URL', 'https://signin.aws.amazon.com/federation?Action=login&SigninToken=EXAMPLE_TOKEN'],
    ['percent-encoded JSON', encodeURIComponent(JSON.stringify(RECORD))],
    ['pairs', JSON.stringify({ parameters: [{ Key: 'sessionToken', Value: 'EXAMPLE/TOKEN' }] })],
    ['pairs that break off', '{"a":[{"name":"session_token","value":"EXAMPLE/TOKEN"},'],
    ['pairs in XML', '<entry><key>sessionToken</key><value>EXAMPLE/TOKEN</value></entry>'],
    ['a web identity token', JSON.stringify({ requestParameters: { webIdentityToken: 'EXAMPLE/TOKEN' } })],
    ['a SAML assertion', 'Action=AssumeRoleWithSAML&SAMLAssertion=EXAMPLE%2FTOKEN'],
    ['a bearer header', 'GET / HTTP/1.1\nAuthorization: Bearer EXAMPLE/TOKEN\nHost: example.com'],
    ['a bearer token in a text', JSON.stringify({ detail: 'sent with bearer EXAMPLE/TOKEN to the proxy' })],
    ['headers in JSON', JSON.stringify({ headers: { Authorization: 'Bearer EXAMPLE/TOKEN' } })],
    ['a JSON web token of any name', 'assertion was eyJhbGciOiJSUzI1NiJ9.EXAMPLE_TOKEN.TOKEN_1'],
    ['a session token of any name', 'sent IQoJb3JpZ2luX2VjEXAMPLE/TOKEN+1== along'],
  ])('in %s', (_what, text) => {
    const left = withoutSecrets(text);
    expect(left).not.toMatch(/EXAMPLE[^A-Za-z]{1,5}TOKEN|TOKEN[^A-Za-z]{1,5}1/);
  });

  test('what is no secret stays', () => {
    const text = JSON.stringify({
      eventName: 'GetSigninToken',
      responseElements: { GetSigninToken: 'Success', credentials: { accessKeyId: 'ASIAEXAMPLE' } },
      tokens: [{ key: 'team', value: 'payments' }],
    });
    expect(withoutSecrets(text)).toBe(text);
    expect(withoutSecrets('https://example.com/?a=1&SigninToken=x&b=2')).toBe(
      'https://example.com/?a=1&SigninToken=&b=2',
    );
  });

  test.each([
    ['of one long word', 'a-'.repeat(100_000)],
    ['of names', '<sessionToken '.repeat(15_000)],
    ['of names without values', 'sessionToken '.repeat(15_000)],
    ['encoded many times', `%${'25'.repeat(100_000)}`],
    ['nested deep', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['of escapes', '\\\\'.repeat(100_000)],
  ])('a hostile text %s is read in a second', (_what, text) => {
    const began = performance.now();
    withoutSecrets(text);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('however it is named, wrapped and cut off', () => {
    const secret = fc
      .array(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'), {
        minLength: 40,
        maxLength: 60,
      })
      .map((letters) => `Zq7${letters.join('')}==`);
    const name = fc.constantFrom(
      'sessionToken',
      'SessionToken',
      'session_token',
      'secretAccessKey',
      'aws_session_token',
      'X-Amz-Security-Token',
      'SigninToken',
      'webIdentityToken',
      'SAMLAssertion',
      'Authorization',
    );
    const holder = fc.constantFrom<(key: string, value: string) => string>(
      (key, value) => JSON.stringify({ a: 1, [key]: value, b: { c: '2' } }),
      (key, value) => JSON.stringify([{ key, value }]),
      (key, value) => JSON.stringify([{ Name: key, Value: value }]),
      (key, value) => `<a><${key}>${value}</${key}></a>`,
      (key, value) => `<entry><key>${key}</key><value>${value}</value></entry>`,
      (key, value) => `https://example.com/?a=b&${key}=${encodeURIComponent(value)}&c=d`,
      (key, value) => `${key}: ${value}\nnext: line`,
      (key, value) => `${key}=${value}`,
    );
    const wrapper = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => JSON.stringify({ Message: text }),
      (text) => JSON.stringify({ Records: [{ body: JSON.stringify({ detail: text }) }] }),
      (text) => encodeURIComponent(text),
      (text) => `the message was ${text}`,
    );
    fc.assert(
      fc.property(secret, name, fc.tuple(holder, wrapper), fc.nat(), (value, key, [hold, wrap], end) => {
        const whole = wrap(hold(key, value));
        // Cut off in any place, or not at all.
        const text = whole.slice(0, end % 2 === 0 ? whole.length : end % whole.length);
        const left = withoutSecrets(text);
        expect(left).not.toContain('Zq7');
        expect(left).not.toContain(value.slice(5, 25));
      }),
      { numRuns: 2_000 },
    );
  });
});
