import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { tagged } from '../http/etags.ts'
import { revisionsOf } from '../http/preconditions.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest
const { auth } = requests

/** What pages remember: auth's alone. The ETag is the revision, so that it goes into the If-Match of the next change. */
@Controller()
export class PreferencesController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.preferences)
  preferences(call: Call<typeof routes.preferences>): Promise<{ items: Rest.Preference[] }> {
    return reads.preferences(this.#gateway.ask(call.options))
  }

  @Serves(routes.preference)
  async preference(call: Call<typeof routes.preference>): Promise<Rest.Preference> {
    return withTag(call, await reads.preference(this.#gateway.ask(call.options), call))
  }

  @Serves(routes.putPreference)
  async put(call: Call<typeof routes.putPreference>): Promise<Rest.Preference> {
    const input = { key: call.params.key, value: call.body.value, ...over(call) }
    return withTag(call, await this.#gateway.bus.call(auth.putPreference, input, call.options))
  }

  @Serves(routes.deletePreference)
  async remove(call: Call<typeof routes.deletePreference>): Promise<void> {
    const input = { key: call.params.key, ...over(call) }
    await this.#gateway.bus.call(auth.deletePreference, input, call.options)
  }
}

function over({ request }: Call): { over?: string[] } {
  const revisions = revisionsOf(request)
  return revisions === undefined ? {} : { over: revisions }
}

function withTag({ reply }: Call, preference: Rest.Preference): Rest.Preference {
  tagged(reply, preference.revision)
  return preference
}
