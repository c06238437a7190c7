import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoDbLockTable } from '../../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { TABLE_KEYS } from '../../../lambda/environment';
import { isForever } from '../../../lambda/adapters/dynamodb/is-forever';
import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { sampleTable } from '../../../lambda/confirming/simulated-findings';
import { startDynamoDb, type DynamoDb } from '../dynamodb-engine';
import { lockTableContract } from './lock-table-contract';

describe('the lock table in memory', () => lockTableContract(() => Promise.resolve(memoryLockTable())));

describe('the lock table of samples', () => lockTableContract(() => Promise.resolve(sampleTable(memoryLockTable()))));

describe('the lock table on DynamoDB', () => {
  let dynamoDb: DynamoDb;

  beforeAll(async () => {
    dynamoDb = await startDynamoDb();
  });

  afterAll(() => dynamoDb.close());

  lockTableContract(() => dynamoDb.lockTable());

  it('writes the attribute DynamoDB deletes items by, as a number of seconds', async () => {
    const tableName = await dynamoDb.createTable();
    const table = dynamoDbLockTable(dynamoDb.client, tableName);
    const item = { pk: 'W', body: '', expires: 1_900_000_000 };
    await table.keep({ ...item, sk: 'I#1' });
    await table.merge({ ...item, sk: 'S#1', least: '1', did: ['other'] });
    await table.revise({ ...item, sk: 'V#1', revision: 1 });
    await table.raise({ ...item, sk: 'W#1', revision: 1 });
    for (const sk of ['I#1', 'S#1', 'V#1', 'W#1']) {
      const Key = { [TABLE_KEYS.partition]: { S: 'W' }, [TABLE_KEYS.sort]: { S: sk } };
      const { Item } = await dynamoDb.client.send(new GetItemCommand({ TableName: tableName, Key }));
      expect(Item?.[TABLE_KEYS.expires]).toEqual({ N: '1900000000' });
    }
  });

  it.each([
    ['is not asked again where DynamoDB says that all of it is there', ['read', 'other'], 1],
    ['is asked again where something else was done', ['other'], 2],
    ['is asked again where the engine does not say', null, 2],
  ])('a later event of an hour %s', async (_what, done, requests) => {
    const engine = await refusing(done);
    try {
      const table = dynamoDbLockTable(engine.client, 'locks');
      const merged = await table.merge({ pk: 'W', sk: 'S#1', body: '', expires: 1, least: '2', did: ['read'] });
      expect([merged, engine.requests()]).toEqual([false, requests]);
    } finally {
      await engine.close();
    }
  });

  it('refuses an item of more than 400 kB for ever', async () => {
    const table = await dynamoDb.lockTable();
    const error: unknown = await table
      .keep({ pk: 'W', sk: 'I#1', body: 'x'.repeat(409_600), expires: 1 })
      .catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(Error);
    expect(isForever(error)).toBe(true);
  });

  it('says so when the table cannot be reached', async () => {
    const table = dynamoDbLockTable(dynamoDb.client, 'no-such-table');
    await expect(table.query('W')).rejects.toThrow();
    await expect(table.read([{ pk: 'W', sk: 'S#1' }])).rejects.toThrow();
    await expect(table.keep({ pk: 'W', sk: 'I#1', body: '', expires: 1 })).rejects.toThrow();
  });
});

/** A server that refuses every condition as DynamoDB does, and sends back what is there where it is told. */
async function refusing(done: readonly string[] | null) {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    const type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
    const item = done && { Item: { pk: { S: 'W' }, sk: { S: 'S#1' }, least: { S: '1' }, did: { SS: done } } };
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: type, message: 'The conditional request failed', ...item }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
  });
  return {
    client,
    requests: () => requests,
    close: async () => {
      client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
