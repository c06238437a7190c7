import { RUNTIME_AGENTS, RUNTIME_LOG_GROUPS, type RuntimeAgent } from '../detection/vocabulary';

const LOG_GROUP = new RegExp(`^${RUNTIME_LOG_GROUPS}(${RUNTIME_AGENTS.join('|')})/([0-9A-Za-z][\\w-]{0,99})$`);

/** The agent and the cluster's name of `/credlock/falco/<name>` or `/credlock/tetragon/<name>`; null for any other log group. */
export function runtimeLogGroup(group: string): { readonly agent: RuntimeAgent; readonly cluster: string } | null {
  const [, named, cluster] = LOG_GROUP.exec(group) ?? [];
  const agent = RUNTIME_AGENTS.find((one) => one === named);
  return agent === undefined || cluster === undefined ? null : { agent, cluster };
}
