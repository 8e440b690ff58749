import { connectionFacts } from './connection-facts.ts'

const requested = (provider: string) => ({ type: 'ConnectionRequested', data: { provider } })
const removed = { type: 'ConnectionRemoved', data: { erase: false } }

describe('what connections say of providers', () => {
  it('needs those of connections that stand, and the demo in any case', () => {
    const facts = connectionFacts()
    facts.learn('a', requested('gocardless'))
    facts.learn('b', requested('enable-banking'))
    facts.learn('b', removed)
    facts.learn('c', requested('sandbox'))
    facts.learn('c', removed)
    expect(facts.needed()).toEqual(['gocardless', 'sandbox'])
  })

  it('knows every handle, however deep it stands', () => {
    const facts = connectionFacts()
    const accounts = [{ providerAccountId: 'account-1' }]
    facts.learn('a', { type: 'RequisitionLinked', data: { requisitionId: 'link-1', accounts } })
    expect([...facts.handles]).toEqual(['link-1', 'account-1'])
  })
})
