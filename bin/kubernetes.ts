// The rules on clusters: a bundle of their own, so that only `replay` loads them.
export { AuditReader } from './replay/audit-reader';
