import type { MikroORM } from '@mikro-orm/postgresql'
import { type InviteEvent, inviteEvents } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { commandHandling, type Platform } from '@pf/service-kit'
import { firstOperator } from './adapters/first-operator.ts'
import { vaultInvites } from './adapters/vault-invites.ts'
import { Admission } from './application/admission.ts'
import type { Audit } from './application/audit.ts'
import { Invites } from './application/invites.ts'
import type { Accounts } from './application/ports.ts'
import * as invite from './domain/invite.ts'
import { InvitesController } from './invites-controller.ts'

/** Who is let in: the first operator by what is told where this runs, others as `REGISTRATION` says. */
export function openAdmission(
  platform: Platform & { readonly orm: MikroORM },
  { accounts, audit }: { accounts: Accounts; audit: Audit },
) {
  const { clock, ids, orm, random } = platform
  const invites = new Invites({
    invites: createCommandHandler<invite.Invite, invite.InviteCommand, InviteEvent>(
      { ...inviteEvents, decider: invite },
      commandHandling(platform),
    ),
    store: vaultInvites(orm),
    audit,
    findUser: (userId) => accounts.byId(userId),
    clock,
    ids,
    randomBytes: (count) => random.bytes(count),
  })
  const registration = () => platform.live().registration
  return {
    admission: new Admission({ registration, accounts, invites, firstOperator: firstOperator(platform, orm) }),
    controllers: [InvitesController],
    providers: [{ provide: Invites, useValue: invites }],
    forgetOf: (userId: string) => invites.forgetOf(userId),
    forgetEnded: () => invites.forgetEnded(),
  }
}
