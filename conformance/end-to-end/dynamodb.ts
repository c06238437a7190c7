import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { ClientConfig } from '../emulator';
import { freePort } from '../free-port';
import type { Workshop } from '../workshop';

export interface Database {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

export type TableKeys = Pick<CreateTableCommandInput, 'KeySchema' | 'AttributeDefinitions'>;

/**
 * dynalite, in a process of its own, with a table: moto's DynamoDB answers one request at a time, and too slowly for functions
 * that wait five seconds.
 */
export async function startDatabase(
  { root }: Workshop,
  config: ClientConfig,
  table: string,
  keys: TableKeys,
): Promise<Database> {
  const port = await freePort();
  const program = createRequire(join(root, 'package.json')).resolve('dynalite/cli.js');
  const args = [program, '--port', String(port), '--host', '127.0.0.1', '--createTableMs', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const endpoint = `http://127.0.0.1:${port}`;
  await createTable({ ...config, endpoint }, table, keys);
  return {
    endpoint,
    close: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

export async function createTable(config: ClientConfig, TableName: string, keys: TableKeys): Promise<void> {
  const client = new DynamoDBClient(config);
  await client.send(new CreateTableCommand({ TableName, ...keys, BillingMode: 'PAY_PER_REQUEST' }));
  client.destroy();
}

/** Of a table of the stack, which moto made. */
export async function keysOf(config: ClientConfig, TableName: string): Promise<TableKeys> {
  const client = new DynamoDBClient(config);
  const { Table: made } = await client.send(new DescribeTableCommand({ TableName }));
  client.destroy();
  return { KeySchema: made?.KeySchema, AttributeDefinitions: made?.AttributeDefinitions };
}
