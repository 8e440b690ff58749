import { DefaultLogger, type LogContext } from '@mikro-orm/core'
import { beginSpan } from '@pf/eventing'

/**
 * Each statement as a span of the work that asked for it: its verb and the relation, never its text or its values. MikroORM tells of a
 * statement when it has been answered, in the asynchronous context of who asked.
 */
export class TracedSql extends DefaultLogger {
  override logQuery(context: { query: string; took?: number; affected?: number } & LogContext): void {
    const { took: sinceMs = 0 } = context
    beginSpan({
      name: nameOf(context.query),
      kind: 'client',
      attributes: { 'db.system.name': 'postgresql' },
      sinceMs,
    })?.end()
    super.logQuery(context)
  }
}

export function nameOf(query: string): string {
  const [, verb = 'sql'] = /^\W*(\w+)/.exec(query) ?? []
  const [, relation] = /\b(?:from|into|update|table)\s+(?:only\s+)?((?:"?\w+"?\.)?"?\w+"?)/i.exec(query) ?? []
  return ['sql', verb.toLowerCase(), ...(relation === undefined ? [] : [relation.replaceAll('"', '')])].join(' ')
}
