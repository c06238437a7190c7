import type { KubernetesSettings } from '../../detection/model/kubernetes-settings';
import type { Found } from '../../kubernetes/act';
import type { Alarm } from '../alarm';
import { alarmFinding, isExpectedImage, unexpectedImage } from '../alarm-finding';

const MEMORY_FILES = '/dev/shm';

/** A program ran from memory: without a file, or from a file system in memory. */
export function filelessExecution(alarm: Alarm, settings: KubernetesSettings): Found | null {
  const { binary, parent, failed, byRuntime } = alarm;
  if (failed || byRuntime || isExpectedImage(alarm, settings)) return null;
  const program = binary ?? 'an unknown program';
  const isInFileSystem = isOfMemoryFiles(alarm);
  return alarmFinding(alarm, {
    subject: program,
    title: isInFileSystem ? `program run from ${MEMORY_FILES} (${program})` : `program without a file (${program})`,
    saw: isInFileSystem ? `${program} run from ${MEMORY_FILES}` : `${program} run from memory, without a file,`,
    evidence: [isInFileSystem ? FROM_MEMORY_FILES : WITHOUT_FILE[alarm.agent]],
    ruledOut: [
      {
        explanation: 'container-runtime',
        because: `${parent ?? 'what started it'} does not start a container with it`,
      },
      unexpectedImage(alarm),
    ],
  });
}

const FROM_MEMORY_FILES = `It has a file, in ${MEMORY_FILES}, which is a file system in memory.`;
const WITHOUT_FILE: Readonly<Record<Alarm['agent'], string>> = {
  falco: 'Its file was made by memfd_create and is in no folder.',
  tetragon: 'Its file is in no folder (inode.links is 0): it was made by memfd_create, or deleted before.',
};

/** A shell that is given a path there is named by the rule alone. */
function isOfMemoryFiles({ binary, rule }: Alarm): boolean {
  return binary?.startsWith(`${MEMORY_FILES}/`) === true || rule.includes(MEMORY_FILES);
}
