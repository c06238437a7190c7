import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import type { LockTable } from '../../lambda/store/lock-table';

/** An engine that speaks DynamoDB, and tables in it. */
export interface DynamoDb {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  createTable(): Promise<string>;
  /** In a table of its own. */
  lockTable(): Promise<LockTable>;
  close(): Promise<void>;
}

/** DynamoDB in this process, or the engine at `DYNAMODB_ENDPOINT`. */
export async function startDynamoDb(): Promise<DynamoDb> {
  const engine = await startEngine();
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
  });
  const createTable = (): Promise<string> => newTable(client);
  return {
    endpoint: engine.endpoint,
    client,
    createTable,
    lockTable: async () => dynamoDbLockTable(client, await createTable()),
    close: async () => {
      client.destroy();
      await engine.close();
    },
  };
}

async function startEngine(): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  if (given) return { endpoint: given, close: () => Promise.resolve() };
  const server = dynalite({ createTableMs: 0 });
  // By default, idle connections are closed after 5 s, perhaps just as a slow machine sends the next request.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

let tables = 0;

async function newTable(client: DynamoDBClient): Promise<string> {
  const TableName = `locks-${process.pid}-${Date.now()}-${(tables += 1)}`;
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
  return TableName;
}
