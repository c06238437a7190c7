import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { HandlerFunction } from './handler-function';
export interface ConfigBucketProps {
    /**
     * Key that encrypts it.
     *
     * @default - a key of S3's own
     */
    readonly encryptionKey?: IKey;
}
/** The bucket of the settings and of AWS's address ranges. Versioned, so that an edit can be taken back; tells EventBridge. */
export declare class ConfigBucket extends Construct {
    #private;
    readonly bucket: Bucket;
    constructor(scope: Construct, id: string, props?: ConfigBucketProps);
    /** Lets a handler read what is judged by, and tells it where. */
    grantReadConfig(handler: HandlerFunction): Grant;
    /** Lets `rejudge` keep the last good settings and the list of what would be said, and tells it where. */
    grantKeepRecords(handler: HandlerFunction): Grant;
    /** Lets a handler read and replace the address ranges, and tells it where. */
    grantKeepIpRanges(handler: HandlerFunction): Grant;
}
