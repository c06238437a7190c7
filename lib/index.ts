/** credlock's constructs: everything between `HubStack` and a single rule can be used by itself. */
export { Alarms, RUNBOOK_SECTIONS, type AlarmsProps } from './alarms';
export { ACKNOWLEDGEMENTS, acknowledge, type Acknowledgement } from './acknowledgements';
export { CanaryRole, type CanaryRoleProps } from './canary-role';
export { CloudTrailRule, type CloudTrailRuleProps, type RuleTarget } from './cloudtrail-rule';
export { ConfigBucket, type ConfigBucketProps } from './config-bucket';
export { kindsWithoutRule, notCovered, type NotCovered, type Transport } from './coverage';
export { Dashboard, type DashboardProps } from './dashboard';
export { Detector, type DetectorProps } from './detector';
export { DetectorKey } from './detector-key';
export {
  observedPatterns,
  tamperingPattern,
  WORKLOADS,
  type Condition,
  type Fields,
  type NamedPattern,
  type PatternSettings,
  type WorkloadName,
} from './event-patterns';
export { FindingDestination, type DestinationKind, type IFindingDestination } from './finding-destination';
export { Guardrails, type GuardrailsProps } from './guardrails';
export { HandlerFunction, type HandlerFunctionProps } from './handler-function';
export { HANDLERS, type DeployedHandler } from './handlers';
export { Hub, type HubMode, type HubProps } from './hub';
export { HubBus, type HubBusProps } from './hub-bus';
export { HubStack, type HubStackProps } from './hub-stack';
export { Intake, type IntakeProps, type TrailPlace } from './intake';
export { LockTable, type LockTableProps } from './lock-table';
export { ManagementStack, type ManagementStackProps } from './management-stack';
export { DEFAULT_WORKLOADS, Member, type MemberSettings } from './member';
export { MemberStack, type MemberStackProps } from './member-stack';
export { memberTemplate, OrganizationStackSet, type OrganizationStackSetProps } from './organization-stack-set';
export { MetadataNoTokenAlarm, type MetadataNoTokenAlarmProps } from './metadata-no-token-alarm';
export { People, type PeopleProps } from './people';
export { TrailStack, type TrailStackProps } from './trail-stack';
export { VerificationRole, type VerificationRoleProps } from './verification-role';
export { WorkQueue, type WorkQueueProps } from './work-queue';
export { parseGuardrailSettings, type GuardrailChoice, type GuardrailSettings } from '../guardrails/guardrail-settings';
