import fc from 'fast-check';
import { compareText } from '../../../../lambda/detection/model/compare-text';

it('texts are compared as they are sorted', () => {
  expect([compareText('a', 'b'), compareText('b', 'a'), compareText('a', 'a'), compareText('B', 'a')]).toEqual([
    -1, 1, 0, -1,
  ]);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      expect(texts.toSorted(compareText)).toEqual(texts.toSorted());
    }),
  );
});
