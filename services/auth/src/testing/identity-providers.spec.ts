import { describeIdentityProvider } from './describe-identity-provider.ts'
import { runSignIn } from './running-sign-in.ts'

describeIdentityProvider('the embedded provider', async () => {
  const { provider, accounts, pass } = await runSignIn({ from: new Date() })
  return { provider, accounts, pass }
})
