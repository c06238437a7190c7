import { isInventoryId } from '../../../../lambda/detection/facts/facts';

it.each([
  ['inventory of 2026-09-01T10:00:00Z', true],
  ['0a0b0c0d-1111-4222-8333-444455556666', false],
  ['the inventory of 2026-09-01T10:00:00Z', false],
  ['', false],
])('the id %p is of an inventory: %p', (id, expected) => {
  expect(isInventoryId(id)).toBe(expected);
});
