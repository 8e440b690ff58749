import { systemIds } from '@pf/eventing'
import { describeApiTokens } from './describe-api-tokens.ts'
import { describeAttempts, describeDevices } from './describe-attempts.ts'
import { describeInvites } from './describe-invites.ts'
import { describePasskeys } from './describe-passkeys.ts'
import { describePreferences } from './describe-preferences.ts'
import { describeProviderSessions } from './describe-provider-sessions.ts'
import { describeChallenges, describeSecondFactors } from './describe-second-factors.ts'
import { describeAudit, describeSessions } from './describe-sessions.ts'
import { describeAccounts, describeRefreshTokens } from './describe-sign-in-stores.ts'
import { describeSigningKeys } from './describe-signing-keys.ts'
import { memoryAccounts } from './memory-accounts.ts'
import { memoryApiTokens } from './memory-api-tokens.ts'
import { memoryAttempts, memoryDevices } from './memory-attempts.ts'
import { memoryAudit } from './memory-audit.ts'
import { memoryInvites } from './memory-invites.ts'
import { memoryPasskeys } from './memory-passkeys.ts'
import { memoryPreferences } from './memory-preferences.ts'
import { memoryProviderSessions } from './memory-provider-sessions.ts'
import { memoryRefreshTokens } from './memory-refresh-tokens.ts'
import { memoryChallenges, memorySecondFactors } from './memory-second-factors.ts'
import { memorySessions } from './memory-sessions.ts'
import { memorySigningKeys } from './memory-signing-keys.ts'

describeAccounts('memory', async () => memoryAccounts())
describeRefreshTokens('memory', async () => memoryRefreshTokens())
describeProviderSessions('memory', async () => memoryProviderSessions())
describePreferences('memory', async () => memoryPreferences())
const spaceId = '018f0000-0000-7000-8000-00000000a001'
describeSessions('memory', async () => ({ sessions: memorySessions(), spaceId }))
describeAudit('memory', async (clock) => ({ audit: memoryAudit(clock, systemIds), spaceId }))
describeInvites('memory', async () => {
  const invites = memoryInvites()
  return { invites, accounts: memoryAccounts(invites) }
})
describeSigningKeys('memory', async () => memorySigningKeys())
describeAttempts('memory', async () => memoryAttempts())
describeDevices('memory', async () => memoryDevices())
describeApiTokens('memory', async () => memoryApiTokens())
describeSecondFactors('memory', async () => memorySecondFactors())
describePasskeys('memory', async () => memoryPasskeys())
describeChallenges('memory', async () => memoryChallenges())
