import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Detector } from './detector';
import type { Intake } from './intake';
export interface AlarmsProps {
    readonly detector: Detector;
    readonly intake: Intake;
    /** Who is told. */
    readonly topic: ITopic;
    /** The runbook: each alarm links to its section there. */
    readonly runbookUrl: string;
    /**
     * Minutes from an event to its judgement that are too many for one in ten. CloudTrail itself takes up to 15.
     *
     * @default 60
     */
    readonly lagMinutes?: number;
}
/** Sections of the runbook that alarms link to, as the README's headings make them. */
export declare const RUNBOOK_SECTIONS: {
    readonly deadLetters: 'alarm-dead-letters';
    readonly errors: 'alarm-errors';
    readonly lag: 'alarm-lag';
    readonly quarantine: 'alarm-quarantine';
    readonly publishing: 'alarm-publishing';
    readonly silence: 'alarm-silence';
    readonly canary: 'alarm-canary';
    readonly tampering: 'alarm-tampering';
    readonly settings: 'alarm-settings';
    readonly ipRanges: 'alarm-address-ranges';
};
/** Tells people when credlock does not work: each alarm links to what is to be done. */
export declare class Alarms extends Construct {
    #private;
    readonly all: readonly Alarm[];
    constructor(scope: Construct, id: string, props: AlarmsProps);
}
/** The section's address: whatever section the runbook's own address names, this one takes its place. */
export declare function sectionOf(runbookUrl: string, section: string): string;
