declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An in-process DynamoDB engine. */
  export default function dynalite(options?: { readonly createTableMs?: number }): Server;
}
