import { lastWordsOf } from './last-words.ts'

describe('the last words of a process', () => {
  it('are the error that Node printed', () => {
    const log = `{"level":"info","msg":"ready"}
file:///dist/master-key.js:12
    throw new MasterKeyRefused('master_key_missing', 'The vault holds keys, but its master key is gone.')
          ^

MasterKeyRefused: The vault holds keys, but its master key is gone.
    at loadMasterKey (file:///dist/master-key.js:12:11) {
  code: 'master_key_missing'
}

Node.js v24.21.0
`
    expect(lastWordsOf(log)).toBe('The vault holds keys, but its master key is gone.')
  })

  it('are the last line logged as fatal', () => {
    const log = '{"level":"fatal","msg":"the service cannot start","err":{"message":"Port 3000 is in use."}}\n'
    expect(lastWordsOf(log)).toBe('the service cannot start: Port 3000 is in use.')
  })

  it('are none where nothing tells', () => {
    expect(lastWordsOf('{"level":"info","msg":"ready"}\n')).toBeUndefined()
  })
})
