import { type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Detector } from './detector';
import type { Intake } from './intake';
export interface DashboardProps {
    readonly detector: Detector;
    readonly intake: Intake;
    readonly alarms: readonly IAlarm[];
    readonly runbookUrl: string;
}
/** One page: is anything wrong, what was found, what comes in, what waits, what failed, who is heard. */
export declare class Dashboard extends Construct {
    constructor(scope: Construct, id: string, props: DashboardProps);
}
