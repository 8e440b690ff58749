import type { OutputOf, Rest, requests } from '@pf/contracts'
import { asOf, neverBuilt } from './as-of.ts'
import type { MartReads, Row } from './ports.ts'
import { transactionColumns, transactionOf } from './transactions.ts'

type Answer = OutputOf<typeof requests.analytics.transaction>

const ownTransfer =
  'Money out of one account of yours and into another within 3 days, equal or exchanged: your own transfer.'
const ownWord = 'You said so.'
const unruled: Readonly<Record<string, string>> = {
  other_income: 'Money in that no rule knows.',
  uncategorised: 'No rule knows it.',
}
const matched: Readonly<Record<string, string>> = {
  text: 'Its text has the words',
  counterparty: 'Its counterparty is',
  mcc: 'Its merchant category code is',
  bank_code: "The bank's code for it is",
}

/** One payment as the marts have it, with the rule that gave it its category; nulls where it is in no answer. */
export async function oneTransaction(registry: MartReads, spaceId: string, id: string): Promise<Answer> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return nothing
  const answer = await registry.read(spaceId, async (ask): Promise<Answer> => {
    const [row] = await ask(sql, { id })
    const as_of = await asOf(ask)
    return row === undefined
      ? { ...nothing, as_of }
      : { transaction: transactionOf(row), category: reasonOf(row), as_of }
  })
  return answer ?? nothing
}

const nothing: Answer = { transaction: null, category: null, as_of: neverBuilt }

const sql = `
  select ${transactionColumns}, rules.priority, rules.field, rules.pattern
  from mart.main.fct_transactions
  left join (select priority, field, pattern from mart.seed.category_rules) as rules on rules.priority = category_rule
  where transaction_id = cast($id as uuid)`

function reasonOf(row: Row): Rest.CategoryReason {
  const category = String(row['category'])
  if (category === 'transfer' && row['transfer_id'] !== null) return { category, rule: null, why: ownTransfer }
  if (row['priority'] === null) return { category, rule: null, why: unruled[category] ?? ownWord }
  const rule = {
    priority: Number(row['priority']),
    field: String(row['field']),
    pattern: String(row['pattern']),
  }
  return { category, rule, why: `${matched[rule.field] ?? matched['text']} “${rule.pattern}”.` }
}
