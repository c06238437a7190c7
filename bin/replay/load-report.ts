import type * as Report from '../report/report';

/** Loads the report, which is bundled apart: it brings a chart library that no other run has to load. */
export function loadReport(): Promise<typeof Report> {
  return import('../report/report.js');
}
