import type { Found } from '../../kubernetes/act';
import type { Alarm } from '../alarm';
import { alarmFinding } from '../alarm-finding';

/** Signs of cryptocurrency mining. No image is expected to mine: runners of pipelines are what miners look for. */
export function cryptoMining(alarm: Alarm): Found {
  const { binary, domain, rule } = alarm;
  return alarmFinding(alarm, {
    // A shell and what it starts show the same name.
    subject: '',
    title: `signs of mining${domain === null ? '' : ` (${domain})`}`,
    saw: `signs of mining by ${binary ?? 'an unknown program'}${domain === null ? '' : `, which names ${domain},`}`,
    evidence: [`The rule "${rule}" reports it.`, ...(domain === null ? [] : [`The name is ${domain}.`])],
    ruledOut: [],
  });
}
