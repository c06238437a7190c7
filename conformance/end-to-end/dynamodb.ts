import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ClientConfig } from '../emulator';
import { freePort } from '../free-port';
import type { Workshop } from '../workshop';

export interface Database {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/**
 * dynalite, in a process of its own, with a table like that of the stack: moto's DynamoDB answers one request at a time, and
 * too slowly for functions that wait five seconds.
 */
export async function startDatabase({ root }: Workshop, config: ClientConfig, table: string): Promise<Database> {
  const port = await freePort();
  const program = createRequire(join(root, 'package.json')).resolve('dynalite/cli.js');
  const args = [program, '--port', String(port), '--host', '127.0.0.1', '--createTableMs', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const endpoint = `http://127.0.0.1:${port}`;
  const [stack, database] = [new DynamoDBClient(config), new DynamoDBClient({ ...config, endpoint })];
  const { Table: made } = await stack.send(new DescribeTableCommand({ TableName: table }));
  await database.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: made?.KeySchema,
      AttributeDefinitions: made?.AttributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  for (const client of [stack, database]) client.destroy();
  return {
    endpoint,
    close: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
