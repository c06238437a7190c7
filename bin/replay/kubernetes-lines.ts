import * as z from 'zod';
import type { ActSet } from '../../lambda/kubernetes/act-set';
import { ACT_SCHEMA } from '../../lambda/kubernetes/act-schema';
import { TOKEN_FACT_SCHEMA } from '../../lambda/kubernetes/tokens/token-fact-schema';
import type { TokenFactSet } from '../../lambda/kubernetes/tokens/token-fact-set';

const ACT = '{"kubernetesAct":';
const TOKEN_FACT = '{"tokenFact":';

const ACT_LINE = z.object({ kubernetesAct: ACT_SCHEMA });
const TOKEN_FACT_LINE = z.object({ tokenFact: TOKEN_FACT_SCHEMA });

/** What audit logs state, as lines of a `--state` file. */
export class KubernetesLines {
  constructor(
    private readonly acts: ActSet,
    private readonly tokens: TokenFactSet,
  ) {}

  /** False, with nothing added, for lines of other kinds. Throws with the reason for one that `lines` never gives. */
  add(line: string): boolean {
    if (line.startsWith(ACT)) this.acts.add(dataIn(line, ACT_LINE).kubernetesAct);
    else if (line.startsWith(TOKEN_FACT)) this.tokens.add(dataIn(line, TOKEN_FACT_LINE).tokenFact);
    else return false;
    return true;
  }

  *lines(): Generator<string> {
    for (const kubernetesAct of this.acts.acts()) yield JSON.stringify({ kubernetesAct });
    for (const tokenFact of this.tokens.facts()) yield JSON.stringify({ tokenFact });
  }
}

function dataIn<T>(line: string, schema: z.ZodType<T>): T {
  const read = schema.safeParse(JSON.parse(line));
  if (!read.success) throw new Error(z.prettifyError(read.error));
  return read.data;
}
