import { exponentOf } from '@pf/providers/rules'

/** Minor units as the lake's `amount DECIMAL(20,4)`, in ten-thousandths: ISO 4217 has no currency with more decimals. */
export function amountOf(amountMinor: bigint, currency: string): bigint {
  return amountMinor * 10n ** BigInt(4 - exponentOf(currency))
}
