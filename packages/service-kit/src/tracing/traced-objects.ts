import { inSpan } from '@pf/eventing'
import type { ObjectStore } from '@pf/object-store'

/** Each call of the store as a span of the work that made it: what was done and how many bytes, never a key, which holds ids. */
export function tracedObjects(store: ObjectStore): ObjectStore {
  const traced = <T>(name: string, work: () => Promise<T>, bytes?: number) =>
    inSpan({ name: `objects ${name}`, kind: 'client', ...(bytes === undefined ? {} : { attributes: { bytes } }) }, work)
  return {
    put: (key, body, options) => traced('put', () => store.put(key, body, options), body.length),
    get: (key) => traced('get', () => store.get(key)),
    download: (key, path) => traced('download', () => store.download(key, path)),
    // Read as it is wanted: its end is whoever reads it.
    list: (prefix) => store.list(prefix),
    delete: (key) => traced('delete', () => store.delete(key)),
    deleteAll: (folder) => traced('deleteAll', () => store.deleteAll(folder)),
  }
}
