import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type Principal, type Rest, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { PageMemory } from './application/page-memory.ts'

const { auth } = requests

/** The bus' side of what pages remember: the user is the principal's. */
@Controller()
export class PreferencesController {
  readonly #memory: PageMemory

  constructor(@Inject(PageMemory) memory: PageMemory) {
    this.#memory = memory
  }

  @Answers(auth.preferences)
  list(_input: object, principal: Principal): Promise<{ items: Rest.Preference[] }> {
    return this.#memory.list(principal)
  }

  @Answers(auth.preference)
  get(input: InputOf<typeof auth.preference>, principal: Principal): Promise<Rest.Preference> {
    return this.#memory.get(principal, input)
  }

  @Answers(auth.putPreference)
  put(input: InputOf<typeof auth.putPreference>, principal: Principal): Promise<Rest.Preference> {
    return this.#memory.put(principal, input)
  }

  @Answers(auth.deletePreference)
  async remove(input: InputOf<typeof auth.deletePreference>, principal: Principal): Promise<object> {
    await this.#memory.remove(principal, input)
    return {}
  }
}
