import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { accountIdOf, isJsonObject } from '../../lambda/detection/model/json-field';
import { messageOf } from '../terminal/error-message';
import { leaveOut, type LeftOut } from '../../lambda/verifying/left-out';
import type { Listing } from '../../lambda/verifying/listed-resources';

/** The resources of one account and Region in a snapshot. */
export interface SnapshotPart {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** Epoch milliseconds of the latest item, which is no later than the snapshot. */
  readonly askedAt: number;
  readonly listing: Listing;
}

type Lists = { -readonly [Kind in keyof Listing]: unknown[] };

const KINDS: Readonly<Record<string, keyof Listing>> = {
  'AWS::EC2::Instance': 'instances',
  'AWS::EC2::NetworkInterface': 'interfaces',
  'AWS::EC2::EIP': 'addresses',
  'AWS::EC2::NatGateway': 'natGateways',
  'AWS::EC2::VPCEndpoint': 'endpoints',
};

const ITEM = z.object({
  resourceType: z.string(),
  awsAccountId: z.union([z.string(), z.number()]),
  awsRegion: z.string().min(1),
  ARN: z.optional(z.nullable(z.string())),
  configurationItemCaptureTime: z.string(),
  configurationItemStatus: z.optional(z.nullable(z.string())),
  configuration: z.unknown(),
});
type Item = z.infer<typeof ITEM>;

/**
 * Reads AWS Config snapshot files, gzipped or not, into one part per account and Region. Throws, naming the file, if one
 * is not a snapshot.
 */
export async function readSnapshots(paths: readonly string[], leftOut: LeftOut): Promise<SnapshotPart[]> {
  const parts = new Map<string, SnapshotPart & { askedAt: number; readonly listing: Lists }>();
  for (const path of paths) for (const item of await itemsIn(path)) take(item, parts, leftOut);
  return [...parts.values()];
}

async function itemsIn(path: string): Promise<readonly unknown[]> {
  const json = await jsonIn(path);
  const items = isJsonObject(json) ? json.configurationItems : undefined;
  if (Array.isArray(items)) return items.map((item: unknown) => item);
  throw new Error(`--config-snapshot ${path} is not an AWS Config snapshot: it has no configurationItems`);
}

async function jsonIn(path: string): Promise<unknown> {
  try {
    const bytes = await buffer(path === '-' ? process.stdin : createReadStream(path));
    const text = (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\uFEFF/, '');
    const json: unknown = JSON.parse(text);
    return json;
  } catch (error) {
    throw new Error(`--config-snapshot ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function take(
  value: unknown,
  parts: Map<string, SnapshotPart & { askedAt: number; readonly listing: Lists }>,
  leftOut: LeftOut,
): void {
  const { data: item } = ITEM.safeParse(value);
  const account = item ? accountIdOf(String(item.awsAccountId).padStart(12, '0')) : null;
  const at = item ? Date.parse(item.configurationItemCaptureTime) : Number.NaN;
  if (!item || account === null || Number.isNaN(at)) return leaveOut(leftOut, 'not-understood');
  const kind = KINDS[item.resourceType];
  if (kind === undefined) return leaveOut(leftOut, 'other-resources');
  if (item.configurationItemStatus?.startsWith('ResourceDeleted')) return leaveOut(leftOut, 'gone');
  const { awsRegion: region } = item;
  const key = `${account}/${region}`;
  const known = parts.get(key) ?? { partition: partitionOf(item), account, region, askedAt: at, listing: emptyLists() };
  parts.set(key, known);
  known.askedAt = Math.max(known.askedAt, at);
  known.listing[kind].push(capitalized(configurationOf(item)));
}

function emptyLists(): Lists {
  return { instances: [], interfaces: [], addresses: [], natGateways: [], endpoints: [] };
}

function partitionOf({ ARN: arn, awsRegion: region }: Item): string {
  const named = arn?.split(':')[1];
  if (named) return named;
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** An object in snapshot files, a JSON string in API responses. */
function configurationOf({ configuration }: Item): unknown {
  if (typeof configuration !== 'string') return configuration;
  try {
    const json: unknown = JSON.parse(configuration);
    return json;
  } catch {
    return null;
  }
}

/** `attachTime` as `AttachTime`, the API's spelling. */
function capitalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitalized);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [`${key.charAt(0).toUpperCase()}${key.slice(1)}`, capitalized(inner)]),
  );
}
