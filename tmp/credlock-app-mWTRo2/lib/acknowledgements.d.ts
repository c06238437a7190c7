import { type Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
/** A finding of cdk-nag that is meant to be, where, and why. */
export interface Acknowledgement {
    /** The end of the construct's path. */
    readonly at: string;
    /** The rule, and for rules with several findings which of them; `PARTITION` stands for the stack's. */
    readonly id: string;
    readonly reason: string;
}
/** All of them: each at its place and by its own id, so that the same anywhere else still fails. */
export declare const ACKNOWLEDGEMENTS: readonly Acknowledgement[];
/** Tells cdk-nag which of its findings in this stack are meant. */
export declare function acknowledge(stack: Stack): void;
/** That all log files under a prefix of one bucket may be read: the only finding whose id is not known beforehand. */
export declare function acknowledgeTrail(reader: IConstruct, objects: string): void;
