import type { KubernetesSettings } from '../../detection/model/kubernetes-settings';
import type { Found } from '../../kubernetes/act';
import type { Alarm } from '../alarm';
import { alarmFinding, isExpectedImage, unexpectedImage } from '../alarm-finding';

/** A program ran that is not of its container's image. */
export function newBinary(alarm: Alarm, settings: KubernetesSettings): Found | null {
  const { binary, rule, failed } = alarm;
  if (failed || isExpectedImage(alarm, settings)) return null;
  const program = binary ?? 'an unknown program';
  return alarmFinding(alarm, {
    subject: program,
    title: `new binary ${program}`,
    saw: `the new binary ${program} run`,
    evidence: [`The rule "${rule}" reports programs whose files were made or changed in the running container.`],
    ruledOut: [unexpectedImage(alarm)],
  });
}
