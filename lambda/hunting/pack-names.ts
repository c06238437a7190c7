/** Parts whose folders are in the same packs after gathering. */
const SLICE = 64;
/** Children whose packs are gathered by one child. */
const RUN = 64;

/** Of packs that children of a stage wrote. */
export function writtenPacks(stage: string): string {
  return `written/${stage}/`;
}

/** Of the packs that have a folder, after those of a stage were gathered. */
export function gatheredPacks(stage: string, folder: string): string {
  return `gathered/${stage}/${sliceOf(folder)}/`;
}

/** Folders of parts begin with six digits. */
function sliceOf(folder: string): string {
  return /^\d{6}\//.test(folder) ? `parts-${Math.floor(Number(folder.slice(0, 6)) / SLICE)}` : 'all';
}

/** Names of a child's packs. */
export function packName(packs: string, child: string, number: number): string {
  return `${packs}${child}-${number}.pack`;
}

/** The child that gathers a pack. */
export function runOf(pack: string): number {
  return Math.floor(Number(/(\d+)-\d+\.pack$/.exec(pack)?.[1]) / RUN);
}

/** Groups of folders into which packs are gathered: of parts, and of all. */
export function slicesOf(parts: number): number {
  return Math.ceil(parts / SLICE) + 1;
}

/** Children that gather the packs of a stage. */
export function runsOf(children: number): number {
  return Math.ceil(children / RUN);
}
