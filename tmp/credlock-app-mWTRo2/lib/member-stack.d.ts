import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Member, type MemberSettings } from './member';
export interface MemberStackProps extends StackProps, MemberSettings {
}
/** `credlock-member`: one account and Region. Needs no bootstrapping, no assets and no parameters. */
export declare class MemberStack extends Stack {
    readonly member: Member;
    constructor(scope: Construct, id: string, props: MemberStackProps);
}
