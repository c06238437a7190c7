import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  paginateQuery,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { ItemKey, LockTable, RevisedItem, SightingItem, StoredItem, TableItem } from '../../store/lock-table';

/** The lock table on DynamoDB. The client retries, as often as its `maxAttempts` allows. */
export function dynamoDbLockTable(client: DynamoDBClient, tableName: string): LockTable {
  const put = (item: Record<string, AttributeValue>, condition: Partial<PutItemCommandInput>): Promise<boolean> =>
    unlessRefused(() => client.send(new PutItemCommand({ TableName: tableName, Item: item, ...condition })));
  return {
    keep: (item) => put(attributesOf(item), { ConditionExpression: 'attribute_not_exists(pk)' }),
    merge: (item) => merge(client, tableName, item),
    revise: (item) =>
      put(revised(item), {
        ConditionExpression: item.revision === 1 ? 'attribute_not_exists(pk)' : 'revision = :known',
        ...(item.revision === 1 ? {} : { ExpressionAttributeValues: { ':known': { N: String(item.revision - 1) } } }),
      }),
    raise: (item) =>
      put(revised(item), {
        ConditionExpression: 'attribute_not_exists(pk) OR revision < :mine',
        ExpressionAttributeValues: { ':mine': { N: String(item.revision) } },
      }),
    note: (key, did) => note(client, tableName, key, did),
    read: (keys) => read(client, tableName, keys),
    query: (pk, prefix = '', most = Infinity) => query(client, { tableName, pk, prefix, most }),
  };
}

/**
 * One request if the item is new, has a lower `least`, or adds nothing; a second one if only `did` grows, or if the engine does
 * not return the item that failed the condition.
 */
async function merge(client: DynamoDBClient, tableName: string, item: SightingItem): Promise<boolean> {
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: keyOf(item),
    UpdateExpression: 'SET body = :body, least = :least, expires = :expires ADD did :did',
    ConditionExpression: 'attribute_not_exists(least) OR :least < least',
    ExpressionAttributeValues: {
      ':did': { SS: [...item.did] },
      ':least': { S: item.least },
      ':body': { S: item.body },
      ':expires': { N: String(item.expires) },
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await client.send(command);
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const done = error.Item?.['did']?.SS ?? [];
    return item.did.every((one) => done.includes(one)) ? false : note(client, tableName, item, item.did);
  }
}

function note(client: DynamoDBClient, tableName: string, key: ItemKey, did: readonly string[]): Promise<boolean> {
  const missing = did.map((_, at) => `NOT contains(did, :d${at})`).join(' OR ');
  const each = Object.fromEntries(did.map((one, at) => [`:d${at}`, { S: one }]));
  return unlessRefused(() =>
    client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: keyOf(key),
        UpdateExpression: 'ADD did :did',
        ConditionExpression: `attribute_exists(least) AND (${missing})`,
        ExpressionAttributeValues: { ':did': { SS: [...did] }, ...each },
      }),
    ),
  );
}

/** Limit of items per BatchGetItem request. */
const MOST_AT_ONCE = 100;

/** Unprocessed keys are requested again. */
async function read(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly ItemKey[],
): Promise<(StoredItem | undefined)[]> {
  const found = new Map<string, StoredItem>();
  const left = new Map(keys.map((key) => [nameOf(key), key]));
  while (left.size > 0) {
    const some = [...left].slice(0, MOST_AT_ONCE);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [tableName]: { Keys: some.map(([, key]) => keyOf(key)), ConsistentRead: true } },
      }),
    );
    const unread = new Set(
      (UnprocessedKeys?.[tableName]?.Keys ?? []).map(({ pk, sk }) => nameOf({ pk: textIn(pk), sk: textIn(sk) })),
    );
    if (unread.size === some.length)
      throw new Error(`none of ${unread.size} items could be read: DynamoDB is throttling`);
    for (const [name] of some) if (!unread.has(name)) left.delete(name);
    for (const item of Responses?.[tableName] ?? []) found.set(nameOf(storedItem(item)), storedItem(item));
  }
  return keys.map((key) => found.get(nameOf(key)));
}

function nameOf({ pk, sk }: ItemKey): string {
  return JSON.stringify([pk, sk]);
}

function keyOf({ pk, sk }: ItemKey): Record<string, AttributeValue> {
  return { pk: { S: pk }, sk: { S: sk } };
}

/** False if the condition failed. */
async function unlessRefused(send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function query(
  client: DynamoDBClient,
  {
    tableName: TableName,
    pk,
    prefix,
    most,
  }: { readonly tableName: string; readonly pk: string; readonly prefix: string; readonly most: number },
): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: pk }, ...(prefix === '' ? {} : { ':prefix': { S: prefix } }) },
    },
  );
  for await (const page of pages) {
    for (const item of page.Items ?? []) items.push(storedItem(item));
    if (items.length >= most) return items.slice(0, most);
  }
  return items;
}

function storedItem({ pk, sk, body, expires, did, revision, least }: Record<string, AttributeValue>): StoredItem {
  return {
    pk: textIn(pk),
    sk: textIn(sk),
    body: textIn(body),
    expires: numberIn(expires),
    did: did?.SS ?? [],
    revision: numberIn(revision),
    least: textIn(least),
  };
}

function textIn(value: AttributeValue | undefined): string {
  return value?.S ?? '';
}

function numberIn(value: AttributeValue | undefined): number {
  return Number(value?.N ?? 0);
}

function attributesOf({ pk, sk, body, expires }: TableItem): Record<string, AttributeValue> {
  return { pk: { S: pk }, sk: { S: sk }, body: { S: body }, expires: { N: String(expires) } };
}

function revised(item: RevisedItem): Record<string, AttributeValue> {
  return { ...attributesOf(item), revision: { N: String(item.revision) } };
}
