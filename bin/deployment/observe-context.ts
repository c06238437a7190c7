import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { isForever } from '../../lambda/adapters/dynamodb/is-forever';
import { readConfigObject } from '../../lambda/adapters/s3/config-object';
import { placeOf, readIpRanges, readSettings } from '../../lambda/adapters/s3/settings-and-ranges';
import type { Result } from '../../lambda/detection/model/result';
import { requestConfirmBySqs } from '../../lambda/adapters/sqs/confirm-requests';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { boundedSeenCache } from '../../lambda/store/seen-cache';
import type { ObserveContext } from '../../lambda/observing/observing-context';
import type { Deployment } from './deployment';
import { awsFault } from './aws-fault';
import { OUTPUTS, type OutputName } from './output-names';

/** The outputs that `openObserveContext` reads. */
export const OBSERVE_OUTPUTS = [
  'lockTable',
  'delayedQueueUrl',
  'configBucket',
  'settingsKey',
  'ipRangesKey',
] as const satisfies readonly OutputName[];

/** The context in which `observe` stores and judges facts. `close` ends the connections. */
export async function openObserveContext(
  deployment: Deployment,
): Promise<{ context: ObserveContext; close: () => void }> {
  const dynamodb = new DynamoDBClient(CLIENT_SETTINGS);
  const s3 = new S3Client(CLIENT_SETTINGS);
  const sqs = new SQSClient(CLIENT_SETTINGS);
  const settings = await documentOf(s3, deployment, 'settingsKey', readSettings);
  if (settings === null)
    throw new Error(`${keyText(deployment, 'settingsKey')} does not exist: deploy the stack first`);
  const ipRanges = await documentOf<IpRanges>(s3, deployment, 'ipRangesKey', readIpRanges);
  const context: ObserveContext = {
    table: dynamoDbLockTable(dynamodb, deployment.need('lockTable')),
    settings,
    ipRanges,
    kinds: kindsNamed(settings.workloads),
    seen: boundedSeenCache(),
    requestConfirm: requestConfirmBySqs(sqs, deployment.need('delayedQueueUrl'), Date.now),
    now: Date.now(),
    isForever,
  };
  const close = (): void => [dynamodb, s3, sqs].forEach((client) => client.destroy());
  return { context, close };
}

async function documentOf<Value>(
  s3: S3Client,
  deployment: Deployment,
  key: 'settingsKey' | 'ipRangesKey',
  read: (text: string) => Result<Value>,
): Promise<Value | null> {
  const where = { configBucket: deployment.need('configBucket'), hubAccount: deployment.account };
  const object = await readConfigObject(s3, placeOf(where, deployment.need(key))).catch((error: unknown) => {
    throw awsFault(`read ${keyText(deployment, key)}`, error);
  });
  if (object === null) return null;
  const reading = read(object.text);
  if ('value' in reading) return reading.value;
  throw new Error(`${keyText(deployment, key)} is invalid: ${reading.faults.join('; ')}`);
}

function keyText(deployment: Deployment, key: 'settingsKey' | 'ipRangesKey'): string {
  return `s3://${deployment.need('configBucket')}/${deployment.need(key)} (${OUTPUTS[key]})`;
}
