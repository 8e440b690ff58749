import { computed, Injectable, inject, signal } from '@angular/core'
import { liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { asProblem } from '../api/problem.ts'
import { type StatementPlace, Statements } from '../api/statements.ts'
import type { CsvMapping, Import } from '../api/types.ts'
import { importsTexts } from '../texts/imports.ts'
import { problemText } from '../ui/problem-text.ts'
import { accountName } from '../ui/row-line.ts'

/** Where the rows go: `file`: the account that the file names itself. */
export type Place = 'file' | 'new' | { accountId: string }

type Step =
  | { status: 'idle' }
  | { status: 'reading'; file: File }
  | { status: 'tried'; file: File; report: Import }
  | { status: 'importing'; file: File; report: Import }
  | { status: 'done'; report: Import }
  | { status: 'failed'; file: File; text: string; askPlace: boolean }

@Injectable()
export class ImportsStore {
  readonly #statements = inject(Statements)
  readonly #money = inject(MoneyApi)

  readonly imports = liveLoad(['imports', 'marts'], (ask) => this.#statements.list(ask))
  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))
  readonly choices = computed(() =>
    (this.accounts.value()?.items ?? []).map((account) => ({ id: account.id, name: accountName(account) })),
  )
  readonly place = signal<Place>('file')
  readonly newName = signal('')
  readonly newCurrency = signal('GBP')
  readonly mapping = signal<CsvMapping | undefined>(undefined)
  readonly step = signal<Step>({ status: 'idle' })
  readonly #back = signal<{ id: string; text?: string } | undefined>(undefined)
  readonly takingBack = computed(() => {
    const back = this.#back()
    return back?.text === undefined ? back?.id : undefined
  })

  constructor() {
    for (const load of [this.imports, this.accounts]) void load.load()
  }

  /** Another file: nothing of the one before holds for it. */
  choose(file: File): Promise<void> {
    this.mapping.set(undefined)
    return this.#try(file)
  }

  /** The same file with another place or other columns. */
  tryAgain(): Promise<void> {
    const step = this.step()
    return 'file' in step ? this.#try(step.file) : Promise.resolve()
  }

  drop(): void {
    this.step.set({ status: 'idle' })
  }

  async import(): Promise<void> {
    const step = this.step()
    if (step.status !== 'tried') return
    const { file, report } = step
    this.step.set({ status: 'importing', file, report })
    try {
      const { body, logPosition } = await this.#send(file, false)
      this.step.set({ status: 'done', report: body })
      await Promise.all([this.imports.refresh(logPosition), this.accounts.refresh(logPosition)])
    } catch (error) {
      this.step.set(failed(file, error))
    }
  }

  async takeBack(id: string): Promise<void> {
    if (this.takingBack() !== undefined) return
    this.#back.set({ id })
    try {
      const { logPosition } = await this.#statements.takeBack(id)
      this.#back.set(undefined)
      const step = this.step()
      if (step.status === 'done' && step.report.id === id) this.drop()
      await this.imports.refresh(logPosition)
    } catch (error) {
      this.#back.set({ id, text: problemText(asProblem(error)) })
    }
  }

  errorOf(id: string): string | undefined {
    const back = this.#back()
    return back?.id === id ? back.text : undefined
  }

  async #try(file: File): Promise<void> {
    if (this.place() === 'new' && this.newName().trim() === '') {
      this.step.set({ status: 'failed', file, text: importsTexts.nameMissing, askPlace: true })
      return
    }
    this.step.set({ status: 'reading', file })
    try {
      const { body: report } = await this.#send(file, true)
      // What the server guessed is where a person's corrections begin.
      if (report.mapping !== null) this.mapping.set(report.mapping)
      this.step.set({ status: 'tried', file, report })
    } catch (error) {
      this.step.set(failed(file, error))
    }
  }

  #send(file: File, dryRun: boolean) {
    const mapping = this.mapping()
    return this.#statements.send({ file, dryRun, ...this.#where(), ...(mapping === undefined ? {} : { mapping }) })
  }

  #where(): StatementPlace {
    const place = this.place()
    if (place === 'file') return {}
    if (place === 'new') return { newAccount: { name: this.newName().trim(), currency: this.newCurrency() } }
    return { accountId: place.accountId }
  }
}

function failed(file: File, error: unknown): Step {
  const problem = asProblem(error)
  const askPlace = problem.code === 'account_needed' || problem.code === 'account_ambiguous'
  return { status: 'failed', file, text: problemText(problem), askPlace }
}
