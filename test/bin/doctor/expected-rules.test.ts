import { expectedRules } from '../../../bin/doctor/expected-rules';
import { observedPatterns, tamperingPattern } from '../../../lib/patterns/event-patterns';
import { WORKLOADS } from '../../../lambda/detection/kinds/all-kinds';

const account = '111122223333';

function expected(outputs: Readonly<Record<string, string>>): string[] {
  return expectedRules({ find: (output) => outputs[output] ?? null });
}

test.each([false, true])('are those that are deployed, with every call forwarded: %s', (forwardAll) => {
  for (const workloads of [WORKLOADS, WORKLOADS.slice(0, 2)]) {
    const deployed = [...observedPatterns({ workloads, forwardAll, account }), tamperingPattern({ account })];
    const outputs = { workloads: workloads.join(','), forwardAll: String(forwardAll), mode: 'organization' };
    expect(expected(outputs)).toEqual(deployed.map(({ name }) => `credlock-${name}`));
  }
});

test('are none in trail mode, nor where the stack does not say', () => {
  expect(expected({ workloads: 'ec2-instance', mode: 'trail' })).toEqual([]);
  expect(expected({ mode: 'organization' })).toEqual([]);
});
