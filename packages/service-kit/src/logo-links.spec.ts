import { openLogoLinks } from './logo-links.ts'
import type { Platform } from './platform.ts'
import { createMemoryPlatform } from './testing/index.ts'

const listed = 'https://cdn-logos.gocardless.com/ais/MONZO_MONZGB2L.png'
const bank = (logo: string, demo = false) => ({ id: 'MONZO_MONZGB2L', logo, demo })

describe('the address of a logo', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await createMemoryPlatform()
  })
  afterAll(() => platform.close())
  const nameOf = async (logo: string, demo = false) =>
    (await openLogoLinks(platform.keys).pathOf(bank(logo, demo))).replace('/logos/', '')

  it('leads back to where it comes from, in every process of the installation', async () => {
    const name = await nameOf(listed)
    expect(await openLogoLinks(platform.keys).sourceOf(name)).toEqual({ of: 'listed', url: new URL(listed) })
    expect(await nameOf(listed)).toBe(name)
    expect(await openLogoLinks(platform.keys).sourceOf(await nameOf(listed, true))).toEqual({
      of: 'demo',
      id: 'MONZO_MONZGB2L',
    })
  })

  it.each([
    '',
    'no address',
    'http://cdn-logos.gocardless.com/ais/a.png',
    'https://cdn-logos.gocardless.com:8443/ais/a.png',
    'https://sam@cdn-logos.gocardless.com/ais/a.png',
    'https://cdn-logos.gocardless.com.evil.example/ais/a.png',
    'https://127.0.0.1/ais/a.png',
    'https://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    `https://enablebanking.com/${'a'.repeat(300)}`,
  ])('is none where the provider says %p', async (logo) => {
    expect(await nameOf(logo)).toBe('')
  })

  it('is ours alone: another mark, another source or another installation leads nowhere', async () => {
    const links = openLogoLinks(platform.keys)
    const [mark, source] = (await nameOf(listed)).split('.')
    const other = Buffer.from('https://enablebanking.com/brands/x').toString('base64url')
    for (const name of ['', '.', `${mark}`, `${mark}.${other}`, `AAAA.${source}`, `${mark?.slice(1)}.${source}`])
      expect(await links.sourceOf(name)).toBeUndefined()
    const elsewhere = await createMemoryPlatform()
    expect(await openLogoLinks(elsewhere.keys).sourceOf(`${mark}.${source}`)).toBeUndefined()
    await elsewhere.close()
  })
})
