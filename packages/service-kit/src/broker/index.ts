export { inboxPrefixOf, isInbox, type Permissions, permissionsOf } from './permissions.ts'
export { passwordVariableOf, shippedUsersFile, usersFile } from './users-file.ts'
