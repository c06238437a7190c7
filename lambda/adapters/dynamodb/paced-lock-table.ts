import type { LockTable } from '../../store/lock-table';

/** The same table; each write waits for its turn. */
export function pacedLockTable(table: LockTable, turn: () => Promise<void>): LockTable {
  const paced =
    <Arguments extends readonly unknown[]>(write: (...args: Arguments) => Promise<boolean>) =>
    async (...args: Arguments): Promise<boolean> => {
      await turn();
      return write(...args);
    };
  return {
    ...table,
    keep: paced((item) => table.keep(item)),
    merge: paced((item) => table.merge(item)),
    revise: paced((item) => table.revise(item)),
    raise: paced((item) => table.raise(item)),
    note: paced((key, did) => table.note(key, did)),
  };
}
