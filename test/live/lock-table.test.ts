import { DynamoDBClient, CreateTableCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { AddressInfo } from 'node:net';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { memoryLockTable } from '../../lambda/adapters/memory-lock-table';
import type { LockTable } from '../../lambda/live/lock-table';

const expires = 2_000_000_000;

describe('the lock table in memory', () => contract(() => Promise.resolve(memoryLockTable())));

describe('the lock table on DynamoDB', () => {
  const server = dynalite({ createTableMs: 0 });
  let client: DynamoDBClient;
  let tables = 0;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const endpoint = process.env['DYNAMODB_ENDPOINT'] ?? `http://127.0.0.1:${port}`;
    client = new DynamoDBClient({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  });

  afterAll(async () => {
    client.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  contract(async () => {
    const TableName = `lock-table-${(tables += 1)}`;
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    return dynamoDbLockTable(client, TableName);
  });
});

function contract(fresh: () => Promise<LockTable>): void {
  let table: LockTable;
  beforeEach(async () => {
    table = await fresh();
  });

  const hour = (least: string, did: string[], body = least) => ({ pk: 'W', sk: 'S#1', body, expires, least, did });

  it('keeps what never changes as it came first, and says whether it was new', async () => {
    expect(await table.keep({ pk: 'W', sk: 'I#1', body: 'first', expires })).toBe(true);
    expect(await table.keep({ pk: 'W', sk: 'I#1', body: 'second', expires })).toBe(false);
    expect((await table.query('W')).map(({ body }) => body)).toEqual(['first']);
  });

  it('keeps the least event of an hour, in whatever order they come', async () => {
    expect(await table.merge(hour('2', ['other']))).toBe(true);
    expect(await table.merge(hour('3', ['other']))).toBe(false);
    expect(await table.merge(hour('1', ['other']))).toBe(true);
    expect(await table.query('W')).toMatchObject([{ body: '1', did: ['other'] }]);
  });

  it('adds to what was done, also where the event is not the least', async () => {
    await table.merge(hour('1', ['other']));
    expect(await table.merge(hour('2', ['console', 'other']))).toBe(true);
    expect(await table.merge(hour('2', ['console']))).toBe(false);
    const [item] = await table.query('W');
    expect(item?.body).toBe('1');
    expect([...(item?.did ?? [])].sort()).toEqual(['console', 'other']);
  });

  it('lets one of many revise an item, and none by a revision that was passed', async () => {
    const item = { pk: 'W', sk: 'V#1', body: '{}', expires };
    const tries = await Promise.all(Array.from({ length: 8 }, () => table.revise({ ...item, revision: 1 })));
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(await table.revise({ ...item, revision: 3 })).toBe(false);
    expect(await table.revise({ ...item, revision: 2 })).toBe(true);
    expect(await table.revise({ ...item, revision: 1 })).toBe(false);
  });

  it('raises an item to any later revision, never back', async () => {
    const item = { pk: 'P', sk: 'W#1', expires };
    expect(await table.raise({ ...item, body: 'b', revision: 4 })).toBe(true);
    expect(await table.raise({ ...item, body: 'a', revision: 3 })).toBe(false);
    expect(await table.raise({ ...item, body: 'a', revision: 4 })).toBe(false);
    expect(await table.raise({ ...item, body: 'c', revision: 9 })).toBe(true);
    expect(await table.query('P')).toMatchObject([{ body: 'c', revision: 9 }]);
  });

  it('finds a partition in the order of its sort keys, or a part of it', async () => {
    for (const sk of ['S#2', 'I#1', 'S#10', 'é#1']) await table.keep({ pk: 'W', sk, body: sk, expires });
    await table.keep({ pk: 'other', sk: 'S#1', body: '', expires });
    expect((await table.query('W')).map(({ sk }) => sk)).toEqual(['I#1', 'S#10', 'S#2', 'é#1']);
    expect((await table.query('W', 'S#')).map(({ sk }) => sk)).toEqual(['S#10', 'S#2']);
    expect(await table.query('nobody')).toEqual([]);
  });

  it('reads a partition of more than a page', async () => {
    const body = 'x'.repeat(100_000);
    for (let at = 10; at < 25; at += 1) await table.keep({ pk: 'W', sk: `I#${at}`, body, expires });
    expect(await table.query('W')).toHaveLength(15);
  });
}
