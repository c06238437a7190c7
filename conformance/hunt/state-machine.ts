import { setTimeout as wait } from 'node:timers/promises';
import type { Emulator, Place } from '../emulator';

/** Seconds. */
const ENDS_WITHIN = 600;

interface Execution {
  readonly status: string;
  readonly cause?: string;
}

/** A state machine that the emulator executes. */
export class StateMachine {
  readonly #emulator: Emulator;
  readonly #place: Place;
  readonly #arn: string;

  private constructor(emulator: Emulator, place: Place, arn: string) {
    this.#emulator = emulator;
    this.#place = place;
    this.#arn = arn;
  }

  static async make(emulator: Emulator, place: Place, definition: string): Promise<StateMachine> {
    const role = `arn:aws:iam::${place.account}:role/credlock-hunt`;
    const made = await ask(emulator, place, 'CreateStateMachine', { name: 'credlock-hunt', definition, roleArn: role });
    return new StateMachine(emulator, place, String(made['stateMachineArn']));
  }

  /** Runs it to its end. Throws if it fails. */
  async run(name: string, input: object): Promise<void> {
    const started = { stateMachineArn: this.#arn, name, input: JSON.stringify(input) };
    const { executionArn } = await ask(this.#emulator, this.#place, 'StartExecution', started);
    const since = performance.now();
    while (performance.now() - since < ENDS_WITHIN * 1_000) {
      const execution = await ask<Execution>(this.#emulator, this.#place, 'DescribeExecution', { executionArn });
      if (execution.status === 'SUCCEEDED') return;
      if (execution.status !== 'RUNNING') throw new Error(`${name}: ${execution.status} ${execution.cause ?? ''}`);
      await wait(500);
    }
    throw new Error(`${name} did not end within ${ENDS_WITHIN} s`);
  }
}

async function ask<Answer = Record<string, unknown>>(
  emulator: Emulator,
  place: Place,
  action: string,
  body: object,
): Promise<Answer> {
  const headers = {
    ...emulator.headers(place, 'states'),
    'Content-Type': 'application/x-amz-json-1.0',
    'X-Amz-Target': `AWSStepFunctions.${action}`,
  };
  const answer = await fetch(emulator.endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
