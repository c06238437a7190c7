import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import type { Workload } from '../../../lambda/detection/model/workload';
import { partition, SORT_KEYS } from '../../../lambda/store/table-schema';
import { FactLoader } from '../../../lambda/judging/fact-loader';
import { INSTANCE, SHOP } from '../records';

const WORKLOAD: Workload = { partition: 'aws', account: SHOP, kind: 'ec2-instance', id: INSTANCE };

test('keys asked for without end are read up to a bound', async () => {
  const table = memoryLockTable();
  const by = 'aws/111122223333/lambda-function/hoarder';
  for (let at = 0; at < 10_500; at += 1) {
    const id = `${SHOP}/${String(at).padStart(5, '0')}`;
    const key = {
      fact: 'foreign-key',
      id,
      eventId: id,
      time: at,
      accessKeyId: `ASIA${at}`,
      sessionArn: 'arn',
      by: null,
    };
    await table.keep({
      pk: partition.made(by),
      sk: `${SORT_KEYS.requestedKey}${id}#x`,
      body: JSON.stringify(key),
      expires: 2_000_000_000,
    });
  }
  const about = new FactLoader(table, [WORKLOAD], {
    privateNetworks: [],
    isOrganizationListed: true,
    subscriptions: null,
  });
  about.queueChangesBy(by);
  expect(await about.read()).toBe(true);
  expect(about.facts.foreignKeys.size).toBe(10_000);
  expect([about.facts.foreignKeys.has('ASIA0'), about.facts.foreignKeys.has('ASIA10499')]).toEqual([true, false]);
});
