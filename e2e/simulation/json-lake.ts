import type { LakeFormat } from '@pf/storage/assembly'

type File = { columns: string[]; rows: unknown[][] }
const isWhole = (declaration: string | undefined) => /^(counter|bigint|decimal)/.test(declaration ?? '')

/** Lake files without Parquet: nobody but the simulation reads them, and it has years to live through. */
export const jsonLake: LakeFormat = {
  write(dataset, rows) {
    const columns = Object.keys(dataset.columns)
    const cells = rows.map((row) =>
      columns.map((name) => {
        const value = (row as Record<string, unknown>)[name] ?? null
        return typeof value === 'bigint' ? String(value) : value
      }),
    )
    return Buffer.from(JSON.stringify({ columns, rows: cells } satisfies File))
  },
  read(dataset, bytes, names) {
    const { columns, rows } = parsed(bytes)
    const places = names.map((name) => [name, columns.indexOf(name), isWhole(dataset.columns[name])] as const)
    const read = rows.map((cells) =>
      Object.fromEntries(
        places.map(([name, at, whole]) => {
          const cell = cells[at] ?? null
          return [name, whole && cell !== null ? BigInt(String(cell)) : cell]
        }),
      ),
    )
    return read as never
  },
  join(_dataset, files) {
    const all = files.map(parsed)
    const columns = all[0]?.columns ?? []
    return Buffer.from(JSON.stringify({ columns, rows: all.flatMap(({ rows }) => rows) } satisfies File))
  },
}

const parsed = (bytes: Uint8Array): File => JSON.parse(Buffer.from(bytes).toString()) as File
