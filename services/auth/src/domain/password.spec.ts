import { faultOfPassword } from './password.ts'

describe('a password', () => {
  it('is refused where it is the user name, in whichever case and form', () => {
    for (const same of ['zoë martin', 'ZOË MARTIN ', 'Zoe\u0308 Martin'])
      expect(faultOfPassword(same, 'Zoë Martin', false)).toMatch(/user name/)
  })

  it('is refused where everybody tries it, and says why', () => {
    expect(faultOfPassword('iloveyou', 'Sam', true)).toMatch(/leak most often/)
  })

  it('may hold the name among other words', () => {
    expect(faultOfPassword('zoë martin was here', 'Zoë Martin', false)).toBeUndefined()
  })
})
