import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type OutputOf, type Principal, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { decideHeld, undecideHeld } from '../application/decide-held.ts'
import { decideIdentity, identityDecisionsOf, undecideIdentity } from '../application/decide-identity.ts'
import { explainTransaction } from '../application/explain-transaction.ts'
import { heldOf } from '../application/held-views.ts'
import { importStatement } from '../application/import-statement.ts'
import type { Parts } from '../application/parts.ts'
import { rulesReport, switchRules } from '../application/reread-rules.ts'
import { readStatementOf } from '../application/statements.ts'
import { importsOf, takeBackImport } from '../application/take-back-import.ts'

export const partsToken = 'storage/parts'
const operations = requests.storage
type Asked<Name extends keyof typeof operations> = InputOf<(typeof operations)[Name]>
type Answered<Name extends keyof typeof operations> = Promise<OutputOf<(typeof operations)[Name]>>

/** What this service answers on the bus; each method is one line into the application. */
@Controller()
export class StorageBus {
  readonly #parts: Parts

  constructor(@Inject(partsToken) parts: Parts) {
    this.#parts = parts
  }

  @Answers(operations.readStatement, { load: 'heavy' })
  readStatement(input: Asked<'readStatement'>, { spaceId }: Principal): Answered<'readStatement'> {
    return readStatementOf(this.#parts, spaceId, input)
  }

  @Answers(operations.importStatement, { load: 'heavy' })
  importStatement(input: Asked<'importStatement'>, principal: Principal): Answered<'importStatement'> {
    return importStatement(this.#parts, input, principal)
  }

  @Answers(operations.imports)
  async imports(_: object, { spaceId }: Principal): Answered<'imports'> {
    return { items: await importsOf(this.#parts, spaceId) }
  }

  @Answers(operations.takeBackImport)
  takeBackImport(input: Asked<'takeBackImport'>, principal: Principal): Answered<'takeBackImport'> {
    return takeBackImport(this.#parts, input, principal)
  }

  @Answers(operations.held)
  held(input: Asked<'held'>, { spaceId }: Principal): Answered<'held'> {
    return heldOf(this.#parts, spaceId, input)
  }

  @Answers(operations.decideHeld)
  decideHeld(input: Asked<'decideHeld'>, principal: Principal): Answered<'decideHeld'> {
    return decideHeld(this.#parts, input, principal)
  }

  @Answers(operations.undecideHeld)
  undecideHeld(input: Asked<'undecideHeld'>, principal: Principal): Answered<'undecideHeld'> {
    return undecideHeld(this.#parts, input, principal)
  }

  @Answers(operations.identityDecisions)
  async identityDecisions(_: object, { spaceId }: Principal): Answered<'identityDecisions'> {
    return { items: await identityDecisionsOf(this.#parts, spaceId) }
  }

  @Answers(operations.decideIdentity)
  decideIdentity(input: Asked<'decideIdentity'>, principal: Principal): Answered<'decideIdentity'> {
    return decideIdentity(this.#parts, input, principal)
  }

  @Answers(operations.undecideIdentity)
  undecideIdentity(input: Asked<'undecideIdentity'>, principal: Principal): Answered<'undecideIdentity'> {
    return undecideIdentity(this.#parts, input, principal)
  }

  @Answers(operations.explain, { load: 'heavy' })
  explain(input: Asked<'explain'>, { spaceId }: Principal): Answered<'explain'> {
    return explainTransaction(this.#parts, spaceId, input)
  }

  @Answers(operations.rulesReport, { load: 'heavy' })
  rulesReport(_: object, { spaceId }: Principal): Answered<'rulesReport'> {
    return rulesReport(this.#parts, spaceId)
  }

  @Answers(operations.switchRules)
  switchRules(input: Asked<'switchRules'>, principal: Principal): Answered<'switchRules'> {
    return switchRules(this.#parts, input, principal)
  }
}
