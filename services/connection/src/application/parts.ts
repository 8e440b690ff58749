import type { AccountBookEvent, ConnectionEvent } from '@pf/contracts'
import type { Clock, CommandHandler, ErasedRows, ReadModel } from '@pf/eventing'
import type { ObjectStore } from '@pf/object-store'
import type { Providers } from '@pf/providers'
import type { Logger, LogoLinks } from '@pf/service-kit'
import type { KeyRing, Random } from '@pf/vault'
import type { AccountBookCommand } from '../domain/account-book.ts'
import type { AccountBook } from '../domain/booked-accounts.ts'
import type { Connection } from '../domain/connection.ts'
import type { ConnectionCommand } from '../domain/connection-commands.ts'
import type { AccountRow } from '../read/accounts.ts'
import type { ConnectionRow } from '../read/connections.ts'
import type { ConsentAttemptRow } from '../read/consent-attempts.ts'
import type { OpenReturns } from './open-returns.ts'

export type RowsOf = { connections: ConnectionRow; consentAttempts: ConsentAttemptRow; accounts: AccountRow }

/** What the use cases of this service stand on. */
export type Parts = {
  connections: CommandHandler<Connection, ConnectionCommand, ConnectionEvent>
  accountBook: CommandHandler<AccountBook, AccountBookCommand, AccountBookEvent>
  views: { readonly [Name in keyof RowsOf]: ReadModel<RowsOf[Name]> }
  providers: Providers
  /** Spaces that are being moved away: their consents are watched elsewhere. */
  leaving(): Promise<ReadonlySet<string>>
  keys: Pick<KeyRing, 'createAccountKey' | 'sealObject' | 'fingerprint'>
  objects: Pick<ObjectStore, 'put'>
  openReturns: OpenReturns
  logos: Pick<LogoLinks, 'pathOf'>
  clock: Clock
  random: Random
  /** Provider errors that are borne leave a line: status, code and action, never what a bank said. */
  logger: Pick<Logger, 'warn'>
  /** Where browsers reach the web, without a slash at its end. */
  publicUrl: string
  /** Deletes rows of a read model, and their bytes; answers how many. */
  erase: { readonly [Name in keyof RowsOf]: (of: ErasedRows<RowsOf[Name]>) => Promise<number> }
  /** Of a command that may be given again at any time. */
  freshId(): string
  /** Waits until this service's own read models show a command's effect; else says the position to wait for. */
  shown(position: string | undefined): Promise<{ behind?: string }>
}
