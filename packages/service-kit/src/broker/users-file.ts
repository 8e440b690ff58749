import { type ParticipantName, participantNames } from '@pf/contracts'
import { type Permissions, permissionsOf } from './permissions.ts'

/** An answer comes in up to 64 parts; a request lives for a minute at most. */
const responses = '{ max: 128, expires: "2m" }'

/**
 * The users of the broker as nats-server reads them (`include` it). `passwordOf` gives a value of that format: a quoted
 * string, or `$NAME` for a variable of the server's environment.
 */
export function usersFile(passwordOf: (name: ParticipantName) => string): string {
  const users = participantNames.map((name) => userBlock(name, passwordOf(name), permissionsOf(name)))
  return `authorization {\n  users: [\n${users.join('\n')}\n  ]\n}\n`
}

function userBlock(name: string, password: string, { publish, subscribe, answers }: Permissions): string {
  const allowing = (verb: string, subjects: string[]) => [
    `        ${verb}: {`,
    '          allow: [',
    ...subjects.map((subject) => `            ${JSON.stringify(subject)}`),
    '          ]',
    '        }',
  ]
  return [
    '    {',
    `      user: ${JSON.stringify(name)}`,
    `      password: ${password}`,
    '      permissions: {',
    ...allowing('publish', publish),
    ...allowing('subscribe', subscribe),
    ...(answers ? [`        allow_responses: ${responses}`] : []),
    '      }',
    '    }',
  ].join('\n')
}

/** The name of the environment variable that the shipped file takes a password from. */
export const passwordVariableOf = (name: string): string => `PF_NATS_${name.toUpperCase()}`

/** `deploy/nats/users.conf`. The variables hold quoted strings (`"…"`): nats-server reads them as it reads its file. */
export function shippedUsersFile(): string {
  const head = [
    '# Users of the broker: made by `npm run nats:users -w @pf/service-kit` from contracts/src/participants.ts.',
    "# Include it in the server's configuration. Each password is a variable of the server's environment that holds a",
    `# quoted string, for example ${passwordVariableOf('auth')}='"…"'; the service reads the same from a file <its name> in PF_NATS_SECRETS.`,
    '',
  ]
  return head.join('\n') + usersFile((name) => `$${passwordVariableOf(name)}`)
}
