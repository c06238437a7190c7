import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
/** A key of the account's own for all that credlock keeps, rotated every year. Survives its stack, as what it encrypts does. */
export declare class DetectorKey extends Construct {
    readonly key: Key;
    constructor(scope: Construct, id: string);
}
