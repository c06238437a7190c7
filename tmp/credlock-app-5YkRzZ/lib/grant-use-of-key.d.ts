import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
/** Lets somebody read and write what a key encrypts: without the wildcards in the actions of CDK's own grants. */
export declare function grantUseOfKey(key: IKey | undefined, grantee: IGrantable): void;
