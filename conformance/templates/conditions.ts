import type { Place } from '../emulator';

/** Whether a template's condition holds there. Throws on functions that conditions of these templates do not have. */
export function holds(conditions: Readonly<Record<string, unknown>>, name: string, place: Place): boolean {
  if (!(name in conditions)) throw new Error(`the template has no condition ${name}`);
  return isTrue(conditions[name]);

  function isTrue(condition: unknown): boolean {
    const [operator, operand] = only(condition);
    if (operator === 'Condition') return holds(conditions, String(operand), place);
    const operands = operand as readonly unknown[];
    switch (operator) {
      case 'Fn::Equals':
        return valueOf(operands[0], place) === valueOf(operands[1], place);
      case 'Fn::Not':
        return !isTrue(operands[0]);
      case 'Fn::And':
        return operands.every(isTrue);
      case 'Fn::Or':
        return operands.some(isTrue);
      default:
        throw new Error(`conditions with ${operator} are not known`);
    }
  }
}

function valueOf(value: unknown, { account, region }: Place): string {
  if (typeof value === 'string') return value;
  const [operator, operand] = only(value);
  const known: Readonly<Record<string, string>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
  };
  const found = operator === 'Ref' ? known[String(operand)] : undefined;
  if (found === undefined) throw new Error(`conditions on ${JSON.stringify(value)} are not known`);
  return found;
}

function only(value: unknown): [operator: string, operand: unknown] {
  const [entry] = Object.entries(value ?? {});
  if (!entry) throw new Error(`${JSON.stringify(value)} is no condition`);
  return entry;
}
