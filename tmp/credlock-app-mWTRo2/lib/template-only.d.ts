import { type IStackSynthesizer } from 'aws-cdk-lib';
/** For stacks without assets: nothing of the account's CDK bootstrapping is needed, whoever deploys the template. */
export declare function templateOnly(): IStackSynthesizer;
