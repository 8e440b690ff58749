import fastifyMultipart from '@fastify/multipart'
import { DomainError, refuse } from '@pf/contracts'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Larger than any statement that a bank writes. */
const maxFileBytes = 50 * 1024 * 1024
const maxFields = 8
const maxFieldBytes = 16 * 1024

export type UploadedForm = { file: { name: string; bytes: Buffer }; fields: Readonly<Record<string, string>> }

/** Forms are read by the one route that asks for them (`uploadedForm`); everywhere else they stay unsupported. */
export async function readForms(api: FastifyInstance): Promise<void> {
  const limits = { fileSize: maxFileBytes, files: 1, fields: maxFields, fieldSize: maxFieldBytes, parts: maxFields + 1 }
  await api.register(fastifyMultipart, { limits })
}

/**
 * The one file of a multipart form, and its text fields. Throws `unsupported_media_type`, `statement_too_large`,
 * `invalid_input`.
 */
export async function uploadedForm(request: FastifyRequest): Promise<UploadedForm> {
  if (!request.isMultipart()) {
    throw refuse('unsupported_media_type', 'Send a form (multipart/form-data) with the statement as field `file`.')
  }
  const fields: Record<string, string> = {}
  let file: UploadedForm['file'] | undefined
  try {
    for await (const part of request.parts()) {
      if (part.type === 'field') fields[part.fieldname] = String(part.value)
      else file = { name: part.filename.slice(-255), bytes: await part.toBuffer() }
    }
  } catch (error) {
    throw formProblem(error)
  }
  if (file === undefined || file.bytes.length === 0) {
    throw refuse('invalid_input', 'The form has no file, or an empty one. Send the statement as field `file`.')
  }
  return { file, fields }
}

function formProblem(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'FST_REQ_FILE_TOO_LARGE') {
    const detail = 'The file is larger than 50 MB. Ask the bank for shorter periods and take one after the other.'
    return new DomainError('statement_too_large', detail)
  }
  if (!code.startsWith('FST_')) return error
  return refuse('invalid_input', 'The form is not one file and a few short fields. Send one statement at a time.')
}
