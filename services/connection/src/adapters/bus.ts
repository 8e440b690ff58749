import { Controller, Inject } from '@nestjs/common'
import {
  type AccountView,
  type CompletionView,
  type ConnectionView,
  type Done,
  type InputOf,
  type LinkView,
  type OutputOf,
  type Principal,
  type Rest,
  requests,
  type StatementAccountView,
} from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { completeConsent } from '../application/complete-consent.ts'
import { accountsOf, connectionOf, connectionsOf } from '../application/connection-views.ts'
import { type ErasureParts, endConsents } from '../application/erase-connection.ts'
import type { Institutions } from '../application/institutions.ts'
import { changeAccount, removeConnection, renameConnection } from '../application/manage.ts'
import { checkProvider, providersOf, putProviderKeys } from '../application/provider-keys.ts'
import { renewConnection, requestConnection } from '../application/request-consent.ts'
import { statementAccount } from '../application/statement-account.ts'

export const partsToken = 'connection/parts'
const operations = requests.connection
type BusParts = ErasureParts & { institutions: Institutions }

/** What this service answers on the bus; each method is one line into the application. */
@Controller()
export class ConnectionBus {
  readonly #parts: BusParts

  constructor(@Inject(partsToken) parts: BusParts) {
    this.#parts = parts
  }

  @Answers(operations.providers)
  async providers(): Promise<{ items: Rest.ProviderInstance[] }> {
    return { items: await providersOf(this.#parts) }
  }

  @Answers(operations.putProviderKeys)
  putProviderKeys(
    input: InputOf<typeof operations.putProviderKeys>,
    principal: Principal,
  ): Promise<Rest.ProviderInstance> {
    return putProviderKeys(this.#parts, input, principal)
  }

  @Answers(operations.checkProvider)
  checkProvider(input: InputOf<typeof operations.checkProvider>, principal: Principal): Promise<Rest.ProviderCheck> {
    return checkProvider(this.#parts, input, principal)
  }

  @Answers(operations.institutions)
  async institutions({ country, q }: InputOf<typeof operations.institutions>): Promise<{ items: Rest.Institution[] }> {
    return { items: await this.#parts.institutions.list(country, q) }
  }

  @Answers(operations.request)
  request(input: InputOf<typeof operations.request>, principal: Principal): Promise<Done<LinkView>> {
    return requestConnection(this.#parts, input, principal)
  }

  @Answers(operations.renew)
  renew(input: InputOf<typeof operations.renew>, principal: Principal): Promise<Done<LinkView>> {
    return renewConnection(this.#parts, input, principal)
  }

  @Answers(operations.complete)
  complete(input: InputOf<typeof operations.complete>): Promise<Done<CompletionView>> {
    return completeConsent(this.#parts, input)
  }

  @Answers(operations.list)
  async list(_input: object, { spaceId }: Principal): Promise<{ items: ConnectionView[] }> {
    return { items: await connectionsOf(this.#parts, spaceId) }
  }

  @Answers(operations.get)
  get({ id }: InputOf<typeof operations.get>, { spaceId }: Principal): Promise<ConnectionView> {
    return connectionOf(this.#parts, spaceId, id)
  }

  @Answers(operations.rename)
  rename(input: InputOf<typeof operations.rename>, principal: Principal): Promise<Done<ConnectionView>> {
    return renameConnection(this.#parts, input, principal)
  }

  @Answers(operations.remove)
  remove(input: InputOf<typeof operations.remove>, principal: Principal): Promise<OutputOf<typeof operations.remove>> {
    return removeConnection(this.#parts, input, principal)
  }

  @Answers(operations.endConsents)
  endConsents(input: InputOf<typeof operations.endConsents>, { spaceId }: Principal): Promise<{ left: number }> {
    return endConsents(this.#parts, spaceId, input)
  }

  @Answers(operations.accounts)
  async accounts(
    { connectionId }: InputOf<typeof operations.accounts>,
    { spaceId }: Principal,
  ): Promise<{ items: AccountView[] }> {
    return { items: await accountsOf(this.#parts, spaceId, connectionId === undefined ? {} : { connectionId }) }
  }

  @Answers(operations.statementAccount)
  statementAccount(
    input: InputOf<typeof operations.statementAccount>,
    principal: Principal,
  ): Promise<Done<StatementAccountView>> {
    return statementAccount(this.#parts, input, principal)
  }

  @Answers(operations.changeAccount)
  changeAccount(input: InputOf<typeof operations.changeAccount>, principal: Principal): Promise<Done<AccountView>> {
    return changeAccount(this.#parts, input, principal)
  }
}
