import { type PatternSettings, type WorkloadName } from './event-patterns';
/** Something a deployment does not see. It is said in outputs, README and `doctor`; never taken for clean. */
export interface NotCovered {
    /** Whose calls these are; `any` for all kinds. */
    readonly workload: WorkloadName | 'any';
    readonly what: string;
    readonly because: string;
    /** What would show them; null where nothing does. */
    readonly seenBy: 'forwardAll' | 'trail mode' | 'forwardAll or trail mode' | 'data events in the trail' | null;
}
/** How records come: as events through rules, or in the trail's log files. */
export type Transport = 'events' | 'trail';
/** What rules with these settings, or a trail, cannot see. */
export declare function notCovered(settings: Pick<PatternSettings, 'workloads' | 'forwardAll'>, transport?: Transport): NotCovered[];
/** The kinds whose own calls no rule of these settings lets through, so that only their issuance is seen. */
export declare function kindsWithoutRule(settings: Pick<PatternSettings, 'workloads' | 'forwardAll'>): WorkloadName[];
