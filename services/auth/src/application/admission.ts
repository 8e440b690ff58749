import { refuse } from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import { typedCodeAsKept } from '../domain/typed-code.ts'
import type { Invites, KeptInvite } from './invites.ts'
import type { Accounts } from './ports.ts'

export type Registration = 'open' | 'invite' | 'closed'

/** Who may be the first user, and so the operator: beyond a machine of one's own, whoever reads what is told where it runs. */
export interface FirstOperator {
  /** What has to be shown; undefined where nothing has to be. Every replica answers the same, and another one after an erasure. */
  code(): Promise<string | undefined>
  /** To whoever can read the log or the data folder. Again and again, as long as nobody is the first. */
  tell(): Promise<void>
  /** It is good no more. */
  done(): Promise<void>
}

export type AdmissionParts = {
  /** As it is now: whoever runs this may open and close it while it runs. */
  registration: () => Registration
  accounts: Pick<Accounts, 'count'>
  invites: Pick<Invites, 'standing' | 'tellUsed'>
  firstOperator: FirstOperator
}

/** How somebody comes in: as the first of all, by an invitation that is used up with it, or because the door is open. */
export type Admitted = { as: 'first' } | { as: 'user'; invite: KeptInvite | undefined }

/** Who may register, before anything is said about the name: without being let in nobody learns which names are taken. */
export class Admission {
  readonly #parts: AdmissionParts

  constructor(parts: AdmissionParts) {
    this.#parts = parts
  }

  get registration(): Registration {
    return this.#parts.registration()
  }

  /** At the start: whoever runs this has to know how somebody becomes the first. */
  async tellFirst(): Promise<void> {
    if ((await this.#parts.accounts.count()) === 0) await this.#parts.firstOperator.tell()
  }

  /** Whether a registration has to show something now. */
  async asksForInvite(): Promise<boolean> {
    const { accounts, firstOperator, registration } = this.#parts
    if ((await accounts.count()) > 0) return registration() === 'invite'
    return (await firstOperator.code()) !== undefined
  }

  /** Throws registration_closed, invite_needed, invite_invalid. */
  async admit(said: string | undefined): Promise<Admitted> {
    const { accounts, invites, registration } = this.#parts
    if ((await accounts.count()) === 0) return this.#admitFirst(said)
    const door = registration()
    if (door === 'open') return { as: 'user', invite: undefined }
    if (door === 'closed') {
      throw refuse('registration_closed', 'Registration is closed here. Ask whoever runs this installation to open it.')
    }
    if (!said) throw refuse('invite_needed', 'Registration takes an invitation here. Ask whoever runs this for one.')
    const invite = await invites.standing(said)
    if (invite === undefined) throw inviteInvalid()
    return { as: 'user', invite }
  }

  /** They are in. Idempotent. */
  async entered(admitted: Admitted): Promise<void> {
    if (admitted.as === 'first') await this.nobodyIsFirstAnyMore()
    else if (admitted.invite !== undefined) await this.#parts.invites.tellUsed(admitted.invite)
  }

  /** Somebody is here, however they came: the one-time code, where there was one, is good no more. Idempotent. */
  nobodyIsFirstAnyMore(): Promise<void> {
    return this.#parts.firstOperator.done()
  }

  async #admitFirst(said: string | undefined): Promise<Admitted> {
    const { firstOperator } = this.#parts
    const code = await firstOperator.code()
    if (code === undefined) return { as: 'first' }
    if (said && sha256(typedCodeAsKept(said)) === sha256(typedCodeAsKept(code))) return { as: 'first' }
    await firstOperator.tell()
    if (said) throw inviteInvalid()
    throw refuse(
      'invite_needed',
      'The first user here runs the installation, and needs the one-time code for that: it stands in the log of the start and in the file first-operator-code of the data folder.',
    )
  }
}

export const inviteInvalid = () =>
  refuse('invite_invalid', 'This invitation is not known, has ended, or was used before. Ask for another one.')
