/* The service worker: Angular's, which keeps the app's own files and nothing else. It never sees a call to the API, so no
   answer about anybody's money can come to rest in a cache, and the stream of notices is not its business. */
addEventListener('fetch', (event) => {
  if (new URL(event.request.url).pathname.startsWith('/api/')) event.stopImmediatePropagation()
})
importScripts('ngsw-worker.js')
