import fc from 'fast-check';
import { endByBraces, endByBytes, objectEnd, UNSURE } from '../../../lambda/trail-files/object-end';

/** Strings made of what JSON is made of, so that texts look like structure. */
const nastyText = fc
  .array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', ' ', '\n', 'a', '7', 'true', 'é'), { maxLength: 6 })
  .map((parts) => parts.join(''));

const nastyObject = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    nastyText,
    fc.constantFrom(0, -1.5e-7, true, false, null, '', {}, []),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.oneof(nastyText, fc.constantFrom('id', 'userIdentity')), tie('value'), { maxKeys: 4 }),
})).object;

const spacing = fc.constantFrom(undefined, 0, 1, 2, '\t');

function bytesAndText(json: string): { bytes: Buffer; text: string } {
  const bytes = Buffer.from(json);
  return { bytes, text: bytes.toString('latin1') };
}

test('the end of any object is found, whatever stands in its strings and behind it', () => {
  let sure = 0;
  const property = fc.property(nastyObject, spacing, nastyObject, (object, space, next) => {
    const json = JSON.stringify(object, null, space);
    const length = Buffer.byteLength(json);
    const { bytes, text } = bytesAndText(`[${json},${JSON.stringify(next)}]`);
    expect(endByBytes(bytes, 1)).toBe(length + 1);
    expect(objectEnd(bytes, text, 1)).toBe(length + 1);
    const quick = endByBraces(text, 1);
    expect([UNSURE, length + 1]).toContain(quick);
    if (quick !== UNSURE) sure += 1;
  });
  fc.assert(property, { numRuns: 3000 });
  expect(sure).toBeGreaterThan(100);
});

test('an object that is cut anywhere has no end', () => {
  const property = fc.property(nastyObject, spacing, fc.nat(), (object, space, cut) => {
    const json = Buffer.from(JSON.stringify(object, null, space));
    const { bytes, text } = bytesAndText(json.subarray(0, cut % json.length).toString('latin1'));
    expect(text === '' ? -1 : endByBytes(Buffer.from(text, 'latin1'), 0)).toBe(-1);
    if (text !== '') expect(objectEnd(Buffer.from(text, 'latin1'), text, 0)).toBe(-1);
    expect(bytes.length).toBeGreaterThanOrEqual(0);
  });
  fc.assert(property, { numRuns: 1000 });
});

test('records as CloudTrail writes them are read from brace to brace', () => {
  const record = {
    userIdentity: { sessionContext: { webIdFederationData: {}, attributes: { mfaAuthenticated: 'false' } } },
    requestParameters: { policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: ['s3:*'] }] }), max: 5 },
    responseElements: { set: { items: [{ code: 16, on: true }, { empty: '' }] } },
    tlsDetails: { host: 's3.eu-west-1.amazonaws.com' },
  };
  const json = JSON.stringify(record);
  expect(endByBraces(json, 0)).toBe(json.length);
});
