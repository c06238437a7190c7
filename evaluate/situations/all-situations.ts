import type { Situation } from '../situation';
import { REUSE_SITUATIONS } from './address-reuse';
import { AUTOMATION_SITUATIONS } from './automation';
import { ATTACK_SITUATIONS } from './attacks';
import { CLUSTER_SITUATIONS } from './clusters';
import { EGRESS_PATH_SITUATIONS } from './egress-paths';
import { ENDING_SITUATIONS } from './endings';
import { ENDPOINT_SITUATIONS } from './endpoints';
import { EVERYDAY_SITUATIONS } from './everyday';
import { EXPLANATION_SITUATIONS } from './explanations';
import { FIRST_CALL_SITUATIONS } from './first-calls';
import { FUNCTION_SITUATIONS } from './functions';
import { ADDRESS_SITUATIONS } from './instance-addresses';
import { LIFECYCLE_SITUATIONS } from './lifecycle';
import { NAT_SITUATIONS } from './nat-gateways';
import { PEOPLE_SITUATIONS } from './people';
import { SUCCESSOR_SITUATIONS } from './successors';
import { TASK_SITUATIONS } from './tasks';

export const ALL_SITUATIONS: readonly Situation[] = [
  ...ADDRESS_SITUATIONS,
  ...NAT_SITUATIONS,
  ...ENDPOINT_SITUATIONS,
  ...TASK_SITUATIONS,
  ...CLUSTER_SITUATIONS,
  ...FUNCTION_SITUATIONS,
  ...EVERYDAY_SITUATIONS,
  ...ATTACK_SITUATIONS,
  ...FIRST_CALL_SITUATIONS,
  ...LIFECYCLE_SITUATIONS,
  ...EXPLANATION_SITUATIONS,
  ...REUSE_SITUATIONS,
  ...AUTOMATION_SITUATIONS,
  ...EGRESS_PATH_SITUATIONS,
  ...ENDING_SITUATIONS,
  ...PEOPLE_SITUATIONS,
  ...SUCCESSOR_SITUATIONS,
];
