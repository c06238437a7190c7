import { type IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
export interface PeopleProps {
    /**
     * Who gets findings by mail, once the subscription is confirmed.
     *
     * @default - nobody
     */
    readonly findingsEmail?: string;
    /**
     * Who gets alarms by mail, once the subscription is confirmed.
     *
     * @default - nobody
     */
    readonly alarmsEmail?: string;
    /**
     * Key that encrypts both topics. Its policy must let `cloudwatch.amazonaws.com` use it.
     *
     * @default - SNS's own key for findings; none for alarms, as CloudWatch may not use that one
     */
    readonly encryptionKey?: IKey;
}
/** The topics by which people are told: of findings, and of the detector's own troubles. */
export declare class People extends Construct {
    readonly findings: Topic;
    readonly alarms: Topic;
    constructor(scope: Construct, id: string, props?: PeopleProps);
}
