/** The JSON in a script element, gzipped and in base64: see `packed` in `report.ts`. */
export async function unpack(script: Element | null | undefined): Promise<unknown> {
  const bytes = Uint8Array.from(atob(script?.textContent ?? ''), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).json();
}
