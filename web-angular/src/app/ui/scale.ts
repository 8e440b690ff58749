/** Round ticks over a range that always holds zero: steps of 1, 2, 2.5 or 5 × 10ⁿ, at most `most` of them. */
export function ticks(low: number, high: number, most = 5): number[] {
  const bottom = Math.min(0, low)
  const span = Math.max(0, high) - bottom
  if (span === 0) return [0]
  const rough = span / (most - 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const candidates = [1, 2, 2.5, 5, 10, 20].map((factor) => factor * power)
  const fits = (step: number) => Math.ceil(high / step) - Math.floor(bottom / step) <= most - 1
  const step = candidates.find(fits) ?? 20 * power
  const first = Math.floor(bottom / step)
  const last = Math.max(first + 1, Math.ceil(high / step))
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step || 0)
}

/** A straight line from a range of values to a range of pixels. */
export function linear(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  const span = from[1] - from[0] || 1
  return (value) => to[0] + ((value - from[0]) / span) * (to[1] - to[0])
}
