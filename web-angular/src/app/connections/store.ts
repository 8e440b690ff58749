import { computed, Injectable, inject, signal } from '@angular/core'
import { Router } from '@angular/router'
import { Banks } from '../api/banks.ts'
import type { Answer } from '../api/http.ts'
import { Leave, takeWhence } from '../api/leave.ts'
import { liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { Online } from '../api/online.ts'
import { asProblem } from '../api/problem.ts'
import { connectionsTexts } from '../texts/connections.ts'
import { Done } from '../ui/done.ts'
import { problemText } from '../ui/problem-text.ts'
import { accountName } from '../ui/row-line.ts'
import type { StripKind } from '../ui/strip.ts'
import { underWay } from '../ui/sync-progress.ts'
import { bankName } from './look.ts'

/** What the gateway's callback redirect says came of the visit to the bank. */
export const outcomes = [
  'linked',
  'pending',
  'cancelled',
  'failed',
  'no_accounts',
  'sign_in',
  'not_yours',
  'unknown',
] as const
export type Outcome = (typeof outcomes)[number]

const kinds = {
  linked: 'ok',
  pending: 'att',
  cancelled: 'info',
  failed: 'err',
  no_accounts: 'att',
  sign_in: 'info',
  not_yours: 'err',
  unknown: 'att',
} as const satisfies Record<Outcome, StripKind>
/** A command of one connection: under way, or what went wrong with it. */
type Doing = { status: 'idle' } | { status: 'loading' } | { status: 'failed'; text: string }
/** `position`: the log position from which the connection is as the return left it. */
type Back = { id: string; outcome: Outcome; reason?: string; position?: string }

@Injectable()
export class ConnectionsStore {
  readonly #banks = inject(Banks)
  readonly #money = inject(MoneyApi)
  readonly #leave = inject(Leave)
  readonly #router = inject(Router)
  readonly #done = inject(Done)
  readonly online = inject(Online).on

  readonly connections = liveLoad(['connections', 'syncs'], (ask) => this.#banks.connections(ask))
  readonly accounts = liveLoad(['connections', 'marts'], (ask) => this.#money.accounts(ask))
  readonly syncs = liveLoad(['syncs', 'marts'], (ask) => this.#banks.syncs({ limit: 100 }, ask))
  readonly #doing = signal<Readonly<Record<string, Doing>>>({})
  readonly #back = signal<Back | undefined>(undefined)

  readonly items = computed(() => this.connections.value()?.items ?? [])
  readonly accountNames = computed(
    () => new Map((this.accounts.value()?.items ?? []).map((account) => [account.id, accountName(account)])),
  )
  /** The cards are shown whole: with their accounts, or without where those could not be read. */
  readonly settled = computed(() => this.accounts.value() !== undefined || this.accounts.state().status === 'failed')
  readonly endsSoon = computed(() => this.items().filter((connection) => connection.status === 'expiring').length)
  readonly failed = computed(
    () => this.items().filter((one) => one.status === 'failed' || one.last_sync?.status === 'failed').length,
  )

  /** What the return from the bank came to, in words; the connection itself says more as soon as it is read. */
  readonly outcome = computed(() => {
    const back = this.#back()
    if (!back) return undefined
    const connection = this.items().find((one) => one.id === back.id)
    const bank = connection ? bankName(connection) : connectionsTexts.outcomes.bank
    const waits = back.outcome === 'pending' || back.outcome === 'sign_in'
    const settled = waits && connection?.status === 'active' ? 'linked' : back.outcome
    const why = connection?.error?.detail ?? back.reason ?? ''
    return {
      kind: kinds[settled],
      text: connectionsTexts.outcomes[settled](bank, why),
      linked: settled === 'linked',
    }
  })

  /** Of a bank that was just linked: the first account whose balance is proven, to say what that badge means. */
  readonly proven = computed(() => {
    const back = this.#back()
    if (back === undefined || this.outcome()?.linked !== true) return undefined
    const account = this.accountsOf(back.id).find(({ proof }) => proof.status === 'verified' && proof.verified_to)
    return account && { id: account.id, name: accountName(account), day: account.proof.verified_to ?? '' }
  })

  constructor() {
    for (const load of [this.connections, this.accounts, this.syncs]) void load.load()
  }

  accountsOf(id: string) {
    return (this.accounts.value()?.items ?? []).filter((account) => account.connection_id === id)
  }

  runningOf(id: string) {
    return underWay((this.syncs.value()?.items ?? []).filter((sync) => sync.connection_id === id))
  }

  syncsOf(id: string) {
    return (this.syncs.value()?.items ?? []).filter((sync) => sync.connection_id === id)
  }

  doing(id: string): Doing {
    return this.#doing()[id] ?? { status: 'idle' }
  }

  /** The bank sent the browser back: says so once, and takes the words out of the address so that a reload stays quiet. */
  returned(back: Back): void {
    this.#back.set(back)
    const whence = takeWhence()
    if (whence !== undefined && back.outcome === 'linked') {
      void this.#goBack(whence, back)
      return
    }
    void this.#router.navigate([], { queryParams: {}, replaceUrl: true })
    if (back.outcome === 'sign_in') void this.#complete(back.id)
    else if (back.position !== undefined) void this.connections.refresh(back.position)
  }

  /** To the page where the person was; what came of it is said there, and the shell shows the rows on their way. */
  async #goBack(whence: string, { id, position }: Back): Promise<void> {
    await this.connections.refresh(position)
    const connection = this.items().find((one) => one.id === id)
    const { bank, linked } = connectionsTexts.outcomes
    await this.#router.navigateByUrl(whence, { replaceUrl: true })
    this.#done.say(linked(connection ? bankName(connection) : bank))
  }

  sync(id: string): Promise<void> {
    return this.#do(id, async () => this.#after(await this.#banks.sync(id)))
  }

  rename(id: string, name: string): Promise<void> {
    const connection = this.items().find((one) => one.id === id)
    const before = connection && bankName(connection)
    return this.#do(id, async () => {
      this.#after(await this.#banks.rename(id, name))
      if (before === undefined || before === name) return
      const back = async () => this.#after(await this.#banks.rename(id, before))
      this.#done.say(connectionsTexts.renamed(before, name), back)
    })
  }

  /** `erase`: its history goes, too. */
  remove(id: string, history: 'keep' | 'erase'): Promise<void> {
    return this.#do(id, async () => this.#after(await this.#banks.remove(id, history)))
  }

  nextDay(id: string): Promise<void> {
    return this.#do(id, async () => this.#after(await this.#banks.advanceDemo(1)))
  }

  renew(id: string): Promise<void> {
    return this.#do(id, async () => this.#leave.to((await this.#banks.renew(id)).link))
  }

  /** Another device has no cookie of the attempt; the owner's own word links it. A refusal leaves it waiting, as said. */
  async #complete(id: string): Promise<void> {
    try {
      this.#after(await this.#banks.complete(id))
    } catch (error) {
      const problem = asProblem(error)
      this.#set(id, { status: 'failed', text: problemText(problem) })
    }
  }

  #after(answer: Answer<unknown>): void {
    for (const load of [this.connections, this.accounts, this.syncs]) void load.refresh(answer.logPosition)
  }

  async #do(id: string, work: () => Promise<void>): Promise<void> {
    if (this.doing(id).status === 'loading') return
    this.#set(id, { status: 'loading' })
    try {
      await work()
      this.#set(id, { status: 'idle' })
    } catch (error) {
      this.#set(id, { status: 'failed', text: problemText(asProblem(error)) })
    }
  }

  #set(id: string, doing: Doing): void {
    this.#doing.update((all) => ({ ...all, [id]: doing }))
  }
}
