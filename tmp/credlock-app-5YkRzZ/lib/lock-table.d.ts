import { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { HandlerFunction } from './handler-function';
export interface LockTableProps {
    /**
     * Key that encrypts it.
     *
     * @default - AWS's own key for DynamoDB
     */
    readonly encryptionKey?: IKey;
}
/** The lock table: on demand, with point-in-time recovery; facts leave it by TTL. Survives its stack. */
export declare class LockTable extends Construct {
    readonly table: Table;
    constructor(scope: Construct, id: string, props?: LockTableProps);
    /** Lets a handler store and read items, and tells it where. */
    grantKeep(handler: HandlerFunction): Grant;
    /** Lets somebody store and read items: never delete, never scan. */
    grantItems(grantee: IGrantable): Grant;
}
