import type { Rest } from '@pf/contracts'
import { asOf, neverBuilt } from './as-of.ts'
import type { MartRegistry, Query } from './ports.ts'

/** A table of every space's marts: its words from the dbt project, its types from what the models make. */
export type DatasetDescription = Omit<Rest.Dataset, 'rows'> & {
  /** As SQL inside the service names it. */
  relation: string
  isView: boolean
}

export async function listDatasets(
  registry: Pick<MartRegistry, 'read'>,
  spaceId: string,
  descriptions: readonly DatasetDescription[],
): Promise<Rest.DatasetsAnswer> {
  const answer = await registry.read(spaceId, async (ask) => ({
    items: await Promise.all(descriptions.map((one) => withRows(ask, one))),
    as_of: await asOf(ask),
  }))
  return answer ?? { items: descriptions.map((one) => shown(one, one.isView ? null : 0)), as_of: neverBuilt }
}

/** Rows of a table are in its statistics; those of a view would have to be computed. */
async function withRows(ask: Query, dataset: DatasetDescription): Promise<Rest.Dataset> {
  if (dataset.isView) return shown(dataset, null)
  const [row] = await ask(`select count(*) as n from ${dataset.relation}`)
  return shown(dataset, Number(row?.['n']))
}

const shown = ({ name, grain, description, columns }: DatasetDescription, rows: number | null): Rest.Dataset => ({
  name,
  grain,
  description,
  columns,
  rows,
})
