/** Names of the dashboard's files that hold a hash of what is in them, as Angular's builder makes them: they never change. */
export const hashedName = /-[A-Za-z0-9_-]{8}\.(js|css|woff2|svg|png)(\.br)?$/

/** How long a file of such a name may be kept, and any other one: asked for anew each time. */
export const keptForGood = 'public, max-age=31536000, immutable'
export const askedAnew = 'no-cache'

/** What Keycloak's answer in a hidden frame is handed on by (web-angular/public). */
export const silentPage = '/silent-sso.html'
