import { SuspectOrigins } from '../../../../lambda/detection/posture/suspect-origins';
import { ACCOUNT, instance, OTHER_ACCOUNT, Trail } from '../trail';

const HOME = '198.51.100.10';
const ATTACKER = '192.0.2.66';

/** Two instances, whose credentials are used elsewhere as well. */
function trail(): Trail {
  return new Trail()
    .calls('i-1', HOME, ['08:00', '09:00'])
    .calls('i-1', ATTACKER, '10:00')
    .calls('i-2', HOME, ['08:00', '09:00'])
    .calls('i-2', ATTACKER, '10:00');
}

describe('origins that findings are about', () => {
  test('are suspect for the workload of the finding alone', () => {
    const suspects = new SuspectOrigins();
    trail().detected((judgement) => judgement.history.workload.id === 'i-1' && suspects.note(judgement));
    expect(suspects.has(instance('i-1'), ATTACKER)).toBe(true);
    expect(suspects.has(instance('i-1'), HOME)).toBe(false);
    expect(suspects.has(instance('i-2'), ATTACKER)).toBe(false);
    expect(suspects.has(instance('i-1', OTHER_ACCOUNT), ATTACKER)).toBe(false);
  });

  test('are no longer where the finding is suppressed', () => {
    const suspects = new SuspectOrigins();
    const { findings } = trail().detected((judgement) => suspects.note(judgement));
    const [first] = findings.filter(({ workload }) => workload?.id === 'i-1');
    if (!first) throw new Error(`no finding in ${ACCOUNT}`);
    suspects.except([
      { ...first, origin: null },
      { ...first, workload: null },
    ]);
    expect(suspects.has(instance('i-1'), ATTACKER)).toBe(true);
    suspects.except([first]);
    expect([suspects.has(instance('i-1'), ATTACKER), suspects.has(instance('i-2'), ATTACKER)]).toEqual([false, true]);
  });
});
