import { Construct } from 'constructs';
import type { ConfigBucket } from './config-bucket';
import type { HandlerFunction } from './handler-function';
export interface FirstSettingsProps {
    readonly config: ConfigBucket;
    /** As the config file of `credlock replay` has them. Keys that are left out have their defaults, today's and later ones. */
    readonly settings: Readonly<Record<string, unknown>>;
    /** Called once, so that address ranges are there from the first minute. */
    readonly refreshIpRanges: HandlerFunction;
}
/** Puts the first settings into the config bucket when the stack is created; what is there by then, or later, stays. */
export declare class FirstSettings extends Construct {
    constructor(scope: Construct, id: string, props: FirstSettingsProps);
}
