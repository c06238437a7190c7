import type { ReportFiles } from './hunting/report-files';

/** A bundle beside that of `hunt`, which only the stages `judge` and `report` load: made of `bin/hunt/report-files.ts`. */
export declare const reportFiles: ReportFiles;
