import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, type IGrantable, type IPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type DeployedHandler } from './handlers';
export interface HandlerFunctionProps {
    readonly handler: DeployedHandler;
    /** How long its log is kept. */
    readonly logRetention: RetentionDays;
    /**
     * Key that encrypts the log and the variables.
     *
     * @default - keys of CloudWatch Logs' and Lambda's own
     */
    readonly encryptionKey?: IKey;
}
/** One handler of credlock: its function, its log and a role that may do nothing else than it is granted. */
export declare class HandlerFunction extends Construct implements IGrantable {
    readonly function: LambdaFunction;
    readonly logGroup: LogGroup;
    readonly role: Role;
    readonly grantPrincipal: IPrincipal;
    readonly handler: DeployedHandler;
    constructor(scope: Construct, id: string, props: HandlerFunctionProps);
    /** A metric that the handler itself emits, summed up. */
    metric(metricName: string, options?: MetricOptions): Metric;
}
