// The commands that call AWS or work for long: a bundle of their own, so that `replay` does not load the clients.

// The clients are bundled, so their warnings about future Node.js versions do not concern the user.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

export { eventHistoryInputs } from './aws-inputs/event-history';
export { s3Inputs } from './aws-inputs/s3-inputs';
export { backfillAuditExport } from './backfill/audit-export';
export { backfill } from './backfill/backfill';
export { AwsHunts } from './hunt/aws-hunt';
export { findTrail } from './hunt/find-hunts';
export { planInAws } from './hunt/plan-in-aws';
export { followHunt } from './hunt/follow-hunt';
export { doctor } from './doctor/doctor';
export { seed } from './seed/seed';
export { simulate } from './simulate/simulate';
