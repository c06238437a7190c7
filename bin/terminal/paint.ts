import { styleText } from 'node:util';
import type { Severity } from '../../lambda/detection/model/finding';

type Painter = (text: string) => string;

export interface Paint extends Record<Severity, Painter> {
  readonly bold: Painter;
  readonly faint: Painter;
}

/** Colours for a terminal, or none at all. */
export function paint(colours: boolean): Paint {
  const style = (format: Parameters<typeof styleText>[0]): Painter =>
    colours ? (text) => styleText(format, text) : (text) => text;
  return {
    HIGH: style(['bold', 'red']),
    MEDIUM: style('yellow'),
    LOW: style('cyan'),
    INFORMATIONAL: style('gray'),
    bold: style('bold'),
    faint: style('gray'),
  };
}

/** Colour where FORCE_COLOR asks for it, else only on a terminal, and never against NO_COLOR (https://no-color.org). */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env['NO_COLOR']) return false;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
