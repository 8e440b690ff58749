import { faultOfPassword } from './password.ts'

describe('a password', () => {
  it('is refused where it is the user name, in whichever case and form', () => {
    for (const same of ['zoë martin', 'ZOË MARTIN ', 'Zoe\u0308 Martin'])
      expect(faultOfPassword(same, 'Zoë Martin')).toMatch(/user name/)
  })

  it('may hold the name among other words', () => {
    expect(faultOfPassword('zoë martin was here', 'Zoë Martin')).toBeUndefined()
  })
})
