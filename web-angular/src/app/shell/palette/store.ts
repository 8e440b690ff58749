import { computed, DestroyRef, Injectable, inject, signal } from '@angular/core'
import { Banks } from '../../api/banks.ts'
import { Load } from '../../api/load.ts'
import { MoneyApi } from '../../api/money.ts'
import { asProblem } from '../../api/problem.ts'
import { Session } from '../../api/session.ts'
import type { Connection, Transaction } from '../../api/types.ts'
import { paletteTexts as words } from '../../texts/palette.ts'
import { Appearance } from '../../ui/appearance.ts'
import { categoryLook, categoryName, knownCategories } from '../../ui/category.ts'
import { dayText } from '../../ui/days.ts'
import { Done } from '../../ui/done.ts'
import { figureText } from '../../ui/format.ts'
import { problemText } from '../../ui/problem-text.ts'
import { accountName, rowName } from '../../ui/row-line.ts'
import { behind, money } from '../places.ts'
import { finding, type Item } from './finding.ts'

const rowsShown = 5
/** Fewer letters fit nearly everything. */
const fewestLetters = 2
const pauseMs = 120

/** Everything the palette knows: pages and actions at once, accounts and banks once they are read, rows as one types. */
@Injectable()
export class PaletteStore {
  readonly #banks = inject(Banks)
  readonly #money = inject(MoneyApi)
  readonly #appearance = inject(Appearance)
  readonly #session = inject(Session)
  readonly #done = inject(Done)
  readonly #accounts = new Load((ask) => this.#money.accounts(ask))
  readonly #connections = new Load((ask) => this.#banks.connections(ask))
  readonly #rows = new Load((ask) => this.#money.transactions({ q: this.#asked() }, { limit: rowsShown }, ask))
  readonly #asked = signal('')
  #pause: ReturnType<typeof setTimeout> | undefined

  readonly query = signal('')
  readonly #words = computed(() => this.query().trim())
  readonly #still = computed(() => [...this.#pages(), ...this.#accountItems(), ...this.#actions(), ...categories])

  /** Pages and actions to begin with; with words whatever fits them, and the rows last. */
  readonly found = computed((): Item[] => {
    const said = this.#words()
    if (said === '') return [...this.#pages(), ...this.#actions()]
    return [...finding(this.#still(), said), ...this.#rowItems(said)]
  })

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.#pause)
      for (const load of [this.#accounts, this.#connections, this.#rows]) load.stop()
    })
  }

  /** Banks and accounts change: asked for at each opening, the last answer meanwhile. */
  open(): void {
    this.search('')
    void this.#accounts.refresh()
    void this.#connections.refresh()
  }

  search(query: string): void {
    this.query.set(query)
    clearTimeout(this.#pause)
    if (this.#words().length < fewestLetters) return
    this.#pause = setTimeout(() => {
      this.#asked.set(this.#words())
      void this.#rows.load()
    }, pauseMs)
  }

  #pages(): Item[] {
    return [...money, ...behind].map(({ to, icon, word }) => ({
      id: `page ${to}`,
      group: 'pages',
      icon,
      text: word,
      to,
    }))
  }

  #accountItems(): Item[] {
    return (this.#accounts.value()?.items ?? []).map((account) => ({
      id: `account ${account.id}`,
      group: 'accounts',
      icon: 'account_balance_wallet',
      text: accountName(account),
      hint: account.institution.name,
      to: `/accounts/${account.id}`,
    }))
  }

  #rowItems(said: string): Item[] {
    const all: Item = {
      id: 'rows all',
      group: 'rows',
      icon: 'search',
      text: words.searchRows(said),
      to: '/transactions',
      query: { q: said },
    }
    const fresh = this.#asked() === said ? (this.#rows.value()?.items ?? []) : []
    return [all, ...fresh.map((row) => this.#rowItem(row))]
  }

  #rowItem(row: Transaction): Item {
    const amount = this.#appearance.private() ? [] : [figureText(row.amount, 'flow')]
    return {
      id: `row ${row.id}`,
      group: 'rows',
      icon: 'receipt_long',
      text: rowName(row),
      hint: [dayText(row.date), ...amount].join(' · '),
      to: '/transactions',
      query: { row: row.id, q: this.#words() },
    }
  }

  #actions(): Item[] {
    const look = this.#appearance
    const { actions, also } = words
    const banks = (this.#connections.value()?.items ?? []).filter(({ status }) =>
      ['active', 'expiring'].includes(status),
    )
    const action = (some: Omit<Item, 'group'>): Item => ({ group: 'actions', ...some })
    return [
      action({ id: 'sync', icon: 'sync', text: actions.syncAll, also: also.sync, run: () => this.#sync(banks) }),
      ...(banks.length > 1 ? banks : []).map((bank) =>
        action({
          id: `sync ${bank.id}`,
          icon: 'sync',
          text: actions.sync(nameOf(bank)),
          also: also.sync,
          run: () => this.#sync([bank]),
        }),
      ),
      action({ id: 'add', icon: 'add', text: actions.addBank, also: also.addBank, to: '/connections/add' }),
      action({ id: 'file', icon: 'upload_file', text: actions.addFile, also: also.addFile, to: '/imports' }),
      action({
        id: 'privacy',
        icon: look.private() ? 'visibility' : 'visibility_off',
        text: look.private() ? actions.show : actions.hide,
        hint: 'P',
        also: also.privacy,
        run: () => look.togglePrivacy(),
      }),
      ...(['light', 'dark', 'system'] as const).map((theme) =>
        action({
          id: theme,
          icon: ({ light: 'light_mode', dark: 'dark_mode', system: 'contrast' } as const)[theme],
          text: actions[theme],
          also: also.theme,
          run: () => look.choose(theme),
        }),
      ),
      this.#densityItem(),
      action({ id: 'print', icon: 'print', text: actions.print, run: () => print() }),
      action({
        id: 'sign-out',
        icon: 'logout',
        text: actions.signOut,
        also: also.signOut,
        run: () => this.#session.signOut(),
      }),
    ]
  }

  #densityItem(): Item {
    const other = this.#appearance.density() === 'compact' ? 'comfortable' : 'compact'
    return {
      id: 'density',
      group: 'actions',
      icon: 'density_small',
      text: words.actions[other],
      also: words.also.density,
      run: () => this.#appearance.chooseDensity(other),
    }
  }

  /** Each bank is asked for itself: one that is refused says why, the others go on. */
  async #sync(banks: readonly Connection[]): Promise<void> {
    if (banks.length === 0) return this.#done.fail(words.noBanks)
    const refusals = await Promise.all(
      banks.map(async (bank) => {
        try {
          await this.#banks.sync(bank.id)
          return []
        } catch (error) {
          return [words.notSynced(nameOf(bank), problemText(asProblem(error)))]
        }
      }),
    )
    const refused = refusals.flat()
    if (refused.length > 0) this.#done.fail(refused.join(' '))
    else this.#done.say(words.syncing(banks.length))
  }
}

const nameOf = (bank: Connection): string => bank.friendly_name ?? bank.institution.name

const categories: readonly Item[] = knownCategories.map((category) => ({
  id: `category ${category}`,
  group: 'categories',
  icon: categoryLook(category).icon,
  text: categoryName(category),
  to: '/transactions',
  query: { category },
}))
