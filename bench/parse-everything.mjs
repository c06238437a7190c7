// What a plain script does: whole files inflated, every record parsed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const folder = process.argv[2];
let records = 0;
for (const name of readdirSync(folder)) {
  const { Records } = JSON.parse(gunzipSync(readFileSync(join(folder, name))));
  for (const record of Records) if (record.userIdentity) records += 1;
}
console.log(records);
