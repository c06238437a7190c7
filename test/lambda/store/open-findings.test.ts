import { KUBERNETES_FINDING_TYPES, TOKEN_FINDING_TYPES, type Finding } from '../../../lambda/detection/model/finding';
import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { TOKEN_HOLDER } from '../../../lambda/judging-tokens/token-holder';
import { noteOpen, openFindings, toJudgeAgain } from '../../../lambda/store/open-findings';
import { partition } from '../../../lambda/store/table-schema';
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

const ACTS = KUBERNETES_FINDING_TYPES.filter((type) => !TOKEN_FINDING_TYPES.some((one) => one === type));

test.each(['DetectorTampered', ...ACTS] as const)('%s is not', async (type) => {
  expect(await notedOf({ type })).toBe(0);
});

test('an informational finding is not', async () => {
  expect(await notedOf({ type: 'ServiceCaller', severity: 'INFORMATIONAL' })).toBe(0);
});

test('a finding on a token is judged again by the token’s holder, whose partition it is in', async () => {
  const table = memoryLockTable();
  const holder = { partition: 'aws', account: '111122223333', kind: TOKEN_HOLDER, id: 'eu-west-1/demo/pod/0123' };
  const finding = madeUp({ type: 'ServiceAccountTokenOutside', status: 'ACTIVE' });
  await noteOpen(table, finding, { home: partition.workload(holder), revision: 1, expires: 2 });
  const open = await openFindings(table);
  expect(open.map(({ id }) => id)).toEqual([finding.id]);
  expect(toJudgeAgain(open, 10)).toEqual([holder]);
});
