import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A deployed function. */
export interface DeployedFunction {
  readonly name: string;
  /** Where its code is. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What functions run in. */
export interface Runtime {
  /** Path of a Node.js. */
  readonly node: string;
  readonly program: string;
  /** Milliseconds that the functions' clock is ahead of the machine's. */
  readonly clockOffset: number;
  /** Of every function, beside its own. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Containers of functions, one each, in processes of their own; each is started at the first invocation. */
export class Containers {
  /** Lines that functions wrote to their logs. */
  readonly log: string[] = [];
  private readonly running = new Map<string, ChildProcess>();

  constructor(private readonly runtime: Runtime) {}

  /** Rejects where the function fails as a whole. */
  async invoke(deployed: DeployedFunction, event: unknown, more: Readonly<Record<string, string>>): Promise<unknown> {
    const container = this.running.get(deployed.name) ?? this.start(deployed, more);
    container.send({ event });
    const [{ answer, error }] = (await once(container, 'message')) as [{ answer?: unknown; error?: string }];
    if (error !== undefined) throw new Error(`${deployed.name}: ${error}`);
    return answer;
  }

  /** Lines that are no entries of a log: warnings of Node.js or of the SDK. */
  noise(): string[] {
    return this.log.filter((line) => !line.startsWith('{'));
  }

  /** The next invocations start new containers. */
  stop(): void {
    for (const container of this.running.values()) container.kill('SIGKILL');
    this.running.clear();
  }

  private start({ name, folder, variables }: DeployedFunction, more: Readonly<Record<string, string>>): ChildProcess {
    const { node, program, clockOffset } = this.runtime;
    const container = fork(program, [folder, String(clockOffset)], {
      execPath: node,
      execArgv: [],
      env: { ...this.runtime.variables, ...variables, AWS_LAMBDA_FUNCTION_NAME: name, ...more },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    container.stderr?.on('data', (chunk: Buffer) => {
      this.log.push(
        ...chunk
          .toString()
          .split('\n')
          .filter((line) => line !== ''),
      );
    });
    this.running.set(name, container);
    return container;
  }
}

export function runtimeProgram(root: string): string {
  return join(root, 'conformance/end-to-end/lambda-runtime.cjs');
}
