import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Of the checkout. */
export const root = resolve(fileURLToPath(import.meta.url), '..', '..', '..', '..', '..')
