/** How far something has followed the erasure ledger; kept inside of what it is about, so that it is as old as that after a restore. */
export interface ErasureMark {
  /** Sequence of the ledger; 0 where it has followed nothing. */
  read(): Promise<number>
  write(seq: number): Promise<void>
}
