import { type Health, isBeside } from '../health.ts'
import { erasuresOf, type OperationsParts, quarantineOf } from '../operations.ts'
import type { Figure } from './figures.ts'
import type { Metrics } from './metrics.ts'

/** As `/ready` says it, providers aside: what they said last makes nothing unready. */
export const readyFigures = (health: Health): Figure[] =>
  Object.entries(health)
    .filter(([part]) => !isBeside(part))
    .map(([part, state]) => ({ labels: { part }, value: state === 'ok' ? 1 : 0 }))

/** What operators see of a service at `GET /operations`, as numbers. */
export function operatedFigures({ watch }: Metrics, parts: OperationsParts): (() => void)[] {
  const unwatch = [
    watch('setAside', async () =>
      (await quarantineOf(parts)).map(({ kind, name }) => ({ labels: { kind, name }, value: 1 })),
    ),
  ]
  if (parts.erasures) unwatch.push(watch('erasuresPending', async () => [{ value: (await erasuresOf(parts)).length }]))
  const { lastDrill } = parts
  if (lastDrill)
    unwatch.push(
      watch('lastDrill', async () => {
        const passed = await lastDrill()
        return [{ value: passed === null ? 0 : Date.parse(passed.passed_at) / 1000 }]
      }),
    )
  return unwatch
}
