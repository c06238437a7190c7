/** credlock's constructs: everything between `HubStack` and a single rule can be used by itself. */
export { Alarms, RUNBOOK_SECTIONS, type AlarmsProps } from './hub/alarms';
export { ACKNOWLEDGEMENTS, acknowledge, type Acknowledgement } from './acknowledgements';
export { CanaryRole, type CanaryRoleProps } from './hub/canary-role';
export { CloudTrailRule, type CloudTrailRuleProps, type RuleTarget } from './patterns/cloudtrail-rule';
export { ConfigBucket, type ConfigBucketProps } from './hub/config-bucket';
export { kindsWithoutRule, notCovered, type NotCovered, type Transport } from './member/coverage';
export { Dashboard, type DashboardProps } from './hub/dashboard';
export { Detector, type DetectorProps } from './hub/detector';
export { DetectorKey } from './hub/detector-key';
export {
  observedPatterns,
  tamperingPattern,
  WORKLOADS,
  type Condition,
  type Fields,
  type NamedPattern,
  type PatternSettings,
  type WorkloadName,
} from './patterns/event-patterns';
export { FindingDestination, type DestinationKind, type IFindingDestination } from './hub/finding-destination';
export { Guardrails, type GuardrailsProps } from './stacks/guardrails';
export { HandlerFunction, type HandlerFunctionProps } from './hub/handler-function';
export { HANDLERS, type DeployedHandler } from './hub/handlers';
export { Hub, type HubMode, type HubProps } from './hub/hub';
export { HubBus, type HubBusProps } from './hub/hub-bus';
export { HubStack, type HubStackProps } from './stacks/hub-stack';
export { Intake, type IntakeProps, type TrailPlace } from './hub/intake';
export { LockTable, type LockTableProps } from './hub/lock-table';
export { ManagementStack, type ManagementStackProps } from './stacks/management-stack';
export { DEFAULT_WORKLOADS, Member, type MemberSettings } from './member/member';
export { MemberStack, type MemberStackProps } from './stacks/member-stack';
export { memberTemplate, OrganizationStackSet, type OrganizationStackSetProps } from './stacks/organization-stack-set';
export { MetadataNoTokenAlarm, type MetadataNoTokenAlarmProps } from './member/metadata-no-token-alarm';
export { People, type PeopleProps } from './hub/notification-topics';
export { TrailStack, type TrailStackProps } from './stacks/trail-stack';
export { VerificationRole, type VerificationRoleProps } from './member/verification-role';
export { WorkQueue, type WorkQueueProps } from './hub/work-queue';
export { parseGuardrailSettings, type GuardrailChoice, type GuardrailSettings } from '../guardrails/guardrail-settings';
