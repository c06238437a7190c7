/** Modules that the build generates from `browser/`: see `build-cli.mjs`. */
declare module 'report:page-script' {
  /** Sorting, filtering, links, copying. */
  const text: string;
  export default text;
}
declare module 'report:rest-script' {
  /** Unpacks and draws incidents. */
  const text: string;
  export default text;
}
declare module 'report:styles' {
  const text: string;
  export default text;
}
declare module 'report:drawings' {
  import type { Drawing } from './picture';
  /** The markup of an SVG element. */
  export function drawingMarkup(drawing: Drawing): string;
}
