import type { AnyEvent } from '@pf/contracts'
import {
  addressOf,
  EventInvalid,
  envelopeOf,
  eventCatalogue,
  KeyMissing,
  LogBroken,
  openMessage,
  type RawMessage,
  SealBroken,
  type Sealer,
} from '@pf/eventing'
import { MasterKeyRefused } from '@pf/vault'
import type { Installation } from './installation.ts'
import { CommandFailed } from './refusals.ts'

/** A message for the operator's eyes: headers, and the events only where bodies are opened. */
export type Shown = {
  context: string
  seq: number
  time: string
  subject: string
  version: number
  types: string[]
  commandId: string
  correlationId: string
  causationId: string | undefined
  keyId: string
  events?: readonly AnyEvent[]
  /** Why there are none where they were asked for. */
  sealed?: string
}

const catalogue = eventCatalogue()

/** Throws LogBroken where a header is missing. */
export async function shown(message: RawMessage, sealer: Sealer | undefined): Promise<Shown> {
  const { context } = addressOf(message.subject)
  const { time, version, types, commandId, correlationId, keyId } = envelopeOf(message)
  const headers: Shown = {
    context,
    seq: message.seq,
    time,
    subject: message.subject,
    version,
    types,
    commandId,
    correlationId,
    causationId: message.headers['ce-causationid'],
    keyId,
  }
  if (sealer === undefined) return headers
  try {
    return { ...headers, events: (await openMessage(message, sealer, catalogue)).events }
  } catch (error) {
    if (error instanceof KeyMissing) return { ...headers, sealed: 'erased: the key that sealed it is gone' }
    const isBroken = error instanceof SealBroken || error instanceof EventInvalid || error instanceof LogBroken
    if (isBroken) return { ...headers, sealed: error.message }
    throw error
  }
}

/** For `--open` alone. */
export async function sealerFor(installation: Installation, open: boolean): Promise<Sealer | undefined> {
  if (!open) return undefined
  try {
    return await installation.keys()
  } catch (error) {
    if (!(error instanceof MasterKeyRefused)) throw error
    throw new CommandFailed(error.code, `--open needs the master key. ${error.message}`, { cause: error })
  }
}

/** One line of headers, and under it each event where it was opened. */
export function linesOf(message: Shown): string[] {
  const { context, seq, time, subject, version, types, commandId, correlationId, causationId } = message
  const versions = types.length === 1 ? `v${version}` : `v${version}–${version + types.length - 1}`
  const place = subject.split('.').slice(2).join(' ')
  const ids = [
    `command ${commandId}`,
    `correlation ${correlationId}`,
    ...(causationId === undefined ? [] : [`cause ${causationId}`]),
  ]
  return [
    `${time}  ${context} ${String(seq).padStart(7)}  ${place}  ${versions}  ${types.join(',')}  ${ids.join('  ')}`,
    ...(message.events ?? []).map(({ type, data }) => `    ${type} ${JSON.stringify(data)}`),
    ...(message.sealed === undefined ? [] : [`    (${message.sealed})`]),
  ]
}
