import { byGravity } from '../../lambda/detection/findings/taken';
import type { Finding } from '../../lambda/detection/model/finding';
import { nextSteps } from '../report/next-steps';
import { visible } from '../../lambda/detection/model/printable';
import type { Paint } from '../terminal/paint';

/** Before commands, and before nothing else. */
export const COMMAND_INDENT = '        ';

/** What to do about the finding asked for, or the gravest, with commands. */
export function stepLines(findings: readonly Finding[], asked: string, painted: Paint): string[] {
  const finding = findings.find(({ id }) => id === asked) ?? byGravity(findings)[0];
  if (!finding) return [];
  const steps = nextSteps(finding).flatMap(({ text, commands }, at) => [
    `  ${at + 1}. ${visible(text)}`,
    ...commands.map((command) => `${COMMAND_INDENT}${visible(command)}`),
  ]);
  return ['', painted.bold('Next steps'), ...steps];
}
