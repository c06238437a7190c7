import {
  accountIdOf,
  field,
  isJsonObject,
  parsedJson,
  record,
  text,
} from '../../../../lambda/detection/model/json-field';

describe('a field of a JSON value', () => {
  it('is read of objects only', () => {
    expect(field({ a: 1 }, 'a')).toBe(1);
    for (const none of [null, undefined, 'a', 1, [1]])
      expect([isJsonObject(none), field(none, 'length')]).toEqual([false, undefined]);
  });

  it('is an object, or none', () => {
    expect(record({ a: { b: 1 } }, 'a')).toEqual({ b: 1 });
    for (const other of [[], null, 'x', 1]) expect(record({ a: other }, 'a')).toBeNull();
  });

  it('is a text, numbers included', () => {
    expect([text({ a: 'x' }, 'a'), text({ a: 5 }, 'a'), text({ a: '' }, 'a')]).toEqual(['x', '5', null]);
    expect([text({ a: true }, 'a'), text({ a: ['x'] }, 'a'), text({}, 'a')]).toEqual([null, null, null]);
  });

  it('is an account id of 12 digits, leading zeros of numbers included', () => {
    expect([accountIdOf('111122223333'), accountIdOf(1_122_223_333)]).toEqual(['111122223333', '001122223333']);
    for (const other of ['11112222333', '1111222233334', 'a11122223333', 1e12, 1.5, -1, null, ['111122223333']])
      expect(accountIdOf(other)).toBeNull();
  });

  it('is what JSON says, or undefined', () => {
    expect(parsedJson('{"a":1}')).toEqual({ a: 1 });
    expect(parsedJson('{')).toBeUndefined();
  });
});
