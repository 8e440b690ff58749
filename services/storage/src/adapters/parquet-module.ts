import { createRequire } from 'node:module'

type Parquet = typeof import('parquet-wasm')

/** An instance that has written a day's files, of whatever history, has half as much. */
const mostKeptBytes = 32 * 1024 * 1024

let loaded: Parquet | undefined
let uses = 0
let usesBefore = 0

/** parquet-wasm: loaded when first asked for, and again after `letParquetGo`. To be used at once and not to be kept. */
export function parquet(): Parquet {
  uses++
  loaded ??= load()
  return loaded
}

/**
 * WebAssembly's memory grows and never shrinks: what packed a bank's whole history would keep some 60 MB for good. So an instance
 * that has become large, and that nobody has used since this was asked before, is left to the garbage collector. Loading another
 * one takes some ten milliseconds.
 */
export function letParquetGo(): void {
  const idle = uses === usesBefore
  usesBefore = uses
  if (idle && loaded !== undefined && loaded.wasmMemory().buffer.byteLength > mostKeptBytes) loaded = undefined
}

/** The module makes its one instance when it is read; Node's loader, and who required it, would hold it for ever. */
function load(): Parquet {
  const require = createRequire(import.meta.url)
  const module = require('parquet-wasm') as Parquet
  delete require.cache[require.resolve('parquet-wasm')]
  return module
}
