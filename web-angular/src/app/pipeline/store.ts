import { computed, DestroyRef, effect, Injectable, inject, signal } from '@angular/core'
import { Banks } from '../api/banks.ts'
import { HeldRows } from '../api/held-rows.ts'
import { Lake } from '../api/lake.ts'
import { Live } from '../api/live.ts'
import { Load, liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { Problem } from '../api/problem.ts'
import { Session } from '../api/session.ts'
import { accountNames } from '../ui/row-line.ts'

const runsAPage = 25
/** While marts are being built their progress is asked for this often: no notice says every file. */
const watchMs = 1000

export type RunKind = 'all' | 'failed' | 'user'

@Injectable()
export class PipelineStore {
  readonly #banks = inject(Banks)
  readonly #lake = inject(Lake)
  readonly #money = inject(MoneyApi)
  readonly #held = inject(HeldRows)
  readonly live = inject(Live).state

  readonly #shown = signal(runsAPage)
  readonly kind = signal<RunKind>('all')
  readonly syncs = liveLoad(['syncs', 'marts'], (ask) => this.#banks.syncs({ limit: this.#shown() }, ask))
  readonly connections = liveLoad(['connections', 'syncs'], (ask) => this.#banks.connections(ask))
  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))
  readonly held = liveLoad(['held', 'marts'], (ask) => this.#held.list(false, ask))
  readonly marts = liveLoad(['marts', 'rebuilds'], (ask) => this.#lake.marts(ask))
  readonly rebuilds = liveLoad(['rebuilds'], (ask) => this.#lake.rebuilds(ask))
  readonly isOperator = inject(Session).isOperator
  /** Operators' alone, and asked for by nobody else. */
  readonly operations = new Load((ask) => this.#lake.operations(ask))

  readonly runs = computed(() => {
    const kind = this.kind()
    return (this.syncs.value()?.items ?? []).filter(
      (sync) =>
        kind === 'all' || (kind === 'user' ? sync.trigger === 'user' : ['failed', 'partial'].includes(sync.status)),
    )
  })
  readonly mayHaveMore = computed(() => this.syncs.value()?.next_cursor !== undefined && this.#shown() < 200)
  readonly accountNames = computed(() => accountNames(this.accounts.value()?.items ?? []))
  readonly bankNames = computed(
    () =>
      new Map(
        (this.connections.value()?.items ?? []).map(({ id, friendly_name, institution }) => [
          id,
          friendly_name ?? institution.name,
        ]),
      ),
  )
  readonly lastRun = computed(() => {
    const syncs = this.syncs.value()?.items ?? []
    const run = syncs.filter((sync) => sync.run_id === syncs[0]?.run_id)
    const sum = (of: 'calls' | 'added') => run.reduce((all, sync) => all + sync[of], 0)
    const at = run[0]?.finished_at ?? run[0]?.requested_at
    return at === undefined ? undefined : { at, calls: sum('calls'), added: sum('added') }
  })
  readonly nextRun = computed(
    () => (this.connections.value()?.items ?? []).flatMap((connection) => connection.next_sync_at ?? []).sort()[0],
  )
  readonly heldCount = computed(() => this.held.value()?.items.length ?? 0)
  readonly builtAt = computed(() => this.marts.value()?.as_of.built_at ?? undefined)
  /** Syncs whose rows are not in every answer yet. */
  readonly under = computed(
    () =>
      (this.syncs.value()?.items ?? []).filter((sync) =>
        ['queued', 'fetching', 'storing', 'materialising'].includes(sync.status),
      ).length,
  )
  readonly rebuild = computed(() => this.rebuilds.value()?.items[0])

  /** Of the last command here, until the next one. */
  readonly problem = signal<Problem | undefined>(undefined)
  readonly busy = signal(false)

  constructor() {
    const loads = [this.syncs, this.connections, this.accounts, this.held, this.marts, this.rebuilds]
    for (const load of loads) void load.load()
    if (this.isOperator()) void this.operations.load()
    const watch = setInterval(() => {
      if (this.rebuild()?.status === 'building') void this.rebuilds.refresh()
    }, watchMs)
    inject(DestroyRef).onDestroy(() => {
      clearInterval(watch)
      this.operations.stop()
    })
    effect(() => {
      if (this.#shown() > runsAPage) void this.syncs.load({ keep: true })
    })
  }

  older(): void {
    this.#shown.update((shown) => Math.min(200, shown + 50))
  }

  startRebuild(): Promise<void> {
    return this.#say(async () => {
      await this.#lake.rebuild()
      await this.rebuilds.refresh()
    })
  }

  decide(id: string, word: 'switch' | 'discard'): Promise<void> {
    return this.#say(async () => {
      await this.#lake.decide(id, word)
      await Promise.all([this.rebuilds.refresh(), this.marts.refresh()])
    })
  }

  async #say(command: () => Promise<void>): Promise<void> {
    this.problem.set(undefined)
    this.busy.set(true)
    try {
      await command()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.problem.set(error)
    } finally {
      this.busy.set(false)
    }
  }
}
