import type { WorkloadName } from './event-patterns';
import type { Hub, HubMode, HubProps } from './hub';
/** What is said of a hub beside its parts. */
export interface SaidOfHub extends Pick<HubProps, 'findingsBus' | 'organizationId' | 'regions' | 'trail'> {
    readonly mode: HubMode;
    readonly workloads: readonly WorkloadName[];
    readonly forwardAll: boolean;
    readonly verificationRole: boolean;
}
/** Says, in outputs of these names, what the command line reads; empty ones are left out. */
export declare function sayHub(hub: Hub, props: SaidOfHub): void;
