/** Letters and digits that Kubernetes makes names of. */
const MADE = '[bcdfghjklmnpqrstvwxz2456789]';
const OF_DEPLOYMENT = new RegExp(`^(.+)-${MADE}{6,10}-${MADE}{5}$`);
const OF_CONTROLLER = new RegExp(`^(.+)-${MADE}{5}$`);
const OF_STATEFUL_SET = /^(.+)-\d{1,4}$/;
/** Minutes since 1970, by which a CronJob names its jobs. */
const OF_CRON_JOB = /^(.+)-\d{8,9}$/;

/**
 * The name that pods of one workload share, as far as the pod's own name shows it: `web` of `web-6f87496b94-qdlh8`. Otherwise
 * the pod's.
 */
export function podWorkload(pod: string): string {
  const deployment = OF_DEPLOYMENT.exec(pod)?.[1];
  if (deployment !== undefined) return deployment;
  const controller = OF_CONTROLLER.exec(pod)?.[1];
  if (controller === undefined) return OF_STATEFUL_SET.exec(pod)?.[1] ?? pod;
  return OF_CRON_JOB.exec(controller)?.[1] ?? controller;
}
