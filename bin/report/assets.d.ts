/** What the build makes of `browser/` and hands the report: see `build-cli.mjs`. */
declare module 'report:page-script' {
  /** Sorting, filtering, links, copying. */
  const text: string;
  export default text;
}
declare module 'report:rest-script' {
  /** Shows what the report keeps packed, and draws it. */
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
