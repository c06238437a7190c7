import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { readConfigObject } from '../../lambda/adapters/s3/config-object';
import { placeOf, readIpRanges, readSettings } from '../../lambda/adapters/s3/settings-and-ranges';
import { awsFault } from '../deployment/aws-fault';
import type { Deployment } from '../deployment/deployment';
import { messageOf } from '../terminal/error-message';
import { counted } from '../terminal/numbers';
import { ruleFaults, rulesOn } from './rule-check';

const DAY = 86_400_000;
/** AWS adds ranges every few days; the hub downloads them every six hours. */
const STALE_DAYS = 7;

/** Problems of the hub: its rules, settings, address ranges and quarantined messages. */
export async function hubFaults(deployment: Deployment, now: number): Promise<string[]> {
  const checks = [hubRules, settings, ipRanges, quarantine];
  const faults = await Promise.all(
    checks.map((check) => check(deployment, now).catch((error: unknown) => [messageOf(error)])),
  );
  return faults.flat();
}

async function hubRules(deployment: Deployment): Promise<string[]> {
  const bus = deployment.find('hubBusName');
  if (!bus) return [];
  const expected = rulesOfBus(bus, deployment.find('hubRules'));
  const rules = await rulesOn(bus, { region: deployment.region, credentials: undefined, expected }).catch(
    (error: unknown) => {
      throw awsFault(`read the rules of bus ${bus}`, error);
    },
  );
  return ruleFaults(bus, rules, { expected, forwardsNothing: deployment.find('mode') === 'trail' });
}

/** The rules on `bus` in a list of `rule` (default bus) and `bus/rule`. */
function rulesOfBus(bus: string, listed: string | null): string[] {
  const place = `${bus}/`;
  return (listed ?? '').split(',').flatMap((rule) => (rule.startsWith(place) ? [rule.slice(place.length)] : []));
}

async function settings(deployment: Deployment): Promise<string[]> {
  const text = await documentText(deployment, 'settingsKey');
  if (text === null) return ['the config bucket has no settings'];
  const reading = readSettings(text);
  return 'faults' in reading ? reading.faults.map((fault) => `settings: ${fault}`) : [];
}

async function ipRanges(deployment: Deployment, now: number): Promise<string[]> {
  const text = await documentText(deployment, 'ipRangesKey');
  if (text === null) return ['the config bucket has no ip-ranges.json: owners of addresses are unknown'];
  const reading = readIpRanges(text);
  if ('faults' in reading) return reading.faults.map((fault) => `ip-ranges.json ${fault}`);
  const [year = 0, month = 0, day = 0] = reading.value.createDate.split('-').map(Number);
  const age = Math.floor((now - Date.UTC(year, month - 1, day)) / DAY);
  return age > STALE_DAYS ? [`ip-ranges.json is ${age} days old: check that refresh-ip-ranges runs`] : [];
}

async function documentText(deployment: Deployment, key: 'settingsKey' | 'ipRangesKey'): Promise<string | null> {
  const s3 = new S3Client(CLIENT_SETTINGS);
  const bucket = deployment.need('configBucket');
  const place = placeOf({ configBucket: bucket, hubAccount: deployment.account }, deployment.need(key));
  try {
    return (await readConfigObject(s3, place))?.text ?? null;
  } catch (error) {
    throw awsFault(`read s3://${bucket}/${place.key}`, error);
  } finally {
    s3.destroy();
  }
}

async function quarantine(deployment: Deployment): Promise<string[]> {
  const queueUrl = deployment.find('quarantineQueueUrl');
  if (!queueUrl) return [];
  const sqs = new SQSClient(CLIENT_SETTINGS);
  try {
    const { Attributes: attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    const messages = Number(attributes.ApproximateNumberOfMessages ?? 0);
    return messages > 0 ? [`${counted(messages, 'message')} in the quarantine queue`] : [];
  } catch (error) {
    throw awsFault('count the messages in the quarantine queue', error);
  } finally {
    sqs.destroy();
  }
}
