import { field, textOf } from '../../model/json-field';
import { change, CHANGED, DELETED, DISABLED, harm, named, ourNameIn, type WatchedCalls } from '../act';
import { agentGroupIn } from './audit-logs';

const TAGS = 'nothing depends on tags';
const COPIES = 'copies data and takes none away; who may read is decided by policies';

export const TABLE: WatchedCalls = {
  part: 'table',
  service: 'dynamodb',
  nameIn: named('tableName', 'resourceArn'),
  actions: {
    DeleteTable: DELETED,
    // Deletion protection, the key, capacity.
    UpdateTable: CHANGED,
    UpdateTimeToLive: CHANGED,
    UpdateContinuousBackups: CHANGED,
    PutResourcePolicy: CHANGED,
    DeleteResourcePolicy: CHANGED,
  },
  harmless: {
    DeleteBackup: 'the table itself is whole, and has point-in-time recovery',
    DisableKinesisStreamingDestination: 'nothing reads the table by a stream',
    EnableKinesisStreamingDestination: COPIES,
    ImportTable: 'makes a new table; names of tables that exist are refused',
    RestoreTableFromBackup: 'makes a new table; names of tables that exist are refused',
    RestoreTableToPointInTime: 'makes a new table; names of tables that exist are refused',
    UpdateContributorInsights: 'only measures',
    TagResource: TAGS,
    UntagResource: TAGS,
  },
};

/** The config bucket, and the bucket of the trail that is read. */
export const BUCKET: WatchedCalls = {
  part: 'bucket',
  service: 's3',
  nameIn: ({ request }, { trail }) => {
    const name = textOf(field(request, 'bucketName'));
    return name !== null && name === trail?.bucket ? name : ourNameIn(request, ['bucketName']);
  },
  actions: {
    DeleteBucket: DELETED,
    PutBucketPolicy: CHANGED,
    DeleteBucketPolicy: CHANGED,
    // Announces log files and changed settings.
    PutBucketNotification: CHANGED,
    PutBucketVersioning: CHANGED,
    // Expires objects.
    PutBucketLifecycle: CHANGED,
    // A key that the detector may not use makes settings and log files unreadable.
    PutBucketEncryption: CHANGED,
    DeleteBucketEncryption: CHANGED,
    PutBucketPublicAccessBlock: CHANGED,
    DeleteBucketPublicAccessBlock: CHANGED,
    PutBucketAcl: CHANGED,
    PutBucketOwnershipControls: CHANGED,
    DeleteBucketOwnershipControls: CHANGED,
    // With it, requests from another account fail.
    PutBucketRequestPayment: CHANGED,
  },
  harmless: {
    DeleteBucketLifecycle: 'objects are kept longer',
    PutBucketReplication: COPIES,
    DeleteBucketReplication: 'no copy is read',
    PutBucketLogging: 'only records requests',
    PutBucketTagging: TAGS,
    PutObjectLockConfiguration: 'new versions can still be written',
    PutBucketCors: 'browsers are no readers of it',
  },
};

/** Keys are named by ARN or by id; ids are unique enough. */
export const KEY: WatchedCalls = {
  part: 'key',
  service: 'kms',
  nameIn: ({ request }, { detectorKey }) => {
    const ours = detectorKey?.split('/').at(-1);
    return ours !== undefined && textOf(field(request, 'keyId'))?.split('/').at(-1) === ours ? ours : null;
  },
  actions: {
    DisableKey: DISABLED,
    ScheduleKeyDeletion: harm('scheduled for deletion'),
    DeleteImportedKeyMaterial: harm('emptied of its material'),
    PutKeyPolicy: CHANGED,
    // DynamoDB and Lambda use the key by grants.
    RevokeGrant: change('deprived of a grant'),
  },
  harmless: {
    CancelKeyDeletion: 'undoes harm',
    CreateGrant: 'AWS services create grants all the time, and who has one still needs access to the data',
    RetireGrant: 'services retire grants that they no longer use',
    DisableKeyRotation: 'the key works as before',
    DeleteAlias: 'resources name the key by its ARN',
    UpdateAlias: 'resources name the key by its ARN',
  },
};

const groupIn = named('logGroupName', 'resourceIdentifier');

/** Those of the functions. */
export const LOG_GROUP: WatchedCalls = {
  part: 'log group',
  service: 'logs',
  nameIn: (call, deployed) => (agentGroupIn(call) === null ? groupIn(call, deployed) : null),
  actions: {
    DeleteLogGroup: DELETED,
    DeleteLogStream: harm('deprived of a log stream'),
    PutRetentionPolicy: (request) => change(`set to expire after ${daysIn(request)} days`),
    // Metrics are written as log lines: a key that cannot be used stops both.
    AssociateKmsKey: CHANGED,
  },
  harmless: {
    DeleteMetricFilter: 'metrics are written by the functions, without filters',
    DeleteRetentionPolicy: 'logs are kept longer',
    PutSubscriptionFilter: COPIES,
  },
};

function daysIn(request: unknown): string {
  return textOf(field(request, 'retentionInDays')) ?? 'other';
}
