// The rules on clusters, and explanations: a bundle of their own, so that only `replay` loads them.
export { AuditReader } from './replay/audit-reader';
export { explanationWriter } from './replay/explain';
