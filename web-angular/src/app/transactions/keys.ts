/** What a key asks of the list. */
export type Wish = 'next' | 'before' | 'onNext' | 'onBefore' | 'explain' | 'select' | 'close' | 'help'

const plain: Readonly<Record<string, Wish>> = { j: 'next', k: 'before', e: 'explain', escape: 'close', '?': 'help' }
const shifted: Readonly<Record<string, Wish>> = { j: 'onNext', k: 'onBefore', '?': 'help' }
/** They mean what the element under the focus makes of them, unless that is a row. */
const onRow: Readonly<Record<string, Wish>> = { enter: 'explain', ' ': 'select' }

/** Undefined where the key is somebody else's: of a field, a menu, a dialog, or the browser's own. */
export function wishOf(event: KeyboardEvent, isOnRow: boolean): Wish | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  const target = event.target as HTMLElement
  if (target.closest('input, textarea, select, [contenteditable], [role=menu], [role=dialog]')) return undefined
  const key = event.key.toLowerCase()
  if (isOnRow && !event.shiftKey && onRow[key] !== undefined) return onRow[key]
  return event.shiftKey ? shifted[key] : plain[key]
}
