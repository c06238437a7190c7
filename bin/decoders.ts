/** Decoders of archives and tables, which most runs do not need: loaded when a file needs one. */
export { bzip2Members, xzMembers, zlibMembers, zstdMembers } from './inputs/containers/compressed';
export { base64Members, markupMembers } from './inputs/containers/encoded-text';
export { tarMembers } from './inputs/containers/tar';
export { zipMembers } from './inputs/containers/zip';
export { csvRows } from './inputs/tables/csv';
export { parquetRows } from './inputs/tables/parquet';
export { yamlItems } from './inputs/tables/yaml';
