import { KUBERNETES_FINDING_TYPES, type Finding } from '../../../lambda/detection/model/finding';
import { noteOpen } from '../../../lambda/store/open-findings';
import { madeUp } from '../adapters/security-hub/asff-samples';

async function notedOf(changes: Partial<Finding>): Promise<number> {
  let noted = 0;
  const table = {
    raise: () => {
      noted += 1;
      return Promise.resolve(true);
    },
  };
  await noteOpen(table, madeUp(changes), { home: 'home', revision: 1, expires: 2 });
  return noted;
}

test('a finding that later facts may explain is judged again', async () => {
  expect(await notedOf({ type: 'OutsideAWS' })).toBe(1);
  expect(await notedOf({ type: 'OutsideAWS', status: 'ARCHIVED' })).toBe(1);
});

test.each(['DetectorTampered', ...KUBERNETES_FINDING_TYPES] as const)('%s is not', async (type) => {
  expect(await notedOf({ type })).toBe(0);
});

test('an informational finding is not', async () => {
  expect(await notedOf({ type: 'ServiceCaller', severity: 'INFORMATIONAL' })).toBe(0);
});
