import { Rest, refuse, requests } from '@pf/contracts'
import { GraphQLID, GraphQLNonNull } from 'graphql'
import type { TSchema } from 'typebox'
import { read } from './json-schema.ts'
import { type Lists, maxOf, pageArguments } from './lists.ts'
import { cut } from './pages.ts'
import { type Field, type ReadFields, wantedOf } from './read-field.ts'
import type { Fields, Shapes } from './shapes.ts'

/** What one thing leads to. Ids lead to their things wherever they stand; the rest is listed by type. */
export class Joins {
  readonly #shapes: Shapes
  readonly #lists: Lists
  readonly #reads: ReadFields

  constructor(shapes: Shapes, lists: Lists, reads: ReadFields) {
    this.#shapes = shapes
    this.#lists = lists
    this.#reads = reads
  }

  of(typeName: string, shape: TSchema): Fields {
    const has = (property: string) => read(shape).properties?.[property] !== undefined
    return {
      ...(has('account_id') && !has('account') ? { account: this.#account() } : {}),
      ...(has('connection_id') && !has('connection') ? { connection: this.#connection() } : {}),
      ...(has('recurring_id') ? { recurring: this.#series() } : {}),
      ...this.#listed(typeName),
    }
  }

  #listed(typeName: string): Fields {
    const by = (parameter: string) => ({ [parameter]: 'id' })
    switch (typeName) {
      case 'Account':
        return {
          transactions: this.#reads.of('transactions', by('account_id')),
          daily_balances: this.#reads.of('accountBalances', by('id')),
          proof_intervals: this.#reads.of('accountProof', by('id')),
          recurring: this.#reads.of('recurring', by('account_id')),
          syncs: this.#reads.of('syncs', by('account_id')),
          held: this.#reads.of('held', by('account_id')),
        }
      case 'BankConnection':
        return { accounts: this.#accounts(), syncs: this.#reads.of('syncs', by('connection_id')) }
      case 'Transaction':
        return { explanation: this.#reads.of('explainTransaction', by('id')) }
      default:
        return {}
    }
  }

  /** By id, for which REST has no address of its own: the marts answer it. */
  transaction(): Field {
    return {
      type: this.#shapes.object(Rest.Transaction, 'Transaction'),
      description: 'One row, by its id; `running_balance` stands in lists alone',
      args: { id: { type: new GraphQLNonNull(GraphQLID) } },
      extensions: { requests: 1 },
      resolve: async (_source, { id }, { ask }) => {
        const { transaction } = await ask(requests.analytics.transaction, { id: String(id) })
        if (transaction === null) throw refuse('transaction_not_found', 'There is no such transaction.')
        return transaction
      },
    }
  }

  #account(): Field {
    return {
      type: this.#shapes.object(Rest.Account, 'Account'),
      description: 'Null where `account_id` is, or where the account is gone.',
      resolve: async ({ account_id: id }, _args, reading) =>
        id ? ((await reading.accounts).get(String(id)) ?? null) : null,
    }
  }

  #connection(): Field {
    return {
      type: this.#shapes.object(Rest.Connection, 'BankConnection'),
      description: 'Null where `connection_id` is, or where the connection is gone.',
      resolve: async ({ connection_id: id }, _args, reading) =>
        id ? ((await reading.connections).get(String(id)) ?? null) : null,
    }
  }

  #series(): Field {
    return {
      type: this.#shapes.object(Rest.Recurring, 'Recurring'),
      description: 'The series of payments that it is one of.',
      resolve: async ({ recurring_id: id }, _args, reading) =>
        id ? ((await reading.series).get(String(id)) ?? null) : null,
    }
  }

  /** REST tells their ids. */
  #accounts(): Field {
    return {
      type: this.#lists.connection(Rest.page(Rest.Account), Rest.Account, 'accounts'),
      args: pageArguments(Rest.Account),
      extensions: { paged: true },
      resolve: async ({ accounts }, args, reading) => {
        const all = await reading.accounts
        const ids = Array.isArray(accounts) ? accounts.map(String) : []
        return cut({ items: ids.flatMap((id) => all.get(id) ?? []) }, wantedOf(args, maxOf(Rest.Account)))
      },
    }
  }
}
